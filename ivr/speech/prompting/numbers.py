"""How numbers, days and minutes are spoken in each language, piece by piece: the text, and Asterisk's sounds for it.

Three pieces say any number to 9999 (two thousand | three hundred | forty-five); whole pieces sound like speech.
Source: Asterisk main/say.c, ast_say_number_full_en and _es; the sounds are those of asterisk-core-sounds, of which the
Spanish ones have neither "y media" nor "y cuarto": there, times are for the synthesiser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ivr.speech.prompting.manifest import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LARGEST = 9999

Named = tuple[str, Entry]

_FAMILIES = {
    "number": re.compile(r"number_\d+(_and)?"),
    "date": re.compile(r"(date|day|month|oh|year)_\d+|day_today|day_tomorrow|first|hundred"),
    "time": re.compile(r"(hour|minute)_\d+|in_the_(morning|afternoon|evening)|noon|midnight"),
}


def _words(text: str) -> Sequence[str]:
    return text.split()


_TEENS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = _words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_VEINTE = _words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
)
_DECENAS = _words("treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_CIENTOS = _words("doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos")
_MINUTOS = {1: "y un minuto", 15: "y cuarto", 30: "y media"}


def number_names(number: int, language: str) -> tuple[str, ...]:
    """The names of the prompts that say a cardinal, like ("number_200", "number_15"); () for what is not 0..9999."""
    if not 0 <= number <= LARGEST:
        return ()
    thousands, hundreds, rest = number // 1000 * 1000, number // 100 % 10 * 100, number % 100
    names = [f"number_{each}" for each in (thousands, hundreds) if each]
    if language == "es" and hundreds == 100 and rest:  # noqa: PLR2004 - ciento uno, but cien
        names[-1] += "_and"
    return (*names, *([f"number_{rest}"] if rest or not number else []))


def family(name: str) -> str:
    """Which pieces are said by one voice: "number", "date" or "time"; "" for a prompt of its own."""
    return next((family for family, names in _FAMILIES.items() if names.fullmatch(name)), "")


def spoken_entries(language: str) -> Mapping[str, Entry]:
    """The pieces of a language, by name; none for one that has no rules here."""
    return dict(_RULES[language]()) if language in _RULES else {}


# ---- English ---------------------------------------------------------------------------------------------------------


def _english() -> Iterator[Named]:
    for number in range(100):
        yield f"number_{number}", Entry(_english_words(number), _digits(*_english_sounds(number)))
    for number in range(1, 10):
        yield f"number_{number}00", Entry(f"{_TEENS[number]} hundred", _digits(number, "hundred"))
        yield f"number_{number}000", Entry(f"{_TEENS[number]} thousand", _digits(number, "thousand"))
        yield f"oh_{number}", Entry(f"oh {_TEENS[number]}", _digits("oh", number))
    for day in range(1, 32):
        yield f"date_{day}", _english_date(day)
    yield "hundred", Entry("hundred", _digits("hundred"))


def _english_words(number: int) -> str:
    if number < len(_TEENS):
        return _TEENS[number]
    tens, ones = _TENS[number // 10 - 2], number % 10
    return f"{tens}-{_TEENS[ones]}" if ones else tens


def _english_sounds(number: int) -> tuple[int, ...]:
    """20 has a sound, 21 two of them."""
    if number < len(_TEENS) or number % 10 == 0:
        return (number,)
    return (number - number % 10, number % 10)


def _english_date(day: int) -> Entry:
    if day <= len(_ORDINALS):
        return Entry(_ORDINALS[day - 1], _digits(f"h-{day}"))
    tens, ones = day // 10 * 10, day % 10
    if not ones:
        return Entry("thirtieth", _digits("h-30"))
    return Entry(f"{_english_words(tens)}-{_ORDINALS[ones - 1]}", _digits(tens, f"h-{ones}"))


# ---- Spanish ---------------------------------------------------------------------------------------------------------


def _spanish() -> Iterator[Named]:
    for number in range(100):
        yield f"number_{number}", Entry(_spanish_words(number), _digits(*_spanish_sounds(number)))
    yield from (_named("number_100", "cien", "hundred"), _named("number_100_and", "ciento", "100-and"))
    for number, words in enumerate(_CIENTOS, start=2):
        yield _named(f"number_{number}00", words, f"{number}00")
        yield _named(f"number_{number}000", f"{_VEINTE[number]} mil", number, "thousand")
    yield _named("number_1000", "mil", "thousand")
    yield _named("year_1900", "de mil novecientos", "es-de", "thousand", 900)
    yield _named("year_2000", "de dos mil", "es-de", 2, "thousand")
    yield from (_named("first", "primero", "h-1"), _named("date_1", "el primero", "es-el", "h-1"))
    for day in range(2, 32):
        yield _named(f"date_{day}", f"el {_spanish_words(day)}", "es-el", *_spanish_sounds(day))
    for minute in range(1, 60):
        yield f"minute_{minute}", Entry(_MINUTOS.get(minute, f"y {_spanish_words(minute)}"))


def _spanish_words(number: int) -> str:
    if number < len(_VEINTE):
        return _VEINTE[number]
    tens, ones = _DECENAS[number // 10 - 3], number % 10
    return f"{tens} y {_VEINTE[ones]}" if ones else tens


def _spanish_sounds(number: int) -> tuple[str | int, ...]:
    if number < len(_VEINTE) or number % 10 == 0:
        return (number,)
    return (number - number % 10, "and", number % 10)


_RULES = {"en": _english, "es": _spanish}


def _named(name: str, text: str, *sounds: str | int) -> Named:
    return name, Entry(text, _digits(*sounds))


def _digits(*sounds: str | int) -> tuple[str, ...]:
    return tuple(f"digits/{sound}" for sound in sounds)
