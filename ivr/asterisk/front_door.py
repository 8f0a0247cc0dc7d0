"""The Asterisk side as a whole: two servers for calls and audio, one control connection, the calls and the switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.ami_connection import AmiConnection
from ivr.asterisk.audioserver import AudioServer
from ivr.asterisk.call import Parts
from ivr.asterisk.calls import Calls, OnCall
from ivr.asterisk.fastagi import AgiEnded, AgiSession, FastAgiServer
from ivr.asterisk.switch import AsteriskSwitch
from ivr.callers.walking import BYE
from ivr.tasks import Tasks

if TYPE_CHECKING:
    from ivr.asterisk import ami
    from ivr.asterisk.settings import AsteriskSettings
    from ivr.services import Ears

OnPerson = Callable[[str, bool], Awaitable[bool]]
log = structlog.get_logger(__name__)


class AsteriskFrontDoor:
    """`on_call` serves each new caller, until it returns or raises CallerGone. `ears` is asked when a call is answered:
    by whom it is heard, to its end.

    `on_person` is told that a person presses the code for ready (True) or not ready (False), with the person's phone
    as in the plan (PJSIP/1001); it returns whether that phone is somebody's.
    """

    def __init__(
        self, settings: AsteriskSettings, ears: Callable[[], Ears], on_call: OnCall, on_person: OnPerson
    ) -> None:
        self._on_person = on_person
        self._tasks = Tasks()
        self._audio = AudioServer(settings.audio)
        self._agi = FastAgiServer(settings.agi, self._serve)
        self.ami = AmiConnection(settings, self._on_event, self._came_up)
        parts = Parts(self.ami, self._audio, ears, self._tasks)
        self._calls = Calls(parts, on_call, self._call_gone)
        self.switch = AsteriskSwitch(settings, self.ami, self._calls)

    @property
    def agi_port(self) -> int:
        return self._agi.port

    @property
    def up(self) -> bool:
        return self.ami.up

    async def start(self) -> None:
        """Raises CannotListen and LoginRefused, each one sentence. Asterisk may come up later."""
        await self._audio.start()
        try:
            await self.ami.start()
            await self._agi.start()
        except BaseException:
            await self.close()
            raise
        self._tasks.start(self._calls.wind_up(), "wind up the callers' timers")
        self._tasks.start(self.switch.wind_up(), "wind up the waiting persons' timers")

    async def close(self) -> None:
        """Callers hear music, and come again to whoever listens next; talks go on."""
        await self._agi.close()
        await self._tasks.close()
        await self._audio.close()
        await self.ami.close()

    async def _serve(self, session: AgiSession) -> None:
        match session.environment.get("network_script"):
            case "call":
                await self._calls.serve(session)
            case "ready":
                await self._person(session, ready=True)
            case "not-ready":
                await self._person(session, ready=False)
            case _:
                log.warning("an AGI request that is not ours: connection closed")

    async def _person(self, session: AgiSession, *, ready: bool) -> None:
        """Answer a person's code with a recorded word of Asterisk's own."""
        phone = session.environment.get("channel", "").rpartition("-")[0]
        done = await self._on_person(phone, ready)
        sound = ("activated" if ready else "de-activated") if done else "beeperr"
        try:
            await session.command("SET", "VARIABLE", "CARELINE_NEXT", BYE)
            await session.command("STREAM", "FILE", sound, "")
        except AgiEnded:
            log.info("a person hung up before the answer")

    def _on_event(self, message: ami.Message) -> None:
        self.switch.take(message)

    def _call_gone(self, call: str) -> None:
        self.switch.call_gone(call)

    async def _came_up(self) -> None:
        await self.switch.came_up()
