"""A time of day in what a caller said or pressed: "half past nine", "a las tres y cuarto", "in the afternoon", 0930.

An hour counts only where something tells that it is one. What is left open is morning from seven on and afternoon
before, as a practice's day goes: "at three" is 15:00, "at nine" 09:00.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ivr.speech.meaning.text import words
from ivr.speech.slots.numbers import reader

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON, HOURS, MINUTES = 12, 24, 60
FIRST_HOUR = 7  # of a practice's day

_FRACTIONS: Mapping[str, int] = {"half": 30, "quarter": 15, "media": 30, "cuarto": 15}
_PARTS = (  # "mañana" alone is tomorrow
    ("morning", re.compile(r"\bmorning\b|\bla manana\b|\bam\b")),
    ("evening", re.compile(r"\bevening\b|\bnight\b|\btonight\b|\bnoche\b")),
    ("afternoon", re.compile(r"\bafternoon\b|\btarde\b|\bpm\b")),
)
_MIDDAY = re.compile(r"\bnoon\b|\bmidday\b|\bmediodia\b")
_APART = re.compile(r"\bo clock\b|\b[ap] m\b")
_HOUR = r"(?P<hour>\d{1,2})"
_MINUTE = r"(?P<minute>half|quarter|media|cuarto|\d{1,2})"
_CLOCKS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "en": (
        re.compile(rf"\b{_MINUTE} (?:past|after) {_HOUR}\b"),
        re.compile(rf"\b{_MINUTE} (?P<before>to|till?|before) {_HOUR}\b"),
        re.compile(rf"\bat {_HOUR}(?: (?P<minute>\d\d))?\b"),
        re.compile(rf"\b{_HOUR}(?: (?P<minute>\d\d))? (?:am|pm|oclock|in the|tomorrow|this)\b"),
    ),
    "es": (
        re.compile(rf"\b{_HOUR} y {_MINUTE}\b"),
        re.compile(rf"\b{_HOUR} (?P<before>menos) {_MINUTE}\b"),
        re.compile(rf"\blas? {_HOUR}(?: (?P<minute>\d\d))?\b"),
        re.compile(rf"\b{_HOUR}(?: (?P<minute>\d\d))? (?:am|pm|en punto|de la)\b"),
    ),
}
_NOTHING_ELSE = (
    re.compile(rf"^{_HOUR}(?: (?P<minute>\d\d))?$"),
    re.compile(r"^(?P<hour>\d{1,2})(?P<minute>\d\d)$"),
)


def time_of_day(language: str, text: str) -> str | None:
    """ "09:30", or "morning", "afternoon" or "evening" where no hour is named; None where nothing is."""
    said = _figures(language, text)
    part = next((name for name, pattern in _PARTS if pattern.search(said)), None)
    if _MIDDAY.search(said):
        return f"{NOON}:00"
    for pattern in (*_CLOCKS.get(language, ()), *_NOTHING_ELSE):
        if (found := pattern.search(said)) and (clock := _clock(found.groupdict(), part)):
            return clock
    return part


def _figures(language: str, text: str) -> str:
    """The words with every number in figures: "at 9 30 am"."""
    said = list(words(text))
    for group in reversed(reader(language).groups(said)):
        said[group.first : group.after] = [group.digits]
    return _APART.sub(lambda found: found[0].replace(" ", ""), " ".join(said))


def _clock(found: Mapping[str, str | None], part: str | None) -> str | None:
    hour, told = int(found["hour"] or 0), found.get("minute") or "0"
    minute = _FRACTIONS[told] if told in _FRACTIONS else int(told)
    if minute >= MINUTES or hour >= HOURS:
        return None
    total = _of_the_day(hour, part) * MINUTES + (-minute if found.get("before") else minute)
    return f"{total // MINUTES:02}:{total % MINUTES:02}" if total >= 0 else None


def _of_the_day(hour: int, part: str | None) -> int:
    if hour > NOON or part == "morning":
        return hour % NOON if hour == NOON else hour
    if part or 0 < hour < FIRST_HOUR:
        return hour % NOON + NOON
    return hour
