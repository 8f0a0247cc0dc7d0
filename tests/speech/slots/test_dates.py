from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.menus.words.vocabulary import VOCABULARIES
from ivr.speech.slots.dates import date_of_birth

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("said", "born"),
    [
        ("march third nineteen fifty two", "1952-03-03"),
        ("my birthday is March 3rd, 1952", None),  # no recogniser writes "3rd"
        ("it's the third of march nineteen fifty two", "1952-03-03"),
        ("March third, fifty two", "1952-03-03"),
        ("oh three oh three fifty two", "1952-03-03"),
        ("zero three zero three one nine five two", "1952-03-03"),
        ("three three fifty two", "1952-03-03"),
        ("december thirty first nineteen ninety nine", "1999-12-31"),
        ("december thirty one nineteen ninety nine", "1999-12-31"),
        ("july twenty second two thousand five", "2005-07-22"),
        ("july twenty two two thousand and five", "2005-07-22"),
        ("april first two thousand", "2000-04-01"),
        ("january tenth eighteen ninety nine", None),  # older than anybody is
        ("january tenth nineteen oh nine", "1909-01-10"),
        ("may twentieth twenty ten", "2010-05-20"),
        ("twelve twenty five nineteen fifty", "1950-12-25"),
        ("twenty five twelve nineteen fifty", "1950-12-25"),
        ("um february twenty eighth uh nineteen sixty", "1960-02-28"),
        ("03031952", "1952-03-03"),
        ("030352", "1952-03-03"),
        ("03/03/1952", "1952-03-03"),
        ("1952-03-04", "1952-03-04"),
        ("110126", "2026-11-01"),
        ("112126", "1926-11-21"),
        ("february thirtieth nineteen sixty", None),
        ("march third", None),
        ("march nineteen fifty two", "1952-03-19"),
        ("nineteen fifty two", None),
        ("march third twenty thirty", None),
        ("13131952", None),
        ("march or april third nineteen fifty two", None),
        ("", None),
        ("I need a refill", None),
    ],
)
def test_english_dates(said: str, born: str | None) -> None:
    found = date_of_birth("en", said, TODAY)
    assert (found and found.isoformat()) == born


@pytest.mark.parametrize(
    ("said", "born"),
    [
        ("el tres de marzo del cincuenta y dos", "1952-03-03"),
        ("tres de marzo de mil novecientos cincuenta y dos", "1952-03-03"),
        ("primero de enero de dos mil", "2000-01-01"),
        ("veintidós de julio de dos mil cinco", "2005-07-22"),
        ("nací el treinta y uno de diciembre de mil novecientos noventa y nueve", "1999-12-31"),
        ("marzo tres mil novecientos cincuenta y dos", "1952-03-03"),
        ("cuatro tres cincuenta y dos", "1952-03-04"),
        ("cero cuatro cero tres cincuenta y dos", "1952-03-04"),
        ("03041952", "1952-03-04"),
        ("el quince de mayo", None),
        ("necesito una receta", None),
    ],
)
def test_spanish_dates(said: str, born: str | None) -> None:
    found = date_of_birth("es", said, TODAY)
    assert (found and found.isoformat()) == born


DAYS = st.dates(date(1927, 1, 1), TODAY)
UNITS = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
UNITS += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
UNIDADES = ["", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"]
UNIDADES += ["trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno"]
UNIDADES += ["veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho"]
UNIDADES += ["veintinueve"]
DECENAS = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
MONTHS = list(VOCABULARIES["en"].months)
MESES = list(VOCABULARIES["es"].months)[:12]


def english(number: int) -> str:
    return UNITS[number] if number < 20 else f"{TENS[number // 10]} {UNITS[number % 10]}".strip()


def spanish(number: int) -> str:
    if number < 30:
        return UNIDADES[number]
    return DECENAS[number // 10] + (f" y {UNIDADES[number % 10]}" if number % 10 else "")


def english_year(year: int) -> str:
    if 2000 <= year < 2010:
        return f"two thousand {english(year % 100)}"
    return f"{english(year // 100)} {'oh ' if year % 100 < 10 else ''}{english(year % 100)}"


def spanish_year(year: int) -> str:
    return f"{'dos mil' if year >= 2000 else 'mil novecientos'} {spanish(year % 100)}"


@given(DAYS)
def test_every_date_is_read_from_keys_and_from_words_in_both_languages(day: date) -> None:
    ways = [
        ("en", f"{day:%m%d%Y}"),
        ("en", f"{day:%m/%d/%Y}"),
        ("es", f"{day:%m%d%Y}"),
        ("en", f"{MONTHS[day.month - 1]} {english(day.day)} {english_year(day.year)}"),
        ("en", f"the {english(day.day)} of {MONTHS[day.month - 1]} {english_year(day.year)}"),
        ("es", f"el {spanish(day.day)} de {MESES[day.month - 1]} de {spanish_year(day.year)}"),
    ]
    if day.year % 100:
        assert {date_of_birth(language, said, TODAY) for language, said in ways} == {day}


@given(DAYS)
def test_two_digits_of_a_year_mean_the_latest_that_is_not_ahead(day: date) -> None:
    found = date_of_birth("en", f"{day:%m%d%y}", TODAY)
    assert found is None or (found <= TODAY and f"{found:%m%d%y}" == f"{day:%m%d%y}")


@given(st.sampled_from(["en", "es"]), st.text(), DAYS)
def test_whatever_is_said_there_is_a_date_or_none(language: str, said: str, today: date) -> None:
    found = date_of_birth(language, said, today)
    assert found is None or found <= today
