"""The engine and its journal, always alike. How it lives with the queues is told in test_queueing.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd import events
from acd.commands import Ring
from acd.model import Agent, Queue, Step
from acd.skills import Needs
from ivr import record as story
from ivr.queueing.journalled import LONGEST_JOURNAL, SNAPSHOT, JournalledEngine
from tests.fakes import RememberedJournal

if TYPE_CHECKING:
    from acd.commands import Command

PLAN = events.Configured((Queue("desk", (Step(Needs.parse("desk")),)),), (Agent("ana", {"desk": 3}),))


async def happens(journalled: JournalledEngine, event: events.Event, at: float) -> list[Command]:
    await journalled.keep([event], at)
    orders = journalled.handle(event, at)
    journalled.notes(event, orders, at)
    await journalled.shorten(at)
    return orders


async def after_a_restart(journal: RememberedJournal) -> tuple[JournalledEngine, int]:
    journalled = JournalledEngine(journal)
    return journalled, await journalled.restore(0)


async def a_long_day(journalled: JournalledEngine, events_after: int = 0) -> None:
    """Ana rings for call-1, call-2 waits; then nothing happens, very often."""
    await happens(journalled, PLAN, 0)
    await happens(journalled, events.CallerJoined("call-1", "desk"), 1)
    await happens(journalled, events.CallerJoined("call-2", "desk"), 2)
    for _ in range(LONGEST_JOURNAL - 2 + events_after):
        await happens(journalled, events.TimePassed(), 3)


async def test_a_long_journal_begins_again_with_a_snapshot_also_while_people_wait() -> None:
    journal = RememberedJournal()
    await a_long_day(JournalledEngine(journal))
    assert [list(entry) for _, _, entry in await journal.replay()] == [[SNAPSHOT]]


async def test_after_a_restart_the_snapshot_and_what_came_after_it_count() -> None:
    journal = RememberedJournal()
    before = JournalledEngine(journal)
    await a_long_day(before, events_after=10)
    await happens(before, events.CallerJoined("call-3", "desk"), 4)
    journalled, replayed = await after_a_restart(journal)
    assert replayed == 11
    assert [each.call for each in journalled.engine.waiting(5)] == ["call-1", "call-2", "call-3"]
    await happens(journalled, events.TalkBegan(1), 5)
    assert await happens(journalled, events.TalkEnded(1), 6) == [Ring(2, "ana", "call-2", 20.0)]
    assert [each.call for each in journalled.engine.waiting(7)] == ["call-2", "call-3"]


async def test_a_talk_that_rang_before_the_snapshot_is_told_whole() -> None:
    journal = RememberedJournal()
    await a_long_day(JournalledEngine(journal))
    journalled, _ = await after_a_restart(journal)
    for event, at in ((events.OfferAnswered(1), 4.0), (events.TalkBegan(1), 5.0)):
        orders = journalled.handle(event, at)
        notes = journalled.notes(event, orders, at)
    assert notes == [("call-1", story.Connected("ana", 4.0))]


async def test_a_journal_that_nobody_can_read_begins_again() -> None:
    journal = RememberedJournal()
    await journal.begin_again([(0.0, {SNAPSHOT: {"version": 0}})])
    journalled, replayed = await after_a_restart(journal)
    assert replayed == 0
    assert [list(entry) for _, _, entry in await journal.replay()] == [[SNAPSHOT]]
    assert journalled.engine.calls() == frozenset()
