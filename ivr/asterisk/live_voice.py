"""Speaking with a caller over live audio: prompt, keys and speech at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ivr.asterisk.audiostream import AudioStream, StreamEnded
from ivr.asterisk.recording import Draft, Recording
from ivr.asterisk.sounds import pcm_of, write_wav
from ivr.asterisk.tasks import any_of
from ivr.call import Deaf, Heard, KeyRules, Pressed, Silence, Turn
from ivr.services import Ear, Ears, RecognizerUnavailable

if TYPE_CHECKING:
    from pathlib import Path

FINISH_SECONDS = 1.2  # an ear that was told to finish answers within one second


class LiveVoice:
    def __init__(self, stream: AudioStream, ears: Ears) -> None:
        self._stream = stream
        self._ears = ears

    async def play(self, sounds: tuple[Path, ...]) -> None:
        self._stream.play(pcm_of(sounds))
        try:
            await any_of(self._stream.quiet, self._stream.ended)
        finally:
            self._stream.stop()
        if self._stream.ended.is_set():
            raise StreamEnded

    async def ask(self, turn: Turn) -> Heard:
        """Keys pressed ahead count. Without a recogniser it is Deaf at once, before the question is played."""
        if turn.keys is None:
            self._take_keys()
        if turn.hearing is None or self._stream.pressed.is_set():
            return await _LiveTurn(self._stream, turn, None).take()
        try:
            hearing = _Hearing(self._ears.listen(turn.hearing))
        except RecognizerUnavailable:
            return Deaf()
        self._stream.hears = hearing.ear.feed
        try:
            return await _LiveTurn(self._stream, turn, hearing).take()
        finally:
            self._stream.hears = None
            hearing.close()

    async def record(self, into: Path, longest_seconds: float, silence_seconds: float) -> float:
        """End at silence, '#', the limit, or the end of the connection: a hang-up keeps what was said."""
        self._take_keys()
        recording, draft = Recording(longest_seconds, silence_seconds), Draft(into)

        def take(pcm: bytes) -> None:
            recording.feed(pcm)
            draft.write(pcm)

        self._stream.hears = take
        try:
            while not await self._recorded(recording, silence_seconds):
                pass
        finally:
            self._stream.hears = None
            draft.close()
        pcm = recording.pcm()
        await asyncio.to_thread(write_wav, into, pcm)
        return recording.seconds_of(pcm)

    async def _recorded(self, recording: Recording, silence_seconds: float) -> bool:
        before = recording.length
        await any_of(recording.over, self._stream.pressed, self._stream.ended, within=silence_seconds)
        if recording.over.is_set() or self._stream.ended.is_set() or "#" in self._take_keys():
            return True
        return recording.length == before  # a telephone that sends nothing while nobody speaks

    def _take_keys(self) -> str:
        keys = ""
        while (digit := self._stream.take_digit()) is not None:
            keys += digit
        return keys


class _Hearing:
    """An ear, and its answer as an event."""

    def __init__(self, ear: Ear) -> None:
        self.ear = ear
        self.done = asyncio.Event()
        self._heard = asyncio.get_running_loop().create_task(self._hear())
        self._heard.add_done_callback(lambda _: self.done.set())

    def result(self) -> Heard:
        return self._heard.result()

    def close(self) -> None:
        self._heard.cancel()
        self.ear.close()

    async def _hear(self) -> Heard:
        try:
            return await self.ear.heard()
        except RecognizerUnavailable:
            return Deaf()


class _LiveTurn:
    """One question. The first sign of an answer stops the prompt; a key ends all listening to speech."""

    def __init__(self, stream: AudioStream, turn: Turn, hearing: _Hearing | None) -> None:
        self._stream = stream
        self._turn = turn
        self._hearing = hearing
        keys = [stream.pressed] if turn.keys else []
        speech = [hearing.ear.speech_began, hearing.done] if hearing else []
        self._signs = [stream.ended, *keys, *speech]
        self._answers = [stream.ended, *keys, *speech[1:]]

    async def take(self) -> Heard:
        self._stream.play(pcm_of(self._turn.sounds))
        try:
            await any_of(self._stream.quiet, *self._signs)
            signed = await any_of(*self._signs, within=self._turn.silence_seconds)
        finally:
            self._stream.stop()
        return await self._answer() if signed else Silence()

    async def _answer(self) -> Heard:
        if self._hearing and not self._pressed():
            await any_of(*self._answers, within=self._turn.longest_seconds)
        if self._stream.ended.is_set():
            raise StreamEnded
        if self._turn.keys and self._pressed():
            return await self._keys(self._turn.keys)
        assert self._hearing, "what is no key is speech"
        return await self._speech(self._hearing)

    async def _speech(self, hearing: _Hearing) -> Heard:
        if not hearing.done.is_set():
            hearing.ear.finish()
            if not await any_of(hearing.done, within=FINISH_SECONDS):
                return Deaf()
        return hearing.result()

    async def _keys(self, rules: KeyRules) -> Pressed:
        self._stream.hears = None
        digits = ""
        while await any_of(self._stream.pressed, self._stream.ended, within=rules.between_seconds):
            digit = self._stream.take_digit()
            if digit is None:
                raise StreamEnded
            if digit == rules.ends_with:
                break
            digits += digit
            if len(digits) >= rules.longest:
                break
        return Pressed(digits)

    def _pressed(self) -> bool:
        return self._turn.keys is not None and self._stream.pressed.is_set()
