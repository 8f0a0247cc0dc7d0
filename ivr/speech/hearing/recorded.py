"""A recording heard as a caller is: at the pace of the telephone, with a new turn after each pause."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ivr.speech.sound.audio import FRAME_BYTES, FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ivr.call import Hearing, Spoke
    from ivr.services import Ear, Ears

AFTER_SECONDS = 1.0  # of silence, so that the last words end as they do in a call


async def utterances(ears: Ears, hearing: Hearing, pcm: bytes, *, pace: float = 1.0) -> AsyncIterator[Spoke]:
    """What is heard in 8 kHz 16-bit mono; what is urgent ends a turn at once. Raises RecognizerUnavailable.

    `pace`: so many times as fast as it was spoken. A worker that keeps up with callers keeps up with 1.
    """
    frames = _frames(pcm)
    while (frame := next(frames, None)) is not None:
        spoke, rest = await _turn(ears.listen(hearing), frame, frames, FRAME_SECONDS / pace)
        if spoke.hypotheses:
            yield spoke
        if not rest:
            return


async def _turn(ear: Ear, frame: bytes, frames: Iterator[bytes], frame_seconds: float) -> tuple[Spoke, bool]:
    """One turn, beginning with `frame`; and whether there may be more."""
    loop = asyncio.get_running_loop()
    at = loop.time()
    hearing_it = loop.create_task(ear.heard())
    more: bytes | None = frame
    try:
        while more is not None and not hearing_it.done():
            ear.feed(more)
            at += frame_seconds
            await asyncio.sleep(at - loop.time())
            more = next(frames, None)
        ear.finish()
        return await hearing_it, more is not None
    finally:
        hearing_it.cancel()
        ear.close()


def _frames(pcm: bytes) -> Iterator[bytes]:
    whole = pcm + bytes(FRAME_BYTES * int(AFTER_SECONDS / FRAME_SECONDS))
    return (whole[at : at + FRAME_BYTES] for at in range(0, len(whole) - FRAME_BYTES + 1, FRAME_BYTES))
