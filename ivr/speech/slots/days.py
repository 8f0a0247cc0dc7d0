"""A day to come, in what a caller said or pressed: "tomorrow", "next Tuesday", "el tres de diciembre", 1124."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ivr.speech.meaning.text import words
from ivr.speech.slots.numbers import reader

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEK = 7
PARTS, YEAR = 3, 4  # of 2026-11-24
FIGURES = len("1124")
MONTHS = 12
OF_THE_MORNING = frozenset({"la", "manana"})
AFTER = {"en": ("after",), "es": ("pasado",)}
NEXT = {"en": ("next",), "es": ("proximo", "proxima", "siguiente", "viene", "entrante")}


def day(language: str, text: str, today: date) -> date | None:
    """The day meant, today or later; None where none is named."""
    said = words(text)
    months = reader(language).vocabulary.months
    for place, word in enumerate(said):
        if word in months:
            return _of_a_month(language, said, months[word], place, today)
    return (
        _in_figures(said, today)
        or _weekday(language, said, today)
        or _near(language, said, today)
        or _of_this_month(language, said, today)
    )


def _of_a_month(language: str, said: Sequence[str], month: int, place: int, today: date) -> date | None:
    """The number that stands nearest to the month."""
    groups = reader(language).groups(said)
    if not groups:
        return None
    nearest = min(groups, key=lambda group: min(abs(group.after - place), abs(group.first - place)))
    return _coming(month, nearest.value, today)


def _in_figures(said: Sequence[str], today: date) -> date | None:
    """Month and day in four figures, or a date as computers write it."""
    if not all(word.isdecimal() for word in said):
        return None
    if len(said) == 1 and len(said[0]) == FIGURES:
        return _coming(int(said[0][:2]), int(said[0][2:]), today)
    if len(said) == PARTS and len(said[0]) == YEAR:
        return _dated(*map(int, said), today=today)
    return None


def _near(language: str, said: Sequence[str], today: date) -> date | None:
    """Today, tomorrow, and the day after; "por la mañana" is no day."""
    for at, word in enumerate(said):
        ahead = reader(language).vocabulary.near.get(word)
        if ahead is None or (at and said[at - 1] == "la" and word in OF_THE_MORNING):
            continue
        further = ahead == 1 and any(each in AFTER.get(language, ()) for each in said[max(0, at - 1) : at])
        return today + timedelta(days=ahead + further)
    return None


def _weekday(language: str, said: Sequence[str], today: date) -> date | None:
    """The next such day; with "next", that of the next calendar week."""
    weekdays = reader(language).vocabulary.weekdays
    named = next((weekdays[word] for word in said if word in weekdays), None)
    if named is None:
        return None
    if any(word in NEXT.get(language, ()) for word in said):
        return today + timedelta(days=WEEK - today.weekday() + named)
    return today + timedelta(days=(named - today.weekday() - 1) % WEEK + 1)


def _dated(year: int, month: int, day_of_month: int, *, today: date) -> date | None:
    try:
        found = date(year, month, day_of_month)
    except ValueError:
        return None
    return found if found >= today else None


def _of_this_month(language: str, said: Sequence[str], today: date) -> date | None:
    """ "The third": of this month, or of the next."""
    ordinal = next((group for group in reader(language).groups(said) if group.ordinal), None)
    if ordinal is None:
        return None
    for month in (today.month, today.month % MONTHS + 1):
        found = _coming(month, ordinal.value, today)
        if found and found - today < timedelta(days=2 * 31):
            return found
    return None


def _coming(month: int, day_of_month: int, today: date) -> date | None:
    """The next such day, within a year."""
    for year in (today.year, today.year + 1):
        if found := _dated(year, month, day_of_month, today=today):
            return found
    return None
