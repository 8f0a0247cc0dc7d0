"""What was said in a recording, word by word, by the recognisers that listen to callers.

A recording is played to an ear as fast as its caller spoke: a worker that keeps up with callers keeps up with it, and
live callers lose nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ivr.call import Hearing, Spoke
from ivr.services import RecognizerUnavailable
from ivr.speech.audio import FRAME_BYTES, FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from ivr.services import Ear, Ears

PIECE_BYTES = 5 * FRAME_BYTES
PIECE_SECONDS = 5 * FRAME_SECONDS
PAUSE_SECONDS = 0.8  # who leaves a message thinks between sentences, and nobody waits for the words

Readings = tuple[str, ...]
"""What one sentence may have been, best first."""


async def transcribe(
    ears: Ears, language: str, pcm: bytes, wait: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[Readings]:
    """The sentences of 8 kHz 16-bit mono sound, each as soon as it is heard; `wait` passes the seconds between pieces.

    Raises RecognizerUnavailable when the language cannot be heard now, also in the middle.
    """
    pieces = _pieces(pcm)
    while spoke := await _sentence(ears.listen(Hearing(language, pause_seconds=PAUSE_SECONDS)), pieces, wait):
        if readings := tuple(each.text for each in spoke.hypotheses if each.text):
            yield readings


def _pieces(pcm: bytes) -> Iterator[bytes]:
    for begin in range(0, len(pcm), PIECE_BYTES):
        yield pcm[begin : begin + PIECE_BYTES]


async def _sentence(ear: Ear, pieces: Iterator[bytes], wait: Callable[[float], Awaitable[None]]) -> Spoke | None:
    """None at the end of the sound."""
    try:
        async with asyncio.TaskGroup() as group:
            heard = group.create_task(_heard(ear))
            fed = await _feed(ear, pieces, heard, wait)
    finally:
        ear.close()
    spoke = heard.result()
    if spoke is None:
        raise RecognizerUnavailable("the recogniser was lost in the middle of a recording")
    return spoke if fed else None


async def _feed(
    ear: Ear, pieces: Iterator[bytes], heard: asyncio.Task[Spoke | None], wait: Callable[[float], Awaitable[None]]
) -> bool:
    """Play on until the sentence is heard; whether there was anything left to play."""
    fed = False
    for piece in pieces:
        fed = True
        ear.feed(piece)
        await wait(PIECE_SECONDS)
        if heard.done():
            return fed
    ear.finish()
    return fed


async def _heard(ear: Ear) -> Spoke | None:
    """None for a recogniser that is lost; raised here, it would come as a group of exceptions."""
    try:
        return await ear.heard()
    except RecognizerUnavailable:
        return None
