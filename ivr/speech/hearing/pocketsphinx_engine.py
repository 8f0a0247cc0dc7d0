"""PocketSphinx: the embedded recogniser, with a language model made from the plan's own phrases.

A decoder serves one utterance at a time and takes 10 MB, so decoders are kept by language model and used again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pocketsphinx

from ivr.call import Hypothesis
from ivr.speech.hearing.recognizer import ALTERNATIVES
from ivr.speech.hearing.upsampling import TELEPHONE_MIRROR, Doubler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ivr.speech.hearing.plan_model import PlanModel

KEPT_DECODERS = 6  # resting ones; 10 MB each

# Narrower beams lose words of unclear speech; the two limits keep the decoder in real time on babble.
SEARCH = {"beam": 1e-60, "pbeam": 1e-60, "wbeam": 1e-40, "maxhmmpf": 3000, "maxwpf": 20}

# The second pass of the decoder costs 60 ms after the end of speech and makes the words no better.
PASSES = {"fwdflat": False, "bestpath": True}

# The mean cepstrum of telephone speech, doubled as above: what an utterance starts from, whoever spoke before.
TELEPHONE_CMN = "36.23,-3.04,1.36,5.61,1.61,-10.72,4.94,-9.90,-5.21,2.07,-6.24,3.59,-4.57"

NBEST_SEEN = 40  # paths of the lattice that are looked at for other readings
FAINT = 3  # the lattice fills a silent end with words shorter than this


class PocketSphinx:
    """Implements recognizer.Recognizer."""

    def __init__(self, acoustic_model: Path, plan: PlanModel) -> None:
        """Makes the plan's language model and one decoder. Raises RuntimeError for a model that cannot be loaded."""
        self._acoustic_model = acoustic_model
        self._plan = plan
        self._resting: list[tuple[tuple[str, ...] | None, pocketsphinx.Decoder]] = []
        self._put_back(None, self._decoder(None))

    def begin(self, grammar: tuple[str, ...] | None) -> SphinxUtterance:
        decoder = self._rested(grammar) or self._decoder(grammar)
        return SphinxUtterance(decoder, lambda: self._put_back(grammar, decoder))

    def _rested(self, grammar: tuple[str, ...] | None) -> pocketsphinx.Decoder | None:
        for at, (of, decoder) in enumerate(self._resting):
            if of == grammar:
                del self._resting[at]
                return decoder
        return None

    def _put_back(self, grammar: tuple[str, ...] | None, decoder: pocketsphinx.Decoder) -> None:
        self._resting.append((grammar, decoder))
        del self._resting[:-KEPT_DECODERS]

    def _decoder(self, grammar: tuple[str, ...] | None) -> pocketsphinx.Decoder:
        files = self._plan.files(grammar)
        return pocketsphinx.Decoder(
            pocketsphinx.Config(
                hmm=str(self._acoustic_model),
                dict=str(files.dictionary),
                lm=str(files.language_model),
                loglevel="FATAL",
                **SEARCH,
                **PASSES,
            )
        )


class SphinxUtterance:
    """Implements recognizer.Utterance."""

    def __init__(self, decoder: pocketsphinx.Decoder, put_back: Callable[[], None]) -> None:
        self._decoder = decoder
        self._put_back = put_back
        self._doubler = Doubler(TELEPHONE_MIRROR)
        self._open = True
        decoder.set_cmn(TELEPHONE_CMN)
        decoder.start_utt()

    def take(self, pcm: bytes) -> None:
        self._decoder.process_raw(self._doubler.feed(pcm), no_search=False, full_utt=False)

    def partial(self) -> str:
        found = self._decoder.hyp()
        return found.hypstr if found else ""

    def final(self) -> tuple[Hypothesis, ...]:
        """The best path through the lattice, then other paths and the first pass's reading, discounted by rank."""
        first_pass = self.partial()
        self._decoder.end_utt()
        best = self.partial()
        readings = [reading for reading in dict.fromkeys((best, *self._others(), first_pass)) if reading]
        confidence = self._confidence()
        self.close()
        return tuple(
            Hypothesis(reading, round(confidence / rank, 3))
            for rank, reading in enumerate(_chosen(readings, first_pass), start=1)
        )

    def _others(self) -> Iterator[str]:
        with suppress(TypeError):  # what the binding raises where there is no lattice
            for _, path in zip(range(NBEST_SEEN), self._decoder.nbest(), strict=False):
                if path is not None:
                    yield _without_faint_end(path.hypstr)

    def _confidence(self) -> float:
        """The mean posterior probability of the words, 0..1."""
        said = [min(1.0, word.prob) for word in self._decoder.seg() or () if word.word[0] not in "<[+"]
        return sum(said) / len(said) if said else 0.0

    def close(self) -> None:
        if self._open:
            self._open = False
            with suppress(RuntimeError):  # already ended by `final`
                self._decoder.end_utt()
            self._put_back()


def _chosen(readings: list[str], first_pass: str) -> list[str]:
    """At most ALTERNATIVES, the first pass's among them: it errs elsewhere than the lattice does."""
    if first_pass in readings[ALTERNATIVES:]:
        return [*readings[: ALTERNATIVES - 1], first_pass]
    return readings[:ALTERNATIVES]


def _without_faint_end(text: str) -> str:
    words = text.split()
    while words and len(words[-1]) < FAINT:
        words.pop()
    return " ".join(words)
