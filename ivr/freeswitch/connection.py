"""The inbound connection over its whole life: log in, subscribe, watch, reconnect with a growing pause, repeat nothing.

A command that was not answered may or may not have reached FreeSWITCH, so it ends in SwitchDown and is not sent again.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ivr.errors import UserError
from ivr.freeswitch import esl
from ivr.freeswitch.link import EslLink, LinkLost, LinkRejected, OnEvent
from ivr.services import SwitchDown
from ivr.tasks import Tasks, told_to_end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from ivr.freeswitch.settings import FreeSwitchSettings

# Channels, jobs and phones. What stands behind CUSTOM are its subclasses: it has to be the last.
SUBSCRIPTION = (
    "event json CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE "
    "CHANNEL_PARK CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_UUID BACKGROUND_JOB HEARTBEAT "
    "CUSTOM sofia::register sofia::unregister sofia::expire"
)
PING = "api echo careline"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    FreeSWITCH answers within milliseconds, a list of 1,000 channels takes a fraction of a second. A peer that fell
    silent without closing is noticed after `ping` and `answer`. A password that became wrong is tried again only after
    `refused`, so as not to look like an attack.
    """

    answer: float = 5.0
    ping: float = 5.0
    first_pause: float = 0.1
    longest_pause: float = 5.0
    refused: float = 60.0


class LoginRefused(UserError):  # noqa: N818 - FreeSWITCH's answer, not a mistake
    """The message is one sentence for the administrator."""


class EslConnection:
    """`on_event` is called for each event and must not block; `on_up` is awaited after each login and subscription."""

    def __init__(
        self,
        settings: FreeSwitchSettings,
        on_event: OnEvent,
        on_up: Callable[[], Awaitable[None]],
        patience: Patience = Patience(),
    ) -> None:
        self._settings = settings
        self._on_event = on_event
        self._on_up = on_up
        self._patience = patience
        self._link: EslLink | None = None
        self._first: asyncio.Future[None] | None = None
        self._tasks = Tasks()

    @property
    def up(self) -> bool:
        return self._link is not None

    async def start(self) -> None:
        """Connect, and stay connected. Returns after the first attempt, also when FreeSWITCH is not there yet.

        Raises LoginRefused, and gives up, when FreeSWITCH does not let us in.
        """
        self._first = asyncio.get_running_loop().create_future()
        self._tasks.start(self._life(), "event socket connection")
        try:
            await self._first
        except LoginRefused:
            await self.close()
            raise

    async def close(self) -> None:
        await self._tasks.close()
        if self._link:
            self._link.close()
            self._link = None

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

    async def _answered(self, reply: asyncio.Future[esl.Message]) -> esl.Message:
        try:
            async with asyncio.timeout(self._patience.answer):
                return await reply
        except TimeoutError as error:
            raise SwitchDown("FreeSWITCH did not answer") from error

    def _up(self) -> EslLink:
        if self._link is None:
            raise SwitchDown("no connection to FreeSWITCH")
        return self._link

    async def _life(self) -> None:
        pause = self._patience.first_pause
        while True:
            was_up = await self._one_link()
            if told_to_end():
                return
            pause = self._patience.first_pause if was_up else min(2 * pause, self._patience.longest_pause)
            await asyncio.sleep(pause)

    async def _one_link(self) -> bool:
        """Live through one connection; True when it had come as far as being logged in."""
        was_up = refused = False
        try:
            link = await EslLink.open(self._settings.esl, self._on_event)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(link))
                await self._log_in(link)
                self._link, was_up = link, True
                await self._on_up()
                self._tell_start(None)
                await self._keep_alive(link)
        except* LoginRefused as errors:
            log.warning("FreeSWITCH refuses the login", esl=str(self._settings.esl))
            self._tell_start(errors.exceptions[0])
            refused = True
        except* (OSError, LinkLost, SwitchDown) as errors:
            log.warning("no connection to FreeSWITCH", esl=str(self._settings.esl), reasons=_reasons(errors))
            self._tell_start(None)
        except* Exception:  # whatever is wrong with this connection, the next one is tried
            log.exception("the connection to FreeSWITCH failed")
            self._tell_start(None)
        finally:
            self._link = None
        if (
            refused and not told_to_end()
        ):  # not in the handler above: a cancellation there would be an error in a group, and no cancellation
            await asyncio.sleep(self._patience.refused)
        return was_up

    async def _read(self, link: EslLink) -> None:
        try:
            await link.read()
        except LinkRejected as error:
            raise LoginRefused(
                f"FreeSWITCH at {self._settings.esl} turns this host away: name a list that has its address as "
                "apply-inbound-acl in event_socket.conf.xml, then: fs_cli -x 'reload mod_event_socket'."
            ) from error

    async def _log_in(self, link: EslLink) -> None:
        await self._greeted(link)
        if not (await self._answered(link.begin(self._auth()))).text.startswith("+OK"):
            raise LoginRefused(
                f"FreeSWITCH at {self._settings.esl} does not accept our password: make the password in "
                "event_socket.conf.xml and in our settings the same, then: fs_cli -x 'reload mod_event_socket'."
            )
        if not (await self._answered(link.begin(esl.command(SUBSCRIPTION)))).text.startswith("+OK"):
            raise LinkLost("FreeSWITCH does not let us have its events")

    async def _greeted(self, link: EslLink) -> None:
        """Wait until FreeSWITCH asks who we are: whoever does not ask is not told the password."""
        try:
            async with asyncio.timeout(self._patience.answer):
                await link.greeted.wait()
        except TimeoutError as error:
            raise SwitchDown("FreeSWITCH did not ask for a password") from error

    def _auth(self) -> bytes:
        try:
            return esl.command(f"auth {self._settings.password}")
        except ValueError:
            raise LoginRefused(
                "The password of FreeSWITCH's event socket in our settings cannot be sent, for it holds a line break "
                "or another control character: choose another one, in event_socket.conf.xml as well."
            ) from None  # the password is in no traceback

    async def _keep_alive(self, link: EslLink) -> None:
        while True:
            await asyncio.sleep(self._patience.ping)
            await self._answered(link.begin(esl.command(PING)))

    def _tell_start(self, error: BaseException | None) -> None:
        if self._first is None or self._first.done():
            return
        if error:
            self._first.set_exception(error)
        else:
            self._first.set_result(None)


def _reasons(errors: BaseExceptionGroup[BaseException]) -> list[str]:
    return [str(error) or type(error).__name__ for error in errors.exceptions]
