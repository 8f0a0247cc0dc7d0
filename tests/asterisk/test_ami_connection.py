from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.asterisk.ami_connection import AmiConnection
from ivr.asterisk.ami_link import ActionRefused
from ivr.callers.control_connection import LoginRefused, Patience
from ivr.services import SwitchDown
from ivr.sockets import Address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.asterisk import ami
    from ivr.asterisk.settings import AsteriskSettings
    from tests.asterisk.tiny_asterisk import TinyAsterisk

HASTY = Patience(answer=0.2, ping=0.05, first_pause=0.01, longest_pause=0.05, refused=0.01)
CALM = Patience(first_pause=0.01)
SECONDS = 10


class Connected:
    """A connection, what it was told, and how often it came up."""

    def __init__(self, settings: AsteriskSettings, patience: Patience = CALM) -> None:
        self.events: asyncio.Queue[ami.Message] = asyncio.Queue()
        self.ups: asyncio.Queue[None] = asyncio.Queue()
        self.connection = AmiConnection(settings, self.events.put_nowait, self._up, patience)

    async def _up(self) -> None:
        self.ups.put_nowait(None)

    async def up(self) -> None:
        await asyncio.wait_for(self.ups.get(), SECONDS)


@pytest.fixture
async def connected(settings: AsteriskSettings) -> AsyncIterator[Connected]:
    made = Connected(settings)
    await made.connection.start()
    await made.up()
    yield made
    await made.connection.close()


async def test_a_wrong_secret_is_told_in_one_sentence_and_not_tried_again(
    asterisk: TinyAsterisk, settings: AsteriskSettings
) -> None:
    with pytest.raises(LoginRefused, match="does not accept the user 'careline' with our secret"):
        await Connected(replace(settings, secret="wrong"), HASTY).connection.start()
    assert [action["Action"] for action in asterisk.actions] == ["Login"]


async def test_a_secret_never_shows(settings: AsteriskSettings) -> None:
    assert "right" not in repr(settings)


async def test_an_asterisk_that_comes_later_is_found(asterisk: TinyAsterisk, settings: AsteriskSettings) -> None:
    port = asterisk.ami_port
    await asterisk.close()
    made = Connected(replace(settings, ami=Address("127.0.0.1", port)))
    await made.connection.start()
    assert not made.connection.up
    with pytest.raises(SwitchDown):
        await made.connection.action("Ping")
    await asterisk.start(port)
    await made.up()
    await made.connection.close()


async def test_only_calls_and_their_keys_are_asked_for(asterisk: TinyAsterisk, connected: Connected) -> None:
    assert (await asterisk.came("Login"))["Events"] == "call,dtmf"


async def test_answers_are_matched_by_action_id_in_any_order(asterisk: TinyAsterisk, connected: Connected) -> None:
    asterisk.answers["Setvar"] = None
    first = connected.connection.begin("Setvar", ("Variable", "A"), action_id="a")
    second = connected.connection.begin("Setvar", ("Variable", "B"), action_id="b")
    await asterisk.came("Setvar", count=2)
    asterisk.say("Response: Success\r\nActionID: b\r\nMessage: two\r\n\r\n")
    asterisk.say("Response: Success\r\nActionID: a\r\nMessage: one\r\n\r\n")
    assert [(await first)["Message"], (await second)["Message"]] == ["one", "two"]


async def test_an_action_that_was_cut_off_is_not_sent_again(asterisk: TinyAsterisk, connected: Connected) -> None:
    asterisk.answers["Originate"] = None
    originate = connected.connection.begin("Originate", ("Channel", "PJSIP/ana"))
    await asterisk.came("Originate")
    asterisk.cut()
    with pytest.raises(SwitchDown):
        await originate
    await connected.up()
    await connected.connection.action("Ping")
    assert [action["Action"] for action in asterisk.actions].count("Originate") == 1


async def test_an_action_that_is_never_answered_ends_in_switch_down(
    asterisk: TinyAsterisk, settings: AsteriskSettings
) -> None:
    made = Connected(settings, replace(HASTY, ping=60))
    await made.connection.start()
    asterisk.answers["Originate"] = asterisk.answers["CoreShowChannels"] = None
    with pytest.raises(SwitchDown):
        await made.connection.action("Originate", action_id="late")
    with pytest.raises(SwitchDown):
        await made.connection.listing("CoreShowChannels")
    asterisk.say("Response: Success\r\nActionID: late\r\n\r\n")
    assert (await made.connection.action("Ping"))["Response"] == "Success"
    assert made.events.empty()
    await made.connection.close()


async def test_a_peer_that_fell_silent_is_noticed(asterisk: TinyAsterisk, settings: AsteriskSettings) -> None:
    made = Connected(settings, HASTY)
    await made.connection.start()
    await made.up()
    asterisk.answers["Ping"] = None
    await made.up()
    await made.connection.close()


async def test_a_list_is_the_events_of_its_action_and_others_go_their_way(
    asterisk: TinyAsterisk, connected: Connected
) -> None:
    asterisk.answers["CoreShowChannels"] = None
    listing = asyncio.get_running_loop().create_task(connected.connection.listing("CoreShowChannels"))
    action_id = (await asterisk.came("CoreShowChannels"))["ActionID"]
    asterisk.say(f"Response: Success\r\nActionID: {action_id}\r\nEventList: start\r\n\r\n")
    asterisk.say(f"Event: CoreShowChannel\r\nActionID: {action_id}\r\nUniqueid: 1.1\r\n\r\n")
    asterisk.event("Hangup", Uniqueid="1.2")
    asterisk.say(f"Event: CoreShowChannelsComplete\r\nActionID: {action_id}\r\nEventList: Complete\r\n\r\n")
    assert [channel["Uniqueid"] for channel in await listing] == ["1.1"]
    assert (await connected.events.get())["Uniqueid"] == "1.2"


async def test_a_refused_list_says_what_asterisk_says(asterisk: TinyAsterisk, connected: Connected) -> None:
    asterisk.answers["CoreShowChannels"] = {"Response": "Error", "Message": "Permission denied"}
    with pytest.raises(ActionRefused, match="Permission denied"):
        await connected.connection.listing("CoreShowChannels")


async def test_a_field_that_would_forge_an_action_is_refused_and_nothing_is_sent(
    asterisk: TinyAsterisk, connected: Connected
) -> None:
    with pytest.raises(ValueError, match="control character"):
        await connected.connection.action("Setvar", ("Value", "x\r\n\r\nAction: Originate"))
    await connected.connection.action("Ping")
    assert [action["Action"] for action in asterisk.actions] == ["Login", "Ping"]


@pytest.mark.parametrize("garbage", ["SSH-2.0\r\n", "x" * 100_000, ""])
async def test_garbage_closes_that_connection_and_the_next_is_tried(
    asterisk: TinyAsterisk, settings: AsteriskSettings, garbage: str
) -> None:
    met = asyncio.Event()

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage.encode())
        met.set()
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"never said")
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    made = Connected(replace(settings, ami=Address("127.0.0.1", port)), HASTY)
    await made.connection.start()
    assert met.is_set()
    server.close()
    await asterisk.close()
    await asterisk.start(port)
    await made.up()
    await made.connection.close()


async def test_a_failing_reader_of_events_does_not_end_the_connection_for_ever(
    asterisk: TinyAsterisk, settings: AsteriskSettings
) -> None:
    ups: asyncio.Queue[None] = asyncio.Queue()

    def fail(_: ami.Message) -> None:
        raise RuntimeError("a bug in the application")

    async def came_up() -> None:
        ups.put_nowait(None)

    connection = AmiConnection(settings, fail, came_up, HASTY)
    await connection.start()
    await asyncio.wait_for(ups.get(), SECONDS)
    asterisk.event("Hangup", Uniqueid="1.1")
    await asyncio.wait_for(ups.get(), SECONDS)
    await connection.close()
