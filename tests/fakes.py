"""Things that behave like the real ones, in memory. The real ones pass the same contract tests."""

from __future__ import annotations

from datetime import UTC, datetime

from ivr import record
from ivr.record import CallFacts, CallRecord, CallSummary, Entry, Noted, Numbering, Outcome


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
