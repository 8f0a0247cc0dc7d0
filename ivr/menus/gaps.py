"""What a plan whose names are all right can still get wrong: callers who go round for ever, or wait for nobody."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from ivr.menus import offers, wording
from ivr.menus.mistakes import Finding, Path, place, suggestion
from ivr.menus.model import GENERIC_PROMPTS, Kind, Plan, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

MOST_CHOICES = 4  # callers forget the first of five


def gaps(plan: Plan) -> Iterator[Finding]:
    """Mistakes and warnings of a plan without dangling names."""
    for look in _LOOKS:
        yield from look(plan)


def _time_zone(plan: Plan) -> Iterator[Finding]:
    """A host without a time zone database cannot tell, so it does not."""
    zone, known = plan.practice.timezone, available_timezones()
    if known and zone not in known:
        yield Finding(("practice", "timezone"), f"'{zone}' is not a time zone{suggestion(zone, known)}")


# ---- menus ----------------------------------------------------------------------------------------------------------


def _starts(plan: Plan) -> Collection[str]:
    return {plan.start, *(entry.start for entry in plan.numbers.values())}


def _goals(plan: Plan, menu: str) -> list[Target]:
    return [choice.go for choice in plan.menus[menu].choices.values()]


def _unreachable(plan: Plan) -> Iterator[Finding]:
    reached: set[str] = set()
    ahead = list(_starts(plan))
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += [goal.name for goal in _goals(plan, name) if goal.kind is Kind.MENU]
    for name in plan.menus.keys() - reached:
        yield Finding(("menus", name), f"no number, start or choice leads to menu '{name}'", warning=True)


def _circles(plan: Plan) -> Iterator[Finding]:
    """Menus whose choices lead round for ever; growing the set of those with a way out finds them."""
    way_out: set[str] = set()
    while True:
        found = {
            name
            for name in plan.menus.keys() - way_out
            if any(goal.kind is not Kind.MENU or goal.name in way_out for goal in _goals(plan, name))
        }
        if not found:
            break
        way_out |= found
    for name in plan.menus.keys() - way_out:
        said = f"the choices of menu '{name}' lead from menu to menu for ever: let one go to a queue"
        yield Finding(("menus", name, "choices"), said)


def _crowded(plan: Plan) -> Iterator[Finding]:
    for name in _starts(plan):
        number = len(plan.menus[name].choices)
        if number > MOST_CHOICES:
            said = f"menu '{name}' offers {number} choices; callers remember {MOST_CHOICES}: move the rest a menu down"
            yield Finding(("menus", name, "choices"), said, warning=True)


def _key_twice(plan: Plan) -> Iterator[Finding]:
    for name, menu in plan.menus.items():
        for key in menu.language_keys.keys() & menu.choices.keys():
            said = f"key {key} of menu '{name}' is a choice and changes the language: give one of them another key"
            yield Finding(("menus", name, "language_keys", key), said)


def _same_words(plan: Plan) -> Iterator[Finding]:
    """Two intents of one question that share a phrase: nobody could tell which is meant."""
    told: set[tuple[str, ...]] = set()
    for name, menu in plan.menus.items():
        own = [choice.intent for choice in menu.choices.values() if choice.intent]
        for intent in {intent for intent in own if own.count(intent) > 1}:
            yield Finding(("menus", name, "choices"), f"two choices of menu '{name}' have the intent '{intent}'")
        asked = {intent for language in plan.practice.languages for intent in offers.intents(plan, name, language)}
        for pair in combinations(sorted(asked), 2):
            if pair not in told:
                told.add(pair)
                yield from _shared(plan, *pair)


def _shared(plan: Plan, one: str, other: str) -> Iterator[Finding]:
    for language, phrases in plan.intents[other].items():
        known = {_plain(phrase) for phrase in plan.intents[one].get(language, ())}
        for index, phrase in enumerate(phrases):
            if _plain(phrase) in known:
                said = f"'{phrase}' is a phrase of intent '{one}' and of intent '{other}', asked in the same menu"
                yield Finding(("intents", other, language, index), f"{said}: keep it in one")


def _plain(phrase: str) -> str:
    return " ".join(phrase.casefold().split())


# ---- queues and people ----------------------------------------------------------------------------------------------


def _same_phone(plan: Plan) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, person in plan.people.items():
        owner = first.setdefault(person.phone.casefold(), name)
        if owner != name:
            yield Finding(("people", name, "phone"), f"{name} has the same phone as {owner}: {person.phone}")


def _overflows(plan: Plan) -> Iterator[Finding]:
    for name in plan.queues:
        chain, end = _chain(plan, name)
        path: Path = ("queues", name, "overflow", "to")
        if end is None:
            yield Finding(path, f"callers overflow for ever: {' → '.join(chain)}")
        elif end.kind is Kind.VOICEMAIL and _is_clinical(plan, name):
            way = f" by way of {' and '.join(chain[1:])}" if chain[1:] else ""
            said = f"queue '{name}' is clinical but overflows to {end}{way}: somebody ill must never meet voicemail"
            yield Finding(path, said)


def _is_clinical(plan: Plan, name: str) -> bool:
    queue = plan.queues[name]
    return queue.clinical or queue.priority == "urgent" or name == plan.urgent.queue


def _chain(plan: Plan, name: str) -> tuple[list[str], Target | None]:
    """The queues that a caller of `name` overflows through, and where that ends; None for a circle."""
    chain = [name]
    while overflow := plan.queues[chain[-1]].overflow:
        if overflow.to.kind is not Kind.QUEUE:
            return chain, overflow.to
        if overflow.to.name in chain:
            return [*chain, overflow.to.name], None
        chain.append(overflow.to.name)
    return chain, Target(Kind.QUEUE, chain[-1])


Demand = tuple[Path, str, frozenset[str]]  # asked for at, of queue, needs beyond the queue's own


def _nobody(plan: Plan) -> Iterator[Finding]:
    """Queues whose callers need skills that no one person has; what needs even more is not told again."""
    told: list[tuple[str, frozenset[str]]] = []
    for path, queue, own in _demands(plan):
        needs = own | plan.queues[queue].needs
        if any(needs <= person.skills.keys() for person in plan.people.values()):
            continue
        if any(queue == known and fewer <= needs for known, fewer in told):
            continue
        told.append((queue, needs))
        skills = ", ".join(sorted(needs)) or "anything"
        yield Finding(path, f"{place(path)}: nobody has all the skills that queue '{queue}' needs here ({skills})")


def _demands(plan: Plan) -> Iterator[Demand]:
    """Plain queues first: one finding for a queue that nobody serves, not one for each way into it."""
    for name in plan.queues:
        yield ("queues", name), name, frozenset()
    yield ("urgent", "queue"), plan.urgent.queue, frozenset()
    languages = [frozenset[str]()]
    languages += [frozenset({skill}) for skill in plan.practice.language_skills.values()]
    for path, queue, needs in _routes(plan):
        for language in languages:
            for step in _chain(plan, queue)[0]:
                yield path, step, needs | language


def _routes(plan: Plan) -> Iterator[Demand]:
    """Each way into a queue, with the needs gathered on it."""
    yield ("operator", "queue"), plan.operator.queue, frozenset()
    seen: set[tuple[str, frozenset[str]]] = set()
    ahead = [(name, frozenset[str]()) for name in _starts(plan)]
    while ahead:
        menu, gathered = ahead.pop()
        if (menu, gathered) in seen:
            continue
        seen.add((menu, gathered))
        for field, target in (("silent", plan.menus[menu].silent), ("unclear", plan.menus[menu].unclear)):
            if target is not None:
                yield ("menus", menu, field), target.name, gathered
        for key, choice in plan.menus[menu].choices.items():
            needs = gathered | choice.needs
            if choice.go.kind is Kind.QUEUE:
                yield ("menus", menu, "choices", key, "go"), choice.go.name, needs
            elif choice.go.kind is Kind.MENU:
                ahead.append((choice.go.name, needs))


def _idle_skills(plan: Plan) -> Iterator[Finding]:
    """A skill that nothing needs is a slip of the pen or a plan for later."""
    wanted = set(plan.practice.language_skills.values()).union(*(queue.needs for queue in plan.queues.values()))
    wanted = wanted.union(*(choice.needs for menu in plan.menus.values() for choice in menu.choices.values()))
    for name, person in plan.people.items():
        for skill in person.skills.keys() - wanted:
            said = f"nothing needs the skill '{skill}' of {name}{suggestion(skill, wanted)}"
            yield Finding(("people", name, "skills", skill), said, warning=True)


def _unused(plan: Plan) -> Iterator[Finding]:
    played = {menu.ask for menu in plan.menus.values()} | {menu.say for menu in plan.menus.values()}
    played |= {choice.say for menu in plan.menus.values() for choice in menu.choices.values()}
    played |= {box.greeting for box in plan.voicemail.values()}
    for name in plan.prompts.keys() - played - GENERIC_PROMPTS - {wording.OPERATOR_PROMPT}:
        yield Finding(("prompts", name), f"prompt '{name}' is never played", warning=True)
    asked = {i for name in plan.menus for lang in plan.practice.languages for i in offers.intents(plan, name, lang)}
    for name in plan.intents.keys() - asked:
        yield Finding(("intents", name), f"no menu asks for intent '{name}'", warning=True)


_LOOKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    _time_zone,
    _unreachable,
    _circles,
    _crowded,
    _key_twice,
    _same_words,
    _same_phone,
    _overflows,
    _nobody,
    _idle_skills,
    _unused,
)
