"""The engine and its journal, always alike: an event is on disk before it is handled; a restart decides the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import structlog

from acd.codec import EventFormatError, decode, encode
from acd.engine import Engine
from acd.snapshot import restored, snapshot
from ivr.queueing.offer_notes import Note, OfferNotes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from acd import commands, events

LONGEST_JOURNAL = 5_000  # events; replayed in well under a second, and about a day of a busy practice
SNAPSHOT = "snapshot"  # the journal's first entry may be one: {"snapshot": {…}}, and the events go on from there
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
        self._length = 0

    async def restore(self, now: float) -> int:
        """Go on from the journal's snapshot and handle the events since; returns their number.

        A journal of a version that this one cannot read is put away whole: callers who waited come to the menus again.
        """
        entries = await self._journal.replay()
        try:
            past = self._read(entries)
        except EventFormatError as unreadable:
            log.exception("the journal is of another version; it begins again", error=str(unreadable))
            await self._begin_again(now)
            return 0
        self._notes.explains = False
        for event, at in past:
            self._replay(event, at)
        self._notes.explains = True
        self._length = len(past)
        return len(past)

    def _read(self, entries: Sequence[tuple[int, float, Mapping[str, Any]]]) -> list[tuple[events.Event, float]]:
        """The events since the snapshot, to which the engine is set. Raises EventFormatError."""
        if not entries or SNAPSHOT not in entries[0][2]:
            return [(decode(encoded), at) for _seq, at, encoded in entries]
        (_, _, first), *rest = entries
        past = [(decode(encoded), at) for _seq, at, encoded in rest]
        self.engine = restored(first[SNAPSHOT])
        self._notes = OfferNotes.of(self.engine)
        return past

    async def keep(self, batch: Sequence[events.Event], now: float) -> None:
        """Write the events that happened. Never raises: callers are served without a journal as well."""
        self._length += len(batch)
        try:
            await self._journal.append([(now, encode(event)) for event in batch])
        except JournalBroken as broken:
            log.exception("journal cannot be written; callers are served without it", error=str(broken))

    def handle(self, event: events.Event, now: float) -> list[commands.Command]:
        """The orders that an event leads to; `notes` is to be asked afterwards, once."""
        return self.engine.handle(event, now)

    def notes(self, event: events.Event, orders: Sequence[commands.Command], now: float) -> list[Note]:
        """What the record tells of an event that was handled."""
        return self._notes.take(event, orders, self.engine, now)

    async def shorten(self, now: float) -> None:
        """Begin a long journal again with a snapshot of the engine, which says all that it said."""
        if self._length > LONGEST_JOURNAL:
            await self._begin_again(now)

    async def _begin_again(self, now: float) -> None:
        try:
            await self._journal.begin_again([(now, {SNAPSHOT: snapshot(self.engine)})])
        except JournalBroken as broken:
            log.exception("journal cannot be written; it stays long for now", error=str(broken))
            return
        self._length = 0

    def _replay(self, event: events.Event, at: float) -> None:
        try:
            self.notes(event, self.handle(event, at), at)
        except Exception:  # as when it happened: it costs that event only
            log.exception("an event could not be replayed", kind=type(event).__name__)
