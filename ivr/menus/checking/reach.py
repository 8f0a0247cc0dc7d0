"""What of a plan callers come to, and how many questions it takes; what nothing leads to, or nobody uses, is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.model import CALL
from ivr.menus.checking.known_callers import aims
from ivr.menus.checking.staffing import skills_wanted, starts
from ivr.menus.checking.uses import uses
from ivr.menus.mistakes import Finding
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ivr.menus.plan.model import Menu, Plan
    from ivr.menus.plan.queues import Queue

MOST_CHOICES = 4  # callers forget the first of five
MOST_LEVELS = 2  # at a third question callers press 0, or hang up


def reach(plan: Plan) -> Iterator[Finding]:
    yield from _unreached(plan)
    yield from _unused(plan)
    yield from _too_deep(plan)
    yield from _crowded(plan)


# ---- what nothing leads to ------------------------------------------------------------------------------------------


def _unreached(plan: Plan) -> Iterator[Finding]:
    come_to = _reached(plan)
    for name in plan.menus:
        if Target(Kind.MENU, name) not in come_to:
            yield Finding(("menus", name), f"no number, start or choice leads to menu '{name}'", warning=True)
    for name, queue in plan.queues.items():
        if queue.kind == CALL and Target(Kind.QUEUE, name) not in come_to:
            said = f"nothing leads callers to queue '{name}': let a choice go to it, or remove it"
            yield Finding(("queues", name), said, warning=True)
    for name in plan.voicemail:
        if Target(Kind.VOICEMAIL, name) not in come_to:
            said = f"nothing leads callers to voicemail box '{name}': let a choice or a queue go to it, or remove it"
            yield Finding(("voicemail", name), said, warning=True)


def _reached(plan: Plan) -> Collection[Target]:
    first = [Target(Kind.MENU, name) for name in starts(plan)]
    first += [Target(Kind.QUEUE, plan.operator.queue), Target(Kind.QUEUE, plan.urgent.queue)]
    reached = dict.fromkeys([*first, *(to for _, to in aims(plan))])
    ahead = list(reached)
    for target in ahead:
        further = [to for to in _onward(plan, target) if to not in reached]
        reached |= dict.fromkeys(further)
        ahead += dict.fromkeys(further)
    return reached.keys()


def _onward(plan: Plan, target: Target) -> Iterator[Target]:
    match target.kind:
        case Kind.MENU:
            yield from _out_of_menu(plan.menus[target.name])
        case Kind.QUEUE:
            yield from _out_of_queue(plan.queues[target.name])


def _out_of_menu(menu: Menu) -> Iterator[Target]:
    yield from (choice.go for choice in menu.ways.values())
    yield from (to for to in (menu.silent, menu.unclear) if to)
    if menu.closed:
        yield menu.closed.to


def _out_of_queue(queue: Queue) -> Iterator[Target]:
    yield from (rule.to for rule in queue.refuse)
    yield from (rule.target for rule in queue.overflow)
    yield from (way_out.to for way_out in queue.exits.values())
    if queue.closed:
        yield queue.closed.to


def _unused(plan: Plan) -> Iterator[Finding]:
    named = {(section, name) for path, section, name in uses(plan) if path[0] != "closures"}
    wanted = skills_wanted(plan)
    for name in plan.hours:
        if ("hours", name) not in named:
            said = f"no menu and no queue keeps the hours '{name}': add 'hours: {name}' to one, or remove them"
            yield Finding(("hours", name), said, warning=True)
    for name in plan.rotas:
        if ("alerted", name) not in named and name not in {*wanted, *plan.people}:
            said = f"nobody is called by rota '{name}': name it in an alert, or in what a queue needs, or remove it"
            yield Finding(("rotas", name), said, warning=True)
    for name, person in plan.people.items():
        if not person.skills and not {("people", name), ("alerted", name)} & named:
            said = f"{name} has no skill and is on no rota, so no caller is put through: add 'skills', or a rota"
            yield Finding(("people", name), said, warning=True)


# ---- how many questions ---------------------------------------------------------------------------------------------


def _levels(plan: Plan) -> Mapping[str, int]:
    """The menus that callers come to by choices, and at the so manieth question; a closed menu asks none."""
    level: dict[str, int] = {}
    ahead = [(name, 1) for name in starts(plan)]
    for name, number in ahead:
        if name in level:
            continue
        level[name] = number
        menu = plan.menus[name]
        if menu.closed and menu.closed.to.kind is Kind.MENU:
            ahead.append((menu.closed.to.name, number))
        ahead += [(each.go.name, number + 1) for each in menu.ways.values() if each.go.kind is Kind.MENU]
    return level


def _too_deep(plan: Plan) -> Iterator[Finding]:
    for name, number in _levels(plan).items():
        if number > MOST_LEVELS:
            said = (
                f"menu '{name}' is question {number} on its way; callers lose patience after {MOST_LEVELS}: "
                "let a menu further up lead there"
            )
            yield Finding(("menus", name), said, warning=True)


def _crowded(plan: Plan) -> Iterator[Finding]:
    for name, level in _levels(plan).items():
        number = len(plan.menus[name].choices)
        if level == 1 and number > MOST_CHOICES:
            said = f"menu '{name}' offers {number} choices; callers remember {MOST_CHOICES}: move the rest a menu down"
            yield Finding(("menus", name, "choices"), said, warning=True)
