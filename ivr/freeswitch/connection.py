"""The inbound connection: how to log in to FreeSWITCH and subscribe, and what can be asked of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ivr.callers.control_connection import USUAL_PATIENCE, ControlConnection, LoginRefused, Patience
from ivr.freeswitch import esl
from ivr.freeswitch.link import EslLink, LinkRejected, OnEvent
from ivr.services import SwitchDown
from ivr.sockets import LinkLost

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence

    from ivr.freeswitch.settings import FreeSwitchSettings

# Channels, jobs and phones. What stands behind CUSTOM are its subclasses: it has to be the last.
SUBSCRIPTION = (
    "event json CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE "
    "CHANNEL_PARK CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_UUID BACKGROUND_JOB HEARTBEAT "
    "CUSTOM sofia::register sofia::unregister sofia::expire"
)
PING = "api echo careline"


class EslConnection(ControlConnection[EslLink]):
    """`on_event` is called for each event and must not block; `on_up` is awaited after each login and subscription."""

    pbx = "FreeSWITCH"
    protocol = "event socket"
    log_field = "esl"

    def __init__(
        self,
        settings: FreeSwitchSettings,
        on_event: OnEvent,
        on_up: Callable[[], Awaitable[None]],
        patience: Patience = USUAL_PATIENCE,
    ) -> None:
        super().__init__(settings.esl, on_up, patience)
        self._settings = settings
        self._on_event = on_event

    def begin(self, line: str, *, job_uuid: str = "") -> asyncio.Future[esl.Message]:
        """Send a command now, in order with others. The future may raise SwitchDown.

        `job_uuid` names the job of a `bgapi`: its BACKGROUND_JOB has it as Job-UUID. Raises SwitchDown when there is no
        connection, ValueError for a control character.
        """
        return self._up().begin(esl.command(line, job_uuid=job_uuid))

    def begin_all(self, lines: Sequence[str]) -> list[asyncio.Future[esl.Message]]:
        """Send commands in one write, in order: all or none reach FreeSWITCH. Raises as `begin`."""
        return self._up().begin_all([esl.command(line) for line in lines])

    async def api(self, command: str) -> str:
        """Return the answer, which may be "-ERR …". Raises SwitchDown, ValueError."""
        return (await self._answered(self.begin(f"api {command}"))).text

    async def rows(self, what: str) -> list[dict[str, str]]:
        """Return what a listing in JSON lists, such as "show channels as json". Raises SwitchDown."""
        try:
            listed = json.loads(await self.api(what), strict=False, parse_int=str)
            return [{str(key): str(value) for key, value in row.items()} for row in listed.get("rows", [])]
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise SwitchDown(f"FreeSWITCH did not answer {what!r} with a list") from error

    async def _open(self) -> EslLink:
        return await EslLink.open(self._address, self._on_event)

    async def _read(self, link: EslLink) -> None:
        try:
            await link.read()
        except LinkRejected as error:
            raise LoginRefused(
                f"FreeSWITCH at {self._address} turns this host away: name a list that has its address as "
                "apply-inbound-acl in event_socket.conf.xml, then: fs_cli -x 'reload mod_event_socket'."
            ) from error

    async def _log_in(self, link: EslLink) -> None:
        # Whoever does not ask who we are is not told the password.
        await self._answered(link.greeted.wait(), "ask for a password")
        if not (await self._answered(link.begin(self._auth()))).text.startswith("+OK"):
            raise LoginRefused(
                f"FreeSWITCH at {self._address} does not accept our password: make the password in "
                "event_socket.conf.xml and in our settings the same, then: fs_cli -x 'reload mod_event_socket'."
            )
        if not (await self._answered(link.begin(esl.command(SUBSCRIPTION)))).text.startswith("+OK"):
            raise LinkLost("FreeSWITCH does not let us have its events")

    def _auth(self) -> bytes:
        try:
            return esl.command(f"auth {self._settings.password}")
        except ValueError:
            raise LoginRefused(
                "The password of FreeSWITCH's event socket in our settings cannot be sent, for it holds a line break "
                "or another control character: choose another one, in event_socket.conf.xml as well."
            ) from None  # the password is in no traceback

    def _ping(self, link: EslLink) -> Awaitable[object]:
        return link.begin(esl.command(PING))
