"""The conditions of steps, overflow and escalations, and how they are said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from acd.conditions import Facts, duration, holds, in_words
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    CallbackAsked,
    CallerChanged,
    CallerLeft,
    Cause,
    Device,
    DeviceChanged,
    OfferFailed,
    TalkEnded,
)
from acd.model import Absence, Agent, Condition, Queue, Urgency, WrapUp
from tests.acd.scene import ANA, BO, DESK, engine_with, join, serve, step, talk

if TYPE_CHECKING:
    from acd.engine import Engine

PAUSED, PENALTY, IN_USE = Absence.PAUSED, Absence.PENALTY, Absence.IN_USE
RINGING, UNAVAILABLE, WRAP_UP = Absence.RINGING, Absence.UNAVAILABLE, Absence.WRAP_UP
EVERY_WAY = frozenset(Absence)


def true_of(engine: Engine, condition: Condition, now: float = 100, since: float = 0) -> bool:
    return holds(condition, since, now, Facts(engine.lobby.rooms["desk"], engine.crews, now))


def empty(*ways: Absence) -> Condition:
    return Condition(empty=frozenset(ways))


# ---- parts --------------------------------------------------------------------------------------------------------


def test_a_condition_without_parts_always_holds() -> None:
    assert true_of(engine_with(), Condition(), now=0)


def test_a_wait_is_reached_at_its_very_moment() -> None:
    waited = Condition(60)
    assert [true_of(engine_with(), waited, now, since=0.1) for now in (60, 60.1, 61)] == [False, True, True]


def test_the_length_counts_everybody_in_line_who_has_not_come_to_talk() -> None:
    engine = engine_with(ANA)
    join(engine, "talks", "rung", "waits")
    talk(engine, 1, now=2)
    assert [true_of(engine, Condition(length=length)) for length in (1, 2, 3)] == [True, True, False]


def test_staffed_counts_who_is_at_work_and_able_when_all_steps_are_relaxed() -> None:
    engine = engine_with(ANA, BO, Agent("dee", {"mail": 3}))
    assert [true_of(engine, Condition(staffed_below=people)) for people in (2, 3)] == [False, True]
    join(engine, "c1")
    engine.handle(AgentNotReady("bo", "lunch"), now=2)
    assert [true_of(engine, Condition(staffed_below=people)) for people in (1, 2)] == [False, True]


def test_a_service_level_that_nobody_knows_is_not_low() -> None:
    assert not true_of(engine_with(ANA), Condition(service_level_below=1.0))


def test_a_service_level_is_below_what_it_does_not_reach() -> None:
    engine = engine_with(ANA)
    join(engine, "late")
    serve(engine, 1, 20, 30)
    join(engine, "in time", "gave up", now=40)
    serve(engine, 2, 41, 50)
    engine.handle(CallerLeft("gave up", dropped=True), now=60)
    assert [true_of(engine, Condition(service_level_below=share), 60) for share in (0.66, 0.67)] == [False, True]


def test_an_estimated_wait_that_nobody_knows_is_not_long() -> None:
    assert not true_of(engine_with(ANA), Condition(estimated_wait_seconds=0))


def test_an_estimated_wait_is_about_who_would_join_now() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    serve(engine, 1, 2, 302)
    join(engine, "c2", "c3", "c4", now=303)
    talk(engine, 2, now=304)
    estimate = engine.queues(now=310)[0].estimate
    assert estimate is not None
    around = (estimate.seconds, estimate.seconds + 0.1)
    assert [true_of(engine, Condition(estimated_wait_seconds=seconds), 310) for seconds in around] == [True, False]


def test_somebody_urgent_waits_until_they_come_to_talk() -> None:
    engine = engine_with(ANA)
    urgent = Condition(urgent=True)
    join(engine, "c1")
    assert not true_of(engine, urgent)
    engine.handle(CallerChanged("c1", Urgency.URGENT), now=2)
    assert true_of(engine, urgent)
    talk(engine, 1, now=3)
    assert not true_of(engine, urgent)


def test_every_part_must_hold() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    assert true_of(engine, Condition(60, length=2, staffed_below=2))
    assert not true_of(engine, Condition(60, length=3, staffed_below=2))
    assert not true_of(engine, Condition(60, length=2, staffed_below=1))
    assert not true_of(engine, Condition(60, length=2, staffed_below=2), now=59)


# ---- nobody there: app_queue's words ------------------------------------------------------------------------------


def test_somebody_ready_is_never_absent() -> None:
    assert not true_of(engine_with(ANA), empty(*EVERY_WAY))


def test_a_queue_that_nobody_of_the_plan_could_serve_is_empty_in_every_sense() -> None:
    assert true_of(engine_with(Agent("dee", {"mail": 3})), empty())


def away(how: str) -> Engine:
    """Ana is away in one way; she is the only one."""
    engine = engine_with(ANA, queues=[replace(DESK, wrap_up=WrapUp(60))])
    match how:
        case "logged out":
            engine.handle(AgentLoggedOut("ana"), now=1)
        case "not ready":
            engine.handle(AgentNotReady("ana", "lunch"), now=1)
        case "outside call":
            engine.handle(DeviceChanged("ana", Device.BUSY), now=1)
        case "unreachable":
            engine.handle(DeviceChanged("ana", Device.GONE), now=1)
        case "ringing":
            join(engine, "c1")
        case "back-off":
            join(engine, "c1")
            engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=2)
        case "talking":
            join(engine, "c1")
            talk(engine, 1, now=2)
        case "wrap-up":
            join(engine, "c1")
            talk(engine, 1, now=2)
            engine.handle(TalkEnded(1), now=3)
    return engine


@pytest.mark.parametrize(
    ("how", "way"),
    [
        ("logged out", UNAVAILABLE),
        ("unreachable", UNAVAILABLE),
        ("not ready", PAUSED),
        ("back-off", PAUSED),
        ("ringing", RINGING),
        ("talking", IN_USE),
        ("outside call", IN_USE),
        ("wrap-up", WRAP_UP),
    ],
)
def test_who_is_away_is_absent_in_one_way_and_no_other(how: str, way: Absence) -> None:
    engine = away(how)
    assert [each for each in Absence if true_of(engine, empty(each), now=4)] == [way]
    assert true_of(engine, empty(*EVERY_WAY), now=4)
    assert not true_of(engine, empty(*EVERY_WAY - {way}), now=4)
    assert not true_of(engine, empty(), now=4)


def test_everybody_must_be_absent() -> None:
    engine = engine_with(ANA, BO)
    engine.handle(AgentLoggedOut("ana"), now=1)
    assert not true_of(engine, empty(UNAVAILABLE))
    engine.handle(AgentNotReady("bo", "lunch"), now=2)
    assert not true_of(engine, empty(UNAVAILABLE))
    assert true_of(engine, empty(UNAVAILABLE, PAUSED))


def test_with_penalty_who_meets_the_last_step_only_does_not_count() -> None:
    stepped = Queue("desk", (step("cardiology", Condition(60)), step("desk")))
    engine = engine_with(ANA, queues=[stepped])
    assert not true_of(engine, empty(UNAVAILABLE))
    assert true_of(engine, empty(UNAVAILABLE, PENALTY))


# ---- who waits to be called back ----------------------------------------------------------------------------------


def test_who_is_to_be_called_back_does_not_lengthen_the_queue() -> None:
    engine = engine_with()
    join(engine, "c1", "c2")
    engine.handle(CallbackAsked("c1"), now=2)
    assert [true_of(engine, Condition(length=length)) for length in (1, 2)] == [True, False]


# ---- in words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition(), "always"),
        (Condition(240), "waited 4 min"),
        (Condition(90), "waited 1 min 30 s"),
        (Condition(length=5), "5 or more wait"),
        (Condition(urgent=True), "somebody in danger waits"),
        (Condition(estimated_wait_seconds=600), "the estimated wait is 10 min or more"),
        (Condition(service_level_below=0.8), "the service level is below 80 %"),
        (Condition(staffed_below=2), "fewer than 2 at work"),
        (empty(), "nobody of the plan could serve it"),
        (empty(UNAVAILABLE, PAUSED), "nobody is there who is not paused, unavailable"),
        (Condition(60, staffed_below=2), "waited 1 min and fewer than 2 at work"),
    ],
)
def test_a_condition_is_said_in_words(condition: Condition, words: str) -> None:
    assert in_words(condition) == words


def test_durations_are_said_in_minutes_and_seconds() -> None:
    assert [duration(seconds) for seconds in (0, 0.4, 59.6, 60, 61, 3600)] == [
        "0 s",
        "0 s",
        "1 min",
        "1 min",
        "1 min 1 s",
        "60 min",
    ]


def test_only_a_wait_is_of_time_alone() -> None:
    assert Condition(60).of_time_alone
    assert not Condition(60, length=1).of_time_alone
    assert not empty().of_time_alone
