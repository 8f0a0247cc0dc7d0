"""A date of birth in what a caller said or pressed: "march third nineteen fifty two", 03031952."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ivr.speech.meaning.text import words
from ivr.speech.slots.numbers import Group, reader

if TYPE_CHECKING:
    from collections.abc import Sequence

OLDEST = 120  # years; nobody who calls is older
PARTS = 3
LONG, SHORT = len("03031952"), len("030352")
YEAR = 4


def date_of_birth(language: str, text: str, today: date) -> date | None:
    """The date; None where it is not whole, is no date, or lies ahead."""
    said = words(text)
    groups = reader(language).groups(said)
    months = [
        (reader(language).vocabulary.months[word], at) for at, word in enumerate(said) if _is_month(language, word)
    ]
    if len(months) == 1:
        return _named(months[0], groups, today)
    return None if months else _in_figures(language, said, groups, today)


def _is_month(language: str, word: str) -> bool:
    return word in reader(language).vocabulary.months


def _named(month: tuple[int, int], groups: Sequence[Group], today: date) -> date | None:
    """The month by its name: the first number beside it is the day, and what follows is the year."""
    number, place = month
    beside = [group for group in groups if group.after >= place - 2]  # "the tenth, no, the third of may"
    if not beside:
        return None
    day, *rest = beside
    return _date("".join(group.digits for group in rest), number, day.value, today)


def _in_figures(language: str, said: Sequence[str], groups: Sequence[Group], today: date) -> date | None:
    """Month, day and year as numbers, or the other way round where the language does; keys are always month first."""
    digits = [group.digits for group in groups]
    if len(digits) == 1 and len(digits[0]) in {LONG, SHORT}:
        digits = [digits[0][:2], digits[0][2:4], digits[0][4:]]
    if len(digits) < PARTS:
        return None
    if len(digits[0]) == YEAR:
        digits = [*digits[1:], digits[0]]
    first, second, year = int(digits[0]), int(digits[1]), "".join(digits[2:])
    day_first = language == "es" and not any(word.isdecimal() for word in said)
    month, day = (second, first) if day_first else (first, second)
    return _date(year, month, day, today) or _date(year, day, month, today)


def _date(year: str, month: int, day: int, today: date) -> date | None:
    """Of a year in two digits the latest that is not ahead."""
    if len(year) == YEAR:
        return _lived(int(year), month, day, today)
    if len(year) != len("52"):
        return None
    this_century = today.year - today.year % 100 + int(year)
    return _lived(this_century, month, day, today) or _lived(this_century - 100, month, day, today)


def _lived(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= today and today.year - year <= OLDEST else None
