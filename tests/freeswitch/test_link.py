from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.freeswitch.esl import Event, command
from ivr.freeswitch.link import STALL_SECONDS, EslLink, LinkRejected
from ivr.services import SwitchDown
from ivr.sockets import Address, LinkLost

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECONDS = 10
LINGER = (
    b"Content-Type: text/disconnect-notice\nControlled-Session-UUID: 1\nContent-Disposition: linger\n"
    b"Channel-Name: sofia/internal/caller@127.0.0.1:6060\nLinger-Time: 5\nContent-Length: 0\n\n"
)
GOODBYE = (
    b"Content-Type: text/disconnect-notice\nContent-Length: 67\n\n"
    b"Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
)
REJECTION = b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n"


def reply(text: str) -> bytes:
    return f"Content-Type: command/reply\nReply-Text: {text}\n\n".encode()


def response(text: str) -> bytes:
    return f"Content-Type: api/response\nContent-Length: {len(text)}\n\n{text}".encode()


def event(name: str) -> bytes:
    inner = f"Event-Name: {name}\n\n"
    return f"Content-Length: {len(inner)}\nContent-Type: text/event-plain\n\n{inner}".encode()


class Line:
    """A link, and FreeSWITCH's end of it."""

    def __init__(self, link: EslLink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.link = link
        self.reader = reader
        self.writer = writer
        self.events: list[str] = []
        self.reading = asyncio.ensure_future(link.read())
        link.on_event = self._take

    def _take(self, event: Event) -> None:
        self.events.append(event.name)

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def hears(self, size: int) -> bytes:
        async with asyncio.timeout(SECONDS):
            return await self.reader.readexactly(size)

    async def lost(self) -> str:
        with pytest.raises(LinkLost) as lost:
            await asyncio.wait_for(self.reading, SECONDS)
        return str(lost.value)

    def close(self) -> None:
        self.reading.cancel()
        self.link.close()
        self.writer.close()


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    made = await connected()
    yield made
    made.close()


async def connected(stall_seconds: float = STALL_SECONDS) -> Line:
    accepted: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    server = await asyncio.start_server(lambda *streams: accepted.put_nowait(streams), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    link = EslLink(*await asyncio.open_connection("127.0.0.1", port), lambda _: None, stall_seconds)
    far = await accepted.get()
    server.close()
    return Line(link, *far)


async def test_replies_come_in_order_whatever_their_kind_and_events_go_their_way(line: Line) -> None:
    replies = [line.link.begin(command(text)) for text in ("api one", "getvar two", "api three")]
    line.say(response("1") + event("DTMF") + reply("2") + event("CHANNEL_PARK") + response("3"))
    assert [(await each).text for each in replies] == ["1", "2", "3"]
    assert line.events == ["DTMF", "CHANNEL_PARK"]


async def test_all_of_several_commands_are_sent_in_order(line: Line) -> None:
    replies = line.link.begin_all([command("api one"), command("api two")])
    assert await line.hears(18) == b"api one\n\napi two\n\n"
    line.say(response("1") + response("2"))
    assert [(await each).text for each in replies] == ["1", "2"]
    assert line.link.begin_all([]) == []


async def test_the_reply_of_who_gave_up_is_not_given_to_the_next(line: Line) -> None:
    given_up, following = line.link.begin(command("api one")), line.link.begin(command("api two"))
    given_up.cancel()
    line.say(response("1") + response("2"))
    assert (await following).text == "2"


async def test_who_asks_for_a_password_greets(line: Line) -> None:
    assert not line.link.greeted.is_set()
    line.say(b"Content-Type: auth/request\n\n")
    await asyncio.wait_for(line.link.greeted.wait(), SECONDS)


async def test_the_end_of_the_connection_ends_what_waits_for_a_reply(line: Line) -> None:
    waiting = line.link.begin(command("api one"))
    await line.hears(9)
    line.writer.close()
    assert await line.lost() == "FreeSWITCH closed the connection"
    with pytest.raises(SwitchDown):
        await waiting
    with pytest.raises(SwitchDown):
        await line.link.begin(command("api two"))


async def test_a_lingering_connection_is_not_over(line: Line) -> None:
    waiting = line.link.begin(command("api one"))
    line.say(LINGER + event("CHANNEL_HANGUP_COMPLETE") + response("1"))
    assert (await waiting).text == "1"
    assert line.events == ["CHANNEL_HANGUP_COMPLETE"]
    line.say(GOODBYE)
    assert await line.lost() == "FreeSWITCH ended the connection"


async def test_the_refusal_of_a_password_is_heard_before_the_goodbye(line: Line) -> None:
    refused = line.link.begin(command("auth wrong"))
    line.say(reply("-ERR invalid") + GOODBYE)
    assert (await refused).text == "-ERR invalid"
    await line.lost()


async def test_a_host_that_is_turned_away_knows(line: Line) -> None:
    line.say(REJECTION)
    with pytest.raises(LinkRejected):
        await asyncio.wait_for(line.reading, SECONDS)


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0\r\n",
        reply("+OK"),  # to nothing
        b"Content-Type: api/response\nContent-Length: 99999999\n\n",
        event("DTMF") + b"and more than was announced\n",
    ],
)
async def test_what_is_no_event_socket_ends_the_connection(line: Line, garbage: bytes) -> None:
    line.say(garbage)
    await line.lost()
    assert await line.reader.read() == b""


async def test_what_concerns_nobody_is_passed_over(line: Line) -> None:
    waiting = line.link.begin(command("api one"))
    line.say(b"Content-Type: log/data\nContent-Length: 4\n\nlog\n" + response("1"))
    assert (await waiting).text == "1"


async def test_a_peer_that_does_not_read_is_given_up_and_our_memory_does_not_grow(line: Line) -> None:
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is a socket's
    packet = command("x" * 16_000)
    replies = []
    while not line.reading.done():
        replies.append(line.link.begin(packet))
        await asyncio.sleep(0)
    assert await line.lost() == "FreeSWITCH does not take what we send"
    assert len(replies) * len(packet) < 50_000_000  # what the two kernels hold, at most
    for waiting in replies:
        with pytest.raises(SwitchDown):
            await waiting


async def test_a_peer_that_reads_and_does_not_answer_is_given_up() -> None:
    line = await connected(stall_seconds=0.05)
    answered = line.link.begin(command("api one"))
    line.say(response("1"))
    assert (await answered).text == "1"
    waiting = line.link.begin(command("api two"))
    assert await line.lost() == "FreeSWITCH does not answer"
    with pytest.raises(SwitchDown):
        await waiting
    line.close()


async def test_a_peer_that_owes_nothing_may_be_silent() -> None:
    line = await connected(stall_seconds=0.02)
    answered = line.link.begin(command("api one"))
    line.say(response("1"))
    await answered
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(line.reading), 0.1)  # several times as long as a reply may take
    line.close()


async def test_closing_twice_is_no_trouble(line: Line) -> None:
    line.link.close()
    line.link.close()
    assert await line.lost() == "FreeSWITCH closed the connection"


async def test_nobody_there_is_an_os_error() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(OSError, match="Connect call failed"):
        await EslLink.open(Address("127.0.0.1", port), lambda _: None)
