from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.slots.times import time_of_day


@pytest.mark.parametrize(
    ("language", "said", "meant"),
    [
        ("en", "half past nine", "09:30"),
        ("en", "next tuesday at half past nine", "09:30"),
        ("en", "quarter to ten", "09:45"),
        ("en", "a quarter past two", "14:15"),
        ("en", "ten to nine in the morning", "08:50"),
        ("en", "twenty past three", "15:20"),
        ("en", "nine thirty", "09:30"),
        ("en", "at nine oh five", "09:05"),
        ("en", "march third at nine thirty", "09:30"),
        ("en", "at three", "15:00"),
        ("en", "three in the morning", "03:00"),
        ("en", "nine o'clock", "09:00"),
        ("en", "eight p.m.", "20:00"),
        ("en", "8 PM", "20:00"),
        ("en", "noon", "12:00"),
        ("en", "twelve thirty", "12:30"),
        ("en", "0930", "09:30"),
        ("en", "930", "09:30"),
        ("en", "230", "14:30"),
        ("en", "1430", "14:30"),
        ("en", "9", "09:00"),
        ("en", "tomorrow afternoon", "afternoon"),
        ("en", "in the morning", "morning"),
        ("en", "monday evening", "evening"),
        ("en", "2575", None),
        ("en", "march third", None),
        ("en", "whenever", None),
        ("es", "a las nueve y media", "09:30"),
        ("es", "a las tres y cuarto", "15:15"),
        ("es", "a las diez menos cuarto", "09:45"),
        ("es", "nueve y quince", "09:15"),
        ("es", "a las nueve de la mañana", "09:00"),
        ("es", "mañana a las ocho y veinte", "08:20"),
        ("es", "a la una", "13:00"),
        ("es", "a las once en punto", "11:00"),
        ("es", "al mediodía", "12:00"),
        ("es", "mañana por la tarde", "afternoon"),
        ("es", "por la mañana", "morning"),
        ("es", "mañana", None),
    ],
)
def test_times_as_callers_tell_them(language: str, said: str, meant: str | None) -> None:
    assert time_of_day(language, said) == meant


@given(st.times())
def test_every_time_that_is_pressed_with_four_figures_from_noon_on_is_read_again(clock: object) -> None:
    pressed = str(clock)[:5]
    if pressed >= "13:00" or "07:00" <= pressed < "13:00":
        assert time_of_day("en", pressed.replace(":", "")) == pressed


@given(st.sampled_from(["en", "es"]), st.text())
def test_whatever_is_said_there_is_a_time_or_none(language: str, said: str) -> None:
    found = time_of_day(language, said)
    assert found is None or found in {"morning", "afternoon", "evening"} or "00:00" <= found <= "23:59"
