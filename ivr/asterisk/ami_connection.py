"""The AMI connection over its whole life: log in, watch, reconnect with a growing pause, never repeat an action.

An action that was not answered may or may not have reached Asterisk, so it ends in SwitchDown and is not sent again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.ami_link import AmiLink, LinkLost, OnEvent
from ivr.errors import UserError
from ivr.services import SwitchDown
from ivr.tasks import Tasks, told_to_end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.asterisk import ami
    from ivr.asterisk.settings import AsteriskSettings

EVENT_CLASSES = "call,dtmf"  # channels, bridges and device states; the keys of who waits

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    Asterisk answers within milliseconds, a list of 1,000 channels takes a fraction of a second. A peer that fell silent
    without closing is noticed after `ping` and `answer`. A password that became wrong is tried again only after
    `refused`, so as not to look like an attack.
    """

    answer: float = 5.0
    ping: float = 5.0
    first_pause: float = 0.1
    longest_pause: float = 5.0
    refused: float = 60.0


class LoginRefused(UserError):  # noqa: N818 - Asterisk's answer, not a mistake
    """The message is one sentence for the administrator."""


class AmiConnection:
    """`on_event` is called for each event and must not block; `on_up` is awaited after each login."""

    def __init__(
        self,
        settings: AsteriskSettings,
        on_event: OnEvent,
        on_up: Callable[[], Awaitable[None]],
        patience: Patience = Patience(),
    ) -> None:
        self._settings = settings
        self._on_event = on_event
        self._on_up = on_up
        self._patience = patience
        self._link: AmiLink | None = None
        self._first: asyncio.Future[None] | None = None
        self._tasks = Tasks()

    @property
    def up(self) -> bool:
        return self._link is not None

    async def start(self) -> None:
        """Connect, and stay connected. Returns after the first attempt, also when Asterisk is not there yet.

        Raises LoginRefused, and gives up, when Asterisk does not accept user and secret.
        """
        self._first = asyncio.get_running_loop().create_future()
        self._tasks.start(self._life(), "AMI connection")
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

    def begin(self, name: str, *fields: tuple[str, str], action_id: str = "") -> asyncio.Future[ami.Message]:
        """Send an action now, in order with others. The future may raise SwitchDown.

        Raises SwitchDown when there is no connection, ValueError for a field with a control character.
        """
        return self._up().begin(name, *fields, action_id=action_id)

    async def action(self, name: str, *fields: tuple[str, str], action_id: str = "") -> ami.Message:
        """Send an action and return Asterisk's answer, which may be an error. Raises SwitchDown, ValueError."""
        return await self._answered(self.begin(name, *fields, action_id=action_id))

    async def listing(self, name: str, *fields: tuple[str, str]) -> list[ami.Message]:
        """Return the events of a listing action. Raises SwitchDown, ValueError, ActionRefused."""
        listed = self._up().begin_list(name, *fields)
        try:
            async with asyncio.timeout(self._patience.answer):
                return await listed
        except TimeoutError as error:
            raise SwitchDown(f"Asterisk did not answer {name}") from error

    async def _answered(self, answer: asyncio.Future[ami.Message]) -> ami.Message:
        try:
            async with asyncio.timeout(self._patience.answer):
                return await answer
        except TimeoutError as error:
            raise SwitchDown("Asterisk did not answer") from error

    def _up(self) -> AmiLink:
        if self._link is None:
            raise SwitchDown("no connection to Asterisk")
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
            link = await AmiLink.open(self._settings.ami, self._on_event)
            async with asyncio.TaskGroup() as group:
                group.create_task(link.read())
                await self._login(link)
                self._link, was_up = link, True
                await self._on_up()
                self._tell_start(None)
                await self._keep_alive(link)
        except* (OSError, LinkLost, SwitchDown) as errors:
            log.warning("no connection to Asterisk", ami=str(self._settings.ami), reasons=_reasons(errors))
            self._tell_start(None)
        except* LoginRefused as errors:
            log.warning("Asterisk refuses the login", ami=str(self._settings.ami))
            self._tell_start(errors.exceptions[0])
            refused = True
        except* Exception:  # whatever is wrong with this connection, the next one is tried
            log.exception("the connection to Asterisk failed")
            self._tell_start(None)
        finally:
            self._link = None
        if (
            refused and not told_to_end()
        ):  # not in the handler above: a cancellation there would be an error in a group, and no cancellation
            await asyncio.sleep(self._patience.refused)
        return was_up

    async def _login(self, link: AmiLink) -> None:
        user = self._settings.user
        fields = (("Username", user), ("Secret", self._settings.secret), ("Events", EVENT_CLASSES))
        answer = await self._answered(link.begin("Login", *fields))
        if answer["Response"] != "Success":
            raise LoginRefused(
                f"Asterisk at {self._settings.ami} does not accept the user {user!r} with our secret: make the secret "
                "in manager.conf and in our settings the same, then: asterisk -rx 'manager reload'."
            )

    async def _keep_alive(self, link: AmiLink) -> None:
        while True:
            await asyncio.sleep(self._patience.ping)
            await self._answered(link.begin("Ping"))

    def _tell_start(self, error: BaseException | None) -> None:
        if self._first is None or self._first.done():
            return
        if error:
            self._first.set_exception(error)
        else:
            self._first.set_result(None)


def _reasons(errors: BaseExceptionGroup[BaseException]) -> list[str]:
    return [str(error) or type(error).__name__ for error in errors.exceptions]
