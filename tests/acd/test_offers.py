"""Offers: reserve, ring, connect, talk; whatever comes late, twice, or out of order changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acd.commands import Command, Connect, StopDialling, StopRinging
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
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
from acd.offers import REMEMBERED_OFFERS, RING_GRACE_SECONDS
from tests.acd.scene import ANA, BO, CAI, DESK, HEART, engine_with, join, ring, rung, serve, state_of, talk

if TYPE_CHECKING:
    from acd.engine import Engine

NONE = frozenset[int]()


def ringing() -> Engine:
    engine = engine_with(ANA, CAI)
    join(engine, "c1")
    return engine


def answered() -> Engine:
    engine = ringing()
    engine.handle(OfferAnswered(1), now=2)
    return engine


def talking() -> Engine:
    engine = answered()
    engine.handle(TalkBegan(1), now=3)
    return engine


def over() -> Engine:
    engine = talking()
    engine.handle(TalkEnded(1), now=4)
    return engine


STAGES = {"ringing": ringing, "answered": answered, "talking": talking, "over": over}
NEWS: tuple[Event, ...] = (
    OfferAnswered(1),
    OfferFailed(1, Cause.NO_ANSWER),
    TalkBegan(1),
    TalkEnded(1),
    CallerReached(1),
    CallerUnreached(1, Cause.BUSY),
    CallerLeft("c1", dropped=True),
    CallerJoined("c1", "desk"),
    CallerJoined("c1", "heart"),
    AgentNotReady("ana", "lunch"),
    AgentLoggedOut("ana"),
    DeviceChanged("ana", Device.BUSY),
    DeviceChanged("ana", Device.GONE),
    Configured((DESK, HEART), (CAI,)),
    Configured((HEART,), (ANA, CAI)),
    Reconciled(frozenset({"c1"}), frozenset({1}), NONE),
    Reconciled(frozenset({"c1"}), NONE, frozenset({1})),
    Reconciled(frozenset(), NONE, NONE),
    TimePassed(),
)


def assert_books_agree(engine: Engine) -> None:
    """Each offer has one person and one caller to itself, who know of it; nobody else is busy or offered."""
    offers = engine.offers()
    assert sorted(status.agent for status in engine.agents(now=99) if status.call) == sorted(
        offer.agent for offer in offers
    )
    waiting = {caller.call: caller.offered_to for caller in engine.waiting(now=99)}
    for offer in offers:
        assert offer.call in engine.calls()
        assert offer.stage == "talking" or offer.agent in waiting[offer.call]
    assert sum(map(len, waiting.values())) == sum(offer.stage != "talking" for offer in offers)


def stopped(commands: list[Command]) -> set[int]:
    return {command.offer for command in commands if isinstance(command, StopRinging)}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("first", NEWS, ids=lambda event: type(event).__name__)
def test_any_two_news_at_any_stage_leave_the_books_in_agreement(stage: str, first: Event) -> None:
    for second in NEWS:
        engine = STAGES[stage]()
        for now, event in enumerate((first, second), start=10):
            before = {offer.id for offer in engine.offers()}
            commands = engine.handle(event, now)
            assert_books_agree(engine)
            ended = before - {offer.id for offer in engine.offers()}
            assert ended <= stopped(commands) or isinstance(event, OfferFailed | TalkEnded | Reconciled)


def test_the_number_of_an_offer_is_never_used_again() -> None:
    engine = engine_with(ANA)
    numbers = []
    for call in ("c1", "c2", "c3"):
        join(engine, call)
        numbers += [offer.id for offer in engine.offers()]
        engine.handle(CallerLeft(call), now=2)
    engine.handle(Configured((DESK,), (ANA, BO)), now=3)
    join(engine, "c4")
    assert [*numbers, engine.offers()[0].id] == [1, 2, 3, 4]


def test_an_answer_that_comes_after_the_ring_was_withdrawn_is_told_that_it_is_over() -> None:
    engine = ringing()
    engine.handle(CallerLeft("c1"), now=2)
    assert engine.handle(OfferAnswered(1), now=2) == [StopRinging(1, "ana", answered_elsewhere=True)]
    assert state_of(engine, ANA) == "ready"


def test_an_answer_that_comes_after_the_person_was_given_another_caller_leaves_that_one_alone() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    engine.handle(CallerLeft("c1"), now=2)
    assert engine.handle(OfferAnswered(1), now=2) == [StopRinging(1, "ana", answered_elsewhere=True)]
    assert engine.handle(OfferAnswered(2), now=3) == [Connect(2, "ana", "c2")]


def test_who_hangs_up_after_the_end_leaves_the_next_call_alone() -> None:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    serve(engine, 1, 2, 10)
    talk(engine, 2, now=11)
    assert engine.handle(TalkEnded(1), now=12) == []
    assert engine.handle(OfferFailed(1, Cause.LOST), now=12) == []
    assert state_of(engine, ANA) == "talking"


def test_news_of_callers_that_were_never_dialled_change_nothing() -> None:
    engine = answered()
    assert engine.handle(CallerReached(1), now=3) == []
    assert engine.handle(CallerUnreached(1, Cause.BUSY), now=3) == []
    assert [offer.stage for offer in engine.offers()] == ["answered"]


def test_a_caller_who_is_reached_for_an_offer_that_is_over_is_let_go() -> None:
    assert over().handle(CallerReached(1), now=5) == [StopDialling(1, "c1")]


def test_what_is_remembered_of_ended_offers_does_not_grow() -> None:
    engine = engine_with(ANA)
    for number in range(REMEMBERED_OFFERS + 100):
        join(engine, f"c{number}")
        engine.handle(CallerLeft(f"c{number}"), now=1)
    assert len(engine.offers_made.ended) == REMEMBERED_OFFERS
    assert engine.handle(OfferAnswered(1), now=2) == [StopRinging(1, "", answered_elsewhere=True)]


def test_nothing_is_remembered_of_callers_who_are_gone() -> None:
    engine = engine_with(ANA, CAI)
    for number in range(1, 500):
        join(engine, f"c{number}", now=number)
        serve(engine, number, number, number)
    assert (engine.lobby.callers, engine.lobby.unsettled, engine.timers.all()) == ({}, {}, [])
    assert len(engine.matching._in) == 0


def test_a_ring_goes_on_by_the_plan_it_began_with() -> None:
    engine = ringing()
    engine.handle(Configured((HEART,), (ANA, CAI)), now=2)
    assert [offer.queue for offer in engine.offers()] == ["desk"]
    assert engine.next_deadline() == 1 + 20 + RING_GRACE_SECONDS


def test_who_leaves_the_plan_during_the_ring_may_answer_and_is_gone_after_the_talk() -> None:
    engine = ringing()
    engine.handle(Configured((DESK,), (CAI,)), now=2)
    assert engine.handle(OfferAnswered(1), now=3) == [Connect(1, "ana", "c1")]
    engine.handle(TalkBegan(1), now=3)
    engine.handle(TalkEnded(1), now=60)
    assert [status.agent for status in engine.agents(now=60)] == ["cai"]


def test_who_leaves_the_plan_and_does_not_answer_is_gone_and_the_next_is_rung() -> None:
    engine = ringing()
    engine.handle(Configured((DESK,), (CAI,)), now=2)
    assert engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=21) == [ring(2, CAI, "c1")]
    assert [status.agent for status in engine.agents(now=60)] == ["cai"]


def test_a_caller_who_joins_again_while_being_connected_to_the_right_person_is_not_rung_anew() -> None:
    engine = answered()
    assert engine.handle(CallerJoined("c1", "desk"), now=3) == []
    assert rung(engine.handle(TimePassed(), now=4)) == []
    assert [offer.stage for offer in engine.offers()] == ["answered"]
