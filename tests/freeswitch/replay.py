"""A recorded scenario again, against the double: the same commands at the same points, the same acts of telephones.

What FreeSWITCH said is compared leg by leg, in order: events of two legs come from two threads of FreeSWITCH. One leg's
replies and results stand among its events.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.freeswitch.esl import Decoder, Event, Message
from tests.freeswitch.recordings import packets, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.freeswitch.recordings import Packet
    from tests.freeswitch_double import FreeSwitchDouble

PATIENCE_SECONDS = 10.0
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
JOB = re.compile(rf"Job-UUID: ({UUID.pattern})")
COMPARED = (
    *("Answer-State", "Channel-State", "Channel-Call-State", "Call-Direction", "Hangup-Cause", "Other-Leg-Unique-ID"),
    *("Application", "Application-Data", "Application-Response", "DTMF-Digit", "Playback-File-Path", "Playback-Status"),
    *("Record-File-Path", "Bridge-A-Unique-ID", "Bridge-B-Unique-ID", "Job-Command", "variable_bridge_uuid"),
    *("variable_current_application", "variable_sip_hangup_disposition", "Caller-Destination-Number"),
)
NOTICE = ("Content-Disposition", "Linger-Time", "Controlled-Session-UUID", "Socket-Mode", "Control", "Unique-ID")

Told = dict[str, list[str]]  # by leg or connection: what was said, one line each


@dataclass(frozen=True, slots=True)
class Scenario:
    """`acts` by what they follow: "caller CHANNEL_PARK", "leg 1 CHANNEL_BRIDGE 2" for the second time.

    `words` are put in place of the recording's addresses and files. `ends_with` is in the last packet that is replayed,
    where a recording holds more. `cut` says of a packet that it is left out of the recording, with its reply;
    `any_time` of a line that it may come at any time, or not at all.
    """

    recording: str
    acts: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    ends_with: str = ""
    cut: Callable[[str], bool] = lambda _: False
    any_time: Callable[[str], bool] = lambda _: False


class Transcript:
    """What one side heard, as lines of text in which legs have names."""

    def __init__(self, names: Callable[[str], str], any_time: Callable[[str], bool]) -> None:
        self.told: Told = defaultdict(list)
        self._names, self._any_time = names, any_time
        self._commands: dict[str, list[tuple[str, bool]]] = defaultdict(list)

    def asked(self, connection: str, command: str, *, waited: bool) -> None:
        """`waited`: the application had seen the call do something since its last command.

        Only then does the reply stand among the events: else the call's own thread may be faster, or slower.
        """
        self._commands[connection].append((command, waited))

    def take(self, connection: str, packet: Message | Event) -> list[str]:
        """The new lines, each with the leg before it."""
        line = self._line(packet)
        if self._any_time(line):
            return []
        keys = self._keys(connection, packet)
        for key in keys:
            self.told[key].append(line)
        return [f"{key} {line}" for key in keys]

    def _line(self, packet: Message | Event) -> str:
        if isinstance(packet, Event):
            shown = {name: packet[name] for name in COMPARED if packet[name]}
            body = packet.body.strip()
            return self._named(f"{packet.name} {shown} {body}".strip())
        shown = {name: packet[name] for name in NOTICE if packet[name]}
        return self._named(f"{packet.kind} {packet.text or packet.body.strip()} {shown or ''}".strip())

    def _named(self, text: str) -> str:
        return UUID.sub(lambda found: self._names(found[0]), text)

    def _keys(self, connection: str, packet: Message | Event) -> list[str]:
        if isinstance(packet, Event):
            if connection == "outbound":
                return [connection]
            legs = [packet["Unique-ID"]] if packet["Unique-ID"] else UUID.findall(packet["Job-Command-Arg"])
            return [self._names(leg) for leg in legs] or ["jobs"]
        commands = self._commands[connection]
        is_reply = packet.kind in {"command/reply", "api/response"}
        asked, waited = commands.pop(0) if commands and is_reply else ("", True)
        if connection == "outbound":
            return [connection if waited else f"{connection} replies"]
        about = UUID.search(asked) if asked.startswith("api ") else None
        return [self._names(about[0]) if about else connection]


class Names:
    """What the legs are called: the double chooses other uuids than FreeSWITCH did, in the same order."""

    def __init__(self, script: list[Packet]) -> None:
        told = [said for packet in script if packet.heard for said in whole(packet.text.encode())]
        asked = {uuid for packet in script if not packet.heard for uuid in UUID.findall(packet.text)}
        created = [said["Unique-ID"] or "".join(UUID.findall(said.body)[:1]) for said in told]
        first_asked = {uuid: packet for packet in reversed(script) for uuid in UUID.findall(packet.text)}
        self._by_us = {uuid for uuid in asked if not first_asked[uuid].heard}
        self._open = [uuid for uuid in dict.fromkeys(created) if uuid and uuid not in self._by_us]
        self._recorded: dict[str, str] = {}  # by the double's
        jobs = [uuid for packet in script for uuid in JOB.findall(packet.text)]
        self._labels = dict.fromkeys(jobs, "job")

    def recorded(self, uuid: str) -> str:
        """The name of a leg in the recording."""
        if uuid not in self._labels:
            there = set(self._labels.values()) - {"job"}
            is_caller = "caller" not in there and uuid not in self._by_us
            self._labels[uuid] = "caller" if is_caller else f"leg {len(there - {'caller'}) + 1}"
        return self._labels[uuid]

    def doubles(self, uuid: str) -> str:
        """The name of a leg of the double's."""
        if uuid not in self._by_us and uuid not in self._recorded and self._open:
            self._recorded[uuid] = self._open.pop(0)
        return self.recorded(self._recorded.get(uuid, uuid))

    def ours(self, recorded: str) -> str:
        """The double's uuid in place of the recording's."""
        return next((uuid for uuid, theirs in self._recorded.items() if theirs == recorded), recorded)


class Replay:
    """Made for one scenario. `run` gives what the recording and the double told."""

    def __init__(self, scenario: Scenario, double: FreeSwitchDouble, outbound: asyncio.Queue[Connection]) -> None:
        self._scenario, self._double, self._outbound = scenario, double, outbound
        self._script = list(_script(scenario))
        self._names = Names(self._script)
        self._connections: dict[str, Connection] = {}
        self._recorded = Transcript(self._names.recorded, scenario.any_time)
        self._heard = Transcript(self._names.doubles, scenario.any_time)
        self._changed = asyncio.Event()
        self._counts: dict[str, int] = defaultdict(int)
        self._waited = True

    async def run(self) -> tuple[Told, Told]:
        await self._act("the beginning")
        for packet in self._script:
            connection = await self._connection(packet.connection)
            if packet.heard:
                await self._hear(packet)
            else:
                self._say(connection, packet)
        for connection in self._connections.values():
            connection.close()
        return self._recorded.told, self._heard.told

    async def _hear(self, packet: Packet) -> None:
        for said in whole(packet.text.encode()):
            lines = self._recorded.take(packet.connection, said)
            self._waited = self._waited or (isinstance(said, Event) and bool(lines))
            await self._caught_up()
            for line in lines:
                what = line.partition(" {")[0]
                self._counts[what] += 1
                await self._act(what if self._counts[what] == 1 else f"{what} {self._counts[what]}")

    async def _act(self, after: str) -> None:
        act = self._scenario.acts.get(after)
        result = act() if act else None
        if inspect.isawaitable(result):
            await result

    def _say(self, connection: Connection, packet: Packet) -> None:
        for transcript in (self._recorded, self._heard):
            transcript.asked(packet.connection, packet.text, waited=self._waited)
        self._waited = False
        text = packet.text
        for recorded, ours in self._scenario.words.items():
            text = text.replace(recorded, ours)
        text = UUID.sub(lambda found: self._names.ours(found[0]), text)
        connection.writer.write(text.rstrip("\n").encode() + b"\n\n")

    async def _connection(self, name: str) -> Connection:
        if name not in self._connections:
            if name == "outbound":
                opened = await asyncio.wait_for(self._outbound.get(), PATIENCE_SECONDS)
            else:
                opened = Connection(*await asyncio.open_connection("127.0.0.1", self._double.esl_port))
            self._connections[name] = opened
            opened.reading = asyncio.get_running_loop().create_task(self._read(name, opened))
        return self._connections[name]

    async def _read(self, name: str, connection: Connection) -> None:
        decoder = Decoder()
        while data := await connection.reader.read(65536):
            for packet in decoder.feed(data):
                self._heard.take(name, self._in_their_words(packet))
                self._changed.set()

    def _in_their_words(self, packet: Message | Event) -> Message | Event:
        def theirs(text: str) -> str:
            for recorded, ours in self._scenario.words.items():
                text = text.replace(ours, recorded)
            return text

        return type(packet)({name: theirs(value) for name, value in packet.headers.items()}, theirs(packet.body))

    async def _caught_up(self) -> None:
        """The double has told as much as the recording so far."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while any(len(self._heard.told[key]) < len(told) for key, told in self._recorded.told.items()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(differences(self._recorded.told, self._heard.told)) from None


def _script(scenario: Scenario) -> Iterator[Packet]:
    replies_to_cut = 0
    for packet in packets(scenario.recording):
        is_reply = packet.heard and re.match(r"Content-Type: (command/reply|api/response)", packet.text)
        if scenario.cut(packet.text):
            replies_to_cut += not packet.heard
        elif is_reply and replies_to_cut:
            replies_to_cut -= 1
        else:
            yield packet
        if scenario.ends_with and scenario.ends_with in packet.text:
            return


@dataclass(slots=True)
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    reading: asyncio.Task[None] | None = None

    def close(self) -> None:
        self.writer.close()
        if self.reading:
            self.reading.cancel()


def differences(recorded: Told, heard: Told) -> str:
    """The first line of each leg that is not as recorded."""
    found = []
    for key in sorted({*recorded, *heard}):
        theirs, ours = recorded.get(key, []), heard.get(key, [])
        for number in range(max(len(theirs), len(ours))):
            a = theirs[number] if number < len(theirs) else "nothing more"
            b = ours[number] if number < len(ours) else "nothing more"
            if a != b:
                found.append(f"{key}, line {number + 1}:\n  recorded {a}\n  double   {b}")
                break
    return "\n".join(found)
