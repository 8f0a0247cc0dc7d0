"""Signs of distress, turn by turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.call import Hypothesis, Spoke, Voice
from ivr.conversation.composure import Composure
from ivr.menus.plan.distress import Distress

CALM = Voice(seconds=2.0, loudness_db=-26.0, pitch_hz=180.0, syllables_per_second=4.5, cry_seconds=0.0)
UPSET = replace(CALM, loudness_db=-15.0, pitch_hz=270.0)


def said(text: str = "", voice: Voice | None = CALM) -> Spoke:
    return Spoke((Hypothesis(text, 0.9),), voice)


def signs(*turns: Spoke, rules: Distress | None = None, language: str = "en") -> list[list[str]]:
    """What was noticed, turn by turn."""
    composure = Composure(rules or Distress(), language)
    return [[sign.text for sign in composure.hear(turn)] for turn in turns]


def test_a_calm_caller_shows_no_sign() -> None:
    assert signs(said("I need an appointment"), said("the cardiologist"), said("", None)) == [[], [], []]


def test_a_voice_is_compared_with_the_callers_own_first_words() -> None:
    assert signs(said("hello", UPSET), said("my bill", UPSET)) == [[], []]
    assert signs(said("hello"), said("my bill", UPSET)) == [
        [],
        ["became louder by 11 dB", "raised the voice to 1.5 times its pitch"],
    ]


def test_one_sign_alone_is_none() -> None:
    assert signs(said("hello"), said("please hurry")) == [[], []]
    assert signs(said("hello"), said("please hurry", replace(CALM, loudness_db=-10.0))) == [
        [],
        ["speaks very loud (-10 dBov)", "uses words of distress"],
    ]


def test_a_cry_and_a_fast_tongue_count_from_the_first_word() -> None:
    crying = replace(CALM, cry_seconds=0.9, syllables_per_second=7.5)
    assert signs(said("help", crying)) == [
        ["cries (0.9 s far above a speaking voice)", "speaks very fast (7.5 syllables a second)"]
    ]


def test_a_word_or_two_have_no_pace() -> None:
    assert signs(said("yes", replace(CALM, seconds=0.7, syllables_per_second=8.0)), rules=Distress(signs=1)) == [[]]


def test_distress_is_told_once() -> None:
    angry = replace(CALM, loudness_db=-8.0)
    assert [bool(told) for told in signs(*[said("damn it", angry)] * 3)] == [True, False, False]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "oh MY god"), ("en", "What the hell!"), ("es", "Apúrese"), ("es", "ay dios mio")]
)
def test_words_are_found_in_the_callers_language_with_or_without_accents(language: str, text: str) -> None:
    assert signs(said(text), rules=Distress(signs=1), language=language) == [["uses words of distress"]]


def test_saying_the_same_over_and_over_is_a_sign_and_digits_are_not() -> None:
    one = Distress(signs=1)
    assert signs(said("please please please somebody"), rules=one) == [["says the same word over and over"]]
    assert signs(said("five five five one two"), rules=one) == [[]]
    assert signs(said("cinco cinco cinco"), rules=one, language="es") == [[]]


def test_having_to_say_the_same_again_is_a_sign() -> None:
    assert signs(said("talk to Doctor Lee"), said("Talk to doctor Lee."), rules=Distress(signs=1)) == [
        [],
        ["had to say the same again"],
    ]
    assert signs(said("yes"), said("yes"), rules=Distress(signs=1)) == [[], []]


def test_a_plan_adds_words_and_sets_the_thresholds() -> None:
    rules = Distress(signs=1, words={"en": ("for crying out loud",)}, loud=-20.0)
    assert signs(said("for crying out loud"), rules=rules) == [["uses words of distress"]]
    assert signs(said("hello", replace(CALM, loudness_db=-18.0)), rules=rules) == [["speaks very loud (-18 dBov)"]]
