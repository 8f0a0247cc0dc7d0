"""After a restart or a lost control connection: what the PBX holds is the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.commands import Connect, StopRinging
from acd.events import CallerLeft, OfferAnswered, Reconciled, TalkEnded, TimePassed
from acd.offers import RING_GRACE_SECONDS
from tests.acd.scene import ANA, BO, CAI, engine_with, join, line_of, ring, state_of, talk, told

if TYPE_CHECKING:
    from acd.engine import Engine


def reconciled(*calls: str, ringing: frozenset[int] = frozenset(), talking: frozenset[int] = frozenset()) -> Reconciled:
    return Reconciled(frozenset(calls), ringing, talking)


ONE = frozenset({1})


def ringing_engine() -> Engine:
    engine = engine_with(ANA)
    join(engine, "c1", "c2")
    return engine


def test_callers_who_live_keep_their_places() -> None:
    engine = engine_with()
    join(engine, "c1", "c2", "c3")
    assert told(engine.handle(reconciled("c1", "c3"), now=60)) == {"c3": 2}
    assert line_of(engine) == ["c1", "c3"]


def test_a_ring_whose_leg_is_gone_is_ended_and_rung_again_and_nobody_is_blamed() -> None:
    commands = ringing_engine().handle(reconciled("c1", "c2"), now=60)
    assert commands == [StopRinging(1, "ana"), ring(2, ANA, "c1")]


def test_a_ring_whose_leg_lives_goes_on() -> None:
    engine = ringing_engine()
    assert engine.handle(reconciled("c1", "c2", ringing=ONE), now=9) == []
    assert engine.next_deadline() == 1 + 20 + RING_GRACE_SECONDS


def test_a_ring_that_outlasted_the_outage_leaves_the_pbx_time_to_tell() -> None:
    engine = ringing_engine()
    assert engine.handle(reconciled("c1", "c2", ringing=ONE), now=60) == []
    assert engine.next_deadline() == 60 + RING_GRACE_SECONDS


def test_a_ring_for_a_caller_who_is_gone_is_stopped() -> None:
    engine = ringing_engine()
    assert engine.handle(reconciled("c2", ringing=ONE), now=9) == [StopRinging(1, "ana"), ring(2, ANA, "c2")]


def test_a_ring_for_a_caller_who_is_gone_as_well_as_the_leg_frees_the_person() -> None:
    engine = ringing_engine()
    assert engine.handle(reconciled(), now=9) == [StopRinging(1, "ana")]
    assert state_of(engine, ANA) == "ready"


def test_a_person_who_answered_but_is_not_joined_is_joined_again() -> None:
    engine = ringing_engine()
    engine.handle(OfferAnswered(1), now=3)
    assert engine.handle(reconciled("c1", "c2", ringing=ONE), now=60) == [Connect(1, "ana", "c1")]


def test_a_talk_that_began_meanwhile_is_a_talk() -> None:
    engine = ringing_engine()
    engine.handle(reconciled("c1", "c2", talking=ONE), now=60)
    assert state_of(engine, ANA) == "talking"


def test_a_talk_goes_on() -> None:
    engine = ringing_engine()
    talk(engine, 1, now=3)
    assert engine.handle(reconciled("c1", "c2", talking=ONE), now=60) == []
    assert state_of(engine, ANA) == "talking"


def test_a_talk_whose_person_is_still_on_the_line_is_never_cut() -> None:
    engine = ringing_engine()
    talk(engine, 1, now=3)
    assert engine.handle(reconciled("c2", ringing=ONE), now=60) == []
    assert state_of(engine, ANA) == "talking"


def test_a_talk_that_ended_meanwhile_leads_to_wrap_up() -> None:
    engine = engine_with(CAI)
    join(engine, "c1", queue="heart")
    talk(engine, 1, now=3)
    assert engine.handle(reconciled("c1"), now=60) == []
    assert state_of(engine, CAI) == "wrap-up"
    assert engine.calls() == frozenset()


def test_a_phone_that_rings_for_nobody_is_stopped() -> None:
    engine = ringing_engine()
    engine.handle(CallerLeft("c1"), now=3)
    commands = engine.handle(reconciled("c2", ringing=frozenset({1, 2})), now=5)
    assert commands == [StopRinging(1, "ana")]


def test_a_talk_that_nobody_remembers_is_left_alone() -> None:
    engine = engine_with(BO)
    assert engine.handle(reconciled("c9", talking=frozenset({7})), now=5) == []
    assert engine.handle(TalkEnded(7), now=6) == []
    assert engine.handle(TimePassed(), now=7) == []
