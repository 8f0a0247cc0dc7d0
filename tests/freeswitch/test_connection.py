from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog

from ivr.callers.control_connection import LoginRefused, Patience
from ivr.freeswitch.connection import SUBSCRIPTION, EslConnection
from ivr.freeswitch.settings import FreeSwitchSettings
from ivr.services import SwitchDown
from ivr.sockets import Address
from tests.freeswitch.recordings import packets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.freeswitch.esl import Event

HASTY = Patience(answer=0.2, ping=0.05, first_pause=0.01, longest_pause=0.05, refused=0.01)
CALM = Patience(first_pause=0.01)
SECONDS = 10
GREETING = "Content-Type: auth/request\n\n"
REJECTION = "Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n"
GOODBYE = "Content-Type: text/disconnect-notice\nContent-Length: 9\n\nGood bye\n"
LOGIN = ["auth right", SUBSCRIPTION]


def reply(text: str) -> str:
    return f"Content-Type: command/reply\nReply-Text: {text}\n\n"


def response(text: str) -> str:
    return f"Content-Type: api/response\nContent-Length: {len(text.encode())}\n\n{text}"


class TinyFreeSwitch:
    """The event socket's manners and nothing behind it. `said` is what came, pings left out.

    `answers` has what is answered to an `api` or `bgapi` by name, None for nothing; the others get +OK.
    """

    def __init__(self) -> None:
        self.password = "right"
        self.said: list[str] = []
        self.answers: dict[str, str | None] = {"echo": "careline"}
        self.greeting = GREETING
        self.refuses_events = False
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._came = asyncio.Condition()

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    def say(self, text: str) -> None:
        for writer in self._writers:
            writer.write(text.encode())

    async def came(self, line: str, count: int = 1) -> None:
        async with asyncio.timeout(SECONDS), self._came:
            await self._came.wait_for(lambda: self.said.count(line) >= count)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        writer.write(self.greeting.encode())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := (await reader.readuntil(b"\n\n")).decode().strip():
                writer.write(await self._answer(line))
        self._writers.discard(writer)
        writer.close()

    async def _answer(self, line: str) -> bytes:
        word, _, rest = line.partition(" ")
        if rest != "echo careline":
            self.said.append(line)
        async with self._came:
            self._came.notify_all()
        match word:
            case "auth":
                return (reply("+OK accepted") if rest == self.password else reply("-ERR invalid") + GOODBYE).encode()
            case "event":
                return reply("-ERR permission denied" if self.refuses_events else "+OK enabled").encode()
        answer = self.answers.get(rest.partition(" ")[0], "+OK\n")
        return b"" if answer is None else response(answer).encode()


class Connected:
    """A connection, what it was told, and how often it came up."""

    def __init__(self, settings: FreeSwitchSettings, patience: Patience = CALM) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.ups: asyncio.Queue[None] = asyncio.Queue()
        self.connection = EslConnection(settings, self.events.put_nowait, self._up, patience)

    async def _up(self) -> None:
        self.ups.put_nowait(None)

    async def up(self) -> None:
        await asyncio.wait_for(self.ups.get(), SECONDS)


@pytest.fixture
async def freeswitch() -> AsyncIterator[TinyFreeSwitch]:
    tiny = TinyFreeSwitch()
    await tiny.start()
    yield tiny
    await tiny.close()


@pytest.fixture
def settings(freeswitch: TinyFreeSwitch) -> FreeSwitchSettings:
    return FreeSwitchSettings("right", esl=Address("127.0.0.1", freeswitch.port))


@pytest.fixture
async def connected(settings: FreeSwitchSettings) -> AsyncIterator[Connected]:
    made = Connected(settings)
    await made.connection.start()
    await made.up()
    yield made
    await made.connection.close()


# ---- logging in -------------------------------------------------------------------------------------------------


async def test_who_comes_up_is_logged_in_and_has_asked_for_events(
    freeswitch: TinyFreeSwitch, connected: Connected
) -> None:
    assert connected.connection.up
    assert freeswitch.said == LOGIN


async def test_a_wrong_password_is_told_in_one_sentence_and_not_tried_again(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings
) -> None:
    made = Connected(replace(settings, password="wrong"), HASTY)
    with pytest.raises(LoginRefused, match=r"does not accept our password: .* event_socket\.conf\.xml"):
        await made.connection.start()
    assert not made.connection.up
    assert freeswitch.said == ["auth wrong"]


async def test_a_password_that_became_wrong_is_tried_again_after_a_long_pause(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings
) -> None:
    made = Connected(settings, replace(HASTY, refused=60))
    await made.connection.start()
    await made.up()
    with structlog.testing.capture_logs() as logs:
        freeswitch.password = "another"
        freeswitch.cut()
        await freeswitch.came("auth right", count=2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(freeswitch.came("auth right", count=3), 0.2)
        await made.connection.close()
    assert "FreeSWITCH refuses the login" in [entry["event"] for entry in logs]
    assert "right" not in repr(logs)


async def test_a_host_that_is_turned_away_is_told_in_one_sentence(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings
) -> None:
    freeswitch.greeting = REJECTION
    with pytest.raises(LoginRefused, match=r"turns this host away: .* apply-inbound-acl in event_socket\.conf\.xml"):
        await Connected(settings, HASTY).connection.start()
    assert freeswitch.said == []


async def test_who_does_not_ask_for_a_password_is_not_told_it(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings
) -> None:
    freeswitch.greeting = ""
    made = Connected(settings, HASTY)
    await made.connection.start()
    assert not made.connection.up
    assert freeswitch.said == []
    await made.connection.close()


@pytest.mark.parametrize("password", ["right\n\napi hupall", "right\r", "\0"])
async def test_a_password_that_would_be_a_command_is_refused_and_nothing_is_sent(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings, password: str
) -> None:
    with pytest.raises(LoginRefused, match="control character") as refused:
        await Connected(replace(settings, password=password), HASTY).connection.start()
    assert password not in str(refused.value)
    assert freeswitch.said == []


async def test_a_password_never_shows(settings: FreeSwitchSettings) -> None:
    assert "right" not in repr(settings)


async def test_without_events_it_is_not_up(freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings) -> None:
    freeswitch.refuses_events = True
    made = Connected(settings, HASTY)
    await made.connection.start()
    assert not made.connection.up
    freeswitch.refuses_events = False
    await made.up()
    await made.connection.close()


# ---- coming and going -------------------------------------------------------------------------------------------


async def test_a_freeswitch_that_comes_later_is_found(freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings) -> None:
    port = freeswitch.port
    await freeswitch.close()
    made = Connected(settings)
    await made.connection.start()
    assert not made.connection.up
    with pytest.raises(SwitchDown):
        await made.connection.api("status")
    with pytest.raises(SwitchDown):
        made.connection.begin_all(["api status"])
    await freeswitch.start(port)
    await made.up()
    await made.connection.close()


async def test_a_command_that_was_cut_off_is_not_sent_again(freeswitch: TinyFreeSwitch, connected: Connected) -> None:
    freeswitch.answers["originate"] = None
    originate = connected.connection.begin("bgapi originate user/ana &park()", job_uuid="leg-1")
    await freeswitch.came("bgapi originate user/ana &park()\nJob-UUID: leg-1")
    freeswitch.cut()
    with pytest.raises(SwitchDown):
        await originate
    await connected.up()
    await connected.connection.api("status")
    assert freeswitch.said == [*LOGIN, "bgapi originate user/ana &park()\nJob-UUID: leg-1", *LOGIN, "api status"]


async def test_a_peer_that_fell_silent_is_noticed(freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings) -> None:
    made = Connected(settings, HASTY)
    await made.connection.start()
    await made.up()
    freeswitch.answers["echo"] = None
    await made.up()
    await made.connection.close()


@pytest.mark.parametrize("garbage", ["SSH-2.0\r\n", "x" * 300_000, GREETING * 2 + "X\n", GREETING + reply("+OK")])
async def test_garbage_closes_that_connection_and_the_next_is_tried(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings, garbage: str
) -> None:
    freeswitch.greeting = garbage
    made = Connected(settings, HASTY)
    await made.connection.start()
    assert not made.connection.up
    freeswitch.greeting = GREETING
    await made.up()
    await made.connection.close()


async def test_a_failing_reader_of_events_does_not_end_the_connection_for_ever(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings
) -> None:
    ups: asyncio.Queue[None] = asyncio.Queue()

    def fail(_: Event) -> None:
        raise RuntimeError("a bug in the application")

    async def came_up() -> None:
        ups.put_nowait(None)

    connection = EslConnection(settings, fail, came_up, HASTY)
    await connection.start()
    await asyncio.wait_for(ups.get(), SECONDS)
    freeswitch.say('Content-Length: 24\nContent-Type: text/event-json\n\n{"Event-Name":"BOOOOOM"}')
    await asyncio.wait_for(ups.get(), SECONDS)
    await connection.close()


# ---- commands ---------------------------------------------------------------------------------------------------


async def test_what_an_api_command_answers_may_be_an_error(freeswitch: TinyFreeSwitch, connected: Connected) -> None:
    freeswitch.answers["uuid_kill"] = "-ERR No such channel!\n"
    assert await connected.connection.api("uuid_kill nope") == "-ERR No such channel!"


async def test_several_commands_are_answered_in_order(freeswitch: TinyFreeSwitch, connected: Connected) -> None:
    freeswitch.answers |= {"sched_del": "+OK Deleted: 1\n", "sched_transfer": "+OK\n"}
    replies = connected.connection.begin_all(["api sched_del 1", "api sched_transfer +4 1 lost XML careline"])
    assert [(await each).text for each in replies] == ["+OK Deleted: 1", "+OK"]


async def test_a_command_that_is_never_answered_ends_in_switch_down_and_a_late_answer_is_nobodys(
    freeswitch: TinyFreeSwitch, settings: FreeSwitchSettings
) -> None:
    made = Connected(settings, replace(HASTY, ping=60))
    await made.connection.start()
    freeswitch.answers["originate"] = None
    with pytest.raises(SwitchDown):
        await made.connection.api("originate user/ana &park()")
    freeswitch.say(response("+OK late"))
    assert await made.connection.api("status") == "+OK"
    await made.connection.close()


async def test_a_line_that_would_forge_a_command_is_refused_and_nothing_is_sent(
    freeswitch: TinyFreeSwitch, connected: Connected
) -> None:
    with pytest.raises(ValueError, match="control character"):
        await connected.connection.api("uuid_setvar 1 name x\n\napi hupall")
    with pytest.raises(ValueError, match="control character"):
        connected.connection.begin_all(["api status", "api x\n\napi hupall"])
    await connected.connection.api("version")
    assert freeswitch.said == [*LOGIN, "api version"]


async def test_the_rows_of_a_list(freeswitch: TinyFreeSwitch, connected: Connected) -> None:
    freeswitch.answers["show"] = '{"row_count":1,"rows":[{"uuid":"1","cid_name":"Muñoz","created_epoch":7}]}'
    assert await connected.connection.rows("show channels as json") == [
        {"uuid": "1", "cid_name": "Muñoz", "created_epoch": "7"}
    ]
    freeswitch.answers["show"] = '{"row_count":0}'
    assert await connected.connection.rows("show channels as json") == []


@pytest.mark.parametrize(
    "answer", ["-ERR show Command not found!\n", "[]", '{"rows":7}', '{"rows":[7]}', "[" * 100_000]
)
async def test_what_is_no_list_is_no_answer(freeswitch: TinyFreeSwitch, connected: Connected, answer: str) -> None:
    freeswitch.answers["show"] = answer
    with pytest.raises(SwitchDown, match="'show channels as json'"):
        await connected.connection.rows("show channels as json")


async def test_recorded_events_come_in_order(freeswitch: TinyFreeSwitch, connected: Connected) -> None:
    recorded = [packet.text for packet in packets("02d_inbound_caller_hangup_while_ringing.txt") if packet.heard]
    told = [text for text in recorded if "text/event-json" in text]
    freeswitch.say("".join(told))
    async with asyncio.timeout(SECONDS):
        names = [(await connected.events.get()).name for _ in told]
    assert (names[0], names.count("CHANNEL_HANGUP_COMPLETE")) == ("CHANNEL_CREATE", 2)
