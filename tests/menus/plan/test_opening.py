"""Hours as they are written, and what is wrong with them."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from ivr.menus.plan.hours import Span
from ivr.menus.plan.opening import Opening
from ivr.menus.reading.load import examine
from tests.menus.plans import changed, write

if TYPE_CHECKING:
    from pathlib import Path


def test_days_of_the_week_and_exceptions() -> None:
    office = Opening.model_validate(
        {
            "mon-fri": ["08:00-12:00", "13:00-17:00"],
            "sat": "09:00-12:00",
            "except": {
                "holidays": "US-MA",
                "named": {"Columbus Day": "open"},
                "yearly": {"2-29": "closed"},
                "dates": {"2026-12-24": "08:00-12:00"},
            },
        }
    )
    morning = Span(time(8), time(12))
    assert dict(office.week) == {
        frozenset(range(5)): (morning, Span(time(13), time(17))),
        frozenset({5}): (Span(time(9), time(12)),),
    }
    assert office.except_.holidays == ("US-MA",)
    assert office.except_.named == {"Columbus Day": None}
    assert office.except_.yearly == {(2, 29): ()}
    assert office.except_.dates == {date(2026, 12, 24): (morning,)}


def told(tmp_path: Path, office: str) -> list[str]:
    text = changed(("menus:\n", f"hours: {{office: {office}}}\nmenus:\n"))
    return [str(mistake).partition("plan.yaml:")[2] for mistake in examine(write(tmp_path, text)).mistakes]


@pytest.mark.parametrize(
    ("office", "sentence"),
    [
        (
            '{monday: "08:00-17:00"}',
            "12:18: 'monday' of hours 'office' must be days such as mon-fri or sat,sun, not 'monday'",
        ),
        ("{exept: {holidays: US}}", "12:18: 'exept' is not a key of hours 'office'; did you mean 'except'?"),
        (
            "{except: {holiday: US}}",
            "12:27: 'holiday' is not a key of 'except' of hours 'office'; did you mean 'holidays'?",
        ),
        (
            "{except: {holidays: [US, US-PR, US-MASS]}}",
            (
                "12:49: item 3 of 'holidays' of 'except' of hours 'office' is 'US-MASS', which is no region of US; "
                "did you mean 'US-MS'?"
            ),
        ),
        (
            "{except: {holidays: us}}",
            (
                "12:37: 'holidays' of 'except' of hours 'office' is 'us', which is no country such as US or MX; "
                "did you mean 'US'?"
            ),
        ),
        (
            "{except: {dates: {2026-12-24: cloesd}}}",
            (
                "12:47: '2026-12-24' of 'dates' of 'except' of hours 'office' must be hours, 'closed' or 'open', "
                "not 'cloesd'; did you mean 'closed'?"
            ),
        ),
        (
            "{except: {dates: {2026-13-24: closed}}}",
            (
                "12:35: '2026-13-24' of 'dates' of 'except' of hours 'office' must be a date such as 2026-12-24, "
                "not '2026-13-24'"
            ),
        ),
        (
            '{except: {yearly: {02-30: "08:00-12:00"}}}',
            (
                "12:36: '02-30' of 'yearly' of 'except' of hours 'office' must be the month and the day, "
                "such as 12-24, not '02-30'"
            ),
        ),
        (
            "{except: {yearly: {12-24: }}}",
            "12:43: '12-24' of 'yearly' of 'except' of hours 'office' must be hours, 'closed' or 'open', not nothing",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(office: str, sentence: str, tmp_path: Path) -> None:
    assert told(tmp_path, office) == [sentence]
