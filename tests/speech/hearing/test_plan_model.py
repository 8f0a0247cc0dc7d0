from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ivr.speech.hearing.models import recognizer_of
from ivr.speech.hearing.plan_model import KEPT_MODELS, PlanModel

if TYPE_CHECKING:
    from pathlib import Path


def plan_model(cache: Path, *phrases: str) -> PlanModel:
    embedded = recognizer_of("en", {}, {"CARELINE_VOSK_EN": ""})
    assert embedded
    dictionary = embedded.dictionary
    assert dictionary
    return PlanModel("en", phrases, dictionary, cache)


def test_the_files_are_made_once_and_again_only_for_other_phrases(tmp_path: Path) -> None:
    first = plan_model(tmp_path, "pay my bill").files(None)
    made = first.language_model.stat().st_mtime_ns
    assert plan_model(tmp_path, "pay my bill").files(None) == first
    assert first.language_model.stat().st_mtime_ns == made
    assert plan_model(tmp_path, "knee surgery").files(None) != first


def test_a_word_that_nobody_knows_how_to_say_is_left_out(tmp_path: Path) -> None:
    files = plan_model(tmp_path, "see doctor Xqzwy").files(None)
    assert "xqzwy" not in files.language_model.read_text() + files.dictionary.read_text()


def test_words_of_the_trade_are_known_beyond_the_general_dictionary(tmp_path: Path) -> None:
    files = plan_model(tmp_path, "orthopedics").files(None)
    assert "orthopedics AO R TH AH P IY D IH K S" in files.dictionary.read_text()


def test_a_whole_sentence_is_likelier_than_what_a_template_makes_of_it(tmp_path: Path) -> None:
    model = plan_model(tmp_path, "grandpa turned purple").files(None).language_model.read_text()
    likely = next(float(line.split()[0]) for line in model.splitlines() if line.endswith("grandpa turned purple"))
    assert likely > -0.1


def test_a_closed_list_keeps_the_words_of_danger(tmp_path: Path) -> None:
    words = plan_model(tmp_path, "chest pain").files(("yes", "no")).dictionary.read_text()
    assert {"yes", "no", "chest", "breathe"} <= {line.split()[0] for line in words.splitlines()}


def test_the_cache_does_not_grow_for_ever(tmp_path: Path) -> None:
    for number in range(KEPT_MODELS + 5):
        for kind in ("lm", "dict"):
            old = tmp_path / f"old{number}.{kind}"
            old.write_text("")
            os.utime(old, (number, number))
    plan_model(tmp_path, "pay").files(("yes",))
    assert len(list(tmp_path.glob("*.lm"))) == len(list(tmp_path.glob("*.dict"))) == KEPT_MODELS


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OSError, match="file"):
        plan_model(blocked / "cache", "pay").files(None)
