"""A file that grows, and who hears what is in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Growing:
    """As FreeSWITCH writes it: each piece at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb", buffering=0)

    def grow(self, pcm: bytes) -> None:
        self._file.write(pcm)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Heard:
    """`something` is set with each frame."""

    def __init__(self, frames_at_most: int | None = None) -> None:
        self.listens = True
        self.frames: list[bytes] = []
        self.something = asyncio.Event()
        self._at_most = frames_at_most

    @property
    def pcm(self) -> bytes:
        return b"".join(self.frames)

    def audience(self) -> Callable[[bytes], None] | None:
        return self.hear if self.listens else None

    def hear(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.something.set()
        if len(self.frames) == self._at_most:
            self.listens = False
