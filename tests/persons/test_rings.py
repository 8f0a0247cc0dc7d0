from __future__ import annotations

import pytest

from ivr.persons.rings import Ring, Rings, is_dialled, is_leg
from ivr.services import CallEnded, Cause, DialFailed, LegAnswered, LegEnded, LegRinging, Live, SwitchEvent

LEG, BACK, CALL = "careline-leg-1", "careline-back-1", "call-1"


class Callers:
    """Calls that end when they are hung up."""

    def __init__(self, *calls: str) -> None:
        self._calls = set(calls)

    def ids(self) -> frozenset[str]:
        return frozenset(self._calls)

    def hung_up(self, call_id: str) -> None:
        self._calls.discard(call_id)


def rings_of(*calls: str) -> tuple[Rings[Ring], list[SwitchEvent]]:
    told: list[SwitchEvent] = []
    return Rings(Callers(*calls), told.append), told


@pytest.mark.parametrize(
    ("ring", "told", "cause"),
    [
        (Ring(LEG, rang=True), Cause.NO_ANSWER, Cause.NO_ANSWER),
        (Ring(LEG), Cause.NO_ANSWER, Cause.UNREACHABLE),
        (Ring(LEG), Cause.BUSY, Cause.BUSY),
        (Ring(LEG, rang=True, cancelled=True), Cause.BUSY, Cause.CANCELLED),
        (Ring(LEG, rang=True, picked_up=True), Cause.NO_ANSWER, Cause.REFUSED),
        (Ring(LEG, rang=True, picked_up=True, sent_away=True), Cause.NO_ANSWER, Cause.NO_ANSWER),
        (Ring(LEG, picked_up=True, answered=True, cancelled=True), Cause.CANCELLED, Cause.ENDED),
    ],
)
def test_why_a_ring_ended_is_more_than_the_pbx_tells(ring: Ring, told: Cause, cause: Cause) -> None:
    assert ring.cause(told) == cause


def test_a_leg_is_told_of_once_each() -> None:
    rings, told = rings_of()
    leg = rings.legs[LEG] = Ring(LEG)
    for _ in range(2):
        rings.rings(leg)
    for _ in range(2):
        rings.waits(leg)
    for _ in range(2):
        rings.ended(LEG, Cause.NO_ANSWER)
    assert told == [LegRinging(LEG), LegAnswered(LEG), LegEnded(LEG, Cause.ENDED, answered=True)]


def test_who_is_dialled_is_told_of_when_not_reached_or_when_the_call_is_over() -> None:
    rings, told = rings_of()
    for _ in range(2):
        rings.rings(rings.dials.setdefault(BACK, Ring(BACK)))
    rings.ended(BACK, Cause.BUSY)
    rings.call_gone(CALL)
    rings.call_gone(LEG)
    assert told == [DialFailed(BACK, Cause.BUSY), CallEnded(CALL)]


def test_what_is_forgotten_is_not_told_of() -> None:
    rings, told = rings_of()
    rings.legs[LEG], rings.dials[BACK] = Ring(LEG), Ring(BACK)
    for line in (LEG, BACK):
        rings.forget(line)
        rings.ended(line, Cause.BUSY)
    assert told == []


def test_what_ended_meanwhile_is_told_once() -> None:
    rings, told = rings_of()
    rings.meet(Live(frozenset({CALL, "call-2"}), frozenset(), frozenset()))
    rings.legs[LEG], rings.dials[BACK] = Ring(LEG, rang=True), Ring(BACK, rang=True)
    live = Live(frozenset({"call-2"}), frozenset(), frozenset())
    for _ in range(2):
        rings.missed(live, rings.known())
        rings.meet(live)
    rings.stranger_gone(CALL)
    rings.stranger_gone("call-2")
    assert told == [
        LegEnded(LEG, Cause.NO_ANSWER, answered=False),
        DialFailed(BACK, Cause.NO_ANSWER),
        CallEnded(CALL),
        CallEnded("call-2"),
    ]


def test_a_call_that_ended_meanwhile_is_hung_up() -> None:
    callers = Callers(CALL, LEG, "call-2")
    told: list[SwitchEvent] = []
    rings = Rings[Ring](callers, told.append)
    rings.missed(Live(frozenset({"call-2"}), frozenset({LEG}), frozenset()), rings.known())
    assert callers.ids() == {LEG, "call-2"}


def test_what_began_while_the_pbx_was_asked_is_not_over() -> None:
    rings, told = rings_of()
    known = rings.known()
    rings.legs[LEG], rings.dials[BACK] = Ring(LEG), Ring(BACK)
    rings.missed(Live(frozenset(), frozenset(), frozenset()), known)
    assert told == []


def test_our_own_ids_are_known_and_the_far_half_of_a_local_channel_is_none() -> None:
    assert (is_leg(LEG), is_leg(f"{LEG};2"), is_leg(BACK), is_leg("1795192427.1")) == (True, False, False, False)
    assert (is_dialled(BACK), is_dialled("careline-alert-7-1"), is_dialled(f"{BACK};2")) == (True, True, False)
