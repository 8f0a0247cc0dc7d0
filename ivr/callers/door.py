"""A PBX's side as a whole: a server for calls, one control connection, the calls and the switch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

from ivr.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ivr.callers.known import KnownCalls

OnPerson = Callable[[str, bool], Awaitable[bool]]


class Started(Protocol):
    """A server, or a connection."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...


class Control(Started, Protocol):
    @property
    def up(self) -> bool: ...


class PersonsSide(Protocol):
    """The switch, as the door tends it."""

    def wind_up(self) -> Coroutine[Any, Any, None]: ...

    def call_gone(self, call: str) -> None: ...

    async def came_up(self) -> None: ...


class Door(ABC):
    """`on_person` is told that a person presses the code for ready (True) or not ready (False), with the person's phone
    as in the plan (PJSIP/1001); it returns whether that phone is somebody's.

    A subclass makes the rest, each of which may ask the others once it is started.
    """

    switch: PersonsSide
    _control: Control
    _server: Started
    _calls: KnownCalls[Any, Any]

    def __init__(self, on_person: OnPerson) -> None:
        self._on_person = on_person
        self._tasks = Tasks()

    @property
    def up(self) -> bool:
        return self._control.up

    async def start(self) -> None:
        """Raises CannotListen and LoginRefused, each one sentence. The PBX may come up later."""
        await self._open_audio()
        try:
            await self._control.start()
            await self._server.start()
        except BaseException:
            await self.close()
            raise
        self._tasks.start(self._calls.wind_up(), "wind up the callers' timers")
        self._tasks.start(self.switch.wind_up(), "wind up the waiting persons' timers")

    async def close(self) -> None:
        """Callers hear music, and come again to whoever listens next; talks go on."""
        await self._server.close()
        await self._tasks.close()
        await self._close_audio()
        await self._control.close()

    @abstractmethod
    async def _open_audio(self) -> None:
        """Raises UserError."""

    @abstractmethod
    async def _close_audio(self) -> None: ...

    def _call_gone(self, call: str) -> None:
        self.switch.call_gone(call)

    async def _came_up(self) -> None:
        await self.switch.came_up()
