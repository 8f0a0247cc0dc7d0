"""Files of labelled sentences, typed or recorded, that something is tried on; a recording is heard as a caller is.

raise       I can't breathe         en    trouble breathing        label, text or path of a WAV; language, a remark
billing     calls/bill.wav          es
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ivr.errors import UserError
from ivr.services import RecognizerUnavailable
from ivr.speech.hearing.recorded import utterances
from ivr.speech.sound import wav

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from ivr.call import Hearing, Spoke
    from ivr.services import Ears

T = TypeVar("T")

AT_ONCE = 4  # recordings: as many callers as a worker surely hears in time
TRIES = 3  # a host that is busy with other things is late now and then


class BadTrial(UserError):  # noqa: N818 - says what the file is
    """The sentences cannot be read; the message has one line for each mistake."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is "" where it is a recording; `remark` is the fourth column, whatever it means to who reads it."""

    label: str
    text: str
    recording: Path | None = None
    language: str = ""
    remark: str = ""

    @property
    def name(self) -> str:
        return str(self.recording or self.text)


def read(file: Path, languages: Sequence[str], mistaken: Callable[[str], str]) -> tuple[Sentence, ...]:
    """The sentences; a recording's path is relative to the file. Raises BadTrial with file:line for each mistake.

    `mistaken` tells what is wrong with a label, "" when nothing is.
    """
    rows = lines_of(file)
    mistakes = [
        f"{file}:{number}: {said}" for number, row in rows if (said := mistaken(row[0]) or _mistake(row, languages))
    ]
    if mistakes:
        raise BadTrial("\n".join(mistakes))
    return tuple(_sentence(file, row, languages[0]) for _, row in rows)


def lines_of(file: Path) -> list[tuple[int, list[str]]]:
    """The lines that say something, with their numbers, at their tabs. Raises BadTrial."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTrial(f"{file}: cannot be read: {error}") from None
    return [(number, line.split("\t")) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]


def _mistake(row: Sequence[str], languages: Sequence[str]) -> str:
    if len(row) < 2 or not row[1].strip():  # noqa: PLR2004 - the label and the sentence
        return "has no sentence after the tab"
    if len(row) > 2 and row[2] and row[2] not in languages:  # noqa: PLR2004 - the third column
        return f"language {row[2]!r} is none of the plan's: {', '.join(languages)}"
    return ""


def _sentence(file: Path, row: Sequence[str], first_language: str) -> Sentence:
    label, said, language, remark = (*(part.strip() for part in row), "", "")[:4]
    is_recording = said.lower().endswith(".wav")
    return Sentence(
        label,
        "" if is_recording else said,
        file.parent / said if is_recording else None,
        language or first_language,
        remark,
    )


async def in_turns(sentences: Sequence[Sentence], one: Callable[[Sentence], Awaitable[T]]) -> tuple[T, ...]:
    """What `one` makes of each, in the file's order; AT_ONCE recordings at a time."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def tried(sentence: Sentence) -> T:
        async with turns:
            return await one(sentence)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(tried(sentence)) for sentence in sentences]
    return tuple(task.result() for task in tasks)


async def listened(
    ears: Ears | None, hearing: Hearing, recording: Path, judge: Callable[[AsyncIterator[Spoke]], Awaitable[T]]
) -> T:
    """What `judge` makes of the utterances in a recording. Raises BadTrial for one that cannot be listened to."""
    assert ears, "needed for recordings"
    try:
        pcm = wav.read(recording).astype("<i2").tobytes()
    except (OSError, wav.UnusableSound) as error:
        raise BadTrial(f"{recording}: cannot be listened to: {error}") from None
    for _ in range(TRIES):
        with suppress(RecognizerUnavailable):
            return await judge(utterances(ears, hearing, pcm))
    raise BadTrial(f"{recording}: the recogniser of '{hearing.language}' is missing, or too slow on this host")
