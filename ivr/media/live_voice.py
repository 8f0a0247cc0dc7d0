"""Speaking with a caller over live audio: prompt, keys and speech at the same time."""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf
from typing import TYPE_CHECKING

from ivr.call import Deaf, Heard, Hearing, KeyRules, Pressed, Silence, Spoke, Turn
from ivr.media.live_audio import StreamEnded
from ivr.media.recording import Draft, Recording
from ivr.media.sounds import write_wav
from ivr.services import Ear, Ears, RecognizerUnavailable
from ivr.tasks import any_of

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.media.live_audio import LiveAudio

FINISH_SECONDS = 1.2  # an ear that was told to finish answers within one second
RELISTEN_SECONDS = 2.0  # so long a worker takes to start: whoever waits is then heard again
LATELY_FRAMES = 10  # 200 ms, shorter than any pause that ends an utterance


class LiveVoice:
    def __init__(self, stream: LiveAudio, ears: Ears) -> None:
        self._stream = stream
        self._ears = ears

    async def play(self, sounds: tuple[Path, ...]) -> None:
        self._stream.play(*sounds)
        try:
            await any_of(self._stream.quiet, self._stream.ended)
        finally:
            self._stream.stop()
        if self._stream.ended.is_set():
            raise StreamEnded

    async def ask(self, turn: Turn) -> Heard:
        """Keys pressed ahead count. Without a recogniser it is Deaf at once, before the question is played.

        With `minds`, the question is played all the same, and listening begins as soon as there is a recogniser.
        """
        if turn.keys is None:
            self._take_keys()
        taking = _LiveTurn(self._stream, self._ears, turn)
        try:
            return await taking.take()
        finally:
            taking.close()

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

    async def words(self) -> Heard:
        """What was heard; an utterance that goes on is cut off here."""
        if not self.done.is_set():
            self.ear.finish()
            if not await any_of(self.done, within=FINISH_SECONDS):
                return Deaf()
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
    """One question. The first sign of an answer stops the prompt; a key ends all listening to speech.

    sign ──▶ answer ──▶ ends the turn
      ▲        │
      └────────┘ words that nobody minds, or a recogniser lost: the sounds go on, and another ear listens
    """

    def __init__(self, stream: LiveAudio, ears: Ears, turn: Turn) -> None:
        self._stream = stream
        self._ears = ears
        self._turn = turn
        self._hearing: _Hearing | None = None
        self._lately = deque[bytes](maxlen=LATELY_FRAMES)
        self._relisten = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._ends_at: float | None = None
        self._gives_up_at = _now() + (inf if turn.within_seconds is None else turn.within_seconds)
        self._noise = False

    async def take(self) -> Heard:
        if self._turn.hearing and not self._pressed():
            self._listen(self._turn.hearing)
            if self._is_deaf() and not self._turn.minds:
                return Deaf()
        self._stream.play(*self._turn.sounds)
        while await self._sign():
            if (heard := await self._answer()) is not None:
                return heard
            self._stream.go_on()
        if self._is_deaf():
            return Deaf()
        return Spoke(()) if self._noise else Silence()

    def close(self) -> None:
        self._stream.stop()
        self._stop_listening()
        if self._timer:
            self._timer.cancel()

    # ---- the turn -----------------------------------------------------------------------------------------------

    async def _sign(self) -> bool:
        """Wait for a key, speech, or the end of the call; False when the turn's time was over before."""
        signs = [*self._answers(), self._relisten]
        if self._hearing:
            signs.append(self._hearing.ear.speech_began)
        if self._ends_at is None:
            within = None if self._gives_up_at == inf else max(0.0, self._gives_up_at - _now())
            if not await any_of(self._stream.quiet, *signs, within=within):
                return False
            if not self._stream.quiet.is_set():
                return True
            self._ends_at = min(_now() + self._turn.silence_seconds, self._gives_up_at)
        left = self._ends_at - _now()
        if left <= 0:  # speech that begins only now is too late, or whoever talks on and on would never be done
            return any(sign.is_set() for sign in self._answers())
        return await any_of(*signs, within=left)

    async def _answer(self) -> Heard | None:
        """What ends the turn; None when it goes on."""
        if self._hearing and not self._pressed():
            if self._turn.barge_in:
                self._stream.pause()
            await any_of(*self._answers(), within=self._turn.longest_seconds)
        if self._stream.ended.is_set():
            raise StreamEnded
        if self._turn.keys and self._pressed():
            return await self._keys(self._turn.keys)
        assert self._turn.hearing, "what is no key is speech"
        self._relisten.clear()
        heard = await self._hearing.words() if self._hearing else None
        if heard and self._ends_with(heard):
            return heard
        if isinstance(heard, Deaf):
            self._listen_later()
        else:
            self._listen(self._turn.hearing)
        return None

    def _ends_with(self, heard: Heard) -> bool:
        """A cough, a door or a radio is no answer: the sounds go on."""
        if isinstance(heard, Spoke) and not heard.hypotheses:
            self._noise = self._turn.minds is None
            return False
        return self._turn.minds is None or (isinstance(heard, Spoke) and self._turn.ends_with(heard))

    def _answers(self) -> list[asyncio.Event]:
        keys = [self._stream.pressed] if self._turn.keys else []
        speech = [self._hearing.done] if self._hearing else []
        return [self._stream.ended, *keys, *speech]

    async def _keys(self, rules: KeyRules) -> Pressed:
        self._stream.stop()
        self._stop_listening()
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

    # ---- listening ----------------------------------------------------------------------------------------------

    def _listen(self, hearing: Hearing) -> None:
        """With a fresh ear, which gets what came while the one before was asked for its words."""
        self._stop_listening()
        try:
            self._hearing = _Hearing(self._ears.listen(hearing))
        except RecognizerUnavailable:
            self._listen_later()
            return
        for frame in self._lately:
            self._hearing.ear.feed(frame)
        self._stream.hears = self._hear

    def _listen_later(self) -> None:
        self._stop_listening()
        self._lately.clear()
        self._timer = asyncio.get_running_loop().call_later(RELISTEN_SECONDS, self._relisten.set)

    def _stop_listening(self) -> None:
        self._stream.hears = None
        if self._hearing:
            self._hearing.close()
            self._hearing = None

    def _hear(self, frame: bytes) -> None:
        self._lately.append(frame)
        if self._hearing:
            self._hearing.ear.feed(frame)

    def _is_deaf(self) -> bool:
        return self._turn.hearing is not None and self._hearing is None


def _now() -> float:
    return asyncio.get_running_loop().time()
