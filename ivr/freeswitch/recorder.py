"""What one caller says, live: FreeSWITCH records it into a file in memory, and we read along.

A long call's file would fill the memory: so before it does, a second recording is begun, and only when that one runs
the first is ended, heard to its end, and then the second from its beginning. What the caller said meanwhile, a frame or
two, is heard twice; nothing is lost.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from ivr.freeswitch import esl
from ivr.freeswitch.outbound import EslSession, SessionEnded
from ivr.freeswitch.tail import TURN_SECONDS, Tail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ivr.freeswitch.audio_folder import AudioFolder
    from ivr.freeswitch.tail import Hears
    from ivr.tasks import Tasks

START_SECONDS = 1.0  # uuid_record answers within 10 ms, and the file is there by then
# The caller alone, each frame written at once, at the rate of the recognisers: read by FreeSWITCH at each start.
VARIABLES = {
    "RECORD_READ_ONLY": "true",
    "enable_file_write_buffering": "false",
    "RECORD_PRE_BUFFER_FRAMES": "1",
    "record_sample_rate": "8000",
}
OURS = "careline_recording"  # what a Careline that died has left running

log = structlog.get_logger(__name__)


class NotRecorded(Exception):  # noqa: N818 - the state, not a mistake
    """The message is FreeSWITCH's answer."""


class Recorder:
    """`audience` returns who hears the caller now, or None."""

    def __init__(
        self, session: EslSession, folder: AudioFolder, tasks: Tasks, audience: Callable[[], Hears | None]
    ) -> None:
        self._session = session
        self._folder = folder
        self._tasks = tasks
        self._audience = audience
        self._recording: tuple[Path, Tail] | None = None
        self._renewing: asyncio.Task[None] | None = None

    async def start(self) -> bool:
        """Return whether the caller is heard. Raises SessionEnded."""
        if self._recording:
            return True
        uuid = self._session.uuid
        if left := self._session.channel[f"variable_{OURS}"]:
            self._tell(f"uuid_record {uuid} stop {left}")
        for name, value in VARIABLES.items():
            self._tell(f"uuid_setvar {uuid} {name} {value}")
        try:
            self._recording = await self._started()
        except (NotRecorded, OSError) as why:
            reason = str(why) or "FreeSWITCH did not record in time"
            log.warning("no live audio: this call is served by keys; see `careline doctor`", call=uuid, reason=reason)
            return False
        self._folder.ticker.add(self._recording[1])
        return True

    async def end(self) -> None:
        """FreeSWITCH records no more when this returns."""
        path = await self._taken_away(Tail.close)
        if path is None:
            return
        with suppress(SessionEnded):
            for name in (*VARIABLES, OURS):  # what an administrator records is none of ours
                self._tell(f"uuid_setvar {self._session.uuid} {name}")
            await self._session.api(f"uuid_record {self._session.uuid} stop {path}")

    async def close(self) -> None:
        """The session is over: what is left is heard."""
        await self._taken_away(Tail.finish)

    # ---- inside -----------------------------------------------------------------------------------------------------

    async def _taken_away(self, end: Callable[[Tail], None]) -> Path | None:
        """Read on no more. Return what FreeSWITCH records into."""
        if self._renewing:
            self._renewing.cancel()
            await asyncio.wait({self._renewing})
        recording, self._recording = self._recording, None
        if recording is None:
            return None
        path, tail = recording
        self._folder.ticker.remove(tail)
        end(tail)
        return path

    async def _started(self) -> tuple[Path, Tail]:
        """Begin a recording. Raises NotRecorded, SessionEnded, OSError (TimeoutError, too), and leaves nothing then."""
        uuid, path = self._session.uuid, self._folder.raw(self._session.uuid)
        tail = None
        try:
            async with asyncio.timeout(START_SECONDS):
                self._tell(f"uuid_setvar {uuid} {OURS} {path}")
                answer = await self._session.api(f"uuid_record {uuid} start {path}")
                if not answer.startswith("+OK"):
                    raise NotRecorded(answer)
                tail = await self._opened(path)
        finally:
            if tail is None:
                self._forget(path)
        return path, tail

    async def _opened(self, path: Path) -> Tail:
        while True:
            with suppress(FileNotFoundError):
                return Tail(path, self._audience, self._renew)
            await asyncio.sleep(TURN_SECONDS)

    def _forget(self, path: Path) -> None:
        """It may have begun all the same, or begin yet."""
        with suppress(SessionEnded):
            stopped = self._session.begin(esl.command(f"api uuid_record {self._session.uuid} stop {path}"))
            stopped.add_done_callback(lambda _: path.unlink(missing_ok=True))

    def _renew(self) -> None:
        if self._renewing is None or self._renewing.done():
            self._renewing = self._tasks.start(self._renewed(), "begin another recording")

    async def _renewed(self) -> None:
        """With the old recording, should there be no new one, until the next time."""
        if self._recording is None:
            return
        old, old_tail = self._recording
        with suppress(NotRecorded, OSError, SessionEnded):
            path, tail = await self._started()
            try:
                await self._session.api(f"uuid_record {self._session.uuid} stop {old}")
            finally:
                self._folder.ticker.remove(old_tail)
                old_tail.finish()
                self._recording = path, tail
                self._folder.ticker.add(tail)

    def _tell(self, command: str) -> None:
        self._session.begin(esl.command(f"api {command}"))
