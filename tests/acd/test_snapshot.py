"""A snapshot is the whole engine. That a restored one goes on exactly as the original is a rule of test_promises.py."""

from __future__ import annotations

import json

import pytest

from acd.codec import EventFormatError
from acd.engine import Engine
from acd.events import (
    AgentNotReady,
    CallbackAsked,
    CallerJoined,
    CallerLeft,
    Configured,
    OfferAnswered,
    TalkBegan,
    TimePassed,
)
from acd.model import Agent, Callback, Condition, Escalation, Queue, Rung
from acd.snapshot import restored, snapshot

LATE = Escalation("late", Condition(60), (Rung(("boss",), 30), Rung(("owner",), 30)))
PLAN = Configured(
    (Queue("desk", escalations=(LATE,), return_seconds=90), Queue("turns", strategy="round-robin")),
    (Agent("ana"), Agent("bo"), Agent("cai")),
)


def busy_practice() -> tuple[Engine, float]:
    """One talks, one rings, one is at lunch for half an hour; callers wait, one is to be called back, one dropped."""
    engine = Engine()
    engine.handle(PLAN, 0)
    engine.handle(CallerJoined("c1", "turns"), 1)
    engine.handle(CallerJoined("c2", "desk"), 2)
    engine.handle(AgentNotReady("cai", "lunch", 1800), 3)
    engine.handle(OfferAnswered(1), 4)
    engine.handle(TalkBegan(1), 5)
    for number in range(3, 7):
        engine.handle(CallerJoined(f"c{number}", "desk", party=f"p{number}"), number)
    engine.handle(CallbackAsked("c4", Callback(not_before=5000)), 8)
    engine.handle(CallerLeft("c6", dropped=True), 9)
    engine.handle(TimePassed(), 64)
    return engine, 64


def test_a_restored_engine_is_the_same_to_the_last_figure() -> None:
    engine, now = busy_practice()
    written = snapshot(engine)
    twin = restored(json.loads(json.dumps(written)))
    assert snapshot(twin) == written
    assert (twin.waiting(now), twin.agents(now), twin.offers(), twin.queues(now)) == (
        engine.waiting(now),
        engine.agents(now),
        engine.offers(),
        engine.queues(now),
    )


def test_a_restored_engine_goes_on_alike() -> None:
    engine, now = busy_practice()
    twin = restored(json.loads(json.dumps(snapshot(engine))))
    assert engine.handle(CallerJoined("c7", "desk", party="p6"), now) == twin.handle(
        CallerJoined("c7", "desk", party="p6"), now
    )
    for _ in range(20):
        due = engine.next_deadline()
        assert twin.next_deadline() == due
        if due is not None:
            assert twin.handle(TimePassed(), due) == engine.handle(TimePassed(), due)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": 1},
        {**snapshot(Engine()), "people": [{}]},
        {**snapshot(Engine()), "timers": [[0, "Nothing", {}]]},
    ],
)
def test_a_snapshot_that_is_half_understood_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(EventFormatError):
        restored(broken)
