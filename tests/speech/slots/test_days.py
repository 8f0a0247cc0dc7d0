from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.slots.days import day

FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("language", "said", "today", "meant"),
    [
        ("en", "today", FRIDAY, "2026-11-20"),
        ("en", "tomorrow afternoon", FRIDAY, "2026-11-21"),
        ("en", "the day after tomorrow", FRIDAY, "2026-11-22"),
        ("en", "tuesday", FRIDAY, "2026-11-24"),
        ("en", "next tuesday at half past nine", FRIDAY, "2026-11-24"),
        ("en", "this tuesday", MONDAY, "2026-11-17"),
        ("en", "next tuesday", MONDAY, "2026-11-24"),
        ("en", "on friday", FRIDAY, "2026-11-27"),
        ("en", "december third", FRIDAY, "2026-12-03"),
        ("en", "the third of december at nine thirty", FRIDAY, "2026-12-03"),
        ("en", "january twenty fifth", FRIDAY, "2027-01-25"),
        ("en", "on the third", FRIDAY, "2026-12-03"),
        ("en", "the twenty fourth", FRIDAY, "2026-11-24"),
        ("en", "1124", FRIDAY, "2026-11-24"),
        ("en", "0105", FRIDAY, "2027-01-05"),
        ("en", "1399", FRIDAY, None),
        ("en", "february thirtieth", FRIDAY, None),
        ("en", "any time", FRIDAY, None),
        ("es", "hoy", FRIDAY, "2026-11-20"),
        ("es", "mañana", FRIDAY, "2026-11-21"),
        ("es", "mañana por la mañana", FRIDAY, "2026-11-21"),
        ("es", "por la mañana", FRIDAY, None),
        ("es", "pasado mañana", FRIDAY, "2026-11-22"),
        ("es", "el próximo martes", MONDAY, "2026-11-24"),
        ("es", "el martes que viene a las tres", MONDAY, "2026-11-24"),
        ("es", "el miércoles", MONDAY, "2026-11-18"),
        ("es", "el tres de diciembre", FRIDAY, "2026-12-03"),
        ("es", "el primero de diciembre", FRIDAY, "2026-12-01"),
    ],
)
def test_days_as_callers_name_them(language: str, said: str, today: date, meant: str | None) -> None:
    found = day(language, said, today)
    assert (found and found.isoformat()) == meant


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 364))
def test_every_day_of_a_year_can_be_pressed_and_is_read_again(today: date, ahead: int) -> None:
    meant = today + timedelta(days=ahead)
    assert day("en", f"{meant:%m%d}", today) == meant
    assert day("es", meant.isoformat(), today) == meant


@given(st.sampled_from(["en", "es"]), st.text(), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_whatever_is_said_the_day_is_to_come(language: str, said: str, today: date) -> None:
    found = day(language, said, today)
    assert found is None or found >= today
