"""Callers whom the plan knows by their numbers: unwanted ones, and those who go another way or before others.

A caller's number is patient data: whatever is told of it names the list, and never the number.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from typing import Annotated, Self

from pydantic import Field, model_validator

from ivr.menus.plan.numbers import digits_of, same_number
from ivr.menus.plan.values import ONE_OR_MORE, Goal, Kind, Name, Noun, NumberKey, Seconds, Target, refusal

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
