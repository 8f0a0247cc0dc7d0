"""The Asterisk side as a whole: two servers for calls and audio, one control connection, the calls and the switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.ami_connection import AmiConnection
from ivr.asterisk.audioserver import AudioServer
from ivr.asterisk.call import Parts
from ivr.asterisk.calls import Calls, OnCall
from ivr.asterisk.fastagi import AgiEnded, AgiSession, FastAgiServer
from ivr.asterisk.switch import AsteriskSwitch
from ivr.callers.door import Door, OnPerson
from ivr.callers.walking import BYE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.asterisk import ami
    from ivr.asterisk.settings import AsteriskSettings
    from ivr.services import Ears

log = structlog.get_logger(__name__)


class AsteriskFrontDoor(Door):
    """`on_call` serves each new caller, until it returns or raises CallerGone. `ears` is asked when a call is answered:
    by whom it is heard, to its end. `on_person` is as in Door.
    """

    switch: AsteriskSwitch
    _control: AmiConnection
    _server: FastAgiServer
    _calls: Calls

    def __init__(
        self, settings: AsteriskSettings, ears: Callable[[], Ears], on_call: OnCall, on_person: OnPerson
    ) -> None:
        super().__init__(on_person)
        self._audio = AudioServer(settings.audio)
        self._server = FastAgiServer(settings.agi, self._serve)
        self._control = AmiConnection(settings, self._on_event, self._came_up)
        self._calls = Calls(Parts(self._control, self._audio, ears, self._tasks), on_call, self._call_gone)
        self.switch = AsteriskSwitch(settings, self._control, self._calls)

    @property
    def agi_port(self) -> int:
        return self._server.port

    async def _open_audio(self) -> None:
        await self._audio.start()

    async def _close_audio(self) -> None:
        await self._audio.close()

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
