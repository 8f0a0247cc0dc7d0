"""A list of red flags tried on sentences, typed or recorded: what it finds, what it misses, what raises for nothing.

raise       I can't breathe         en    trouble breathing        label, text or WAV; language and sign if known
ordinary    calls/refill.wav        en
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from ivr.call import Hearing
from ivr.errors import UserError
from ivr.services import RecognizerUnavailable
from ivr.speech import wav
from ivr.speech.recorded import utterances

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ivr.services import Ears, RedFlag
    from ivr.speech.red_flags import RedFlags

Label = Literal["raise", "ordinary"]
LABELS = ("raise", "ordinary")
AT_ONCE = 4  # recordings: as many callers as a worker surely hears in time
TRIES = 3  # a host that is busy with other things is late now and then


class BadTrial(UserError):  # noqa: N818 - says what the file is
    """The sentences cannot be read; the message has one line for each mistake."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is "" where it is a recording. `sign` is the one that it should raise, if given."""

    label: Label
    text: str
    recording: Path | None = None
    language: str = ""
    sign: str = ""

    @property
    def name(self) -> str:
        return str(self.recording or self.text)


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
    """The sentences; a recording's path is relative to the file. Raises BadTrial with file:line for each mistake."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTrial(f"{file}: cannot be read: {error}") from None
    rows = [(number, line.split("\t")) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    mistakes = [f"{file}:{number}: {said}" for number, row in rows if (said := _mistake(row, languages))]
    if mistakes:
        raise BadTrial("\n".join(mistakes))
    return tuple(_sentence(file, row, languages[0]) for _, row in rows)


def _mistake(row: Sequence[str], languages: Sequence[str]) -> str:
    if row[0] not in LABELS:
        return f"begins with {row[0]!r}; write 'raise' or 'ordinary', a tab, and the sentence or the path of a WAV"
    if len(row) < 2 or not row[1].strip():  # noqa: PLR2004 - the label and the sentence
        return "has no sentence after the tab"
    if len(row) > 2 and row[2] and row[2] not in languages:  # noqa: PLR2004 - the third column
        return f"language {row[2]!r} is none of the plan's: {', '.join(languages)}"
    return ""


def _sentence(file: Path, row: Sequence[str], first_language: str) -> Sentence:
    label, said, language, sign = (*(part.strip() for part in row), "", "")[:4]
    is_recording = said.lower().endswith(".wav")
    return Sentence(
        cast("Label", label),
        "" if is_recording else said,
        file.parent / said if is_recording else None,
        language or first_language,
        sign,
    )


async def tried(flags: RedFlags, sentences: Sequence[Sentence], ears: Ears | None) -> tuple[Outcome, ...]:
    """In the file's order; `ears` may be None where nothing is recorded. Raises BadTrial."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(sentence: Sentence) -> Outcome:
        if sentence.recording is None:
            return Outcome(sentence, flags.find([sentence.text]), (sentence.text,))
        assert ears, "needed for recordings"
        async with turns:
            return await _listened(flags, sentence, sentence.recording, ears)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(sentence)) for sentence in sentences]
    return tuple(task.result() for task in tasks)


async def _listened(flags: RedFlags, sentence: Sentence, recording: Path, ears: Ears) -> Outcome:
    try:
        pcm = wav.read(recording).astype("<i2").tobytes()
    except (OSError, wav.UnusableSound) as error:
        raise BadTrial(f"{recording}: cannot be listened to: {error}") from None
    for _ in range(TRIES):
        with suppress(RecognizerUnavailable):
            return await _heard(flags, sentence, pcm, ears)
    raise BadTrial(f"{recording}: the recogniser of '{sentence.language}' is missing, or too slow on this host")


async def _heard(flags: RedFlags, sentence: Sentence, pcm: bytes, ears: Ears) -> Outcome:
    """As in a call: every partial result is looked at, then all readings; the first sign ends it."""
    hearing = Hearing(sentence.language, urgent=lambda text: flags.find([text]) is not None)
    heard: list[str] = []
    async for spoke in utterances(ears, hearing, pcm):
        readings = [each.text for each in spoke.hypotheses]
        heard += readings[:1]
        if flag := flags.find(readings):
            return Outcome(sentence, flag, tuple(readings))
    return Outcome(sentence, None, tuple(heard))
