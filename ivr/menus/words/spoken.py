"""Numbers, times and dates as prompts, in the order in which a person says them in each language.

    9:05                    at nine | oh five | in the morning            a las nueve | y cinco | de la mañana
    Tuesday, November 24    on Tuesday | November | twenty-fourth         el martes | veinticuatro | de noviembre
    24 November 1984        November | twenty-fourth | nineteen | 84      el veinticuatro | de noviembre | de mil … | 84

A number among the pieces is a cardinal from 0 to 9999; services.Prompts turns all of them into sounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time

MINUTE = 60.0
LONGEST_WAIT = 90 * MINUTE  # of a longer one nobody needs the minutes: it is not told
ROUGH_MINUTES = 20
NOON, EVENING = 12, 18
DAYS_OF_A_WEEK = 7
PAUSE = "pause"
"""A prompt that is a short silence: between the groups of a telephone number."""

Piece = str | int
"""A prompt's name, or a number."""

_COUNTRY = "1"  # +1 617 …: nobody in the country says it
_NATIONAL_DIGITS = 10
_GROUP = 3
_LONGEST_GROUP = 4


def wait_pieces(seconds: float) -> tuple[Piece, ...]:
    """ "Your wait is about five minutes", rounded up: who is served early is glad. () for one that is not told.

    Nobody estimates twenty-one minutes: from twenty on it is fives.
    """
    minutes = -int(-seconds // MINUTE)
    if minutes > ROUGH_MINUTES:
        minutes += -minutes % 5
    if seconds > LONGEST_WAIT:
        return ()
    if minutes <= 1:
        return ("wait_under_a_minute",) if seconds < MINUTE else ("wait_minute",)
    return ("wait_about", minutes, "wait_minutes")


def digits_pieces(digits: str) -> tuple[Piece, ...]:
    """ "Six one seven, five five five, …": a number's digits in groups. Signs, and a +1 in front, are not said."""
    plain = "".join(sign for sign in digits if sign.isdecimal())
    if digits.startswith("+") and len(plain) == _NATIONAL_DIGITS + 1:
        plain = plain.removeprefix(_COUNTRY)
    pieces: list[Piece] = []
    for group in _grouped(plain):
        pieces += [PAUSE, *(int(digit) for digit in group)]
    return tuple(pieces[1:])


def time_pieces(moment: time, language: str) -> tuple[Piece, ...]:
    """ "At nine thirty in the morning", "a las dos y cuarto de la tarde"; noon and midnight by their names."""
    if (moment.hour, moment.minute) == (0, 0):
        return ("midnight",)
    if (moment.hour, moment.minute) == (NOON, 0):
        return ("noon",)
    part = "in_the_morning" if moment.hour < NOON else "in_the_afternoon" if moment.hour < EVENING else "in_the_evening"
    return (f"hour_{(moment.hour - 1) % 12 + 1}", *_minute(moment.minute, language), part)


def day_pieces(day: date, today: date, language: str) -> tuple[Piece, ...]:
    """ "Today", "tomorrow", "on Friday" within a week, else "on Tuesday, November twenty-fourth"."""
    ahead = (day - today).days
    if ahead in {0, 1}:
        return ("day_today" if ahead == 0 else "day_tomorrow",)
    weekday, month = f"day_{day.weekday()}", f"month_{day.month}"
    if 0 < ahead < DAYS_OF_A_WEEK:
        return (weekday,)
    if language == "es":
        return (weekday, "first" if day.day == 1 else day.day, month)
    return (weekday, month, f"date_{day.day}")


def moment_pieces(moment: datetime, today: date, language: str) -> tuple[Piece, ...]:
    """ "Tomorrow at nine thirty in the morning"; the moment and today are of the same place."""
    return (*day_pieces(moment.date(), today, language), *time_pieces(moment.time(), language))


def date_pieces(day: date, language: str) -> tuple[Piece, ...]:
    """A date of birth: "November twenty-fourth, nineteen eighty-four", "el primero de enero de dos mil"."""
    month, number = f"month_{day.month}", f"date_{day.day}"
    if language == "es":
        return (number, month, *_spanish_year(day.year))
    return (month, number, *_english_year(day.year))


def _minute(minute: int, language: str) -> tuple[Piece, ...]:
    if minute == 0:
        return ()
    if language == "es":
        return (f"minute_{minute}",)
    return (_two_digits(minute),)


def _two_digits(number: int) -> Piece:
    """ "Oh five", "forty-five": how English says minutes, and the end of a year."""
    return f"oh_{number}" if number < 10 else number  # noqa: PLR2004 - one digit


def _english_year(year: int) -> tuple[Piece, ...]:
    """ "Nineteen eighty-four", "nineteen hundred", "two thousand five", "twenty twenty-six"."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:  # noqa: PLR2004 - two thousand to two thousand nine
        return (year,)
    return (century, _two_digits(rest) if rest else "hundred")


def _spanish_year(year: int) -> tuple[Piece, ...]:
    """ "De mil novecientos ochenta y cuatro", "de dos mil cinco": the century one sound, the rest a number."""
    century = year - year % 100
    if century not in {1900, 2000}:
        return (year,)
    return (f"year_{century}", *((year - century,) if year > century else ()))


def _grouped(digits: str) -> list[str]:
    """Threes, and a last group of two to four: 617 555 0111, 555 0111, 555 01."""
    groups = []
    while len(digits) > _LONGEST_GROUP:
        groups.append(digits[:_GROUP])
        digits = digits[_GROUP:]
    return [*groups, digits] if digits else groups
