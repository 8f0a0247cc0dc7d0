from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.speech.hearing.models import recognizer_of
from ivr.speech.hearing.plan_model import PlanModel
from ivr.speech.hearing.pocketsphinx_engine import PocketSphinx
from tests.speech.heard import PHRASES, frames, silence, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.call import Hypothesis


@pytest.fixture(scope="module")
def recognizer(tmp_path_factory: pytest.TempPathFactory) -> PocketSphinx:
    cache: Path = tmp_path_factory.mktemp("models")
    embedded = recognizer_of("en", {}, {"CARELINE_VOSK_EN": ""})
    assert embedded
    assert embedded.dictionary
    return PocketSphinx(embedded.model, PlanModel("en", PHRASES["en"], embedded.dictionary, cache))


def readings(recognizer: PocketSphinx, pcm: bytes, grammar: tuple[str, ...] | None = None) -> tuple[Hypothesis, ...]:
    utterance = recognizer.begin(grammar)
    for frame in frames(pcm):
        utterance.take(frame)
    return utterance.final()


@pytest.mark.parametrize("voice", ["slt", "awb", "rms"])
def test_the_two_sentences_that_must_come_through_do(recognizer: PocketSphinx, voice: str) -> None:
    reschedule = readings(recognizer, spoken(f"reschedule.{voice}"))[0].text
    assert {"reschedule", "appointment", "cardiology"} <= set(reschedule.split())
    danger = readings(recognizer, spoken(f"chest_pain.{voice}"))[0].text
    assert {"father", "cannot", "breathe"} <= set(danger.split())


def test_alternatives_differ_and_the_best_is_first(recognizer: PocketSphinx) -> None:
    found = readings(recognizer, spoken("reschedule.awb"))
    assert 1 <= len(found) <= 4
    assert len({reading.text for reading in found}) == len(found)
    assert [reading.confidence for reading in found] == sorted((r.confidence for r in found), reverse=True)
    assert 0.5 < found[0].confidence <= 1.0


def test_partial_results_come_while_the_caller_speaks(recognizer: PocketSphinx) -> None:
    utterance = recognizer.begin(None)
    utterance.take(spoken("chest_pain.awb")[: 2 * 8000 * 2])
    assert "father" in utterance.partial()
    utterance.close()


def test_a_closed_list_is_heard_and_what_is_not_on_it_is_not_forced_into_it(recognizer: PocketSphinx) -> None:
    closed = ("yes", "no", "cardiology", "orthopedics")
    assert "yes" in readings(recognizer, spoken("yes.awb"), closed)[0].text.split()
    assert "cardiology" in readings(recognizer, spoken("cardiology.rms"), closed)[0].text
    others = readings(recognizer, spoken("dont_know.awb"), closed)[0].text.split()
    assert not {"yes", "no", "cardiology", "orthopedics"} & set(others)


def test_an_emergency_is_heard_behind_a_closed_list_too(recognizer: PocketSphinx) -> None:
    assert "chest pain" in readings(recognizer, spoken("chest_pain.awb"), ("yes", "no"))[0].text


def test_silence_has_no_words(recognizer: PocketSphinx) -> None:
    assert readings(recognizer, b"") == ()
    assert all(len(reading.text.split()) <= 2 for reading in readings(recognizer, silence(1.0)))


def test_utterances_at_the_same_time_do_not_mix(recognizer: PocketSphinx) -> None:
    one, other = recognizer.begin(None), recognizer.begin(None)
    for a, b in zip(frames(spoken("reschedule.awb")), frames(spoken("chest_pain.awb")), strict=False):
        one.take(a)
        other.take(b)
    assert "appointment" in one.final()[0].text
    assert "chest pain" in other.final()[0].text


def test_what_was_heard_before_changes_nothing(recognizer: PocketSphinx) -> None:
    first = readings(recognizer, spoken("reschedule.slt"))
    readings(recognizer, spoken("elephant.rms"))
    assert readings(recognizer, spoken("reschedule.slt")) == first
