"""Prompts recorded by telephone: conversation.studio.Studio in a folder of the practice's recordings.

state/prompts/numbers.json             which prompt has which number
state/prompts/en/welcome.wav, .json    kept, and who recorded it when
state/prompts/drafts/CALL.wav          while a call records
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from ivr.conversation.studio import Place, Spoiled
from ivr.speech.prompting.prompt_numbers import numbers_in
from ivr.speech.prompting.takes import ClippedTake, Origin, SilentTake, Take, keep, prepared, recording_file
from ivr.speech.sound import riff, wav

if TYPE_CHECKING:
    from pathlib import Path

BY_PHONE = "phone"


class RecordingStudio:
    """`folder` is the first of those that recordings are looked for in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts = folder / "drafts"

    async def place(self, number: int) -> Place | None:
        known = await asyncio.to_thread(numbers_in, self._folder)
        return next((Place(*key) for key, each in known.items() if each == number), None)

    def draft(self, call: str) -> Path:
        self._drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._drafts / f"{quote(call, safe='')}.wav"

    async def proof(self, draft: Path) -> Path:
        return await asyncio.to_thread(_proof, draft)

    async def keep(self, place: Place, draft: Path, *, who: str, at: float) -> None:
        file = recording_file(self._folder, place.language, place.name)
        await asyncio.to_thread(_keep, draft, file, Origin(who, at, BY_PHONE))

    def forget(self, draft: Path) -> None:
        for file in (draft, _proof_file(draft)):
            file.unlink(missing_ok=True)


def _proof_file(draft: Path) -> Path:
    return draft.with_suffix(".proof.wav")


def _proof(draft: Path) -> Path:
    take = _take(draft)
    wav.write(_proof_file(draft), wav.at_rate(take.sound, take.rate, wav.RATE_HZ))
    return _proof_file(draft)


def _keep(draft: Path, file: Path, origin: Origin) -> None:
    try:
        keep(_take(draft), file, origin)
    except OSError:
        raise Spoiled("record_failed") from None


def _take(draft: Path) -> Take:
    try:
        return prepared(riff.read(draft.read_bytes()))
    except ClippedTake:
        raise Spoiled("record_too_loud") from None
    except (SilentTake, riff.NotWav, OSError):
        raise Spoiled("record_silent") from None
