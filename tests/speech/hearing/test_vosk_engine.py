"""The real libvosk with a real, tiny model: no recogniser for callers, but everything around it is as it will be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.call import Hypothesis
from ivr.speech.hearing.recognizer import CLOSED_WEIGHT
from ivr.speech.hearing.vosk_engine import Vosk, grammar_json, model_rate
from ivr.speech.hearing.vosk_engine import readings as read
from tests.speech.heard import TINY_MODEL, frames, silence, spoken

if TYPE_CHECKING:
    from ivr.speech.hearing.vosk_engine import VoskUtterance


@pytest.fixture(scope="module")
def recognizer() -> Vosk:
    return Vosk(TINY_MODEL, ("billing",))


def fed(utterance: VoskUtterance, pcm: bytes) -> VoskUtterance:
    for frame in frames(pcm):
        utterance.take(frame)
    return utterance


def texts(found: tuple[Hypothesis, ...]) -> list[str]:
    return [reading.text for reading in found]


def test_free_speech_is_heard(recognizer: Vosk) -> None:
    found = fed(recognizer.begin(None), spoken("billing_nurse.rms")).final()
    assert found[0].text == "billing nurse"
    assert 0.0 < found[0].confidence <= 1.0


def test_what_the_grammar_does_not_hold_is_not_forced_into_it(recognizer: Vosk) -> None:
    assert fed(recognizer.begin(("yes", "no")), spoken("emergency.rms")).final() == ()
    assert texts(fed(recognizer.begin(("emergency", "no")), spoken("emergency.rms")).final())[:1] == ["emergency"]


def test_the_plans_own_phrases_are_heard_behind_a_closed_list(recognizer: Vosk) -> None:
    assert "billing" in texts(fed(recognizer.begin(("nurse",)), spoken("billing_nurse.rms")).final())[0]


def test_an_empty_grammar_and_words_that_the_model_does_not_know_do_no_harm(recognizer: Vosk) -> None:
    assert Vosk(TINY_MODEL, ()).begin(()).final() == ()
    assert fed(Vosk(TINY_MODEL, ()).begin(("qwertz",)), spoken("emergency.rms")).final() == ()
    assert json.loads(grammar_json((), ())) == ["[unk]"]
    assert json.loads(grammar_json(("Dr. Yes!",), ("911", "no"))) == ["doctor yes"] * CLOSED_WEIGHT + ["no", "[unk]"]


def test_pieces_that_vosk_ends_by_itself_are_joined(recognizer: Vosk) -> None:
    utterance = fed(recognizer.begin(None), spoken("emergency.rms") + silence(3.0))
    assert utterance.partial() == "emergency"
    fed(utterance, spoken("billing_nurse.rms"))
    assert utterance.final()[0].text == "emergency billing nurse"


def test_long_silence_has_no_words_and_breaks_nothing(recognizer: Vosk) -> None:
    utterance = fed(recognizer.begin(None), silence(12.0))
    assert utterance.partial() == ""
    assert utterance.final() == ()
    assert recognizer.begin(None).final() == ()


def test_a_model_for_16_khz_hears_the_telephone_too(tmp_path: Path) -> None:
    model = Path(shutil.copytree(TINY_MODEL, tmp_path / "model"))
    conf = model / "conf" / "mfcc.conf"
    conf.write_text(conf.read_text().replace("--sample-frequency=8000", "--sample-frequency=16000"))
    assert model_rate(model) == 16000
    assert fed(Vosk(model, ()).begin(None), spoken("emergency.rms")).final()[0].text == "emergency"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        pytest.param("conf/mfcc.conf", "--sample-frequency=11025\n", id="another rate"),
        pytest.param("graph/Gr.fst", None, id="no graph"),
        pytest.param("am/final.mdl", None, id="no acoustic model"),
    ],
)
def test_a_model_that_cannot_hear_is_refused_at_the_start(tmp_path: Path, file: str, content: str | None) -> None:
    model = Path(shutil.copytree(TINY_MODEL, tmp_path / "model"))
    (model / file).unlink()
    if content is not None:
        (model / file).write_text(content)
    with pytest.raises(RuntimeError, match="the speech model"):
        Vosk(model, ())


def test_confidence_is_the_share_of_likelihood() -> None:
    result = {
        "alternatives": [
            {"text": "billing", "confidence": -4.0},
            {"text": "[unk]", "confidence": -4.0},
            {"text": "billing [unk]", "confidence": -90.0},
        ]
    }
    assert read(json.dumps(result)) == [Hypothesis("billing", 0.5)]
    assert read('{"text": ""}') == []
