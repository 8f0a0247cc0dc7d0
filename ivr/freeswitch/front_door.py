"""The FreeSWITCH side as a whole: a server for calls, one control connection, the calls and the switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from ivr.callers.door import Door, OnPerson
from ivr.freeswitch.audio_folder import AudioFolder
from ivr.freeswitch.call import Parts, Told
from ivr.freeswitch.calls import Calls, OnCall
from ivr.freeswitch.connection import EslConnection
from ivr.freeswitch.outbound import EslSession, OutboundServer, SessionEnded
from ivr.freeswitch.switch import FreeSwitchSwitch
from ivr.tasks import any_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.freeswitch.esl import Event, Message
    from ivr.freeswitch.settings import FreeSwitchSettings
    from ivr.services import Ears

DONE = "tone_stream://%(150,100,1400);loops=2"  # two short high tones; the hook's three low ones say "not done"
DONE_SECONDS = 3.0

log = structlog.get_logger(__name__)


class FreeSwitchFrontDoor(Door):
    """`on_call` serves each new caller, until it returns or raises CallerGone. `ears` is asked when a call is answered:
    by whom it is heard, to its end. `on_person` is as in Door.
    """

    switch: FreeSwitchSwitch
    _control: EslConnection
    _server: OutboundServer
    _calls: Calls

    def __init__(
        self, settings: FreeSwitchSettings, ears: Callable[[], Ears], on_call: OnCall, on_person: OnPerson
    ) -> None:
        super().__init__(on_person)
        self._folder = AudioFolder(settings.audio)
        self._server = OutboundServer(settings.outbound, self._serve)
        self._control = EslConnection(settings, self._on_event, self._came_up)
        told = Told(self._on_event, self._on_held, self._on_key)
        parts = Parts(self._control, self._folder, ears, self._tasks, told)
        self._calls = Calls(parts, settings.context, on_call, self._call_gone)
        self.switch = FreeSwitchSwitch(settings, self._control, self._calls)

    @property
    def outbound_port(self) -> int:
        return self._server.port

    async def _open_audio(self) -> None:
        self._folder.open()

    async def _close_audio(self) -> None:
        self._folder.close()

    async def _serve(self, session: EslSession) -> None:
        match session.channel["variable_careline_person"]:
            case "":
                await self._calls.serve(session)
            case "ready" | "not_ready" as said:
                await self._person(session, ready=said == "ready")
            case _:
                log.warning("a connection of FreeSWITCH that is not ours: closed")

    async def _person(self, session: EslSession, *, ready: bool) -> None:
        """Answer a person's code with tones, and hang up; what was not done the hook tells, as if we were away."""
        phone = self.switch.phone_of(_user_of(session.channel))
        if phone is None or not await self._on_person(phone, ready):
            return
        try:
            await session.execute("playback", DONE)
            await session.execute("hangup", "NORMAL_CLEARING")
            await any_of(session.ended, within=DONE_SECONDS)
        except SessionEnded:
            log.info("a person hung up before the answer")

    def _on_event(self, event: Event) -> None:
        self.switch.take(event)

    def _on_held(self, call: str) -> None:
        self.switch.on_held(call)

    def _on_key(self, call: str, digit: str) -> None:
        self.switch.on_key(call, digit)


def _user_of(channel: Message) -> str:
    """Whose telephone it is, where it had to log in: the caller's number proves nothing."""
    return "@".join(filter(None, (channel["variable_user_name"], channel["variable_domain_name"])))
