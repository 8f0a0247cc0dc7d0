from __future__ import annotations

import pytest

from ivr.speech.hearing import spanish


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("garganta", "g a r g a n t a"),
        ("derrame", "d e rr a m e"),
        ("respirar", "rr e s p i r a r"),
        ("hinchó", "i n ch o"),
        ("vergüenza", "b e r g u e n z a"),
        ("enrojecido", "e n rr o j e z i d o"),
        ("guitarra", "g i t a rr a"),
        ("quemó", "k e m o"),
        ("niño", "n i gn o"),
        ("ley", "l e i"),
        ("mayo", "m a y o"),
    ],
)
def test_a_word_is_spoken_as_it_is_spelt(word: str, phones: str) -> None:
    assert spanish.ways(word)[0] == phones


def test_the_americas_say_s() -> None:
    assert spanish.ways("corazón") == ("k o r a z o n", "k o r a s o n")
    assert spanish.ways("dolor") == ("d o l o r",)


def test_a_word_of_foreign_letters_is_not_guessed() -> None:
    assert spanish.ways("naïf") == ()
    assert spanish.ways("h") == ()
