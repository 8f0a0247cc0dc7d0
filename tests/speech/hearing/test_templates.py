from __future__ import annotations

import pytest

from ivr.speech.hearing.templates import Templates, words

SMALL = Templates(
    slots={"want": ["i want to", "can i"], "day": ["monday", "{part} tuesday"], "part": ["early", "late"]},
    sentences=["{want} come on {day}", "{want} {action}", "about {thing}", "{statement}"],
    action_verbs=("pay",),
    statement_openers=("my",),
)


def said(*phrases: str, at_most: int = 100) -> set[str]:
    return {" ".join(sentence) for sentence in SMALL.expand(phrases, at_most)}


def test_a_template_makes_sentences_of_every_alternative_and_no_other() -> None:
    possible = {
        f"{want} come on {day}"
        for want in ("i want to", "can i")
        for day in ("monday", "early tuesday", "late tuesday")
    }
    assert said() <= possible
    assert {"i want to come on monday", "can i come on monday"} <= said()
    assert any(sentence.endswith("tuesday") for sentence in said())


def test_the_plans_phrases_are_carried_as_what_they_are() -> None:
    assert {"can i pay my bill", "about lab results", "my chest hurts"} <= said(
        "Pay my bill", "lab results", "my chest hurts"
    )
    assert "can i lab results" not in said("pay my bill", "lab results")


def test_no_template_outgrows_its_share_and_the_choice_is_the_same_every_time() -> None:
    few = list(SMALL.expand(("pay now",), 4))
    assert len(few) == 4
    assert few == list(SMALL.expand(("pay now",), 4))


def test_words_are_spelt_as_dictionaries_do() -> None:
    assert words("Dr. O’Neil can't — come at 9!") == ["doctor", "o'neil", "can't", "come", "at"]
    assert words("¿Qué día?") == ["qué", "día"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_shipped_carriers_are_whole(language: str) -> None:
    sentences = list(Templates.of(language).expand(["cita", "my appointment", "pagar", "pay", "tengo tos", "i fell"]))
    assert len(sentences) > 3000
    assert not any("{" in word for sentence in sentences for word in sentence)


def test_yes_and_no_are_words_in_yaml() -> None:
    sentences = list(Templates.of("en").expand(()))
    assert ["yes"] in sentences
    assert ["no"] in sentences


def test_a_language_without_carriers_has_the_phrases_as_they_stand() -> None:
    assert list(Templates.of("xx").expand(["guten tag"])) == [["guten", "tag"]]
