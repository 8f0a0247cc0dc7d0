"""Blocked and preferred callers: where the plan sends them, and what can be wrong with their lists."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from ivr.menus.mistakes import Finding, Path, place
from ivr.menus.plan.numbers import SHORTEST_NUMBER, digits_of, same_number
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.plan.model import Plan


def aims(plan: Plan) -> Iterator[tuple[Path, Target]]:
    """Where callers go who do not come to a menu, and where the plan says so."""
    if blocked := plan.callers.blocked:
        yield ("callers", "blocked", "to"), blocked.to
    for name, each in plan.callers.preferred.items():
        if each.to:
            yield ("callers", "preferred", name, "to"), each.to


# ---- what can be wrong ----------------------------------------------------------------------------------------------

_BLOCKED_TO = (Kind.GOODBYE, Kind.VOICEMAIL, Kind.QUEUE)


def known_callers(plan: Plan) -> Iterator[Finding]:
    """Mistakes of the lists of callers, in a plan without dangling names."""
    for path, to in aims(plan):
        if path[1] == "blocked" and to.kind not in _BLOCKED_TO:
            yield Finding(path, f"{place(path)} must be 'goodbye', 'voicemail NAME' or 'queue NAME', not '{to}'")
        elif path[1] == "preferred" and to.kind is not Kind.QUEUE:
            yield Finding(path, f"{place(path)} must be 'queue NAME', not '{to}'; for a menu, use 'start'")
    yield from _listed_twice(plan)


def _listed_twice(plan: Plan) -> Iterator[Finding]:
    """One number on two lists; nothing is said of the numbers themselves but where they stand."""
    ends: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for path, number in _lists(plan):
        ends[digits_of(number)[-SHORTEST_NUMBER:] or number].append((path, number))
    for group in ends.values():
        for (first, one), (path, other) in combinations(group, 2):
            if first[:-1] != path[:-1] and same_number(one, other):
                said = f"this number is on {place(first[1:-2])} as well: a caller is on one list"
                yield Finding(path, said)


def _lists(plan: Plan) -> Iterator[tuple[Path, str]]:
    callers = plan.callers
    lists: list[tuple[Path, tuple[str, ...]]] = [
        (("callers", "preferred", name, "numbers"), each.numbers) for name, each in callers.preferred.items()
    ]
    if callers.blocked:
        lists.insert(0, (("callers", "blocked", "numbers"), callers.blocked.numbers))
    for path, numbers in lists:
        yield from (((*path, index), number) for index, number in enumerate(numbers))
