"""One TCP connection to the Asterisk Manager Interface: answers to actions by ActionID, events to a callback."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ivr.asterisk import ami
from ivr.services import SwitchDown
from ivr.sockets import LinkLost

if TYPE_CHECKING:
    from ivr.sockets import Address

CONNECT_SECONDS = 3.0
READ_BYTES = 262_144  # Asterisk cuts off whoever does not read for its writetimeout (100 ms): take all there is

T = TypeVar("T")
OnEvent = Callable[[ami.Message], None]


class ActionRefused(Exception):  # noqa: N818 - Asterisk's answer, not a mistake
    """Asterisk answered with an error; the message is Asterisk's own."""


class AmiLink:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_event: OnEvent) -> None:
        self._reader = reader
        self._writer = writer
        self._on_event = on_event
        self._ids = itertools.count(1)
        self._answers: dict[str, asyncio.Future[ami.Message]] = {}
        self._lists: dict[str, list[ami.Message]] = {}
        self._listed: dict[str, asyncio.Future[list[ami.Message]]] = {}
        self._closed = False

    @classmethod
    async def open(cls, address: Address, on_event: OnEvent) -> AmiLink:
        """Raises OSError or TimeoutError."""
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(address.host, address.port)
        return cls(reader, writer, on_event)

    def begin(self, name: str, *fields: tuple[str, str], action_id: str = "") -> asyncio.Future[ami.Message]:
        """Send an action now; the answer comes in the future, or SwitchDown when the connection ends before it.

        Raises ValueError, and sends nothing, for a field with a control character.
        """
        action_id = action_id or str(next(self._ids))
        answer: asyncio.Future[ami.Message] = asyncio.get_running_loop().create_future()
        self._answers[action_id] = answer
        self._send(name, action_id, fields)
        return answer

    def begin_list(self, name: str, *fields: tuple[str, str]) -> asyncio.Future[list[ami.Message]]:
        """Send an action that answers with a list of events. The future may raise ActionRefused or SwitchDown."""
        action_id = str(next(self._ids))
        listed: asyncio.Future[list[ami.Message]] = asyncio.get_running_loop().create_future()
        self._lists[action_id], self._listed[action_id] = [], listed
        self._send(name, action_id, fields)
        return listed

    async def read(self) -> None:
        """Read for ever. Raises LinkLost at the end of the connection."""
        decoder = ami.Decoder()
        try:
            while data := await self._reader.read(READ_BYTES):
                for message in decoder.feed(data):
                    self._take(message)
        except (ami.AmiError, OSError) as error:
            raise LinkLost(str(error)) from error
        finally:
            self.close()
        raise LinkLost("Asterisk closed the connection")

    def close(self) -> None:
        self._closed = True
        self._writer.close()
        waiting: list[asyncio.Future[Any]] = [*self._answers.values(), *self._listed.values()]
        for answer in waiting:
            if not answer.done():
                answer.set_exception(SwitchDown("the connection to Asterisk ended before the answer"))
                answer.exception()  # seen: nobody may be waiting any more
        self._answers.clear()
        self._listed.clear()

    def _send(self, name: str, action_id: str, fields: tuple[tuple[str, str], ...]) -> None:
        if self._closed:
            self.close()
            return
        self._writer.write(ami.action(name, action_id, fields))

    def _take(self, message: ami.Banner | ami.Message) -> None:
        if isinstance(message, ami.Banner):
            return
        action_id = message["ActionID"]
        if action_id in self._listed:
            self._take_listed(action_id, message)
        elif message["Response"] and not message["Event"]:
            _resolve(self._answers.pop(action_id, None), message)
        else:
            self._on_event(message)

    def _take_listed(self, action_id: str, message: ami.Message) -> None:
        refused = message["Response"] == "Error"
        if message["Event"] and message["EventList"] != "Complete":
            self._lists[action_id].append(message)
        elif refused or message["EventList"] == "Complete":
            items, listed = self._lists.pop(action_id), self._listed.pop(action_id)
            if refused and not listed.done():
                listed.set_exception(ActionRefused(message["Message"]))
            else:
                _resolve(listed, items)


def _resolve(waiting: asyncio.Future[T] | None, value: T) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(value)
