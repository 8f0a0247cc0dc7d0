"""Numbers, waits, times and dates, as a person would say them in each language."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from ivr.menus.words.spoken import (
    PAUSE,
    Piece,
    date_pieces,
    day_pieces,
    digits_pieces,
    moment_pieces,
    time_pieces,
    wait_pieces,
)
from ivr.speech.prompting.manifest import load_manifests
from ivr.speech.prompting.numbers import LARGEST, number_names, spoken_entries

FRIDAY = date(2026, 11, 20)
SHIPPED = Path(__file__).parents[3] / "prompts"
TEXTS = {
    language: {name: entry.text.rstrip(".") for name, entry in (*spoken_entries(language).items(), *shipped.items())}
    for language, shipped in load_manifests([SHIPPED], ["en", "es"]).items()
}


def sentence(language: str, pieces: tuple[Piece, ...]) -> str:
    """What a caller hears."""
    names = [
        name for piece in pieces for name in ([piece] if isinstance(piece, str) else number_names(piece, language))
    ]
    return " ".join("," if name == PAUSE else TEXTS[language][name] for name in names).replace(" ,", ",")


def at(text: str) -> time:
    return time.fromisoformat(text)


@pytest.mark.parametrize(
    ("seconds", "pieces"),
    [
        (0, ("wait_under_a_minute",)),
        (59, ("wait_under_a_minute",)),
        (60, ("wait_minute",)),
        (61, ("wait_about", 2, "wait_minutes")),
        (600, ("wait_about", 10, "wait_minutes")),
        (20 * 60, ("wait_about", 20, "wait_minutes")),
        (20 * 60 + 1, ("wait_about", 25, "wait_minutes")),
        (3 * 3600, ()),
    ],
)
def test_a_wait_is_rounded_up_to_minutes_and_a_long_one_to_five(seconds: float, pieces: tuple[Piece, ...]) -> None:
    assert wait_pieces(seconds) == pieces


# ---- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        (0, "zero", "cero"),
        (7, "seven", "siete"),
        (16, "sixteen", "dieciséis"),
        (21, "twenty-one", "veintiuno"),
        (45, "forty-five", "cuarenta y cinco"),
        (70, "seventy", "setenta"),
        (100, "one hundred", "cien"),
        (101, "one hundred one", "ciento uno"),
        (215, "two hundred fifteen", "doscientos quince"),
        (999, "nine hundred ninety-nine", "novecientos noventa y nueve"),
        (1000, "one thousand", "mil"),
        (1100, "one thousand one hundred", "mil cien"),
        (2026, "two thousand twenty-six", "dos mil veintiséis"),
        (9999, "nine thousand nine hundred ninety-nine", "nueve mil novecientos noventa y nueve"),
    ],
)
def test_a_number_in_words(number: int, english: str, spanish: str) -> None:
    assert (sentence("en", (number,)), sentence("es", (number,))) == (english, spanish)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_two_numbers_sound_alike(language: str) -> None:
    assert len({sentence(language, (number,)) for number in range(LARGEST + 1)}) == LARGEST + 1
    assert (number_names(-1, language), number_names(LARGEST + 1, language)) == ((), ())


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("+16175550111", "six one seven, five five five, zero one one one"),
        ("(617) 555-0111", "six one seven, five five five, zero one one one"),
        ("16175550111", "one six one, seven five five, five zero one, one one"),
        ("5550111", "five five five, zero one one one"),
        ("+34600123456", "three four six, zero zero one, two three four, five six"),
        ("55501", "five five five, zero one"),
        ("1", "one"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_read_back_in_groups(digits: str, said: str) -> None:
    assert sentence("en", digits_pieces(digits)) == said


# ---- times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "english", "spanish"),
    [
        ("09:00", "at nine in the morning", "a las nueve de la mañana"),
        ("09:05", "at nine oh five in the morning", "a las nueve y cinco de la mañana"),
        ("11:59", "at eleven fifty-nine in the morning", "a las once y cincuenta y nueve de la mañana"),
        ("12:00", "at noon", "al mediodía"),
        ("12:01", "at twelve oh one in the afternoon", "a las doce y un minuto de la tarde"),
        ("13:30", "at one thirty in the afternoon", "a la una y media de la tarde"),
        ("14:15", "at two fifteen in the afternoon", "a las dos y cuarto de la tarde"),
        ("16:45", "at four forty-five in the afternoon", "a las cuatro y cuarenta y cinco de la tarde"),
        ("18:30", "at six thirty in the evening", "a las seis y media de la noche"),
        ("00:00", "at midnight", "a medianoche"),
        ("00:30", "at twelve thirty in the morning", "a las doce y media de la mañana"),
    ],
)
def test_a_time_of_day(moment: str, english: str, spanish: str) -> None:
    said = [sentence(language, time_pieces(at(moment), language)) for language in ("en", "es")]
    assert said == [english, spanish]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_minute_of_a_day_can_be_said_and_no_two_sound_alike(language: str) -> None:
    minutes = [time(hour, minute) for hour in range(24) for minute in range(60)]
    assert len({sentence(language, time_pieces(minute, language)) for minute in minutes}) == 24 * 60


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        ("2026-11-20", "today", "hoy"),
        ("2026-11-21", "tomorrow", "mañana"),
        ("2026-11-23", "on Monday", "el lunes"),
        ("2026-11-26", "on Thursday", "el jueves"),
        ("2026-11-27", "on Friday November twenty-seventh", "el viernes veintisiete de noviembre"),
        ("2026-12-01", "on Tuesday December first", "el martes primero de diciembre"),
        ("2027-01-31", "on Sunday January thirty-first", "el domingo treinta y uno de enero"),
        ("2026-11-19", "on Thursday November nineteenth", "el jueves diecinueve de noviembre"),
    ],
)
def test_a_day_as_seen_from_today(day: str, english: str, spanish: str) -> None:
    said = [sentence(language, day_pieces(date.fromisoformat(day), FRIDAY, language)) for language in ("en", "es")]
    assert said == [english, spanish]


def test_a_moment_is_a_day_and_a_time() -> None:
    moment = datetime.fromisoformat("2026-11-21 09:30")
    assert sentence("en", moment_pieces(moment, FRIDAY, "en")) == "tomorrow at nine thirty in the morning"
    assert sentence("es", moment_pieces(moment, FRIDAY, "es")) == "mañana a las nueve y media de la mañana"


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (
            "1984-11-24",
            "November twenty-fourth nineteen eighty-four",
            "el veinticuatro de noviembre de mil novecientos ochenta y cuatro",
        ),
        ("1905-01-01", "January first nineteen oh five", "el primero de enero de mil novecientos cinco"),
        ("1900-02-28", "February twenty-eighth nineteen hundred", "el veintiocho de febrero de mil novecientos"),
        ("2000-02-29", "February twenty-ninth two thousand", "el veintinueve de febrero de dos mil"),
        ("2005-06-30", "June thirtieth two thousand five", "el treinta de junio de dos mil cinco"),
        ("2026-08-03", "August third twenty twenty-six", "el tres de agosto de dos mil veintiséis"),
        ("1899-12-12", "December twelfth eighteen ninety-nine", "el doce de diciembre mil ochocientos noventa y nueve"),
    ],
)
def test_a_date_of_birth(day: str, english: str, spanish: str) -> None:
    said = [sentence(language, date_pieces(date.fromisoformat(day), language)) for language in ("en", "es")]
    assert said == [english, spanish]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_day_of_two_centuries_can_be_said_and_no_two_sound_alike(language: str) -> None:
    days = [date(1900, 1, 1) + timedelta(days=count) for count in range(0, 73_000, 3)]
    assert len({sentence(language, date_pieces(day, language)) for day in days}) == len(days)
    assert all(sentence(language, day_pieces(day, FRIDAY, language)) for day in days[:500])
