"""The engine and its journal, always alike: an event is on disk before it is handled; a restart decides the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import structlog

from acd import commands, events
from acd.codec import EventFormatError, decode, encode
from acd.engine import Engine
from acd.state import Presence
from ivr.offer_notes import Note, OfferNotes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_JOURNAL = 5_000  # events; replayed in well under a second, and about a day of a busy practice
log = structlog.get_logger()


class Journal(Protocol):
    """Events on disk, in order. Any method may raise JournalBroken."""

    async def append(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None: ...

    async def replay(self) -> Sequence[tuple[int, float, Mapping[str, Any]]]: ...

    async def begin_again(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None: ...


class JournalBroken(Exception):  # noqa: N818 - the disk's state; callers are served without it
    """The journal cannot be written: a crash now would lose places in line, but nobody is turned away for it."""


class JournalledEngine:
    """First `keep` the events, then `handle` each. `engine` is there to look at, never to change."""

    def __init__(self, journal: Journal) -> None:
        self.engine = Engine()
        self._journal = journal
        self._notes = OfferNotes()
        self._configured = events.Configured((), ())
        self._length = 0

    async def restore(self, now: float) -> int:
        """Handle what the journal holds; returns the number of events.

        A journal of a version that this one cannot read is put away whole: callers who waited come to the menus again.
        """
        entries = await self._journal.replay()
        try:
            past = [(decode(encoded), at) for _seq, at, encoded in entries]
        except EventFormatError as unreadable:
            log.exception("the journal is of another version; it begins again", error=str(unreadable))
            await self._begin_again([self._configured], now)
            return 0
        for event, at in past:
            self._replay(event, at)
        self._length = len(past)
        return len(past)

    async def keep(self, batch: Sequence[events.Event], now: float) -> None:
        """Write the events that happened. Never raises: callers are served without a journal as well."""
        self._length += len(batch)
        try:
            await self._journal.append([(now, encode(event)) for event in batch])
        except JournalBroken as broken:
            log.exception("journal cannot be written; callers are served without it", error=str(broken))

    def handle(self, event: events.Event, now: float) -> list[commands.Command]:
        """The orders that an event leads to; `notes` is to be asked afterwards, once."""
        orders = self.engine.handle(event, now)
        if isinstance(event, events.Configured):
            self._configured = event
        return orders

    def notes(self, event: events.Event, orders: Sequence[commands.Command], now: float) -> list[Note]:
        """What the record tells of an event that was handled."""
        return self._notes.take(event, orders, self.engine, now)

    async def shorten(self, now: float) -> None:
        """Begin a long journal again at a quiet moment, when plan and persons' states say all that it said."""
        if self._length <= LONGEST_JOURNAL:
            return
        state = standing(self._configured, self.engine, now)
        if state is not None:
            await self._begin_again(state, now)

    async def _begin_again(self, state: Sequence[events.Event], now: float) -> None:
        """Journal and engine anew, and alike."""
        try:
            await self._journal.begin_again([(now, encode(event)) for event in state])
        except JournalBroken as broken:
            log.exception("journal cannot be written; it stays long for now", error=str(broken))
            return
        self.engine, self._notes, self._length = Engine(), OfferNotes(), len(state)
        for event in state:
            self.engine.handle(event, now)

    def _replay(self, event: events.Event, at: float) -> None:
        try:
            self.notes(event, self.handle(event, at), at)
        except Exception:  # as when it happened: it costs that event only
            log.exception("an event could not be replayed", kind=type(event).__name__)


def standing(configured: events.Configured, engine: Engine, now: float) -> list[events.Event] | None:
    """The events that lead a new engine to where this one stands; None while anybody waits, talks or wraps up."""
    state: list[events.Event] = [configured]
    for person in engine.agents(now):
        match person.state:
            case Presence.READY:
                state.append(events.AgentReady(person.agent))
            case Presence.NOT_READY:
                state.append(events.AgentNotReady(person.agent, person.why))
            case Presence.LOGGED_OUT:
                state.append(events.AgentLoggedOut(person.agent))
            case _:
                return None
    return None if engine.calls() else state
