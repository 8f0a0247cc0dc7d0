from __future__ import annotations

from datetime import date

import pytest

from ivr.services import Wanted
from ivr.speech.slots.values import value_of

TODAY = date(2026, 11, 20)
DOCTORS = Wanted("choice", (("lee", ("Doctor Lee", "lee")), ("lee_jones", ("doctor lee jones",)), ("any", ("anyone",))))


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("doctor lee please", "lee"),
        ("with lee", "lee"),
        ("doctor lee jones", "lee_jones"),
        ("anyone or doctor lee", "any"),
        ("sleepy", None),
        ("", None),
    ],
)
def test_a_choice_is_what_was_said_first_and_at_most_length(said: str, chosen: str | None) -> None:
    assert value_of(DOCTORS, "en", [said], TODAY) == chosen


def test_the_first_reading_with_a_value_counts() -> None:
    readings = ["march turd", "march third nineteen fifty two", "may third nineteen fifty two"]
    assert value_of(Wanted("date_of_birth"), "en", readings, TODAY) == "1952-03-03"
    assert value_of(Wanted("day"), "en", ["tomorrow"], TODAY) == "2026-11-21"
    assert value_of(Wanted("time_of_day"), "es", ["a las tres"], TODAY) == "15:00"
    assert value_of(Wanted("telephone"), "en", ["6175550123"], TODAY) == "6175550123"
