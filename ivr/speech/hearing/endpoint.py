"""When a caller begins to speak and has finished: frames of 20 ms in, events out. Pure.

A frame is voiced when the classifier says so and it is well above the line's noise. Speech begins when most of a
quarter of a second was voiced and some of it had a pitch, which a cough has not; what has none must last longer, for
there are people who can only whisper. It ends after `pause_seconds` with next to no voiced frame, or after a word's
pause once enough was said.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.speech.hearing.voicing import is_periodic
from ivr.speech.sound.audio import FRAME_SECONDS, level

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN_WINDOW = 12  # frames looked at for a beginning: 240 ms
BEGIN_VOICED = 9  # voiced ones among them
BEGIN_PITCHED = 5  # and of these with a pitch: 100 ms, more than the end of a cough has
WHISPER_WINDOW, WHISPER_VOICED = 36, 30  # 720 ms: longer than a cough lasts
PRE_ROLL = 27  # frames given to the recogniser from before the decision: the window, and 300 ms of what led to it
WORD_PAUSE_SECONDS = 0.4
STRAY = 0.1  # part of a pause that may be voiced all the same: a breath, a click
QUIETEST = 60.0  # mean magnitude; below this a telephone line carries no speech
ABOVE_NOISE = 2.5  # speech against the noise floor, as mean magnitudes: 8 dB
BELOW_SPEECH = 0.1  # what is 20 dB weaker than the caller's loudest is somebody else: a television, another patient
FLOOR_RISE = 1.004  # per frame, so that the floor doubles in 3.5 s of louder noise


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """`pcm` is the audio so far, from before the first sound."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    pass


Endpoint = SpeechBegan | SpeechEnded


class Endpointer:
    """For one utterance; after SpeechEnded it says nothing more.

    `enough` may be set at any time: what was said is a whole answer, so a word's pause ends it.
    """

    def __init__(self, pause_seconds: float, is_voiced: Callable[[bytes], bool]) -> None:
        """`is_voiced` classifies a frame by its sound alone."""
        self._classify = is_voiced
        self._floor = QUIETEST / ABOVE_NOISE
        self._loudest = 0.0
        self._kept: deque[bytes] = deque(maxlen=PRE_ROLL + WHISPER_WINDOW - BEGIN_WINDOW)
        self._opening: deque[bool] = deque(maxlen=WHISPER_WINDOW)
        self._pitched: deque[bool] = deque(maxlen=BEGIN_WINDOW)
        self._pause: deque[bool] = deque(maxlen=max(1, round(pause_seconds / FRAME_SECONDS)))
        self._word_pause = min(self._pause.maxlen or 1, round(WORD_PAUSE_SECONDS / FRAME_SECONDS))
        self.enough = False
        self.speaking = False
        self.ended = False

    def feed(self, frame: bytes) -> Endpoint | None:
        if self.ended:
            return None
        voiced = self._voiced(frame)
        return self._speaking(voiced) if self.speaking else self._silent(frame, voiced=voiced)

    def _voiced(self, frame: bytes) -> bool:
        loud = level(frame)
        above = loud > max(QUIETEST, ABOVE_NOISE * self._floor, BELOW_SPEECH * self._loudest)
        self._floor = min(max(loud, 1.0), self._floor * FLOOR_RISE)
        voiced = self._classify(frame) and above
        if voiced and self.speaking:
            self._loudest = max(self._loudest, loud)
        return voiced

    def _silent(self, frame: bytes, *, voiced: bool) -> SpeechBegan | None:
        before = self._kept[-1] if self._kept else b""
        self._kept.append(frame)
        self._opening.append(voiced)
        self._pitched.append(voiced and is_periodic(before + frame))
        if sum(self._opening) >= WHISPER_VOICED:
            return self._begun(len(self._kept))
        lately = list(self._opening)[-BEGIN_WINDOW:]
        if sum(lately) >= BEGIN_VOICED and sum(self._pitched) >= BEGIN_PITCHED:
            return self._begun(PRE_ROLL)
        return None

    def _begun(self, frames: int) -> SpeechBegan:
        self.speaking = True
        return SpeechBegan(b"".join(list(self._kept)[-frames:]))

    def _speaking(self, voiced: bool) -> SpeechEnded | None:
        self._pause.append(voiced)
        frames = self._word_pause if self.enough else self._pause.maxlen or 1
        lately = list(self._pause)[-frames:]
        if len(lately) < frames or sum(lately) > STRAY * frames:
            return None
        self.ended = True
        return SpeechEnded()
