"""The words of numbers, dates and times as callers say them, by language: for grammars, and for reading them.

Written as dictionaries spell them; `ivr.speech.meaning.text.words` makes them plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Spelled = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`units` are 0 to 9, `teens` 10 to 19 and whatever else is one word below 100 but no ten, `tens` 20 to 90.

    `ordinals` are those of days of a month that are no cardinals; `twice` and `thrice` go before a digit ("double
    five"). `near` are days by their distance from today.
    """

    units: Spelled
    teens: Spelled
    tens: Spelled
    hundreds: Spelled
    thousand: str
    ordinals: Spelled
    months: Spelled
    weekdays: Spelled
    near: Spelled
    twice: tuple[str, ...]
    thrice: tuple[str, ...]
    months_first: bool
    """Whether a date in numbers is month, day, year."""


def _counted(words: str, start: int = 0, by: int = 1) -> dict[str, int]:
    return {word: start + by * place for place, word in enumerate(words.split())}


VOCABULARIES: Mapping[str, Vocabulary] = {
    "en": Vocabulary(
        units=_counted("zero one two three four five six seven eight nine") | {"oh": 0, "o": 0},
        teens=_counted("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10),
        tens=_counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
        hundreds={},
        thousand="thousand",
        ordinals=_counted("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", 1)
        | _counted("thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 13)
        | {"thirtieth": 30},
        months=_counted("january february march april may june july august september october november december", 1),
        weekdays=_counted("monday tuesday wednesday thursday friday saturday sunday"),
        near={"today": 0, "tonight": 0, "tomorrow": 1},
        twice=("double",),
        thrice=("triple",),
        months_first=True,
    ),
    "es": Vocabulary(
        units=_counted("cero uno dos tres cuatro cinco seis siete ocho nueve") | {"un": 1, "una": 1},
        teens=_counted("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve", 10)
        | _counted("veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho", 21)
        | {"veintiún": 21, "veintinueve": 29},
        tens=_counted("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10),
        hundreds={"cien": 100, "ciento": 100}
        | _counted("doscientos trescientos cuatrocientos quinientos seiscientos", 200, 100)
        | _counted("setecientos ochocientos novecientos", 700, 100),
        thousand="mil",
        ordinals={"primero": 1, "primer": 1},
        months=_counted("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", 1)
        | {"setiembre": 9},
        weekdays=_counted("lunes martes miércoles jueves viernes sábado domingo"),
        near={"hoy": 0, "mañana": 1},
        twice=("doble",),
        thrice=("triple",),
        months_first=False,
    ),
}
