"""A small manager interface for wallboards: they log in, ask for the queues, and hear what happens.

    Asterisk Call Manager/11.0.0                          <- we
    Action: Login / Username: … / Secret: … /             -> Response: Success, Event: FullyBooted
    Action: QueueStatus / ActionID: 7 /                   -> Response: Success, QueueParams …, QueueStatusComplete
    Event: QueueCallerJoin …                              <- at any time
    Action: Logoff /                                      -> Response: Goodbye

It only tells: whatever would change something is refused. Source: Asterisk main/manager.c; see ivr.feeds.ami_events.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from ivr.feeds import ami_events
from ivr.feeds.ami_events import Message, answer
from ivr.feeds.listening import listening

if TYPE_CHECKING:
    from ivr.feeds.board import Board

VERSION = "11.0.0"  # of the protocol, as Asterisk 22 says it
MOST_CONNECTIONS = 20  # wallboards in one practice; a peer must not eat our descriptors
LONGEST_LINE = 1024  # as Asterisk's own line buffer
MOST_HEADERS = 128  # AST_MAX_MANHEADERS
LOGIN_SECONDS = 30.0  # authtimeout in manager.conf
GOODBYE_SECONDS = 5.0
MOST_UNSENT = 1_000_000  # bytes that a peer may leave unread, some thousand events; then it is cut
BANNER = f"Asterisk Call Manager/{VERSION}\r\n".encode()

log = structlog.get_logger()


class _BadPeer(Exception):  # noqa: N818 - who is at fault
    """The peer sends what no wallboard sends: close the connection."""


@dataclass(frozen=True, slots=True)
class Access:
    """With an empty user nobody has to log in, and everybody on the host may listen."""

    user: str = ""
    secret: str = field(default="", repr=False)

    def admits(self, user: str, secret: str) -> bool:
        """In a time that does not tell how much of it was right."""
        right = hmac.compare_digest(user.encode(), self.user.encode())
        return hmac.compare_digest(secret.encode(), self.secret.encode()) and right


class _Wallboard:
    """One connection."""

    def __init__(self, writer: asyncio.StreamWriter, *, logged_in: bool) -> None:
        self.logged_in = logged_in
        self.hears = logged_in
        self.closing = False
        self._writer = writer

    def send(self, *messages: Message) -> None:
        self.write(b"".join(message.encoded() for message in messages))

    def write(self, data: bytes) -> None:
        """Never waits; who does not read what it asked for is cut."""
        if self._writer.is_closing():
            return
        self._writer.write(data)
        if self._writer.transport.get_write_buffer_size() > MOST_UNSENT:
            log.warning("a wallboard does not read what it is sent; its connection is cut")
            self._writer.transport.abort()


class AmiServer:
    """`open` it, `tell` it what happens, `close` it."""

    def __init__(self, board: Board, access: Access) -> None:
        self._board = board
        self._access = access
        self._wallboards: dict[asyncio.Task[None] | None, _Wallboard] = {}
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; returns the port, which is any free one for 0. Raises CannotListen."""
        with listening("ami", host, port):
            self._server = await asyncio.start_server(self._serve, host, port, limit=LONGEST_LINE)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Hang up on everybody."""
        if self._server is None:
            return
        self._server.close()
        tasks = [task for task in self._wallboards if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def tell(self, messages: list[Message]) -> None:
        """Send events to all who hear; never waits."""
        listeners = [each for each in self._wallboards.values() if each.hears]
        if listeners and messages:
            data = b"".join(message.encoded() for message in messages)
            for wallboard in listeners:
                wallboard.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if len(self._wallboards) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        wallboard = self._wallboards[task] = _Wallboard(writer, logged_in=not self._access.user)
        try:
            wallboard.write(BANNER)
            await self._converse(reader, wallboard)
            async with asyncio.timeout(GOODBYE_SECONDS):
                await writer.drain()
        except (_BadPeer, OSError, TimeoutError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            del self._wallboards[task]
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, wallboard: _Wallboard) -> None:
        async with asyncio.timeout(None if wallboard.logged_in else LOGIN_SECONDS) as deadline:
            while not wallboard.closing:
                action = await _action(reader)
                self._answer(action, wallboard)
                if wallboard.logged_in:
                    deadline.reschedule(None)

    def _answer(self, action: dict[str, str], wallboard: _Wallboard) -> None:
        name, action_id = action.get("action", "").lower(), action.get("actionid", "")
        if name == "logoff":
            wallboard.send(answer("Goodbye", action_id, ("Message", "Thanks for all the fish.")))
            wallboard.closing = True
        elif name == "login":
            self._login(action, wallboard)
        elif wallboard.logged_in:
            wallboard.send(*self._told(name, action, wallboard))
        else:
            wallboard.send(answer("Error", action_id, ("Message", "Permission denied")))

    def _login(self, action: dict[str, str], wallboard: _Wallboard) -> None:
        action_id = action.get("actionid", "")
        if self._access.user and not self._access.admits(action.get("username", ""), action.get("secret", "")):
            log.warning("a wallboard was refused: wrong user or secret")
            wallboard.send(answer("Error", action_id, ("Message", "Authentication failed")))
            wallboard.closing = True
            return
        wallboard.logged_in = True
        wallboard.hears = _wants_events(action.get("events", "on"))
        wallboard.send(
            answer("Success", action_id, ("Message", "Authentication accepted")),
            Message((("Event", "FullyBooted"), ("Privilege", "system,all"), ("Status", "Fully Booted"))),
        )

    def _told(self, name: str, action: dict[str, str], wallboard: _Wallboard) -> list[Message]:
        action_id, queue = action.get("actionid", ""), action.get("queue", "")
        match name:
            case "ping":
                return [answer("Success", action_id, ("Ping", "Pong"), ("Timestamp", f"{self._board.now():.6f}"))]
            case "events":
                wallboard.hears = _wants_events(action.get("eventmask", "off"))
                return [answer("Success", action_id, ("Events", "On" if wallboard.hears else "Off"))]
            case "queuestatus":
                return ami_events.queue_status(self._board, queue, action.get("member", ""), action_id)
            case "queuesummary":
                return ami_events.queue_summary(self._board, queue, action_id)
            case _:
                return [answer("Error", action_id, ("Message", "Invalid/unknown command"))]


def _wants_events(mask: str) -> bool:
    """Our events are of the class `agent`."""
    return not {"on", "all", "agent"}.isdisjoint(each.strip().lower() for each in mask.split(","))


async def _action(reader: asyncio.StreamReader) -> dict[str, str]:
    """One action, its keys in small letters. Raises _BadPeer, IncompleteReadError at the end of the connection."""
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS + 1):
        line = await _line(reader)
        if not line and headers:
            return headers
        key, colon, value = line.partition(":")
        if colon:
            headers[key.strip().lower()] = value.strip()
    raise _BadPeer


async def _line(reader: asyncio.StreamReader) -> str:
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        raise _BadPeer from None
    return line.decode(errors="replace").rstrip("\r\n")
