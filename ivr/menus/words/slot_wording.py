"""The words of slots: what is said of a choice's values, and what callers say for each kind of value.

    slot.doctor.lee         "Doctor Lee."                       to read it back
    slot.doctor.lee.press   "For Doctor Lee, press one."

What callers say is a sample: enough for a recogniser's language model to know each word, and which follows which.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ivr.menus.plan.slots import SlotKind
from ivr.menus.words.vocabulary import VOCABULARIES, Vocabulary
from ivr.services import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.slots import Slot
    from ivr.menus.plan.values import Language

_PRESS: Mapping[Language, str] = {"en": "For {name}, press {key}.", "es": "Para {name}, oprima {key}."}
_AND: Mapping[str, str] = {"en": " ", "es": " y "}
FIRST_YEAR, YEARS = 1920, 107  # each year once, and with it each day and month
CENTURY, MILLENNIUM, TEN = 100, 2000, 10


def value_prompt(slot: str, value: str) -> str:
    return f"slot.{slot}.{value}"


def press_value_prompt(slot: str, value: str) -> str:
    return f"slot.{slot}.{value}.press"


def keys_prompt(kind: SlotKind) -> str:
    """The generic sentence on how to enter a value of this kind."""
    return f"slot_keys_{kind}"


def slot_texts(plan: Plan, language: Language, digits: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The prompts that the plan's slots make, by name; `digits` are the words for the keys."""
    for name, slot in plan.slots.items():
        for value, each in slot.values.items():
            yield value_prompt(name, value), f"{each.name[language]}."
            if each.key:
                told = _PRESS[language].format(name=each.name[language], key=digits[int(each.key)])
                yield press_value_prompt(name, value), told


def wanted(slot: Slot, language: str) -> Wanted:
    said = {name: {str(tongue): some for tongue, some in each.say.items()} for name, each in slot.values.items()}
    names = {name: {str(tongue): text for tongue, text in each.name.items()} for name, each in slot.values.items()}
    return Wanted(
        slot.kind,
        tuple((name, (*said[name].get(language, ()), names[name].get(language, ""))) for name in slot.values),
    )


def phrases(asked: Wanted, language: str) -> tuple[str, ...]:
    """What callers say for it."""
    if asked.kind == SlotKind.CHOICE:
        return tuple(dict.fromkeys(phrase for _, some in asked.phrases for phrase in some))
    return _sample(asked.kind, language)


@cache
def _sample(kind: str, language: str) -> tuple[str, ...]:
    words = VOCABULARIES.get(language)
    make = _SAMPLES.get(SlotKind(kind))
    return tuple(dict.fromkeys(make(words, language))) if words and make else ()


def _dates(words: Vocabulary, language: str) -> Iterator[str]:
    months = _by_number(words.months)
    for step in range(YEARS):
        month, day, year = months[step % 12 + 1], step % 31 + 1, _year(words, language, FIRST_YEAR + step * 7 % YEARS)
        if language == "es":
            yield f"{_day(words, language, day)} de {month} de {year}"
            yield f"{_day(words, language, day)} de {month} del {_spelled(words, language, step * 7 % CENTURY)}"
        else:
            yield f"{month} {_day(words, language, day)} {year}"
            yield f"{_spelled(words, language, step % 12 + 1)} {_spelled(words, language, day)} {year}"


def _digits(words: Vocabulary, _: str) -> Iterator[str]:
    names = _by_number(words.units)
    for stride in range(TEN):
        for start in (0, 3, 5):
            yield " ".join(names[(start + place * stride) % TEN] for place in range(TEN))
    for repeated in (*words.twice, *words.thrice):
        yield from (f"{repeated} {name}" for name in names.values())


def _days(words: Vocabulary, language: str) -> Iterator[str]:
    months = _by_number(words.months)
    yield from words.near
    for weekday in words.weekdays:
        yield from (
            (f"el {weekday}", f"el próximo {weekday}", f"el {weekday} que viene")
            if language == "es"
            else (weekday, f"on {weekday}", f"next {weekday}", f"this {weekday}")
        )
    for step in range(31):
        day, month = _day(words, language, step + 1), months[step % 12 + 1]
        yield f"el {day} de {month}" if language == "es" else f"{month} {day}"


def _times(words: Vocabulary, language: str) -> Iterator[str]:
    for hour in range(1, 13):
        name = _spelled(words, language, hour)
        if language == "es":
            yield from (f"a las {name}", f"a las {name} y media", f"{name} y cuarto", f"{name} menos cuarto")
        else:
            yield from (f"at {name}", f"{name} thirty", f"half past {name}", f"quarter past {name}", f"{name} o'clock")
            yield from (f"quarter to {name}", f"{name} fifteen", f"{name} forty five", f"{name} in the morning")
    yield from (
        ("por la mañana", "por la tarde", "por la noche", "al mediodía")
        if language == "es"
        else ("in the morning", "in the afternoon", "in the evening", "at noon", "tomorrow morning")
    )


def _by_number(table: Mapping[str, int]) -> Mapping[int, str]:
    """The first word for each number."""
    return {number: word for word, number in reversed(list(table.items()))}


def _day(words: Vocabulary, language: str, day: int) -> str:
    """The day of a month: "twenty third", "primero", "veintitrés"."""
    ordinals = _by_number(words.ordinals)
    if day in ordinals:
        return ordinals[day]
    if language == "en":
        return f"{_by_number(words.tens)[day - day % TEN]} {ordinals[day % TEN]}"
    return _spelled(words, language, day)


def _year(words: Vocabulary, language: str, year: int) -> str:
    """ "Nineteen fifty two", "two thousand five", "mil novecientos cincuenta y dos", "dos mil cinco"."""
    rest = _spelled(words, language, year % CENTURY) if year % CENTURY else ""
    if year >= MILLENNIUM:
        return f"{'dos mil' if language == 'es' else 'two thousand'} {rest}".strip()
    return f"{'mil novecientos' if language == 'es' else 'nineteen'} {rest or 'hundred'}"


def _spelled(words: Vocabulary, language: str, number: int) -> str:
    """A number from 0 to 99."""
    if number < TEN:
        return _by_number(words.units)[number]
    small = _by_number(words.teens)
    if number in small:
        return small[number]
    tens = _by_number(words.tens)[number - number % TEN]
    return f"{tens}{_AND[language]}{_by_number(words.units)[number % TEN]}" if number % TEN else tens


_SAMPLES = {
    SlotKind.DATE_OF_BIRTH: _dates,
    SlotKind.TELEPHONE: _digits,
    SlotKind.DAY: _days,
    SlotKind.TIME_OF_DAY: _times,
}
