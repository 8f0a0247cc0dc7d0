"""Times of day and of the week as a plan writes them: `mon-fri`, `"08:00-17:00"`, `2026-12-24 17:00`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from ivr.menus.plan.values import ONE_OR_MORE, refusal

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """From a time of day to another; one that ends at or before its beginning ends a day later."""

    begins: time
    ends: time


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        return time(int(found[1]), int(found[2])) if found else time.fromisoformat("")
    except ValueError:
        raise refusal(f'must be a time of day such as "17:00", not {value!r}') from None


def _span(value: object) -> Span:
    if isinstance(value, Span):
        return value
    try:
        begins, ends = str(value).split("-")
        return Span(_clock(begins), _clock(ends))
    except ValueError:
        raise refusal(f'must be hours such as "08:00-17:00", not {value!r}') from None


def _days(value: object) -> frozenset[int]:
    if isinstance(value, frozenset):
        return value
    try:
        return frozenset(day for part in str(value).split(",") for day in _run(part))
    except ValueError:
        raise refusal(f"must be days such as mon-fri or sat,sun, not {value!r}") from None


def _run(text: str) -> list[int]:
    """One day, or all from one to another, also over the end of the week."""
    first, dash, last = text.strip().lower().partition("-")
    begins, ends = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
    return [day % 7 for day in range(begins, ends + 1 if ends >= begins else ends + 8)]


def _date(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise refusal(f"must be a date such as 2026-12-24, not {value!r}") from None


def _moment(value: object) -> datetime:
    try:
        return value if isinstance(value, datetime) else datetime.strptime(str(value), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the practice's own time
    except ValueError:
        raise refusal(f"must be a date and a time such as 2026-12-24 17:00, not {value!r}") from None


_DAY = rf"\s*({'|'.join(WEEKDAYS)})(-({'|'.join(WEEKDAYS)}))?\s*"


def _written(description: str, pattern: str) -> WithJsonSchema:
    """What editors are told."""
    return WithJsonSchema({"description": description, "type": "string", "pattern": f"^{pattern}$"})


Clock = Annotated[time, BeforeValidator(_clock), _written('A time of day such as "17:00".', r"\s*\d{1,2}:\d{2}\s*")]
Days = Annotated[
    frozenset[int], BeforeValidator(_days), _written("Days such as mon-fri or sat,sun.", f"{_DAY}(,{_DAY})*")
]
"""0 is Monday."""
Day = Annotated[date, BeforeValidator(_date), _written("A date such as 2026-12-24.", r"\d{4}-?\d{2}-?\d{2}")]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    _written("A date and a time such as 2026-12-24 17:00.", r"\d{4}-\d{1,2}-\d{1,2}\s+\d{1,2}:\d{1,2}"),
]
"""In the practice's own time, without a zone."""
Hours = Annotated[
    Span,
    BeforeValidator(_span),
    _written('Hours such as "08:00-17:00".', r"\s*\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}\s*"),
]
Week = Mapping[Days, Annotated[tuple[Hours, ...], ONE_OR_MORE]]
EVERY_DAY = frozenset(range(7))
