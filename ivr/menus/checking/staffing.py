"""Whether there is somebody for everybody who may call: skills, phones and shifts that nobody has, or two have."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from acd import rota
from acd.model import CALL
from acd.skills import Needs, NeedsError
from ivr.menus.checking.known_callers import aims
from ivr.menus.checking.leaving import onward
from ivr.menus.checking.slot_checks import chosen_ways, slot_skills
from ivr.menus.mistakes import Finding, Path, place, suggestion
from ivr.menus.plan.values import Kind, Target
from ivr.menus.routing import on_call_skills, rotas_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from ivr.menus.plan.model import Menu, Plan
    from ivr.menus.plan.people import Rota


def staffing(plan: Plan) -> Iterator[Finding]:
    for look in _LOOKS:
        yield from look(plan)


# ---- skills ---------------------------------------------------------------------------------------------------------

Demand = tuple[Path, str, frozenset[str]]  # asked for at, of queue, needs beyond the queue's own


def _nobody(plan: Plan) -> Iterator[Finding]:
    """Queues whose callers need what no one person has; what needs even more is not told again."""
    told: list[tuple[str, frozenset[str]]] = []
    for path, queue, own in _demands(plan):
        try:
            needs = [step.needs.and_also(Needs.all_of(*sorted(own))) for step in plan.queues[queue].stages][-1]
        except NeedsError as error:
            yield Finding(path, f"{place(path)}: what queue '{queue}' needs here is too long: {error}")
            continue
        if _served(plan, queue, needs) or any(queue == known and fewer <= own for known, fewer in told):
            continue
        told.append((queue, own))
        who = f"needs {needs} here, which nobody has" if needs else "has nobody"
        asked = "" if path == ("queues", queue) else f"{place(path)}: "
        yield Finding(path, f"{asked}queue '{queue}' {who}{_likely(plan, needs)}")


def _served(plan: Plan, queue: str, needs: Needs) -> bool:
    """Whether somebody could, whoever is on call."""
    kind = plan.queues[queue].kind
    able = {name: person.skills for name, person in plan.people.items() if kind in {CALL, *person.capacity}}
    return all(
        any(needs.met_by({**skills, **on_call_skills(name, crew)}) for name, skills in able.items())
        for crew in _crews(plan, needs)
    )


def _crews(plan: Plan, needs: Needs) -> Iterator[Mapping[str, tuple[str, ...]]]:
    """Who may be on call together, by rota, for an expression that names rotas; once nobody for one that does not."""
    named = {name: _turns(written) for name, written in plan.rotas.items() if name in needs.skills}
    for crew in product(*named.values()):
        yield dict(zip(named, crew, strict=True))


def _turns(written: Rota) -> list[tuple[str, ...]]:
    """The lists of those who are on call together, swapped ones included."""
    planned = dict.fromkeys([*(shift.who for shift in written.shifts if shift.who), *written.weekly])
    swapped = [
        tuple(swap.who if name == swap.instead_of else name for name in who)
        for swap in written.swaps
        for who in planned
        if swap.instead_of in who
    ]
    return list(dict.fromkeys([*planned, *swapped]))


def _skills(plan: Plan) -> set[str]:
    return {*plan.rotas, *(skill for person in plan.people.values() for skill in person.skills)}


def _likely(plan: Plan, needs: Needs) -> str:
    """The likely fix of an expression that names a skill of nobody."""
    known = _skills(plan)
    return next(filter(None, (suggestion(skill, known) for skill in sorted(needs.skills - known))), "")


def _demands(plan: Plan) -> Iterator[Demand]:
    """Plain queues first: one finding for a queue that nobody serves, not one for each way into it."""
    for name in plan.queues:
        yield ("queues", name), name, frozenset()
    yield ("urgent", "queue"), plan.urgent.queue, frozenset()
    languages = [frozenset[str]()]
    languages += [frozenset({skill}) for skill in plan.practice.language_skills.values()]
    for path, queue, needs in _routes(plan):
        for language in languages:
            for step in onward(plan, queue):
                yield path, step, needs | language


def _routes(plan: Plan) -> Iterator[Demand]:
    """Each way into a queue, with the needs gathered on it."""
    yield ("operator", "queue"), plan.operator.queue, frozenset()
    for path, target in aims(plan):
        if target.kind is Kind.QUEUE:
            yield path, target.name, frozenset()
    seen: set[tuple[str, frozenset[str]]] = set()
    ahead = [(name, frozenset[str]()) for name in starts(plan)]
    while ahead:
        menu, gathered = ahead.pop()
        if (menu, gathered) in seen:
            continue
        seen.add((menu, gathered))
        ways = (*_ways_on(plan.menus[menu], ("menus", menu), gathered), *chosen_ways(plan, menu, gathered))
        for path, target, needs in ways:
            if target.kind is Kind.QUEUE:
                yield path, target.name, needs
            elif target.kind is Kind.MENU:
                ahead.append((target.name, needs))


def _ways_on(menu: Menu, here: Path, gathered: frozenset[str]) -> Iterator[tuple[Path, Target, frozenset[str]]]:
    if menu.silent:
        yield (*here, "silent"), menu.silent, gathered
    if menu.unclear:
        yield (*here, "unclear"), menu.unclear, gathered
    if menu.closed:
        yield (*here, "closed", "to"), menu.closed.to, gathered
    for key, choice in menu.choices.items():
        yield (*here, "choices", key, "go"), choice.go, gathered | choice.needs
    for intent, choice in menu.said.items():
        yield (*here, "said", intent, "go"), choice.go, gathered | choice.needs


def starts(plan: Plan) -> Collection[str]:
    preferred = (each.start for each in plan.callers.preferred.values() if each.start)
    return {plan.start, *(entry.start for entry in plan.numbers.values()), *preferred}


def _steps(plan: Plan) -> Iterator[Finding]:
    """Steps that are skipped, and skills of an expression that only others of its parts make up for."""
    for name, queue in plan.queues.items():
        for index, step in enumerate(queue.stages):
            path: Path = ("queues", name, "steps", index, "needs") if queue.steps else ("queues", name, "needs")
            if _served(plan, name, step.needs):
                for skill in sorted(step.needs.skills - _skills(plan)):
                    fix = suggestion(skill, _skills(plan))
                    yield Finding(path, f"{place(path)}: nobody has the skill '{skill}'{fix}", warning=True)
            elif index < len(queue.stages) - 1:
                said = f"needs {step.needs}, which nobody has: it is always skipped{_likely(plan, step.needs)}"
                yield Finding(path, f"{place(path[:-1])} {said}", warning=True)


def _preferences(plan: Plan) -> Iterator[Finding]:
    """What is preferred, and nobody has."""
    for name, queue in plan.queues.items():
        if not _served(plan, name, queue.prefers):
            said = f"prefers {queue.prefers}, which nobody has{_likely(plan, queue.prefers)}"
            yield Finding(("queues", name, "prefers"), f"queue '{name}' {said}", warning=True)


def skills_wanted(plan: Plan) -> set[str]:
    """All skills that a language, a queue or a choice asks for."""
    wanted = {*plan.practice.language_skills.values(), *slot_skills(plan)}
    wanted = wanted.union(*(step.needs.skills for queue in plan.queues.values() for step in queue.stages))
    wanted = wanted.union(*(queue.prefers.skills for queue in plan.queues.values()))
    return wanted.union(*(choice.needs for menu in plan.menus.values() for choice in menu.ways.values()))


def _idle_skills(plan: Plan) -> Iterator[Finding]:
    """A skill that nothing needs is a slip of the pen or a plan for later."""
    wanted = skills_wanted(plan)
    for name, person in plan.people.items():
        for skill in person.skills.keys() - wanted:
            said = f"nothing needs the skill '{skill}' of {name}{suggestion(skill, wanted)}"
            yield Finding(("people", name, "skills", skill), said, warning=True)


# ---- people ---------------------------------------------------------------------------------------------------------


def _same_phone(plan: Plan) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, person in plan.people.items():
        owner = first.setdefault(person.phone.casefold(), name)
        if owner != name:
            yield Finding(("people", name, "phone"), f"{name} has the same phone as {owner}: {person.phone}")


def _nearest(plan: Plan) -> Iterator[Finding]:
    if not any(entry.site for entry in plan.numbers.values()):
        for name, queue in plan.queues.items():
            if queue.nearest_site:
                said = f"queue '{name}' rings the nearest site, but no number has a 'site'"
                yield Finding(("queues", name, "nearest_site"), said, warning=True)


def _kinds_of_work(plan: Plan) -> Iterator[Finding]:
    kinds = {queue.kind for queue in plan.queues.values()}
    for name, person in plan.people.items():
        for kind in person.capacity.keys() - kinds:
            said = f"no queue has the kind '{kind}' of which {name} takes several{suggestion(kind, kinds)}"
            yield Finding(("people", name, "capacity", kind), said, warning=True)
    for path, queue in dict.fromkeys((path, queue) for path, queue, _ in _demands(plan)):
        if path[0] != "queues" and plan.queues[queue].kind != CALL:
            said = f"{place(path)} leads callers to queue '{queue}', which is for the kind '{plan.queues[queue].kind}'"
            yield Finding(path, said)


# ---- rotas ----------------------------------------------------------------------------------------------------------

_KEYS = {"begins": "from", "ends": "to"}


def _rotas(plan: Plan) -> Iterator[Finding]:
    for name, each in rotas_of(plan).items():
        path: Path = ("rotas", name)
        if name in plan.people:
            yield Finding(path, f"'{name}' is a rota and a person: give the rota another name")
        for person in plan.people:
            if name in plan.people[person].skills:
                said = f"'{name}' is a rota, so whoever is on call has this skill: take it from {person}"
                yield Finding(("people", person, "skills", name), said)
        for gap in rota.gaps(each):
            yield Finding((*path, "shifts"), f"rota '{name}' has nobody on call: {gap}")
        for doubt in rota.doubtful(each, plan.people):
            if doubt.where != ("timezone",):  # told of the practice already
                where = (*path, *_written(doubt.where))
                yield Finding(where, f"{place(where)}: {doubt.text}")


def _written(where: Path) -> Path:
    """A rota's field as the plan's key."""
    if where[:2] == ("rotation", "weeks"):
        return ("weekly", *where[2:])
    return tuple(_KEYS.get(step, step) if isinstance(step, str) else step for step in where)


_LOOKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    _nobody,
    _steps,
    _preferences,
    _idle_skills,
    _same_phone,
    _nearest,
    _kinds_of_work,
    _rotas,
)
