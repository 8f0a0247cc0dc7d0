"""A callback keeps the caller's place while nobody is on the line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from acd.commands import CallbackOver, Connect, DialCaller, GiveUp, Restored, StopDialling, StopRinging, TellPosition
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallbackAsked,
    CallbackCancelled,
    CallerJoined,
    CallerLeft,
    CallerReached,
    CallerUnreached,
    Cause,
    Configured,
    Device,
    DeviceChanged,
    Event,
    OfferAnswered,
    OfferFailed,
    Reconciled,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.model import Callback, CallbackRules, Condition, Overflow, Queue
from acd.offers import DIAL_SECONDS
from tests.acd.scene import (
    ANA,
    BO,
    CAI,
    DESK,
    HEART,
    RING_ALL,
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

if TYPE_CHECKING:
    from acd.engine import Engine

CALLER_FIRST = replace(DESK, callback=CallbackRules(caller_first=True))
ONE = frozenset({1})
NONE = frozenset[int]()


def waiting_for_a_callback(queue: Queue = DESK, callback: Callback | None = None) -> Engine:
    """Ana talks; c1 asked to be called back, c2 waits on the phone."""
    engine = engine_with(ANA, queues=[queue])
    join(engine, "talks")
    talk(engine, 1, now=1)
    join(engine, "c1", "c2", now=2)
    engine.handle(CallbackAsked("c1", callback or Callback()), now=3)
    return engine


def ringing_for_a_callback() -> Engine:
    """Bo is rung for the callback of c1."""
    engine = engine_with(BO)
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=1)
    return engine


def dialling() -> Engine:
    """Bo waits on the phone while c1 is dialled."""
    engine = ringing_for_a_callback()
    engine.handle(OfferAnswered(1), now=2)
    return engine


def reserved() -> Engine:
    """C1 is dialled while bo is held."""
    engine = engine_with(BO, queues=[CALLER_FIRST])
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=1)
    return engine


# ---- the place ----------------------------------------------------------------------------------------------------


def test_the_place_is_kept_while_the_caller_hangs_up() -> None:
    engine = waiting_for_a_callback()
    assert engine.handle(CallerLeft("c1", dropped=True), now=4) == []
    assert line_of(engine) == ["c1", "c2"]
    assert [caller.callback for caller in engine.waiting(now=5)] == [True, False]


def test_the_callback_is_served_at_its_place() -> None:
    engine = waiting_for_a_callback()
    assert engine.handle(TalkEnded(1), now=60) == [ring(2, ANA, "c1")]


def test_who_is_not_on_the_line_is_told_no_place() -> None:
    engine = engine_with()
    join(engine, "c1", "c2", "c3")
    engine.handle(CallbackAsked("c2"), now=2)
    assert told(engine.handle(CallerLeft("c1"), now=3)) == {"c3": 2}


def test_asking_for_a_callback_during_a_ring_stops_it_and_begins_the_callback_at_once() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    assert engine.handle(CallbackAsked("c1"), now=3) == [StopRinging(1, "ana"), ring(2, ANA, "c1")]


def test_who_talks_cannot_ask_for_a_callback_any_more() -> None:
    engine = engine_with(ANA)
    join(engine, "c1")
    talk(engine, 1, now=2)
    assert engine.handle(CallbackAsked("c1"), now=3) == []
    assert state_of(engine, ANA) == "talking"


def test_a_callback_never_overflows() -> None:
    engine = engine_with(queues=[replace(DESK, overflow=(Overflow(Condition(60), to="voicemail"),))])
    join(engine, "c1")
    engine.handle(CallbackAsked("c1"), now=2)
    assert engine.handle(TimePassed(), now=1000) == []
    assert line_of(engine) == ["c1"]


def test_a_cancelled_callback_is_over() -> None:
    engine = waiting_for_a_callback()
    engine.handle(CallbackCancelled("c1"), now=4)
    assert line_of(engine) == ["c2"]


def test_who_waits_on_the_phone_has_no_callback_to_cancel() -> None:
    engine = waiting_for_a_callback()
    assert engine.handle(CallbackCancelled("c2"), now=4) == []
    assert line_of(engine) == ["c1", "c2"]


def test_who_rings_again_instead_of_waiting_for_the_callback_stands_where_they_stood() -> None:
    engine = waiting_for_a_callback()
    assert engine.handle(CallerJoined("c1", "desk"), now=9) == [TellPosition("c1", 1)]
    assert [caller.callback for caller in engine.waiting(now=10)] == [False, False]


def test_who_rings_again_while_being_dialled_stops_the_dialling() -> None:
    engine = dialling()
    commands = engine.handle(CallerJoined("c1", "desk"), now=3)
    assert commands == [StopDialling(1, "c1"), StopRinging(1, "bo"), ring(2, BO, "c1")]


def test_joining_again_as_a_callback_stays_a_callback() -> None:
    engine = engine_with()
    agreed = CallerJoined("c1", "desk", callback=Callback())
    engine.handle(agreed, now=1)
    assert engine.handle(agreed, now=9) == []
    assert [caller.callback for caller in engine.waiting(now=9)] == [True]


def test_steps_relax_for_a_callback_as_well() -> None:
    queue = Queue("desk", (step("cardiology", Condition(60)), step("desk")))
    engine = engine_with(CAI, ANA, queues=[queue])
    join(engine, "talks")
    talk(engine, 1, now=1)
    join(engine, "c1", now=2)
    engine.handle(CallbackAsked("c1"), now=3)
    assert engine.next_deadline() == 62
    assert rung(engine.handle(TimePassed(), now=62)) == ["ana"]


# ---- person first -------------------------------------------------------------------------------------------------


def test_the_person_picks_up_then_the_caller_is_dialled_then_both_are_joined() -> None:
    engine = ringing_for_a_callback()
    assert engine.handle(OfferAnswered(1), now=2) == [DialCaller(1, "bo", "c1", attempt=1)]
    assert state_of(engine, BO) == "answered"
    assert engine.handle(CallerReached(1), now=20) == [Connect(1, "bo", "c1")]
    engine.handle(TalkBegan(1), now=20)
    assert state_of(engine, BO) == "talking"


def test_the_first_of_several_persons_who_picks_up_has_the_callback() -> None:
    engine = engine_with(ANA, BO, queues=[RING_ALL])
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=1)
    commands = engine.handle(OfferAnswered(2), now=2)
    assert commands == [StopRinging(1, "ana", answered_elsewhere=True), DialCaller(2, "bo", "c1", attempt=1)]


def test_a_person_who_hangs_up_while_the_caller_is_dialled_ends_the_dialling() -> None:
    engine = dialling()
    assert engine.handle(OfferFailed(1, Cause.LOST), now=5) == [StopDialling(1, "c1")]
    assert state_of(engine, BO) == "back-off: lost"
    assert line_of(engine) == ["c1"]


def test_a_caller_who_is_reached_too_late_is_let_go() -> None:
    engine = dialling()
    engine.handle(OfferFailed(1, Cause.LOST), now=5)
    assert engine.handle(CallerReached(1), now=5) == [StopDialling(1, "c1")]


def test_a_caller_who_is_reached_and_hangs_up_before_the_talk_is_gone() -> None:
    engine = dialling()
    engine.handle(CallerReached(1), now=9)
    assert engine.handle(CallerLeft("c1", dropped=True), now=9) == [StopRinging(1, "bo")]
    assert (engine.calls(), state_of(engine, BO)) == (frozenset(), "ready")


def test_who_was_reached_and_lost_the_person_waits_on_the_line_and_overflows_from_then_on() -> None:
    engine = engine_with(BO, queues=[replace(DESK, overflow=(Overflow(Condition(60), to="voicemail"),))])
    engine.handle(AgentNotReady("bo", "lunch"), now=0)
    join(engine, "c1")
    engine.handle(CallbackAsked("c1"), now=2)
    engine.handle(AgentReady("bo"), now=2000)
    engine.handle(OfferAnswered(1), now=2001)
    engine.handle(CallerReached(1), now=2010)
    assert told(engine.handle(OfferFailed(1, Cause.LOST), now=2011)) == {"c1": 1}
    assert engine.next_deadline() == 2016
    engine.handle(AgentNotReady("bo", "lunch"), now=2012)
    assert engine.next_deadline() == 2070


def test_dialling_has_an_end_of_its_own() -> None:
    engine = dialling()
    assert engine.next_deadline() == 2 + DIAL_SECONDS
    commands = engine.handle(TimePassed(), now=2 + DIAL_SECONDS)
    assert commands == [StopDialling(1, "c1"), StopRinging(1, "bo")]
    assert state_of(engine, BO) == "ready"


# ---- caller first -------------------------------------------------------------------------------------------------


def test_the_caller_is_dialled_while_a_person_is_held_and_then_the_person_is_rung() -> None:
    engine = reserved()
    assert [(offer.agent, offer.stage) for offer in engine.offers()] == [("bo", "reserved")]
    assert state_of(engine, BO) == "reserved"
    assert engine.handle(CallerReached(1), now=9) == [ring(1, BO, "c1")]
    assert engine.handle(OfferAnswered(1), now=10) == [Connect(1, "bo", "c1")]


def test_nobody_else_is_rung_for_who_is_held() -> None:
    engine = reserved()
    assert rung(join(engine, "c2", now=2)) == []


def test_a_person_who_leaves_while_being_held_stops_the_dialling_and_the_next_is_held() -> None:
    engine = engine_with(ANA, BO, queues=[CALLER_FIRST])
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=1)
    commands = engine.handle(AgentNotReady("ana", "lunch"), now=2)
    assert commands == [StopDialling(1, "c1"), DialCaller(2, "bo", "c1", attempt=1)]
    assert state_of(engine, ANA) == "not ready: lunch"


def test_a_caller_who_is_reached_waits_on_the_line_when_the_person_does_not_pick_up() -> None:
    engine = engine_with(ANA, BO, queues=[CALLER_FIRST])
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=1)
    engine.handle(CallerReached(1), now=9)
    assert engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=29) == [ring(2, BO, "c1")]
    assert engine.handle(OfferAnswered(2), now=30) == [Connect(2, "bo", "c1")]


def test_a_held_person_whose_talk_is_reported_talks() -> None:
    engine = reserved()
    engine.handle(TalkBegan(1), now=5)
    assert (state_of(engine, BO), line_of(engine)) == ("talking", [])


# ---- not reached --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", Cause)
def test_who_is_not_reached_is_dialled_again_after_each_distance_and_then_no_more(cause: Cause) -> None:
    engine = engine_with(BO, queues=[replace(CALLER_FIRST, callback=CallbackRules(True, (300, 900)))])
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=0)
    assert engine.handle(CallerUnreached(1, cause), now=40) == []
    assert (state_of(engine, BO), engine.next_deadline()) == ("ready", 340)
    assert engine.handle(TimePassed(), now=340) == [DialCaller(2, "bo", "c1", attempt=2)]
    engine.handle(CallerUnreached(2, cause), now=380)
    assert engine.handle(TimePassed(), now=1280) == [DialCaller(3, "bo", "c1", attempt=3)]
    assert engine.handle(CallerUnreached(3, cause), now=1300) == [GiveUp("c1", "desk", attempts=3)]
    assert engine.calls() == frozenset()


def test_the_person_who_waits_on_the_phone_is_let_go_when_the_caller_is_not_reached() -> None:
    engine = dialling()
    assert engine.handle(CallerUnreached(1, Cause.MACHINE), now=30) == [StopRinging(1, "bo")]
    assert state_of(engine, BO) == "ready"


def test_who_waits_for_another_attempt_stands_in_nobodys_way_and_keeps_the_place() -> None:
    engine = waiting_for_a_callback(CALLER_FIRST)
    engine.handle(TalkEnded(1), now=60)
    assert engine.handle(CallerUnreached(2, Cause.NO_ANSWER), now=90) == [ring(3, ANA, "c2")]
    assert told(join(engine, "c3", now=100)) == {"c3": 2}
    serve(engine, 3, 100, 389)
    assert engine.handle(OfferFailed(4, Cause.LOST), now=389) == []
    assert engine.handle(TimePassed(), now=394) == [DialCaller(5, "ana", "c1", attempt=2)]


# ---- hours --------------------------------------------------------------------------------------------------------


def test_a_scheduled_callback_waits_for_its_time() -> None:
    engine = engine_with(BO)
    assert engine.handle(CallerJoined("c1", "desk", callback=Callback(not_before=600)), now=1) == []
    assert engine.next_deadline() == 600
    assert engine.handle(TimePassed(), now=600) == [ring(1, BO, "c1")]


def test_nobody_is_called_back_outside_of_the_hours() -> None:
    engine = engine_with(BO)
    hours = Callback(hours=((100, 200), (500, 600)))
    assert engine.handle(CallerJoined("c1", "desk", callback=hours), now=250) == []
    assert engine.next_deadline() == 500
    assert engine.handle(TimePassed(), now=500) == [ring(1, BO, "c1")]


def test_the_end_of_the_hours_moves_a_callback_to_the_next_ones() -> None:
    engine = engine_with()
    engine.handle(CallerJoined("c1", "desk", callback=Callback(hours=((100, 200), (500, 600)))), now=150)
    engine.handle(TimePassed(), now=200)
    assert rung(engine.handle(Configured((DESK,), (BO,)), now=300)) == []
    assert engine.next_deadline() == 500


def test_who_cannot_be_called_in_the_last_hours_is_given_up() -> None:
    engine = engine_with()
    engine.handle(CallerJoined("c1", "desk", callback=Callback(hours=((100, 200),))), now=150)
    assert engine.handle(TimePassed(), now=200) == [GiveUp("c1", "desk", attempts=0)]


def test_another_attempt_keeps_the_hours() -> None:
    engine = engine_with(BO, queues=[replace(CALLER_FIRST, callback=CallbackRules(True, (300,)))])
    engine.handle(CallerJoined("c1", "desk", callback=Callback(hours=((0, 200), (900, 1000)))), now=100)
    engine.handle(CallerUnreached(1, Cause.BUSY), now=110)
    assert engine.next_deadline() == 900


def test_a_callback_for_tomorrow_stands_in_nobodys_way_today() -> None:
    engine = engine_with(queues=[replace(DESK, overflow=(Overflow(Condition(length=2), to="voicemail"),))])
    for number in range(30):
        engine.handle(CallerJoined(f"b{number}", "desk", callback=Callback(not_before=50_000)), now=1)
    assert told(join(engine, "c1", now=2)) == {"c1": 1}
    assert line_of(engine)[:2] == ["c1", "b0"]
    engine.handle(TimePassed(), now=50_000)
    assert line_of(engine)[:2] == ["b0", "b1"]


def test_an_attempt_that_ends_through_the_person_is_none_of_the_callers() -> None:
    engine = engine_with(BO, queues=[replace(DESK, callback=CallbackRules(retry_seconds=()))])
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=1)
    for offer in (1, 2, 3):
        assert engine.handle(OfferAnswered(offer), now=10 * offer) == [DialCaller(offer, "bo", "c1", attempt=1)]
        engine.handle(OfferFailed(offer, Cause.LOST), now=10 * offer + 1)
        engine.handle(TimePassed(), now=10 * offer + 6)
    assert line_of(engine) == ["c1"]


def test_who_was_called_back_has_waited_on_the_line_since_then() -> None:
    engine = engine_with(BO)
    engine.handle(AgentNotReady("bo", "lunch"), now=0)
    join(engine, "c1")
    engine.handle(CallbackAsked("c1"), now=2)
    engine.handle(AgentReady("bo"), now=2000)
    engine.handle(OfferAnswered(1), now=2001)
    engine.handle(CallerReached(1), now=2010)
    engine.handle(TalkBegan(1), now=2012)
    assert engine.queues(now=2013)[0].figures.average_speed_of_answer_seconds == 2


def test_a_window_begins_at_the_time_agreed_upon_and_ends_with_the_hours() -> None:
    callback = Callback(not_before=150, hours=((100, 200), (300, 400)))
    assert callback.window(0) == (150, 200)
    assert callback.window(160) == (160, 200)
    assert callback.window(200) == (300, 400)
    assert callback.window(400) is None
    assert Callback(not_before=50).window(70) == (70, float("inf"))


def test_a_callback_at_any_hour_has_no_timer() -> None:
    engine = engine_with()
    engine.handle(CallerJoined("c1", "desk", callback=Callback()), now=1)
    assert engine.next_deadline() is None


def test_a_callback_in_a_queue_that_is_no_more_is_given_up() -> None:
    engine = waiting_for_a_callback()
    commands = engine.handle(Configured((HEART,), (ANA,)), now=9)
    assert GiveUp("c1", "desk", attempts=0) in commands


# ---- each stage × what may happen ---------------------------------------------------------------------------------

STAGES = {"ringing": ringing_for_a_callback, "dialling": dialling, "reserved": reserved}
LEG_OF = {"ringing": ONE, "dialling": ONE, "reserved": NONE}


def believed(engine: Engine) -> bool:
    """Whether persons, offers and callers agree with each other."""
    offers = {offer.agent: offer for offer in engine.offers()}
    busy = {status.agent for status in engine.agents(now=99) if status.call is not None}
    offered = {agent for caller in engine.waiting(now=99) for agent in caller.offered_to}
    return busy == set(offers) and offered == {offer.agent for offer in offers.values() if offer.stage != "talking"}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "event",
    [
        OfferAnswered(1),
        OfferFailed(1, Cause.NO_ANSWER),
        TalkBegan(1),
        TalkEnded(1),
        CallerReached(1),
        CallerUnreached(1, Cause.BUSY),
        CallerLeft("c1", dropped=True),
        CallerJoined("c1", "desk"),
        CallerJoined("c1", "heart"),
        CallbackAsked("c1"),
        CallbackCancelled("c1"),
        AgentReady("bo"),
        AgentNotReady("bo", "lunch"),
        AgentLoggedOut("bo"),
        DeviceChanged("bo", Device.BUSY),
        DeviceChanged("bo", Device.GONE),
        Configured((DESK, HEART), ()),
        Configured((HEART,), (BO,)),
        Reconciled(frozenset(), NONE, NONE),
        Reconciled(frozenset({"c1"}), ONE, NONE),
        Reconciled(frozenset({"c1"}), NONE, ONE),
        Reconciled(frozenset(), ONE, NONE),
        TimePassed(),
    ],
    ids=lambda event: type(event).__name__,
)
def test_whatever_happens_in_any_stage_the_books_agree_and_the_callback_comes_to_an_end(
    stage: str, event: Event
) -> None:
    engine = STAGES[stage]()
    engine.handle(event, now=5)
    assert believed(engine)
    for late in (OfferAnswered(1), CallerReached(1), TalkBegan(1), TalkEnded(1), OfferFailed(1, Cause.LOST)):
        engine.handle(late, now=6)
        assert believed(engine)
    engine.handle(CallbackCancelled("c1"), now=7)
    engine.handle(CallerLeft("c1"), now=7)
    assert engine.calls() - {"c1"} == frozenset()
    assert believed(engine)


def test_after_an_outage_a_callback_waits_on() -> None:
    engine = waiting_for_a_callback()
    engine.handle(Reconciled(frozenset({"c2"}), NONE, ONE), now=9)
    assert line_of(engine) == ["c1", "c2"]


def test_after_an_outage_a_dialling_whose_leg_is_gone_begins_anew() -> None:
    engine = dialling()
    commands = engine.handle(Reconciled(frozenset(), ONE, NONE), now=9)
    assert commands == [StopDialling(1, "c1"), StopRinging(1, "bo"), ring(2, BO, "c1")]


def test_after_an_outage_a_dialling_goes_on() -> None:
    assert dialling().handle(Reconciled(frozenset({"c1"}), ONE, NONE), now=9) == []
    assert reserved().handle(Reconciled(frozenset({"c1"}), NONE, NONE), now=9) == []


def test_who_rings_again_before_being_called_back_has_the_place_and_is_not_called() -> None:
    engine = engine_with()
    engine.handle(CallerJoined("c1", "desk", party="p"), now=1)
    engine.handle(CallbackAsked("c1"), now=2)
    engine.handle(CallerLeft("c1", dropped=True), now=2)
    engine.handle(CallerJoined("c2", "desk", party="q"), now=5)
    assert engine.handle(CallerJoined("c9", "desk", party="p"), now=10) == [
        CallbackOver("c1", "desk", "the caller rang again"),
        Restored("c9", 9),
        TellPosition("c9", 1),
    ]
    assert engine.calls() == {"c2", "c9"}


def test_who_rings_again_about_something_else_is_called_back_all_the_same() -> None:
    engine = engine_with(queues=[DESK, Queue("billing")])
    engine.handle(CallerJoined("c1", "desk", party="p"), now=1)
    engine.handle(CallbackAsked("c1"), now=2)
    engine.handle(CallerJoined("c9", "billing", party="p"), now=10)
    assert engine.calls() == {"c1", "c9"}


def test_a_callback_that_is_cancelled_is_told_to_be_over() -> None:
    engine = engine_with()
    engine.handle(CallerJoined("c1", "desk"), now=1)
    engine.handle(CallbackAsked("c1"), now=2)
    assert engine.handle(CallbackCancelled("c1"), now=3) == [CallbackOver("c1", "desk", "cancelled")]
