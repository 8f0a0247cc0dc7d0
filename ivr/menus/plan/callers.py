"""Callers whom the plan knows by their numbers: unwanted ones, and those who go another way or before others.

A caller's number is patient data: whatever is told of it names the list, and never the number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from ivr.menus.mistakes import Finding, Path, place
from ivr.menus.plan.numbers import SHORTEST_NUMBER, digits_of, same_number
from ivr.menus.plan.values import ONE_OR_MORE, Goal, Kind, Name, Noun, NumberKey, Seconds, Target, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.plan.model import Plan

WITHHELD = "withheld"

Listed = Annotated[tuple[NumberKey, ...], ONE_OR_MORE, Field(min_length=1)]


class Blocked(Noun):
    """Unwanted callers, `withheld` for all who hide their number. `say` is told instead of the generic sentence.

    No bar for danger: they are listened to, and key 0 reaches a person, before they go `to`.
    """

    numbers: Listed
    say: Name | None = None
    to: Goal = Target(Kind.GOODBYE)


class Preferred(Noun):
    """Callers who go straight `to` a queue or begin at another menu; who goes first is by `head_start` and `urgent`."""

    numbers: Listed
    to: Goal | None = None
    start: Name | None = None
    head_start: Seconds = 0.0
    urgent: bool = False

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if self.to is not None and self.start is not None:
            raise refusal("has 'to' and 'start', and a call begins at one of them: leave out the other")
        return self


class Callers(Noun):
    blocked: Blocked | None = None
    preferred: Mapping[Name, Preferred] = {}

    def is_blocked(self, caller: str) -> bool:
        return self.blocked is not None and _is_among(caller, self.blocked.numbers)

    def preference(self, caller: str) -> tuple[str, Preferred | None]:
        """The first list that the caller is on, and its name; "" and None for most callers."""
        for name, each in self.preferred.items():
            if _is_among(caller, each.numbers):
                return name, each
        return "", None


def _is_among(caller: str, numbers: tuple[str, ...]) -> bool:
    if not digits_of(caller):
        return WITHHELD in numbers
    return any(same_number(caller, number) for number in numbers)


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
