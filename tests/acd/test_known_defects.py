"""Behaviours of Asterisk's app_queue that its users report as defects, each with a test that ours is right.

Sources: apps/app_queue.c and configs/samples/queues.conf.sample of Asterisk, and issues: asterisk#1568 is number 1568
of github.com/asterisk/asterisk, freeswitch#1148 of github.com/signalwire/freeswitch.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from acd.commands import Connect, SendAway, StopRinging, TellPosition
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    DayBegan,
    Device,
    DeviceChanged,
    OfferAnswered,
    OfferFailed,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.model import Absence, Agent, Condition, Overflow, Queue, WrapUp
from tests.acd.scene import (
    ANA,
    BO,
    CAI,
    DESK,
    HEART,
    RING_ALL,
    URGENT,
    engine_with,
    join,
    line_of,
    ring,
    rung,
    serve,
    state_of,
    step,
    talk,
    told,
)


def test_an_announcement_never_keeps_a_caller_from_a_free_person() -> None:
    """app_queue calls nobody for a caller while that caller hears an announcement (asterisk#1568, and a warning at
    announce-to-first-user in queues.conf.sample); in mod_callcenter the person who picked up hears silence until it has
    ended (freeswitch#1148). Here places are told after the offers, and to those only for whom nobody is rung.
    """
    engine = engine_with(ANA)
    join(engine, "c1", "c2", "c3")
    talk(engine, 1, now=2)
    commands = engine.handle(TalkEnded(1), now=60)
    assert commands[0] == ring(2, ANA, "c2")
    assert TellPosition("c2", 1) not in commands


def test_with_many_waiting_whoever_becomes_free_is_rung_in_the_same_moment() -> None:
    """app_queue's callers wait a second between two looks for a free member (RECHECK in app_queue.c)."""
    engine = engine_with(queues=[DESK])
    for number in range(200):
        join(engine, f"c{number}", now=number)
    engine.handle(Configured((DESK,), (replace(ANA, ready=False),)), now=300)
    assert engine.handle(AgentReady("ana"), now=301) == [ring(1, ANA, "c0")]


def test_whoever_waits_longest_does_not_pass_somebody_urgent() -> None:
    """force_longest_waiting_caller compares waits over several queues and no priorities: who joins at the first place
    for being urgent blocks both queues, and nobody is offered any call (asterisk#1691).
    """
    engine = engine_with(CAI)
    join(engine, "talks")
    talk(engine, 1, now=1)
    join(engine, "long", now=2)
    engine.handle(CallerJoined("urgent", "heart", urgency=URGENT), now=500)
    assert rung(engine.handle(TalkEnded(1), now=600)) == ["cai"]
    assert [offer.call for offer in engine.offers()] == ["urgent"]


def test_a_winner_of_the_race_who_hangs_up_before_the_talk_costs_the_caller_nothing() -> None:
    """With ringall all other phones are stopped at the first answer; a winner who hangs up before the talk leaves the
    caller to the next round, after `retry` seconds (asterisk#1557). Here everybody ready rings again at once.
    """
    engine = engine_with(ANA, BO, CAI, queues=[RING_ALL])
    join(engine, "c1", "c2")
    engine.handle(OfferAnswered(1), now=5)
    engine.handle(CallerLeft("c2"), now=6)
    assert engine.handle(OfferFailed(1, Cause.LOST), now=7) == [ring(6, BO, "c1"), ring(7, CAI, "c1")]
    assert [caller.waited_seconds for caller in engine.waiting(now=7)] == [6]


def test_two_persons_who_answer_at_the_same_time_are_one_talk_and_one_answered_elsewhere() -> None:
    """Two members who pick up at the same moment are both connected, one of them to silence (asterisk#176)."""
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    join(engine, "c1")
    commands = [*engine.handle(OfferAnswered(2), now=5), *engine.handle(OfferAnswered(1), now=5)]
    assert [each for each in commands if isinstance(each, Connect)] == [Connect(2, "bo", "c1")]
    assert [each for each in commands if isinstance(each, StopRinging)] == [
        StopRinging(1, "ana", answered_elsewhere=True),
        StopRinging(1, "ana", answered_elsewhere=True),
    ]


def test_nothing_that_follows_a_talk_begins_its_wrap_up_anew() -> None:
    """An attended transfer sets the member's last call to 0, so there is no wrap-up (asterisk#607); with several queues
    it ends early now and then (asterisk#1006).
    """
    engine = engine_with(CAI)
    join(engine, "c1", queue="heart")
    serve(engine, 1, 5, 60)
    for event in (TalkEnded(1), TalkBegan(1), OfferFailed(1, Cause.LOST), OfferAnswered(1), CallerLeft("c1")):
        engine.handle(event, now=70)
        assert (state_of(engine, CAI), engine.next_deadline()) == ("wrap-up", 90)


def test_a_caller_who_is_transferred_and_joins_again_leaves_the_wrap_up_alone() -> None:
    engine = engine_with(CAI, ANA)
    join(engine, "c1", queue="heart")
    serve(engine, 1, 5, 60)
    assert join(engine, "c1", now=70) == [ring(2, ANA, "c1")]
    assert (state_of(engine, CAI), engine.staff.people["cai"].wrapping_up is not None) == ("wrap-up", True)


@pytest.mark.parametrize("strategy", ["fewest-calls", "least-talk-time"])
def test_after_a_night_nobody_is_flooded_for_having_been_away(strategy: str) -> None:
    """fewestcalls counts since the queue was loaded or its figures were reset (calls of struct member in app_queue.c):
    whoever was away for a day is rung for every call until the counts are equal.
    """
    engine = engine_with(ANA, BO, queues=[replace(DESK, strategy=strategy)])
    engine.handle(AgentLoggedOut("bo"), now=0)
    for number in range(1, 21):
        join(engine, f"y{number}", now=10.0 * number)
        serve(engine, number, 10.0 * number, 10.0 * number + 5)
    engine.handle(AgentReady("bo"), now=1000)
    engine.handle(DayBegan(), now=1000)
    chosen = []
    for number in range(21, 25):
        chosen += rung(join(engine, f"t{number}", now=10.0 * number + 1000))
        serve(engine, number, 10.0 * number + 1000, 10.0 * number + 1005)
    assert chosen == ["ana", "bo", "ana", "bo"]


def test_who_never_had_a_call_has_one_first_and_no_more_than_one() -> None:
    """leastrecent goes by the last call, which is 0 for a new member, and again after asterisk#607."""
    engine = engine_with(ANA, BO, queues=[replace(DESK, strategy="longest-since-call")])
    join(engine, "c1", now=1)
    serve(engine, 1, 1, 5)
    chosen = []
    for number in (2, 3, 4):
        chosen += rung(join(engine, f"c{number}", now=10 * number))
        serve(engine, number, 10 * number, 10 * number + 5)
    assert chosen == ["bo", "ana", "bo"]


def test_all_free_persons_are_rung_at_once_for_as_many_callers() -> None:
    """With autofill=no, the default, all wait until the first caller is connected, however many members are free
    (queues.conf.sample).
    """
    engine = engine_with(queues=[DESK])
    join(engine, "c1", "c2", "c3", "c4")
    assert engine.handle(Configured((DESK,), (ANA, BO, CAI)), now=9)[:3] == [
        ring(1, ANA, "c1"),
        ring(2, BO, "c2"),
        ring(3, CAI, "c3"),
    ]


def test_the_last_person_who_logs_out_does_not_leave_callers_in_limbo() -> None:
    """leavewhenempty is looked at "periodically" (queues.conf.sample), that is between two tries of each caller: who is
    being rung for, or hears an announcement, stays in an empty queue until then.
    """
    nobody = Condition(empty=frozenset({Absence.UNAVAILABLE}))
    leave = Overflow(nobody, to="voicemail")
    engine = engine_with(ANA, queues=[replace(DESK, refuse=(leave,), overflow=(leave,))])
    join(engine, "c1", "c2")
    commands = engine.handle(AgentLoggedOut("ana"), now=5)
    assert [each.call for each in commands if isinstance(each, SendAway)] == ["c1", "c2"]
    assert [type(each) for each in join(engine, "c3", now=6)] == [SendAway]
    assert engine.calls() == frozenset()


def test_who_signs_in_while_the_last_caller_leaves_for_want_of_people_is_not_rung_for_nobody() -> None:
    nobody = Condition(empty=frozenset({Absence.UNAVAILABLE}))
    engine = engine_with(ANA, queues=[replace(DESK, overflow=(Overflow(nobody, to="voicemail"),))])
    join(engine, "c1")
    engine.handle(AgentLoggedOut("ana"), now=5)
    assert engine.handle(AgentReady("ana"), now=5) == []


def test_what_is_required_relaxes_and_the_place_is_kept() -> None:
    """A caller who leaves an app_queue for another one, because the penalties let nobody be rung, begins at its end;
    rules of queuerules.conf change one caller's limits and not the place of who waits longer with other limits.
    """
    queue = Queue("desk", (step("cardiology", Condition(60)), step("desk")))
    engine = engine_with(CAI, queues=[queue])
    join(engine, "talks", now=0)
    talk(engine, 1, now=0)
    join(engine, "c1", "c2", now=1)
    engine.handle(TimePassed(), now=61)
    join(engine, "c3", now=62)
    assert line_of(engine) == ["c1", "c2", "c3"]
    assert told(engine.handle(CallerLeft("c1"), now=63)) == {"c2": 1, "c3": 2}


def test_a_new_plan_keeps_every_place() -> None:
    """`queue reload` goes through all members and their devices (asterisk#1972); here no place and no state changes."""
    engine = engine_with(ANA, queues=[DESK])
    join(engine, "c1", "c2", "c3")
    talk(engine, 1, now=2)
    engine.handle(AgentNotReady("ana", "lunch"), now=3)
    engine.handle(Configured((DESK, HEART), (Agent("first", {"mail": 1}), ANA)), now=4)
    engine.handle(TalkEnded(1), now=60)
    assert (line_of(engine), state_of(engine, ANA)) == (["c2", "c3"], "not ready: lunch")


def test_who_is_in_another_call_is_never_rung() -> None:
    """ringinuse=no goes by a device state that arrives by itself, later than the call that made it (device_state_cb in
    app_queue.c): a phone that is taken in between is rung all the same, and rings on. Here the ring is taken back.
    """
    engine = engine_with(ANA, queues=[DESK, HEART])
    join(engine, "c1")
    assert engine.handle(DeviceChanged("ana", Device.BUSY), now=2)[0] == StopRinging(1, "ana")
    join(engine, "c2", now=3)
    assert engine.offers() == ()


def test_a_person_of_two_queues_is_rung_for_one_caller() -> None:
    engine = engine_with(CAI)
    assert rung(join(engine, "c1")) == ["cai"]
    assert rung(join(engine, "c2", queue="heart")) == []
    talk(engine, 1, now=2)
    assert rung(join(engine, "c3", queue="heart", now=3)) == []


def test_the_wrap_up_of_one_queue_counts_in_all_others() -> None:
    """Without shared_lastcall a queue does not respect the wrap-up of another one (queues.conf.sample)."""
    engine = engine_with(CAI, queues=[DESK, replace(HEART, wrap_up=WrapUp(30))])
    join(engine, "c1", queue="heart")
    serve(engine, 1, 5, 60)
    assert rung(join(engine, "c2", now=61)) == []
    assert rung(engine.handle(TimePassed(), now=90)) == ["cai"]


def test_who_does_not_answer_is_not_rung_again_and_again_by_the_same_caller() -> None:
    """fewestcalls rings whoever has the fewest calls to the bitter end, though others are free (mikopbx/Core#409);
    autopause takes who did not answer out of the queue for good (queues.conf.sample).
    """
    engine = engine_with(ANA, BO)
    join(engine, "c1")
    assert engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=21) == [ring(2, BO, "c1")]
    assert rung(engine.handle(OfferFailed(2, Cause.REFUSED), now=22)) == []
    assert rung(engine.handle(TimePassed(), now=37)) == ["bo"]
    engine.handle(CallerLeft("c1"), now=38)
    assert engine.next_deadline() == 81
    engine.handle(TimePassed(), now=81)
    assert state_of(engine, ANA) == "ready"


def test_an_estimated_place_never_rises_silently() -> None:
    """app_queue says the place as it is, also when somebody joined before, but for announce-position-only-up."""
    engine = engine_with(queues=[DESK])
    join(engine, "c1", "c2")
    assert told(engine.handle(CallerJoined("u1", "desk", urgency=URGENT), now=2)) == {"u1": 1}
    assert told(engine.handle(CallerLeft("u1"), now=3)) == {}


def test_a_call_whose_end_is_told_twice_is_counted_once() -> None:
    """With shared_lastcall one call may be counted several times, which misleads fewestcalls (asterisk#1736)."""
    engine = engine_with(ANA, queues=[DESK, HEART])
    join(engine, "c1")
    serve(engine, 1, 2, 10)
    engine.handle(TalkEnded(1), now=10)
    engine.handle(OfferFailed(1, Cause.LOST), now=11)
    assert engine.staff.people["ana"].work.calls == 1
    assert engine.queues(now=12)[0].figures.answered == 1


def test_a_caller_may_leave_at_any_moment_whatever_is_being_told() -> None:
    """A key that is pressed during an announcement ends the announcement only (asterisk#543)."""
    engine = engine_with(ANA)
    join(engine, "c1")
    assert told(join(engine, "c2", now=2)) == {"c2": 2}
    assert engine.handle(CallerLeft("c2"), now=2) == []
    assert line_of(engine) == ["c1"]
