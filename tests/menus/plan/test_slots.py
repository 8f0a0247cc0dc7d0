"""Slots in a plan: what is wrong with them, and what they bring to the prompts and the grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.menus.reading.load import examine
from ivr.menus.words.slot_wording import phrases, wanted
from ivr.menus.words.wording import phrases_of, wordings
from ivr.services import Wanted
from tests.menus.plans import changed, small, write

if TYPE_CHECKING:
    from pathlib import Path

DOCTOR = """\
slots:
  doctor:
    kind: choice
    ask: which
    values:
      lee: {name: {en: Doctor Lee, es: la doctora Lee}, say: {en: [lee], es: [lee]}, key: 1, needs: [cardiology]}
      kim: {name: {en: Doctor Kim, es: el doctor Kim}, say: {en: [kim], es: [kim]}, key: 2}
voicemail:
"""
COLLECTED = ("intent: visit, go: office}", "intent: visit, go: office, collect: doctor}")
PLAN = small(("voicemail:\n", DOCTOR), COLLECTED)


def told(folder: Path, *replacements: tuple[str, str]) -> list[str]:
    examined = examine(write(folder, changed(("voicemail:\n", DOCTOR), COLLECTED, *replacements)))
    return [each.text for each in (*examined.mistakes, *examined.warnings)]


def test_a_plan_with_a_slot_is_sound(tmp_path: Path) -> None:
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("replacement", "said"),
    [
        (
            ("collect: doctor", "collect: doktor"),
            "choice '1' of menu 'main' names 'doktor', which is not a slot; did you mean 'doctor'?",
        ),
        (("    kind: choice\n", "    kind: telephone\n"), "slot 'doctor' has 'values', which are for 'kind: choice'"),
        (("    ask: which\n    values", "    ask: whichever\n    values"), "names 'whichever', which is not a prompt"),
        (("key: 2}", "key: 1}"), "'1' chooses value 'lee' and value 'kim' of slot 'doctor': keep it in one"),
        (("en: Doctor Kim, es: el doctor Kim", "en: Doctor Kim"), "value 'kim' of slot 'doctor' has no name in 'es'"),
        ((", collect: doctor", ""), "no choice collects slot 'doctor'"),
    ],
)
def test_what_is_wrong_with_a_slot_is_told(tmp_path: Path, replacement: tuple[str, str], said: str) -> None:
    assert [text for text in told(tmp_path, replacement) if said in text] != []


def test_each_value_makes_its_prompts_in_each_language() -> None:
    english, spanish = wordings(PLAN)["en"], wordings(PLAN)["es"]
    assert [english[name].text for name in ("slot.doctor.lee", "slot.doctor.lee.press")] == [
        "Doctor Lee.",
        "For Doctor Lee, press one.",
    ]
    assert spanish["slot.doctor.kim.press"].text == "Para el doctor Kim, oprima dos."


def test_the_recogniser_knows_what_may_be_chosen() -> None:
    assert phrases(wanted(PLAN.slots["doctor"], "es"), "es") == ("lee", "la doctora Lee", "kim", "el doctor Kim")
    assert {"lee", "Doctor Kim"} <= set(phrases_of(PLAN)["en"])


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        ("date_of_birth", "en", "december thirty first nineteen oh fifty two"),
        ("date_of_birth", "es", "primero de enero mil novecientos cincuenta y dos del"),
        ("telephone", "en", "zero one two three four five six seven eight nine double triple"),
        ("telephone", "es", "cero uno dos tres cuatro cinco seis siete ocho nueve doble"),
        ("day", "en", "next tuesday tomorrow the third"),
        ("day", "es", "próximo martes mañana diciembre"),
        ("time_of_day", "en", "half past nine o'clock quarter to ten morning"),
        ("time_of_day", "es", "a las nueve y media menos cuarto tarde"),
    ],
)
def test_every_word_of_a_value_is_in_the_sample(kind: str, language: str, words: str) -> None:
    known = {word for phrase in phrases(Wanted(kind), language) for word in phrase.split()}
    assert set(words.split()) - known - {"oh", "the"} == set()
