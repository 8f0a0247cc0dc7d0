"""Whether everybody gets somewhere at every hour of the week: past closed doors, out of menus, and without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.checking.week import State, states
from ivr.menus.mistakes import KEY, Finding, Path, suggestion
from ivr.menus.plan import public_holidays
from ivr.menus.plan.calendar import AFTER, BEFORE
from ivr.menus.plan.doors import door, past_closed
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.menus.plan.model import Menu, Plan
    from ivr.menus.plan.queues import Queue

_SECTIONS = {Kind.MENU: "menus", Kind.QUEUE: "queues"}


def coverage(plan: Plan) -> Iterator[Finding]:
    yield from _doors(plan)
    yield from _hours(plan)
    told: set[tuple[Path, str]] = set()
    every = states(plan)
    for look in _LOOKS:
        for state in every:
            for finding in look(plan, state):
                about = (finding.path, look.__name__)
                if about not in told:
                    told.add(about)
                    yield finding


def _places(plan: Plan) -> Iterator[tuple[Target, Menu | Queue]]:
    yield from ((Target(Kind.MENU, name), menu) for name, menu in plan.menus.items())
    yield from ((Target(Kind.QUEUE, name), queue) for name, queue in plan.queues.items())


def _path(target: Target) -> Path:
    return (_SECTIONS[target.kind], target.name)


# ---- doors and hours ------------------------------------------------------------------------------------------------


def _doors(plan: Plan) -> Iterator[Finding]:
    """Hours without a way to go outside of them, and the other way round."""
    for target, place in _places(plan):
        here, called = _path(target), f"{target.kind} '{target.name}'"
        if place.hours and not place.closed:
            when = next(state.when for state in states(plan) if not state.is_open(place.hours))
            fix = "add 'closed: {to: …}'"
            said = f"{called} has hours, but its callers have nowhere to go {when}: {fix}"
            yield Finding((*here, "hours"), said)
        if place.closed and not place.hours:
            said = f"{called} says what to do while it is closed, but has no hours: add 'hours: …'"
            yield Finding((*here, "closed"), said)
        if place.closed and place.closed.to.kind is Kind.GOODBYE and not place.closed.say:
            said = f"{called} hangs up while it is closed, without a word: add 'say: …' to 'closed'"
            yield Finding((*here, "closed", "to"), said)


def _hours(plan: Plan) -> Iterator[Finding]:
    for name, opening in plan.hours.items():
        here, rules = ("hours", name), opening.except_
        special = (*rules.named.values(), *rules.yearly.values(), *rules.dates.values())
        if not any((*opening.week.values(), *special)):
            yield Finding(here, f"hours '{name}' are never open: write the days, such as mon-fri: \"08:00-17:00\"")
        if rules.named and not rules.holidays:
            said = f"hours '{name}' name holidays, but not whose: add 'holidays: US', or another code"
            yield Finding((*here, "except", "named"), said)
            continue
        known = {each.casefold(): each for each in public_holidays.names(rules.holidays)} if rules.named else {}
        for holiday in rules.named:
            plain = holiday.casefold().removeprefix(AFTER).removeprefix(BEFORE)
            if plain not in known:
                fix = suggestion(holiday, known.values())
                said = f"'{holiday}' is not a holiday of {', '.join(rules.holidays)}{fix}"
                yield Finding((*here, "except", "named", holiday, KEY), said)


# ---- at each hour ---------------------------------------------------------------------------------------------------


def _is_closed(place: Menu | Queue | None, state: State) -> bool:
    return bool(place and place.closed and place.hours and not state.is_open(place.hours))


def _rounds(plan: Plan, state: State) -> Iterator[Finding]:
    """Closed doors that lead to each other; told at one of them."""
    told: set[Target] = set()
    for target, place in _places(plan):
        arrived, passed = past_closed(plan, target, state.is_open)
        if place.closed and _is_closed(door(plan, arrived), state) and arrived == target and target not in told:
            way = [detour.place for detour in passed]
            told.update(way)
            round_ = " → ".join(map(str, (*way, arrived)))
            said = f"closed doors lead callers round for ever ({state.when}): {round_}"
            yield Finding((*_path(target), "closed", "to"), f"{said}; let one lead to what is open then")


def _circles(plan: Plan, state: State) -> Iterator[Finding]:
    """Menus whose choices lead round for ever; growing the set of those with a way out finds them."""
    goals = {
        name: [past_closed(plan, choice.go, state.is_open) for choice in menu.ways.values()]
        for name, menu in plan.menus.items()
        if not _is_closed(menu, state)
    }
    way_out: set[str] = set()
    while True:
        found = {
            name
            for name in goals.keys() - way_out
            if any(to.kind is not Kind.MENU or to.name in way_out for to, _ in goals[name])
        }
        if not found:
            break
        way_out |= found
    for name in goals.keys() - way_out:
        when = f" ({state.when})" if any(passed for _, passed in goals[name]) else ""
        said = f"the choices of menu '{name}' lead from menu to menu for ever{when}: let one go to a queue"
        yield Finding(("menus", name, "choices"), said)


def _silent(plan: Plan, state: State) -> Iterator[Finding]:
    """Who says nothing, or nothing that is understood, comes to an end of it by themselves."""
    for field, who in (("silent", "says nothing"), ("unclear", "is not understood")):
        left = {name: _left_by(plan, menu, field, state) for name, menu in plan.menus.items()}
        for name, menu in plan.menus.items():
            if _is_closed(menu, state) or (field == "unclear" and menu.silent == menu.unclear):
                continue
            end, seen = left[name], {name}
            while end.kind is Kind.MENU and end.name not in seen:
                seen.add(end.name)
                end = left[end.name]
            if end in {Target(Kind.MENU, name), Target(Kind.GOODBYE)}:
                what = "hung up on" if end.kind is Kind.GOODBYE else "asked again for ever"
                fix = f"give it '{field}: queue …' with one that is open then"
                yield Finding(("menus", name, field), f"who {who} on menu '{name}' is {what} ({state.when}): {fix}")


def _left_by(plan: Plan, menu: Menu, field: str, state: State) -> Target:
    target = getattr(menu, field) or Target(Kind.QUEUE, plan.operator.queue)
    return past_closed(plan, target, state.is_open)[0]


_LOOKS: tuple[Callable[[Plan, State], Iterator[Finding]], ...] = (_rounds, _circles, _silent)
