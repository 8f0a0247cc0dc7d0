"""How people are reached, and how callers are called."""

from __future__ import annotations

import pytest

from ivr.menus.plan.people import Outside
from tests.menus.plans import small

OUTSIDE = Outside.model_validate({"dial": "PJSIP/{number}@trunk", "numbers": ["+1617", "+44"]})


@pytest.mark.parametrize(
    ("number", "phone"),
    [
        ("6175550123", "PJSIP/+16175550123@trunk"),
        ("16175550123", "PJSIP/+16175550123@trunk"),
        ("+1 (617) 555-0123", "PJSIP/+16175550123@trunk"),
        ("+442071838750", "PJSIP/+442071838750@trunk"),
        ("8765550123", ""),
        ("+18765550123", ""),
        ("442071838750", ""),
        ("5550123", ""),
        ("911", ""),
        ("+1911", ""),
        ("+1617555012", ""),
        ("0116175550123", ""),
        ("anonymous", ""),
        ("", ""),
        ("٦١٧٥٥٥٠١٢٣", ""),
    ],
)
def test_only_whole_numbers_that_begin_as_the_plan_says_are_called(number: str, phone: str) -> None:
    assert OUTSIDE.phone_of(number) == phone


def test_the_phone_rings_whoever_has_no_other_way() -> None:
    people = small(("emma: {phone: PJSIP/emma, ", "emma: {phone: PJSIP/emma, reach: mail:e@x.org, ")).people
    assert people["ana"].ways == ("phone:PJSIP/ana",)
    assert people["emma"].ways == ("mail:e@x.org",)


def test_who_picks_up_is_asked_only_where_the_plan_says_so_and_a_pin_alone_is_for_codes() -> None:
    people = small(
        ("ana, skills", "ana, pin: '0042', skills"),
        ("emma: {phone: PJSIP/emma, ", "emma: {phone: PJSIP/emma, accept: key, "),
    ).people
    assert (people["ana"].is_asked, people["ana"].pin, people["emma"].is_asked) == (False, "0042", True)
    assert not small().people["ana"].is_asked
