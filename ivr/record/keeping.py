"""Who writes the record while calls live, and what may be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.record.entries import Entry
    from ivr.record.summary import CallFacts, CallSummary, Outcome


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of a timeline."""

    at: float
    entry: Entry


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call, whole; the timeline in the order in which it was noted."""

    summary: CallSummary
    timeline: tuple[Noted, ...]


class NoSuchCall(UserError):  # noqa: N818 - the answer to a question
    """No call has this id, number or beginning of one; or several have, and the message names them."""


def the_one(named: str, found: Sequence[CallSummary]) -> CallSummary:
    """The only call found under a name. Raises NoSuchCall, with what to do."""
    match found:
        case [one]:
            return one
        case []:
            raise NoSuchCall(f"no call is named {named!r}: `careline calls` lists them")
        case _:
            several = ", ".join(call.number for call in found[:5])
            raise NoSuchCall(f"{named!r} is the beginning of several calls ({several} ...): give more of it")


class Record(Protocol):
    """Written while calls live. Nothing here waits, blocks or raises: a record that fails never costs a call."""

    def began(self, facts: CallFacts) -> None:
        """A call arrived. The id of a known call resumes that call's record: it came back after an outage."""

    def note(self, call: str, at: float, entry: Entry) -> None:
        """Something happened to the call. An unknown call is counted as lost and logged."""

    def ended(self, call: str, at: float) -> None:
        """The call is over; its outcome follows from its entries."""


class Records(Protocol):
    """Read by people: `careline calls`, `careline explain`."""

    async def calls(
        self, *, since: float = 0.0, limit: int = 100, outcome: Outcome | None = None
    ) -> Sequence[CallSummary]:
        """The latest calls that started at or after `since`, latest first; with an outcome, only ended ones."""

    async def call(self, named: str) -> CallRecord:
        """One call by its id, its short number, or a beginning of either that only one call has.

        Raises NoSuchCall.
        """
