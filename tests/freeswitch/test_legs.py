from __future__ import annotations

import pytest

from ivr.freeswitch.legs import Leg, told
from ivr.services import Cause

LEG = "careline-leg-1"


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("USER_BUSY", Cause.BUSY),
        ("CALL_REJECTED", Cause.REFUSED),
        ("NO_ANSWER", Cause.NO_ANSWER),
        ("NO_USER_RESPONSE", Cause.NO_ANSWER),
        ("ALLOTTED_TIMEOUT", Cause.NO_ANSWER),
        ("ORIGINATOR_CANCEL", Cause.CANCELLED),
        ("LOSE_RACE", Cause.CANCELLED),
        ("SUBSCRIBER_ABSENT", Cause.UNREACHABLE),
        ("USER_NOT_REGISTERED", Cause.UNREACHABLE),
        ("INVALID_GATEWAY", Cause.UNREACHABLE),
        ("CHAN_NOT_IMPLEMENTED", Cause.UNREACHABLE),
        ("UNALLOCATED_NUMBER", Cause.UNREACHABLE),
        ("NORMAL_TEMPORARY_FAILURE", Cause.UNREACHABLE),
        ("", Cause.UNREACHABLE),
    ],
)
def test_freeswitchs_causes_are_told_as_ours(name: str, cause: Cause) -> None:
    assert told(name) == cause


@pytest.mark.parametrize(
    ("leg", "cause"),
    [
        (Leg(LEG, rang=True), "ORIGINATOR_CANCEL"),
        (Leg(LEG, rang=True, answered_elsewhere=True), "LOSE_RACE"),
        (Leg(LEG, picked_up=True), "NORMAL_CLEARING"),
        (Leg(LEG, picked_up=True, answered_elsewhere=True), "LOSE_RACE"),
    ],
)
def test_a_phone_is_told_why_it_is_hung_up(leg: Leg, cause: str) -> None:
    assert leg.hang_up_cause == cause
