"""The connection over which we control a PBX, over its whole life: log in, watch, reconnect with a growing pause.

A command that was not answered may or may not have reached the PBX, so it ends in SwitchDown and is not sent again.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

import structlog

from ivr.errors import UserError
from ivr.services import SwitchDown
from ivr.sockets import LinkLost
from ivr.tasks import Tasks, told_to_end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.sockets import Address

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    A PBX answers within milliseconds, a list of 1,000 channels takes a fraction of a second. A peer that fell silent
    without closing is noticed after `ping` and `answer`. A password that became wrong is tried again only after
    `refused`, so as not to look like an attack.
    """

    answer: float = 5.0
    ping: float = 5.0
    first_pause: float = 0.1
    longest_pause: float = 5.0
    refused: float = 60.0


USUAL_PATIENCE = Patience()


class LoginRefused(UserError):  # noqa: N818 - the PBX's answer, not a mistake
    """The message is one sentence for the administrator."""


class Link(Protocol):
    """One TCP connection, opened by us."""

    async def read(self) -> None:
        """Read for ever. Raises LinkLost at the end of the connection."""

    def close(self) -> None: ...


T = TypeVar("T")
LinkT = TypeVar("LinkT", bound=Link)


class ControlConnection(ABC, Generic[LinkT]):
    """`on_up` is awaited after each login. A subclass opens a link, logs in, and knows what the PBX answers at once."""

    pbx: ClassVar[str]  # its name stands in the log's messages, which stay static for each PBX (hence noqa G004)
    protocol: ClassVar[str]
    log_field: ClassVar[str]  # of the address

    def __init__(self, address: Address, on_up: Callable[[], Awaitable[None]], patience: Patience) -> None:
        self._address = address
        self._on_up = on_up
        self._patience = patience
        self._link: LinkT | None = None
        self._first: asyncio.Future[None] | None = None
        self._tasks = Tasks()

    @property
    def up(self) -> bool:
        return self._link is not None

    async def start(self) -> None:
        """Connect, and stay connected. Returns after the first attempt, also when the PBX is not there yet.

        Raises LoginRefused, and gives up, when the PBX does not let us in.
        """
        self._first = asyncio.get_running_loop().create_future()
        self._tasks.start(self._life(), f"{self.protocol} connection")
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

    @abstractmethod
    async def _open(self) -> LinkT:
        """Raises OSError or TimeoutError."""

    @abstractmethod
    async def _log_in(self, link: LinkT) -> None:
        """Raises LoginRefused, LinkLost, SwitchDown."""

    @abstractmethod
    def _ping(self, link: LinkT) -> Awaitable[object]:
        """Send something that the PBX answers at once; what is returned waits for that answer."""

    async def _read(self, link: LinkT) -> None:
        """Raises LinkLost at the end of the connection, LoginRefused when it ends because we are not let in."""
        await link.read()

    def _up(self) -> LinkT:
        if self._link is None:
            raise SwitchDown(f"no connection to {self.pbx}")
        return self._link

    async def _answered(self, answer: Awaitable[T], what: str = "answer") -> T:
        """Wait for what the PBX owes us. Raises SwitchDown: "Asterisk did not answer"."""
        try:
            async with asyncio.timeout(self._patience.answer):
                return await answer
        except TimeoutError as error:
            raise SwitchDown(f"{self.pbx} did not {what}") from error

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
        where = {self.log_field: str(self._address)}
        try:
            link = await self._open()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(link))
                await self._log_in(link)
                self._link, was_up = link, True
                await self._on_up()
                self._tell_start(None)
                await self._keep_alive(link)
        except* LoginRefused as errors:
            log.warning(f"{self.pbx} refuses the login", **where)  # noqa: G004
            self._tell_start(errors.exceptions[0])
            refused = True
        except* (OSError, LinkLost, SwitchDown) as errors:
            log.warning(f"no connection to {self.pbx}", **where, reasons=_reasons(errors))  # noqa: G004
            self._tell_start(None)
        except* Exception:  # whatever is wrong with this connection, the next one is tried
            log.exception(f"the connection to {self.pbx} failed")  # noqa: G004
            self._tell_start(None)
        finally:
            self._link = None
        # Not in the handler above: a cancellation there would be an error in a group, and no cancellation.
        if refused and not told_to_end():
            await asyncio.sleep(self._patience.refused)
        return was_up

    async def _keep_alive(self, link: LinkT) -> None:
        while True:
            await asyncio.sleep(self._patience.ping)
            await self._answered(self._ping(link))

    def _tell_start(self, error: BaseException | None) -> None:
        if self._first is None or self._first.done():
            return
        if error:
            self._first.set_exception(error)
        else:
            self._first.set_result(None)


def _reasons(errors: BaseExceptionGroup[BaseException]) -> list[str]:
    return [str(error) or type(error).__name__ for error in errors.exceptions]
