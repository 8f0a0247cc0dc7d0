"""A list of red flags tried on sentences, typed or recorded: what it finds, what it misses, what raises for nothing.

raise       I can't breathe         en    trouble breathing        label, text or WAV; language and sign if known
ordinary    calls/refill.wav        en
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr import sentences
from ivr.call import Hearing
from ivr.sentences import Sentence, in_turns, listened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from ivr.call import Spoke
    from ivr.services import Ears, RedFlag
    from ivr.speech.meaning.red_flags import RedFlags

LABELS = ("raise", "ordinary")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`heard` is what was looked at: the text, or what the recogniser made of the recording."""

    sentence: Sentence
    flag: RedFlag | None
    heard: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return (self.flag is not None) == (self.sentence.label == "raise")


@dataclass(frozen=True, slots=True)
class Figures:
    raised: int
    dangers: int
    false_alarms: int
    ordinary: int

    @property
    def sensitivity(self) -> float:
        """The share of dangers that raised; 1.0 when there were none."""
        return self.raised / self.dangers if self.dangers else 1.0

    @property
    def false_alarm_rate(self) -> float:
        return self.false_alarms / self.ordinary if self.ordinary else 0.0


def figures(outcomes: Sequence[Outcome]) -> Figures:
    dangers = [each for each in outcomes if each.sentence.label == "raise"]
    ordinary = [each for each in outcomes if each.sentence.label == "ordinary"]
    return Figures(
        sum(each.is_right for each in dangers), len(dangers), sum(not each.is_right for each in ordinary), len(ordinary)
    )


def read(file: Path, languages: Sequence[str]) -> tuple[Sentence, ...]:
    """The sentences; the remark of each is the sign that it should raise, if given. Raises BadTrial."""
    return sentences.read(file, languages, _mistaken)


def _mistaken(label: str) -> str:
    if label in LABELS:
        return ""
    return f"begins with {label!r}; write 'raise' or 'ordinary', a tab, and the sentence or the path of a WAV"


async def tried(flags: RedFlags, said: Sequence[Sentence], ears: Ears | None) -> tuple[Outcome, ...]:
    """In the file's order; `ears` may be None where nothing is recorded. Raises BadTrial."""

    async def one(sentence: Sentence) -> Outcome:
        if sentence.recording is None:
            return Outcome(sentence, flags.find([sentence.text]), (sentence.text,))
        hearing = Hearing(sentence.language, urgent=lambda text: flags.find([text]) is not None)
        return await listened(ears, hearing, sentence.recording, lambda spoken: _heard(flags, sentence, spoken))

    return await in_turns(said, one)


async def _heard(flags: RedFlags, sentence: Sentence, spoken: AsyncIterator[Spoke]) -> Outcome:
    """As in a call: every partial result is looked at, then all readings; the first sign ends it."""
    heard: list[str] = []
    async for spoke in spoken:
        readings = [each.text for each in spoke.hypotheses]
        heard += readings[:1]
        if flag := flags.find(readings):
            return Outcome(sentence, flag, tuple(readings))
    return Outcome(sentence, None, tuple(heard))
