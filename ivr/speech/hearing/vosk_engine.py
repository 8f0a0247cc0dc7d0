"""Vosk: the recogniser where a model is present.

What libvosk 0.3.45 does beyond its documentation, and what is done about it here:
a grammar of [] kills the process (there is always "[unk]"); without "[unk]" any speech becomes a word of the grammar;
audio of a lower rate than the model's is refused at the first sample (it is doubled); an utterance may end several
times within one turn, also by mere silence and without words (the pieces are joined); after an end the partial result
has no text at all; a model without a graph loads and fails when the first recogniser is made (one is made at start).
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import vosk

from ivr.call import Hypothesis
from ivr.speech.hearing.recognizer import ALTERNATIVES, CLOSED_WEIGHT
from ivr.speech.hearing.templates import words
from ivr.speech.hearing.upsampling import Doubler
from ivr.speech.sound.audio import RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

UNKNOWN = "[unk]"
SAMPLE_FREQUENCY = re.compile(r"^--sample-frequency=(\d+)", re.MULTILINE)
CLEAN = 0.0  # Kaldi's models were trained on telephone speech too: no mirror image

vosk.SetLogLevel(-1)


class Vosk:
    """Implements recognizer.Recognizer."""

    def __init__(self, model: Path, phrases: Sequence[str]) -> None:
        """Raises RuntimeError with a sentence for a model that cannot hear the telephone."""
        self._phrases = tuple(phrases)
        self._rate = model_rate(model)
        try:
            self._model = vosk.Model(str(model))
            vosk.KaldiRecognizer(self._model, self._rate)
        except Exception as error:  # the binding raises nothing narrower
            raise RuntimeError(f"the speech model {model} cannot be loaded; download it again") from error

    def begin(self, grammar: tuple[str, ...] | None) -> VoskUtterance:
        limits = () if grammar is None else (grammar_json(grammar, self._phrases),)
        recognizer = vosk.KaldiRecognizer(self._model, self._rate, *limits)
        recognizer.SetMaxAlternatives(ALTERNATIVES)
        return VoskUtterance(recognizer, Doubler(CLEAN) if self._rate > RATE else None)


def model_rate(model: Path) -> int:
    """The rate to feed: 8000, or 16000. Raises RuntimeError for a model of another rate."""
    conf = model / "conf" / "mfcc.conf"
    stated = SAMPLE_FREQUENCY.search(conf.read_text(encoding="utf-8")) if conf.is_file() else None
    rate = int(stated[1]) if stated else 2 * RATE  # Kaldi's own default
    if rate not in (RATE, 2 * RATE):
        raise RuntimeError(f"the speech model {model} is for {rate} Hz; take one for 8000 or 16000 Hz")
    return rate


def grammar_json(grammar: Iterable[str], phrases: Iterable[str]) -> str:
    """The closed list, with the plan's phrases faintly behind it and `[unk]` for everything else."""
    closed = [" ".join(words(phrase)) for phrase in grammar]
    behind = [" ".join(words(phrase)) for phrase in phrases]
    return json.dumps([phrase for phrase in closed * CLOSED_WEIGHT + behind if phrase] + [UNKNOWN])


class VoskUtterance:
    """Implements recognizer.Utterance."""

    def __init__(self, recognizer: Any, doubler: Doubler | None) -> None:
        self._recognizer = recognizer
        self._doubler = doubler
        self._pieces: list[list[Hypothesis]] = []

    def take(self, pcm: bytes) -> None:
        ended = self._recognizer.AcceptWaveform(self._doubler.feed(pcm) if self._doubler else pcm)
        if ended:
            self._keep(self._recognizer.Result())

    def partial(self) -> str:
        now = _known(json.loads(self._recognizer.PartialResult()).get("partial", ""))
        return _joined([*(piece[0].text for piece in self._pieces), now])

    def final(self) -> tuple[Hypothesis, ...]:
        self._keep(self._recognizer.FinalResult())
        return tuple(self._reading(rank) for rank in range(max(map(len, self._pieces), default=0)))

    def _keep(self, result: str) -> None:
        if piece := readings(result):
            self._pieces.append(piece)

    def _reading(self, rank: int) -> Hypothesis:
        """The pieces' readings of this rank; a piece without as many gives its best."""
        parts = [piece[rank if rank < len(piece) else 0] for piece in self._pieces]
        return Hypothesis(_joined(part.text for part in parts), round(sum(p.confidence for p in parts) / len(parts), 3))

    def close(self) -> None:
        self._recognizer = None


def readings(result: str) -> list[Hypothesis]:
    """The different readings with words in a result of alternatives; confidence is the share of likelihood.

    A reading without known words takes its share and is left out.
    """
    alternatives = json.loads(result).get("alternatives", [])
    if not alternatives:
        return []
    best = max(alternative["confidence"] for alternative in alternatives)
    shares: dict[str, float] = {}
    for alternative in alternatives:
        text = _known(alternative["text"])
        shares[text] = shares.get(text, 0.0) + math.exp(alternative["confidence"] - best)
    whole = sum(shares.values())
    found = [Hypothesis(text, round(share / whole, 3)) for text, share in shares.items() if text]
    return sorted(found, key=lambda reading: -reading.confidence)


def _known(text: str) -> str:
    return _joined(word for word in text.split() if word != UNKNOWN)


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)
