"""Things that behave like the real ones, in memory. The real ones pass the same contract tests."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from acd.codec import decode
from ivr import record
from ivr.queueing.journalled import JournalBroken
from ivr.record import CallFacts, CallRecord, CallSummary, Entry, Noted, Numbering, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from acd.commands import Alert
    from acd.events import Event
    from ivr.queueing.backs import Back


PATIENCE = 10.0  # seconds that a test waits for what must happen

_T = TypeVar("_T")


class Seen(Generic[_T]):
    """What happened so far, and waiting for what has not."""

    def __init__(self) -> None:
        self.all: list[_T] = []
        self._grew = asyncio.Event()

    def add(self, each: _T) -> None:
        self.all.append(each)
        self._grew.set()

    async def until(self, wanted: Callable[[_T], object], times: int = 1) -> _T:
        """The wanted one, when it is there for the so manieth time."""
        async with asyncio.timeout(PATIENCE):
            while len(found := [each for each in self.all if wanted(each)]) < times:
                self._grew.clear()
                await self._grew.wait()
        return found[times - 1]


class FakeClock:
    """ivr.services.Clock, set by hand."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


class RememberedJournal:
    """A Journal (ivr.queueing.journalled) in memory, as JSON; `broken`, it cannot be written. A disk takes its time."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, str]] = []
        self.broken = False
        self.seen: Seen[Event] = Seen()

    async def append(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None:
        await asyncio.sleep(0)
        for _, event in entries:
            self.seen.add(decode(event))
        self._must_work()
        self.rows += [(at, json.dumps(event)) for at, event in entries]

    async def replay(self) -> Sequence[tuple[int, float, Mapping[str, Any]]]:
        return [(seq, at, json.loads(event)) for seq, (at, event) in enumerate(self.rows, start=1)]

    async def begin_again(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None:
        self._must_work()
        self.rows = [(at, json.dumps(event)) for at, event in entries]

    def events(self) -> list[Event]:
        """Those since the snapshot, where the journal begins with one."""
        return [decode(event) for _, text in self.rows if "event" in (event := json.loads(text))]

    def _must_work(self) -> None:
        if self.broken:
            raise JournalBroken("the disk is full")


class RememberedBacks:
    """ivr.queueing.backs.BackRows in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Back] = {}

    async def keep(self, back: Back) -> None:
        self.rows[back.call] = back

    async def remove(self, call: str) -> None:
        self.rows.pop(call, None)

    async def all(self) -> list[Back]:
        return list(self.rows.values())


class RememberedAlerts:
    """ivr.queueing.orders.Alerts that only keeps what it was told."""

    def __init__(self) -> None:
        self.told: Seen[Alert] = Seen()
        self.ended: Seen[int] = Seen()

    def alert(self, order: Alert) -> None:
        self.told.add(order)

    def over(self, alert: int) -> None:
        self.ended.add(alert)


class RememberedRecord:
    """ivr.record.Record and ivr.record.Records in memory. `entries_of` is what tests mostly ask."""

    def __init__(self) -> None:
        self.lost = 0
        self._numbering = Numbering()
        self._calls: dict[str, CallSummary] = {}
        self._timelines: dict[str, list[Noted]] = {}

    def began(self, facts: CallFacts) -> None:
        known = self._calls.get(facts.id)
        if known is not None:
            self._calls[facts.id] = record.reopened(known)
            return
        day = datetime.fromtimestamp(facts.started, UTC).date()
        self._calls[facts.id] = record.opened(facts, self._numbering.next(day))
        self._timelines[facts.id] = []

    def note(self, call: str, at: float, entry: Entry) -> None:
        if call not in self._calls:
            self.lost += 1
            return
        self._timelines[call].append(Noted(at, entry))
        self._calls[call] = record.after(self._calls[call], at, entry)

    def ended(self, call: str, at: float) -> None:
        if call not in self._calls:
            self.lost += 1
            return
        self._calls[call] = record.closed(self._calls[call], at)

    def entries_of(self, call: str) -> list[Entry]:
        return [noted.entry for noted in self._timelines.get(call, [])]

    def summary_of(self, call: str) -> CallSummary:
        return self._calls[call]

    async def calls(self, *, since: float = 0.0, limit: int = 100, outcome: Outcome | None = None) -> list[CallSummary]:
        found = [
            call
            for call in self._calls.values()
            if call.started >= since and (outcome is None or (call.outcome is outcome and call.ended is not None))
        ]
        return sorted(found, key=lambda call: call.started, reverse=True)[:limit]

    async def call(self, named: str) -> CallRecord:
        exact = [call for call in self._calls.values() if named == call.id or named.upper() == call.number]
        beginning = [
            call for call in self._calls.values() if call.id.startswith(named) or call.number.startswith(named.upper())
        ]
        summary = record.the_one(named, exact or beginning)
        return CallRecord(summary, tuple(self._timelines[summary.id]))
