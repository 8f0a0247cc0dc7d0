from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pocketsphinx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.hearing.language_model import arpa

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = [["pay", "my", "bill"], ["pay", "now"], ["see", "my", "doctor"]]


def sections(model: str) -> dict[tuple[str, ...], tuple[float, float]]:
    """Each n-gram's probability and back-off weight."""
    grams = {}
    for line in model.splitlines():
        fields = line.split()
        if len(fields) > 1 and fields[0][0] in "-0" and fields[0] != "-99.0000":
            has_back_off = fields[-1][0] in "-0"
            gram = tuple(fields[1:-1] if has_back_off else fields[1:])
            grams[gram] = (10 ** float(fields[0]), 10 ** float(fields[-1]) if has_back_off else 1.0)
    return grams


def probability(grams: dict[tuple[str, ...], tuple[float, float]], gram: tuple[str, ...]) -> float:
    if gram in grams:
        return grams[gram][0]
    return grams.get(gram[:-1], (0.0, 1.0))[1] * probability(grams, gram[1:])


@given(st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=6), min_size=1, max_size=20))
def test_what_may_follow_a_history_adds_up_to_one(sentences: list[list[str]]) -> None:
    grams = sections(arpa(sentences))
    following = [gram[0] for gram in grams if len(gram) == 1]
    for history in [gram[:2] for gram in grams if len(gram) == 3]:
        total = sum(probability(grams, (*history, word)) for word in following)
        assert math.isclose(total, 1.0, abs_tol=0.01)


def test_a_sentence_that_was_given_is_likelier_than_one_that_was_not() -> None:
    grams = sections(arpa(SENTENCES))
    assert probability(grams, ("pay", "my", "bill")) > 3 * probability(grams, ("pay", "my", "now"))


def test_pocketsphinx_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "plan.lm"
    file.write_text(arpa(SENTENCES))
    model = pocketsphinx.NGramModel(pocketsphinx.Config(), pocketsphinx.LogMath(), str(file))
    assert model.size() == 3


def test_no_word_is_no_model() -> None:
    with pytest.raises(ValueError, match="at least one word"):
        arpa([[], []])
