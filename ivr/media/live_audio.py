"""One caller's live audio both ways, whichever PBX carries it: what LiveVoice speaks and listens through."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING

from ivr.media.voice import OutOfHands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DIGITS_AHEAD = 32  # keys pressed before they are asked for


class StreamEnded(OutOfHands):
    """The audio is over. Whether the caller is gone only the PBX's control connection knows."""


class LiveAudio(ABC):
    """`hears` is called with the caller's audio (8 kHz, 16-bit little-endian, whole samples) as long as it is set.

    `quiet` is set when nothing is left to play, `pressed` while a digit waits to be taken, `ended` when the audio is
    over: then it is quiet, too.
    """

    def __init__(self) -> None:
        self.hears: Callable[[bytes], None] | None = None
        self.quiet = asyncio.Event()
        self.quiet.set()
        self.pressed = asyncio.Event()
        self.ended = asyncio.Event()
        self._digits: deque[str] = deque(maxlen=DIGITS_AHEAD)

    @abstractmethod
    def play(self, *sounds: Path) -> None:
        """Play 8 kHz 16-bit mono WAVs from now on, one after the other without a gap, instead of what was playing.

        Raises SoundUnusable, OSError.
        """

    @abstractmethod
    def stop(self) -> None:
        """Play nothing: it is quiet at once."""

    @abstractmethod
    def pause(self) -> None:
        """Hold what plays where it is; it is not quiet for that."""

    @abstractmethod
    def go_on(self) -> None:
        """Play on where it was held; nothing, when it was not."""

    def take_digit(self) -> str | None:
        """Return the oldest digit that was pressed, or None."""
        digit = self._digits.popleft() if self._digits else None
        if not self._digits:
            self.pressed.clear()
        return digit

    def press(self, digit: str) -> None:
        """The caller pressed a key."""
        self._digits.append(digit)
        self.pressed.set()
