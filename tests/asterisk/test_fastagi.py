from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.asterisk.agi import Reply
from ivr.asterisk.fastagi import AgiEnded, AgiSession, FastAgiServer
from ivr.sockets import Address, CannotListen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

ENVIRONMENT = b"agi_network_script: call\nagi_uniqueid: 1.1\n\n"
SECONDS = 5


class Peer:
    """Asterisk's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    async def hears(self) -> bytes:
        """One line, or b"" at the end of the connection."""
        async with asyncio.timeout(SECONDS):
            try:
                return await self._reader.readline()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        self._writer.close()


class Door:
    """A server whose sessions come out of a queue, and end when the test says so."""

    def __init__(self) -> None:
        self.sessions: asyncio.Queue[AgiSession] = asyncio.Queue()
        self.server = FastAgiServer(Address("127.0.0.1", 0), self._serve)
        self._peers: list[Peer] = []

    async def _serve(self, session: AgiSession) -> None:
        self.sessions.put_nowait(session)
        await session.ended.wait()

    async def connect(self, greeting: bytes = ENVIRONMENT) -> Peer:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.server.port))
        self._peers.append(peer)
        peer.say(greeting)
        return peer

    async def session(self) -> AgiSession:
        return await asyncio.wait_for(self.sessions.get(), SECONDS)

    async def close(self) -> None:
        await self.server.close()
        for peer in self._peers:
            peer.close()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    opened = Door()
    await opened.server.start()
    yield opened
    await opened.close()


def begin(work: Awaitable[Reply]) -> asyncio.Future[Reply]:
    return asyncio.ensure_future(work)


async def test_commands_are_answered_one_at_a_time(door: Door) -> None:
    peer = await door.connect()
    session = await door.session()
    first, second = begin(session.command("ANSWER")), begin(session.command("GET", "VARIABLE", "X"))
    assert await peer.hears() == b"ANSWER\n"
    peer.say(b"200 result=0\n")
    assert await peer.hears() == b"GET VARIABLE X\n"
    peer.say(b"200 result=1 (y)\n")
    assert [await first, await second] == [Reply(200, "0"), Reply(200, "1", "y")]


async def test_the_session_has_its_environment(door: Door) -> None:
    await door.connect()
    assert (await door.session()).environment == {"network_script": "call", "uniqueid": "1.1"}


async def test_the_reply_of_a_cancelled_waiter_is_not_given_to_the_next(door: Door) -> None:
    peer = await door.connect()
    session = await door.session()
    cancelled = begin(session.command("STREAM", "FILE", "welcome", ""))
    await peer.hears()
    cancelled.cancel()
    following = begin(session.command("GET", "VARIABLE", "X"))
    peer.say(b"200 result=0 endpos=160\n")
    assert await peer.hears() == b"GET VARIABLE X\n"
    peer.say(b"200 result=1 (y)\n")
    assert await following == Reply(200, "1", "y")


async def test_hangup_inline_is_no_reply_and_ends_the_session(door: Door) -> None:
    peer = await door.connect()
    session = await door.session()
    waiting = begin(session.command("EXEC", "AudioSocket", "x"))
    await peer.hears()
    peer.say(b"HANGUP\n")
    with pytest.raises(AgiEnded):
        await waiting
    with pytest.raises(AgiEnded):
        await session.command("NOOP")
    assert await peer.hears() == b""


async def test_a_reply_and_then_hangup_is_a_reply(door: Door) -> None:
    peer = await door.connect()
    session = await door.session()
    waiting = begin(session.command("EXEC", "AudioSocket", "x"))
    await peer.hears()
    peer.say(b"200 result=-1\nHANGUP\n")
    assert await waiting == Reply(200, "-1")
    assert session.ended.is_set()


async def test_hangup_right_after_the_environment_ends_the_session(door: Door) -> None:
    await door.connect(ENVIRONMENT + b"HANGUP\n")
    session = await door.session()
    with pytest.raises(AgiEnded):
        await session.command("ANSWER")


async def test_a_dead_channel_ends_the_session_for_the_command(door: Door) -> None:
    peer = await door.connect()
    waiting = begin((await door.session()).command("STREAM", "FILE", "beep", ""))
    await peer.hears()
    peer.say(b"511 Command Not Permitted on a dead channel or intercept routine\n")
    with pytest.raises(AgiEnded):
        await waiting


async def test_a_usage_of_several_lines_is_one_reply(door: Door) -> None:
    peer = await door.connect()
    waiting = begin((await door.session()).command("SAY", "DIGITS"))
    await peer.hears()
    peer.say(
        b"520-Invalid command syntax.  Proper usage follows:\nSay a given digit string\n520 End of proper usage.\n"
    )
    assert await waiting == Reply(520)


async def test_the_end_of_the_connection_ends_the_waiting_command(door: Door) -> None:
    peer = await door.connect()
    waiting = begin((await door.session()).command("ANSWER"))
    await peer.hears()
    peer.close()
    with pytest.raises(AgiEnded):
        await waiting


async def test_a_control_character_is_refused_and_nothing_is_sent(door: Door) -> None:
    peer = await door.connect()
    session = await door.session()
    with pytest.raises(ValueError, match="control character"):
        await session.command("SET", "VARIABLE", "X", "a\nHANGUP")
    waiting = begin(session.command("NOOP"))
    assert await peer.hears() == b"NOOP\n"
    peer.say(b"200 result=0\n")
    await waiting


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + bytes(300) + b"\n", b"a" * 9000, b"\n"]
)
async def test_garbage_closes_its_own_connection_and_no_other(door: Door, garbage: bytes) -> None:
    good = await door.connect()
    session = await door.session()
    bad = await door.connect(garbage)
    assert await bad.hears() == b""
    waiting = begin(session.command("ANSWER"))
    assert await good.hears() == b"ANSWER\n"
    good.say(b"200 result=0\n")
    assert await waiting == Reply(200, "0")


async def test_garbage_instead_of_a_reply_ends_the_session(door: Door) -> None:
    peer = await door.connect()
    session = await door.session()
    peer.say(b"what?\n")
    assert await peer.hears() == b""
    with pytest.raises(AgiEnded):
        await session.command("NOOP")


async def test_a_stranger_who_says_nothing_or_goes_is_no_session(door: Door) -> None:
    mute = await door.connect(b"")
    gone = await door.connect(b"agi_network: yes\n")
    gone.close()
    assert await mute.hears() == b""
    assert door.sessions.empty()


async def test_closing_the_server_ends_its_sessions(door: Door) -> None:
    peer = await door.connect()
    session = await door.session()
    await door.server.close()
    assert await peer.hears() == b""
    assert session.ended.is_set()


async def test_a_port_in_use_is_told_in_one_sentence(door: Door) -> None:
    async def serve(_: AgiSession) -> None:
        """Never called."""

    taken = FastAgiServer(Address("127.0.0.1", door.server.port), serve)
    with pytest.raises(CannotListen, match=f"127.0.0.1:{door.server.port}: .*Is another Careline running"):
        await taken.start()
