"""What the recordings do not show of FreeSWITCH, and its source says: the double does it, too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.freeswitch.esl import Decoder, Event, Message, command, sendmsg
from lab.phone import Answers, Ignores, Phone
from lab.sound import hears_tone, tone, write_wav
from tests.freeswitch_double import FreeSwitchDouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from lab.call import PhoneCall

PATIENCE_SECONDS = 10.0
EVENTS = "CHANNEL_PARK CHANNEL_BRIDGE CHANNEL_STATE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP_COMPLETE"
GOES_ON_HERTZ, PROMPT_HERTZ, VOICE_HERTZ = 900.0, 440.0, 620.0
NUMBERS = """<include><context name="public">
  <extension name="parked"><condition field="destination_number" expression="^parked$">
    <action application="answer"/><action application="park"/></condition></extension>
  <extension name="handed over"><condition field="destination_number" expression="^(plain|resuming)$">
    <action application="set" data="socket_resume=${cond($1 == resuming ? true : false)}"/>
    <action application="answer"/>
    <action application="socket" data="127.0.0.1:1|${careline_socket} async full"/>
    <action application="playback" data="tone_stream://%(2000,0,900)"/>
    <action application="park"/></condition></extension>
</context></include>"""


@dataclass
class Client:
    """One connection, whichever side opened it: `events` in the order in which they came."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    events: list[Event] = field(default_factory=list)
    replies: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Task[None] | None = None

    async def read(self) -> None:
        decoder = Decoder()
        while data := await self.reader.read(65536):
            for packet in decoder.feed(data):
                if isinstance(packet, Event):
                    self.events.append(packet)
                    self.changed.set()
                elif packet.kind in {"command/reply", "api/response"}:
                    self.replies.put_nowait(packet)

    async def ask(self, packet: bytes) -> Message:
        self.writer.write(packet)
        return await asyncio.wait_for(self.replies.get(), PATIENCE_SECONDS)

    async def api(self, words: str) -> str:
        return (await self.ask(command(f"api {words}"))).text

    async def told(self, name: str, uuid: str = "", **headers: str) -> Event:
        """The first such event, of old or to come."""
        wanted = {key.replace("_", "-"): value for key, value in headers.items()} | (
            {"Unique-ID": uuid} if uuid else {}
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for event in self.events:
                    if event.name == name and all(event[key] == value for key, value in wanted.items()):
                        return event
                self.changed.clear()
                await self.changed.wait()

    def close(self) -> None:
        self.writer.close()
        if self.reading:
            self.reading.cancel()


@dataclass
class Stage:
    double: FreeSwitchDouble
    observer: Client
    handed_over: asyncio.Queue[Client]
    ana: Phone
    caller: Phone

    async def dial(self, number: str) -> tuple[PhoneCall, str]:
        """An answered call, and its uuid."""
        known = set(self.double.channels)
        call = self.caller.dial(f"sip:{number}@127.0.0.1:{self.double.sip_port}")
        await asyncio.wait_for(call.answered, PATIENCE_SECONDS)
        [uuid] = set(self.double.channels) - known
        return call, uuid

    async def careline(self) -> Client:
        """The connection on which a caller was handed over, connected."""
        client = await asyncio.wait_for(self.handed_over.get(), PATIENCE_SECONDS)
        await client.ask(command("connect"))
        await client.ask(command("myevents"))
        return client

    async def talk(self) -> tuple[PhoneCall, str, PhoneCall]:
        """Caller and ana, who talk; the caller was parked."""
        call, uuid = await self.dial("parked")
        return call, uuid, await self.join(uuid)

    async def join(self, uuid: str) -> PhoneCall:
        self.ana.policy = Answers(0)
        assert await self.observer.api("originate {origination_uuid=ana}user/ana &park()") == "+OK ana"
        assert await self.observer.api(f"uuid_bridge {uuid} ana") == "+OK ana"
        await self.observer.told("CHANNEL_BRIDGE", uuid)
        return self.ana.calls[-1]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    handed_over: asyncio.Queue[Client] = asyncio.Queue()
    clients: list[Client] = []

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Client:
        clients.append(Client(reader, writer))
        clients[-1].reading = asyncio.get_running_loop().create_task(clients[-1].read())
        return clients[-1]

    careline = await asyncio.start_server(lambda *pair: handed_over.put_nowait(take(*pair)), "127.0.0.1", 0)
    socket = f"127.0.0.1:{careline.sockets[0].getsockname()[1]}"
    async with await Phone.create("ana") as ana, await Phone.create("6175550123") as caller:
        async with FreeSwitchDouble({"ana": ana.port}, extra=[NUMBERS], socket=socket) as double:
            observer = take(*await asyncio.open_connection("127.0.0.1", double.esl_port))
            await observer.ask(command("auth ClueCon"))
            await observer.ask(command(f"event plain {EVENTS}"))
            yield Stage(double, observer, handed_over, ana, caller)
        for client in clients:
            client.close()
    careline.close()


async def hears(call: PhoneCall, hertz: float) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await call.heard.until(lambda pcm: hears_tone(pcm, hertz))


async def test_whoever_is_parked_in_the_socket_goes_on_when_careline_dies(stage: Stage) -> None:
    call, uuid = await stage.dial("plain")
    careline = await stage.careline()
    await stage.observer.told("CHANNEL_PARK", uuid)
    careline.close()
    await hears(call, GOES_ON_HERTZ)


async def test_without_socket_resume_the_prompt_is_finished_first(stage: Stage, tmp_path: Path) -> None:
    write_wav(tmp_path / "prompt.wav", tone(PROMPT_HERTZ, 1.0))
    call, _ = await stage.dial("plain")
    careline = await stage.careline()
    await careline.ask(sendmsg("", "playback", str(tmp_path / "prompt.wav")))
    await hears(call, PROMPT_HERTZ)
    careline.close()
    await hears(call, GOES_ON_HERTZ)
    [prompt] = hears_tone(call.heard.pcm(), PROMPT_HERTZ)
    assert prompt.end_seconds - prompt.start_seconds >= 0.9


async def test_with_socket_resume_the_prompt_ends_at_once(stage: Stage, tmp_path: Path) -> None:
    write_wav(tmp_path / "prompt.wav", tone(PROMPT_HERTZ, 30.0))
    call, _ = await stage.dial("resuming")
    careline = await stage.careline()
    await careline.ask(sendmsg("", "playback", str(tmp_path / "prompt.wav")))
    await hears(call, PROMPT_HERTZ)
    careline.close()
    await hears(call, GOES_ON_HERTZ)


async def test_two_who_talk_hear_each_other_and_go_on_when_careline_dies(stage: Stage) -> None:
    call, uuid = await stage.dial("plain")
    careline = await stage.careline()
    other = await stage.join(uuid)
    careline.close()
    call.say(tone(VOICE_HERTZ, 1.0))
    other.say(tone(PROMPT_HERTZ, 1.0))
    await hears(other, VOICE_HERTZ)
    await hears(call, PROMPT_HERTZ)


async def test_with_socket_resume_a_talk_ends_when_the_connection_does(stage: Stage) -> None:
    _, uuid = await stage.dial("resuming")
    careline = await stage.careline()
    other = await stage.join(uuid)
    careline.close()
    await stage.observer.told("CHANNEL_STATE", uuid, Channel_State="CS_RESET")
    await asyncio.wait_for(other.ended, PATIENCE_SECONDS)


async def test_a_connection_that_ends_takes_the_park_after_a_talk_along_and_its_timeout(stage: Stage) -> None:
    call, uuid = await stage.dial("plain")
    careline = await stage.careline()
    await stage.observer.api(f"uuid_setvar_multi {uuid} park_after_bridge=true;park_timeout=1")
    other = await stage.join(uuid)
    other.hang_up()
    await careline.told("CHANNEL_PARK", uuid, Channel_State="CS_PARK")
    careline.close()
    await stage.observer.api("sched_api +2 test uuid_setvar ana over true")
    await asyncio.wait_for(_no_tasks(stage.double), PATIENCE_SECONDS)
    assert not call.ended.over


async def test_park_timeout_hangs_up(stage: Stage) -> None:
    call, uuid, other = await stage.talk()
    await stage.observer.api(f"uuid_setvar_multi {uuid} park_after_bridge=true;park_timeout=1")
    other.hang_up()
    await asyncio.wait_for(call.ended, PATIENCE_SECONDS)
    assert call.ended.value.reason.startswith("Q.850;cause=16")


@pytest.mark.parametrize(("variable", "size"), [("false", 320), ("true", 65536)])
async def test_a_recording_grows_by_what_the_caller_says_or_by_four_seconds(
    stage: Stage, tmp_path: Path, variable: str, size: int
) -> None:
    _, uuid = await stage.dial("parked")
    file = tmp_path / "said.raw"
    settings = f"RECORD_READ_ONLY=true;enable_file_write_buffering={variable};RECORD_PRE_BUFFER_FRAMES=1"
    await stage.observer.api(f"uuid_setvar_multi {uuid} {settings}")
    assert await stage.observer.api(f"uuid_record {uuid} start {file}") == "+OK Success"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (grown := file.stat().st_size):
            await asyncio.sleep(0.005)
    assert grown % size == 0


async def test_a_break_leaves_what_is_queued_and_a_break_of_all_drops_it(stage: Stage, tmp_path: Path) -> None:
    for name in ("one.wav", "two.wav", "three.wav"):
        write_wav(tmp_path / name, tone(PROMPT_HERTZ, 30.0))
    _, uuid = await stage.dial("plain")
    careline = await stage.careline()
    for name in ("one.wav", "two.wav", "three.wav"):
        await careline.ask(locked(str(tmp_path / name)))
    await careline.told("CHANNEL_EXECUTE", uuid, Application_Data=str(tmp_path / "one.wav"))
    await careline.api(f"uuid_break {uuid}")
    await careline.told("CHANNEL_EXECUTE", uuid, Application_Data=str(tmp_path / "two.wav"))
    await careline.api(f"uuid_break {uuid} all")
    await careline.told("CHANNEL_EXECUTE_COMPLETE", uuid, Application_Data=str(tmp_path / "two.wav"))
    await careline.ask(sendmsg("", "set", "over=true"))
    await careline.told("CHANNEL_EXECUTE", uuid, Application="set")
    played = [event["Application-Data"] for event in careline.events if event["Application"] == "playback"]
    assert str(tmp_path / "three.wav") not in played


async def test_without_a_lock_a_second_prompt_plays_within_the_first(stage: Stage, tmp_path: Path) -> None:
    write_wav(tmp_path / "one.wav", tone(PROMPT_HERTZ, 0.6))
    write_wav(tmp_path / "two.wav", tone(PROMPT_HERTZ, 0.1))
    _, uuid = await stage.dial("plain")
    careline = await stage.careline()
    await careline.ask(unlocked(str(tmp_path / "one.wav")))
    await careline.told("CHANNEL_EXECUTE", uuid, Application_Data=str(tmp_path / "one.wav"))
    await careline.ask(unlocked(str(tmp_path / "two.wav")))
    await careline.told("CHANNEL_EXECUTE_COMPLETE", uuid, Application_Data=str(tmp_path / "one.wav"))
    over = [event["Application-Data"] for event in careline.events if event.name == "CHANNEL_EXECUTE_COMPLETE"]
    assert over == [str(tmp_path / "two.wav"), str(tmp_path / "one.wav")]


@pytest.mark.parametrize(("terminators", "ends"), [("", True), ("playback_terminators=none", False)])
async def test_a_star_ends_a_prompt_unless_nothing_may(stage: Stage, terminators: str, *, ends: bool) -> None:
    call, uuid = await stage.dial("plain")
    careline = await stage.careline()
    await careline.api(f"uuid_setvar_multi {uuid} {terminators or 'a=b'}")
    await careline.ask(sendmsg("", "playback", f"tone_stream://%(1500,0,{PROMPT_HERTZ:.0f})"))
    await hears(call, PROMPT_HERTZ)
    await call.press("*")
    await careline.told("CHANNEL_EXECUTE_COMPLETE", uuid, Application="playback")
    [span] = hears_tone(call.heard.pcm(), PROMPT_HERTZ)
    assert (span.end_seconds - span.start_seconds < 1.2) is ends


async def test_a_prompt_goes_on_where_it_was(stage: Stage, tmp_path: Path) -> None:
    both = tmp_path / "both.wav"
    write_wav(both, np.concatenate([tone(PROMPT_HERTZ, 2.0), tone(VOICE_HERTZ, 0.5)]))
    call, uuid = await stage.dial("plain")
    careline = await stage.careline()
    await careline.ask(sendmsg("", "playback", f"{both}@@16000"))
    told = await careline.told("CHANNEL_EXECUTE_COMPLETE", uuid, Application="playback")
    assert told["variable_playback_last_offset_pos"] == "20000"
    assert hears_tone(call.heard.pcm(), PROMPT_HERTZ) == []


async def test_the_phone_of_whoever_loses_the_race_shows_no_missed_call(stage: Stage) -> None:
    stage.ana.policy = Ignores()
    await stage.observer.ask(command("bgapi originate {origination_uuid=ana}user/ana &park()"))
    rings = await asyncio.wait_for(stage.ana.next_call(), PATIENCE_SECONDS)
    assert await stage.observer.api("uuid_kill ana LOSE_RACE") == "+OK"
    ended = await asyncio.wait_for(rings.ended, PATIENCE_SECONDS)
    assert ended.reason == 'SIP;cause=200;text="Call completed elsewhere"'


async def test_a_uuid_that_is_taken_rings_nobody(stage: Stage) -> None:
    _, uuid = await stage.dial("parked")
    answer = await stage.observer.api(f"originate {{origination_uuid={uuid}}}user/ana &park()")
    assert answer == "-ERR DESTINATION_OUT_OF_ORDER"
    assert stage.ana.calls == []


async def test_too_many_transfers_end_a_call(stage: Stage) -> None:
    call, uuid = await stage.dial("parked")
    await stage.observer.api(f"uuid_setvar {uuid} max_forwards 2")
    await stage.observer.api(f"uuid_transfer {uuid} parked XML public")
    await stage.observer.api(f"uuid_transfer {uuid} parked XML public")
    ended = await stage.observer.told("CHANNEL_HANGUP_COMPLETE", uuid)
    assert ended["Hangup-Cause"] == "EXCHANGE_ROUTING_ERROR"
    assert call.ended.over


async def test_what_a_caller_is_called_is_data(stage: Stage) -> None:
    uri = f"sip:parked@127.0.0.1:{stage.double.sip_port}"
    call = stage.caller.dial(uri, display="A%0ACaller-Unique-ID: forged: 100%")
    await asyncio.wait_for(call.answered, PATIENCE_SECONDS)
    parked = await stage.observer.told("CHANNEL_PARK")
    assert parked["Caller-Caller-ID-Name"] == "A%0ACaller-Unique-ID: forged: 100%"


def locked(file: str) -> bytes:
    """A playback that lets nothing else run within it."""
    return unlocked(file, "event-lock: true\n")


def unlocked(file: str, lock: str = "") -> bytes:
    words = f"call-command: execute\nexecute-app-name: playback\nexecute-app-arg: {file}\n"
    return f"sendmsg\n{words}{lock}\n".encode()


async def _no_tasks(double: FreeSwitchDouble) -> None:
    while double.scheduler.busy:
        await asyncio.sleep(0.05)
