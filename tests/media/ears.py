"""Ears that hear sound, and understand what the test says it was."""

from __future__ import annotations

import asyncio

from ivr.call import Hearing, Hypothesis, Spoke
from ivr.media.recording import Recording
from ivr.services import RecognizerUnavailable

PAUSE_FRAMES = 10


class LoudEar:
    def __init__(self, ears: LoudEars, hearing: Hearing) -> None:
        self.speech_began = asyncio.Event()
        self.closed = False
        self._ears = ears
        self._urgent = hearing.urgent
        self._over = asyncio.Event()
        self._quiet = 0

    def feed(self, pcm: bytes) -> None:
        loud = Recording(1, 1)
        loud.feed(pcm)
        if loud.pcm():
            self._quiet = 0
            self.speech_began.set()
            if self._urgent and self._urgent(self._ears.words):
                self._over.set()
        elif self.speech_began.is_set():
            self._quiet += 1
        if self._quiet >= PAUSE_FRAMES and not self._ears.never_ends:
            self._over.set()

    async def heard(self) -> Spoke:
        await self._over.wait()
        if self._ears.dies:
            raise RecognizerUnavailable
        if not self.speech_began.is_set():
            return Spoke(())
        return Spoke((Hypothesis(self._ears.words, 1.0),) if self._ears.words else ())

    def finish(self) -> None:
        if not self._ears.hangs:
            self._over.set()

    def close(self) -> None:
        self.closed = True


class LoudEars:
    """Understands `words`, or none, in any sound. May die in mid-utterance, hang when told to finish, never end."""

    def __init__(self, words: str = "") -> None:
        self.words = words
        self.dies = self.hangs = self.never_ends = False
        self.opened: list[LoudEar] = []
        self._opens = asyncio.Event()

    def can_hear(self, language: str) -> bool:
        return language == "en"

    def hears_now(self, language: str) -> bool:
        return self.can_hear(language)

    def listen(self, hearing: Hearing) -> LoudEar:
        if not self.can_hear(hearing.language):
            raise RecognizerUnavailable
        ear = LoudEar(self, hearing)
        self.opened.append(ear)
        self._opens.set()
        return ear

    async def opens(self, ears: int) -> None:
        """Wait until so many ears were opened."""
        while len(self.opened) < ears:
            self._opens.clear()
            await self._opens.wait()
