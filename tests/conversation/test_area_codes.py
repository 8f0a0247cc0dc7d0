"""Where a number is, as far as it tells."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from ivr.conversation.area_codes import _CODES, _ZONES, zone_of

PRACTICE = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+16175550123", "America/New_York"),
        ("8085550123", "Pacific/Honolulu"),
        ("13125550123", "America/Chicago"),
        ("+14805550123", "America/Phoenix"),
        ("+14155550123", "America/Los_Angeles"),
        ("+14165550123", "America/New_York"),  # Toronto: not in the list, so as the practice
        ("+493012345678", "America/New_York"),
        ("1042", "America/New_York"),
        ("", "America/New_York"),
    ],
)
def test_the_area_code_tells_the_zone_and_else_it_is_the_practices(number: str, zone: str) -> None:
    assert zone_of(number, PRACTICE) == ZoneInfo(zone)


def test_each_code_is_named_once() -> None:
    assert len(_ZONES) == sum(len(codes.split()) for codes in _CODES.values())
