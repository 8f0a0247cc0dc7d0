from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.menus.words.vocabulary import VOCABULARIES
from ivr.speech.slots.telephone import NUMBER, telephone


@pytest.mark.parametrize(
    ("language", "said", "number"),
    [
        ("en", "six one seven five five five oh one two three", "6175550123"),
        ("en", "six one seven triple five zero one twenty three", "6175550123"),
        ("en", "my number is six seventeen, five fifty five, oh one two three", "6175550123"),
        ("en", "area code six one seven double five five zero one two three thank you", "6175550123"),
        ("en", "one eight hundred five five five oh one nine nine", "8005550199"),
        ("en", "six one seven five five five four thousand", None),
        ("en", "6175550123", "6175550123"),
        ("en", "16175550123", "6175550123"),
        ("en", "(617) 555-0123", "6175550123"),
        ("en", "five five five oh one two three", None),
        ("en", "zero one seven five five five oh one two three", None),
        ("en", "six one seven five five five oh one two three four", None),
        ("en", "hello", None),
        ("es", "seis uno siete cinco cinco cinco cero uno dos tres", "6175550123"),
        ("es", "seis diecisiete quinientos cincuenta y cinco cero uno veintitrés", "6175550123"),
        ("es", "seis uno siete doble cinco cinco cero uno dos tres", "6175550123"),
        ("es", "mi número es el seis uno siete, cinco cincuenta y cinco, cero uno veintitrés", "6175550123"),
    ],
)
def test_numbers_as_callers_read_them(language: str, said: str, number: str | None) -> None:
    assert telephone(language, said) == number


@given(st.from_regex(NUMBER, fullmatch=True), st.sampled_from(["en", "es"]))
def test_every_number_is_read_from_keys_and_digit_by_digit(number: str, language: str) -> None:
    names = {digit: word for word, digit in reversed(VOCABULARIES[language].units.items())}
    spoken = " ".join(names[int(digit)] for digit in number)
    assert telephone(language, number) == telephone(language, spoken) == number[-10:]


@given(st.sampled_from(["en", "es"]), st.text())
def test_whatever_is_said_there_are_ten_digits_or_none(language: str, said: str) -> None:
    found = telephone(language, said)
    assert found is None or len(found) == 10
