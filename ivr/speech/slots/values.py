"""What a caller gave, as the value of a slot; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.plan.slots import SlotKind
from ivr.speech.meaning.text import words
from ivr.speech.slots.dates import date_of_birth
from ivr.speech.slots.days import day
from ivr.speech.slots.telephone import telephone
from ivr.speech.slots.times import time_of_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from ivr.services import Wanted


def value_of(wanted: Wanted, language: str, readings: Sequence[str], today: date) -> str | None:
    """The value in the first reading that has one: "1952-03-03", "6175550123", "14:30", "morning", a choice's name."""
    found = (_value(wanted, language, reading, today) for reading in readings)
    return next((value for value in found if value), None)


def _value(wanted: Wanted, language: str, reading: str, today: date) -> str | None:
    parse = _PARSERS.get(wanted.kind)
    return parse(language, reading, today) if parse else _named(wanted, reading)


def _named(wanted: Wanted, reading: str) -> str | None:
    """The choice that was said first; of two that begin at the same word, the longer one."""
    said = f" {' '.join(words(reading))} "
    found = [
        (said.find(f" {plain} "), -len(plain), name)
        for name, phrases in wanted.phrases
        for plain in (" ".join(words(phrase)) for phrase in phrases)
        if f" {plain} " in said
    ]
    return min(found)[2] if found else None


def _iso(found: date | None) -> str | None:
    return found.isoformat() if found else None


_PARSERS: Mapping[str, Callable[[str, str, date], str | None]] = {
    SlotKind.DATE_OF_BIRTH: lambda language, text, today: _iso(date_of_birth(language, text, today)),
    SlotKind.TELEPHONE: lambda language, text, _: telephone(language, text),
    SlotKind.DAY: lambda language, text, today: _iso(day(language, text, today)),
    SlotKind.TIME_OF_DAY: lambda language, text, _: time_of_day(language, text),
}
