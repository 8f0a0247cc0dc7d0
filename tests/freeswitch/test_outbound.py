from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import structlog

from ivr.freeswitch import esl
from ivr.freeswitch.outbound import EslSession, OutboundServer, SessionEnded
from ivr.sockets import Address, CannotListen
from tests.freeswitch.recordings import packets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

SECONDS = 5
RECORDED = packets("01d_outbound_cancel_before_answer.txt")
CHANNEL = next(packet.text for packet in RECORDED if packet.heard)
UUID = esl.Decoder().feed(CHANNEL.encode())[0]["Unique-ID"]
OK = "Content-Type: command/reply\nReply-Text: +OK\n\n"
GREETING = [
    "connect",
    "linger 5",
    "myevents",
    "event plain PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP",
    "divert_events off",
]


def response(text: str) -> str:
    return f"Content-Type: api/response\nContent-Length: {len(text)}\n\n{text}"


def event(name: str, **headers: str) -> str:
    inner = f"Event-Name: {name}\n" + "".join(f"{key}: {value}\n" for key, value in headers.items()) + "\n"
    return f"Content-Length: {len(inner)}\nContent-Type: text/event-plain\n\n{inner}"


class Peer:
    """FreeSWITCH's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, text: str | bytes) -> None:
        self._writer.write(text if isinstance(text, bytes) else text.encode())

    async def hears(self) -> str:
        """One command, or "" at the end of the connection."""
        async with asyncio.timeout(SECONDS):
            try:
                return (await self._reader.readuntil(b"\n\n")).decode().strip()
            except (asyncio.IncompleteReadError, ConnectionError):
                return ""

    async def over(self) -> bool:
        """Wait until the connection is over."""
        while await self.hears():
            pass
        return True

    async def greet(self, channel: str = CHANNEL) -> list[str]:
        """Answer the greeting as FreeSWITCH does; return it."""
        heard = [await self.hears()]
        self.say(channel)
        for _ in GREETING[1:]:
            heard.append(await self.hears())
            self.say(OK)
        return heard

    def close(self) -> None:
        self._writer.close()


class Door:
    """A server whose sessions come out of a queue, and end when the test says so."""

    def __init__(self) -> None:
        self.sessions: asyncio.Queue[EslSession] = asyncio.Queue()
        self.server = OutboundServer(Address("127.0.0.1", 0), self._serve)
        self.returns = asyncio.Event()
        self._peers: list[Peer] = []

    async def _serve(self, session: EslSession) -> None:
        self.sessions.put_nowait(session)
        if not self.returns.is_set():
            await session.ended.wait()

    async def connect(self) -> Peer:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.server.port))
        self._peers.append(peer)
        return peer

    async def caller(self) -> tuple[Peer, EslSession]:
        peer = await self.connect()
        await peer.greet()
        return peer, await self.session()

    async def session(self) -> EslSession:
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


def begin(work: Awaitable[str | None]) -> asyncio.Future[str | None]:
    return asyncio.ensure_future(work)


async def test_freeswitch_is_greeted_and_the_session_has_its_channel(door: Door) -> None:
    peer = await door.connect()
    assert await peer.greet() == GREETING
    session = await door.session()
    assert (session.uuid, session.channel["Channel-State"]) == (UUID, "CS_EXECUTE")


async def test_the_greeting_is_answered_as_recorded(door: Door) -> None:
    peer = await door.connect()
    await peer.hears()
    peer.say(CHANNEL)
    for answer in (
        "+OK will linger 5 seconds",
        "+OK Events Enabled",
        "+OK event listener enabled plain",
        "+OK events not diverted",
    ):
        await peer.hears()
        peer.say(f"Content-Type: command/reply\nReply-Text: {answer}\n\n")
    assert (await door.session()).uuid == UUID


async def test_applications_and_api_commands_are_answered_in_order(door: Door) -> None:
    peer, session = await door.caller()
    played = begin(session.execute("playback", "/sounds/a.wav", event_uuid="p-1"))
    broken = begin(session.api(f"uuid_break {UUID}"))
    assert await peer.hears() == (
        "sendmsg\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: /sounds/a.wav\nEvent-UUID: p-1\n"
        "event-lock: true"
    )
    assert await peer.hears() == f"api uuid_break {UUID}"
    peer.say(OK + response("-ERR No such channel!\n"))
    assert [await played, await broken] == [None, "-ERR No such channel!"]


async def test_events_come_in_order_to_who_listens(door: Door) -> None:
    peer, session = await door.caller()
    heard: asyncio.Queue[esl.Event] = asyncio.Queue()
    session.on_event = heard.put_nowait
    peer.say(event("DTMF", **{"DTMF-Digit": "%23"}) + event("PLAYBACK_STOP"))
    async with asyncio.timeout(SECONDS):
        first, second = await heard.get(), await heard.get()
    assert [first["DTMF-Digit"], second.name] == ["#", "PLAYBACK_STOP"]


async def test_an_application_for_a_channel_that_is_gone_ends_the_session_for_the_command(door: Door) -> None:
    peer, session = await door.caller()
    waiting = begin(session.execute("answer"))
    await peer.hears()
    peer.say(f"Content-Type: command/reply\nReply-Text: -ERR invalid session id [{UUID}]\n\n")
    with pytest.raises(SessionEnded):
        await waiting


async def test_a_hung_up_channel_lingers_before_the_session_ends(door: Door) -> None:
    peer, session = await door.caller()
    hung_up = asyncio.Event()
    session.on_event = lambda _: hung_up.set()
    peer.say(
        "Content-Type: text/disconnect-notice\nContent-Disposition: linger\nLinger-Time: 5\nContent-Length: 0\n\n"
        + event("CHANNEL_HANGUP_COMPLETE")
    )
    await asyncio.wait_for(hung_up.wait(), SECONDS)
    assert not session.ended.is_set()
    peer.say("Content-Type: text/disconnect-notice\nContent-Disposition: disconnect\nContent-Length: 0\n\n")
    await asyncio.wait_for(session.ended.wait(), SECONDS)


async def test_a_channel_that_left_the_socket_has_no_session_any_more(door: Door) -> None:
    peer, session = await door.caller()
    heard: list[str] = []
    session.on_event = lambda event: heard.append(event.name)
    another = event("CHANNEL_EXECUTE_COMPLETE", **{"Application": "socket", "Unique-ID": "another"})
    played = event("CHANNEL_EXECUTE_COMPLETE", **{"Application": "playback", "Unique-ID": UUID})
    left = event("CHANNEL_EXECUTE_COMPLETE", **{"Application": "socket", "Unique-ID": UUID})
    peer.say(another + played)
    waiting = begin(session.api("status"))
    peer.say(response("UP"))
    assert (await waiting, session.ended.is_set()) == ("UP", False)
    peer.say(left)
    assert await peer.over()
    assert (len(heard), session.ended.is_set()) == (3, True)


async def test_a_channel_that_left_while_it_was_greeted_is_not_served(door: Door) -> None:
    peer = await door.connect()
    await peer.hears()
    left = event("CHANNEL_EXECUTE_COMPLETE", **{"Application": "socket", "Unique-ID": UUID})
    peer.say(CHANNEL + OK + OK + left)
    assert await peer.over()
    assert door.sessions.empty()


async def test_the_end_of_the_connection_ends_the_waiting_command(door: Door) -> None:
    peer, session = await door.caller()
    waiting = begin(session.execute("answer"))
    await peer.hears()
    peer.close()
    with pytest.raises(SessionEnded):
        await waiting
    await asyncio.wait_for(session.ended.wait(), SECONDS)
    with pytest.raises(SessionEnded):
        await session.api("status")


async def test_a_closed_session_sends_nothing_more(door: Door) -> None:
    peer, session = await door.caller()
    session.close()
    with pytest.raises(SessionEnded):
        session.begin(esl.command("api status"))
    assert await peer.hears() == ""


async def test_the_connection_is_closed_when_serving_returns(door: Door) -> None:
    door.returns.set()
    peer, session = await door.caller()
    assert await peer.hears() == ""
    assert session.ended.is_set()


async def test_a_control_character_is_refused_and_nothing_is_sent(door: Door) -> None:
    peer, session = await door.caller()
    with pytest.raises(ValueError, match="control character"):
        await session.execute("set", "a=b\n\napi hupall")
    with pytest.raises(ValueError, match="control character"):
        await session.api("uuid_kill x\n\napi hupall")
    waiting = begin(session.api("status"))
    assert await peer.hears() == "api status"
    peer.say(response("UP"))
    assert await waiting == "UP"


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01" + bytes(300) + b"\n",
        b"a" * 300_000,
        OK.encode(),
        response("+OK").encode(),
        CHANNEL.replace("CHANNEL_DATA", "DTMF").encode(),
        CHANNEL.replace("Control: full", "Control: single-channel").encode(),
        CHANNEL.encode() + b"Content-Type: command/reply\nReply-Text: -ERR permission denied\n\n",
        CHANNEL.encode() * 2,
    ],
    ids=["HTTP", "TLS", "endless", "too short", "another reply", "another event", "not full", "refused", "twice"],
)
async def test_garbage_closes_its_own_connection_and_no_other(door: Door, garbage: bytes) -> None:
    good, session = await door.caller()
    bad = await door.connect()
    bad.say(garbage)
    assert await bad.over()
    waiting = begin(session.api("status"))
    assert await good.hears() == "api status"
    good.say(response("UP"))
    assert await waiting == "UP"
    assert door.sessions.empty()


async def test_garbage_instead_of_a_reply_ends_the_session(door: Door) -> None:
    peer, session = await door.caller()
    peer.say("what?\n")
    assert await peer.hears() == ""
    with pytest.raises(SessionEnded):
        await session.api("status")


async def test_a_stranger_who_says_nothing_or_goes_is_no_session(door: Door) -> None:
    mute, gone = await door.connect(), await door.connect()
    gone.close()
    assert await mute.hears() == "connect"
    assert await mute.hears() == ""
    assert door.sessions.empty()


async def test_no_caller_is_in_the_logs(door: Door) -> None:
    with structlog.testing.capture_logs() as logs:
        peer, session = await door.caller()
        peer.say("Caller-Caller-ID-Number: 600123123\n\n")
        await asyncio.wait_for(session.ended.wait(), SECONDS)
        assert await peer.over()
    assert [entry["reason"] for entry in logs] == ["a packet without Content-Type"]


async def test_closing_the_server_ends_its_sessions(door: Door) -> None:
    peer, session = await door.caller()
    await door.server.close()
    assert await peer.hears() == ""
    assert session.ended.is_set()


async def test_a_port_in_use_is_told_in_one_sentence(door: Door) -> None:
    async def serve(_: EslSession) -> None:
        """Never called."""

    taken = OutboundServer(Address("127.0.0.1", door.server.port), serve)
    with pytest.raises(CannotListen, match=f"127.0.0.1:{door.server.port}: .*Is another Careline running"):
        await taken.start()
