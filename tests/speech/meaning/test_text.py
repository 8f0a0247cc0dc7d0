from __future__ import annotations

import pytest

from ivr.speech.meaning.text import stem, words


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I can't breathe!", ("i", "cant", "breathe")),
        ("I CAN’T breathe", ("i", "cant", "breathe")),
        ("¿A qué hora es mi cita, mañana?", ("a", "que", "hora", "es", "mi", "cita", "manana")),
        ("[unk] billing <sil> ++noise++ please", ("billing", "please")),
        ("x-ray at 9:30", ("x", "ray", "at", "9", "30")),
        ("", ()),
        ("…", ()),
    ],
)
def test_words_are_spelt_in_one_way(said: str, expected: tuple[str, ...]) -> None:
    assert words(said) == expected


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ("schedule", "schedules", "scheduled", "scheduling")),
        ("en", ("bill", "bills", "billed", "billing")),
        ("en", ("refill", "refills", "refilled", "refilling")),
        ("en", ("cancel", "cancels", "canceled", "canceling")),
        ("es", ("pagar", "pago", "paga", "pagando", "pagado", "pagaron")),
        ("es", ("cita", "citas")),
        ("es", ("enferma", "enfermo", "enfermos")),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, forms: tuple[str, ...]) -> None:
    assert {stem(language, form) for form in forms} == {stem(language, forms[0])}


@pytest.mark.parametrize("pair", [("bill", "pill"), ("nurse", "nose"), ("test", "text"), ("bus", "but")])
def test_different_words_keep_different_stems(pair: tuple[str, str]) -> None:
    assert stem("en", pair[0]) != stem("en", pair[1])


def test_a_language_without_rules_keeps_its_words() -> None:
    assert stem("de", "rechnungen") == "rechnungen"
