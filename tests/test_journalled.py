"""What a journal that begins again must say. How it lives with the queues is told in test_queueing.py."""

from __future__ import annotations

from acd import events
from acd.engine import Engine
from acd.model import Agent, Queue, Step
from acd.skills import Needs
from ivr.journalled import standing

QUEUES = (Queue("desk", (Step(Needs.parse("desk")),)), Queue("empty", (Step(Needs.parse("x")),)))
PEOPLE = (Agent("ana", {"desk": 3}), Agent("bo", {"desk": 3}))


def test_nobody_is_forgotten_by_a_journal_that_begins_again() -> None:
    configured = events.Configured(QUEUES, PEOPLE)
    engine = Engine()
    engine.handle(configured, 0)
    engine.handle(events.AgentLoggedOut("bo"), 1)
    assert standing(configured, engine, 2) == [configured, events.AgentReady("ana"), events.AgentLoggedOut("bo")]
    engine.handle(events.CallerJoined("call-1", "empty"), 3)
    assert standing(configured, engine, 4) is None
    engine.handle(events.CallerLeft("call-1"), 5)
    engine.handle(events.CallerJoined("call-2", "desk"), 6)
    engine.handle(events.OfferFailed(1, events.Cause.BUSY), 7)
    engine.handle(events.CallerLeft("call-2"), 8)
    assert standing(configured, engine, 9) is None  # ana is passed over for a while
