"""Escalations: who is told that a queue needs help, up the ladder, until somebody takes care of it."""

from __future__ import annotations

from dataclasses import replace

from acd.alarms import LOOK_AGAIN_SECONDS
from acd.commands import Alert, AlertOver
from acd.events import (
    Acknowledged,
    AgentLoggedOut,
    AgentReady,
    CallerJoined,
    CallerLeft,
    Configured,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.model import Callback, Condition, Escalation, Queue, Rung
from tests.acd.scene import ANA, BO, DESK, HEART, engine_with, join, serve, talk

LADDER = (Rung(("charge_nurse",), 120), Rung(("manager", "on_call"), 300))


def escalating(when: Condition, *ladder: Rung) -> Queue:
    return replace(DESK, escalations=(Escalation("late", when, ladder or LADDER),))


LATE = escalating(Condition(480))
BARE = escalating(Condition(staffed_below=2))


def alert(rung: int, *who: str, number: int = 1, why: str = "waited 8 min") -> Alert:
    return Alert(number, "desk", "late", rung, who, why)


def over(number: int = 1) -> AlertOver:
    return AlertOver(number, "desk", "late")


# ---- up the ladder ------------------------------------------------------------------------------------------------


def test_a_wait_that_is_too_long_alerts_the_first_rung_in_its_very_moment() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    assert engine.next_deadline() == 500
    assert engine.handle(TimePassed(), now=500) == [alert(0, "charge_nurse")]


def test_while_nobody_acknowledges_the_next_rung_is_told_and_the_last_again_and_again() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    for moment in (620, 920, 1220):
        assert engine.next_deadline() == moment
        assert engine.handle(TimePassed(), now=moment) == [alert(1, "manager", "on_call")]


def test_other_news_does_not_hurry_up_the_ladder() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    join(engine, "c2", now=510)
    engine.handle(CallerLeft("c2"), now=520)
    assert engine.next_deadline() == 620


def test_who_acknowledges_is_the_last_who_is_told() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    assert engine.handle(Acknowledged(1, "charge_nurse"), now=510) == []
    assert engine.next_deadline() is None


def test_an_alert_is_over_when_its_condition_is_acknowledged_or_not() -> None:
    for acknowledged in (True, False):
        engine = engine_with(queues=[LATE])
        join(engine, "c1", now=20)
        engine.handle(TimePassed(), now=500)
        if acknowledged:
            engine.handle(Acknowledged(1, "charge_nurse"), now=510)
        assert engine.handle(CallerLeft("c1"), now=520) == [over()]
        assert engine.next_deadline() is None


def test_the_next_one_who_waits_too_long_is_another_alert_from_the_first_rung() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    engine.handle(TimePassed(), now=620)
    engine.handle(CallerLeft("c1"), now=630)
    join(engine, "c2", now=640)
    assert engine.handle(TimePassed(), now=1120) == [alert(0, "charge_nurse", number=2)]


def test_an_alert_goes_on_for_whoever_waits_too_long_by_then() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    join(engine, "c2", now=30)
    engine.handle(TimePassed(), now=515)
    commands = engine.handle(CallerLeft("c1"), now=520)
    assert not any(isinstance(command, AlertOver) for command in commands)


def test_an_acknowledgement_of_an_alert_that_is_over_is_no_error() -> None:
    engine = engine_with(queues=[LATE])
    assert engine.handle(Acknowledged(7, "charge_nurse"), now=1) == []


def test_a_second_acknowledgement_changes_nothing() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    engine.handle(Acknowledged(1, "charge_nurse"), now=510)
    engine.handle(Acknowledged(1, "manager"), now=511)
    assert [each.by for each in engine.alarms.open.values()] == ["charge_nurse"]


# ---- what alerts --------------------------------------------------------------------------------------------------


def test_who_comes_to_talk_in_time_alerts_nobody() -> None:
    engine = engine_with(ANA, queues=[LATE])
    join(engine, "c1", now=20)
    talk(engine, 1, now=30)
    assert engine.next_deadline() is None


def test_a_ring_in_progress_is_still_a_wait() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(Configured((LATE,), (ANA,)), now=495)
    assert engine.handle(TimePassed(), now=500) == [alert(0, "charge_nurse")]
    assert engine.handle(TalkBegan(1), now=505) == [over()]


def test_who_is_to_be_called_back_waits_for_nobody_on_the_line() -> None:
    engine = engine_with(queues=[LATE])
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=20)
    assert engine.next_deadline() is None


def test_too_few_people_alert_at_once_and_enough_end_it() -> None:
    engine = engine_with(ANA, BO, queues=[BARE])
    why = "fewer than 2 at work"
    assert engine.handle(AgentLoggedOut("bo"), now=5) == [alert(0, "charge_nurse", number=2, why=why)]
    assert engine.handle(AgentReady("bo"), now=6) == [over(2)]


def test_a_low_service_level_alerts() -> None:
    engine = engine_with(ANA, queues=[escalating(Condition(service_level_below=0.8))])
    join(engine, "c1", now=0)
    talk(engine, 1, now=10)
    join(engine, "c2", now=20)
    assert engine.handle(CallerLeft("c2", dropped=True), now=60) == [
        alert(0, "charge_nurse", why="the service level is below 80 %")
    ]


def test_a_service_level_that_recovers_by_itself_ends_the_alert() -> None:
    """The bad half hour falls out of the figures while nothing happens."""
    engine = engine_with(ANA, queues=[escalating(Condition(service_level_below=0.8), Rung(("boss",), 100_000))])
    join(engine, "c1", now=0)
    serve(engine, 1, 100, 110)
    now, commands = 110.0, engine.handle(TimePassed(), now=110)
    while over() not in commands and now < 10_000:
        now = engine.next_deadline() or 10_000
        commands = engine.handle(TimePassed(), now)
    assert 1800 <= now <= 1800 + 100 + LOOK_AGAIN_SECONDS


def test_nothing_is_looked_at_again_while_nobody_waits_and_nothing_alerts() -> None:
    engine = engine_with(ANA, queues=[escalating(Condition(service_level_below=0.8))])
    assert engine.next_deadline() is None


# ---- another plan -------------------------------------------------------------------------------------------------


def test_an_alert_whose_rule_is_no_more_is_over() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    assert over() in engine.handle(Configured((DESK,), ()), now=510)
    assert engine.next_deadline() is None


def test_an_alert_whose_queue_is_no_more_is_over() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    assert over() in engine.handle(Configured((), ()), now=510)


def test_a_talk_that_outlives_its_queue_alerts_nobody() -> None:
    engine = engine_with(ANA, BO, queues=[BARE])
    join(engine, "c1", now=1)
    talk(engine, 1, now=2)
    engine.handle(Configured((HEART,), (ANA,)), now=3)
    assert engine.handle(TalkEnded(1), now=60) == []


def test_a_shorter_ladder_tells_its_last_rung() -> None:
    engine = engine_with(queues=[LATE])
    join(engine, "c1", now=20)
    engine.handle(TimePassed(), now=500)
    engine.handle(TimePassed(), now=620)
    engine.handle(Configured((escalating(Condition(480), Rung(("boss",), 60)),), ()), now=630)
    assert engine.handle(TimePassed(), now=920) == [alert(0, "boss")]


def test_the_same_plan_again_alerts_nobody_again() -> None:
    engine = engine_with(ANA, queues=[BARE])
    assert engine.handle(Configured((BARE,), (ANA,)), now=5) == []


def test_several_escalations_of_a_queue_have_ladders_of_their_own() -> None:
    late, later = (Escalation(name, Condition(seconds), LADDER) for name, seconds in (("late", 60), ("later", 90)))
    engine = engine_with(queues=[replace(DESK, escalations=(late, later))])
    join(engine, "c1", now=0)
    assert [command.name for command in engine.handle(TimePassed(), now=60) if isinstance(command, Alert)] == ["late"]
    assert [command.name for command in engine.handle(TimePassed(), now=90) if isinstance(command, Alert)] == ["later"]
