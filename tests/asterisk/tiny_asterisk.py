"""An Asterisk in memory, with real sockets: AMI, AGI, AudioSocket, and the few applications of the hook.

It behaves as the recordings show. What it cannot prove (media, SIP, timing) the live tests prove on a real one.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import TYPE_CHECKING

from ivr.asterisk import audiosocket
from ivr.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

RINGING, UP = "5", "6"
LOUD = bytes([0, 32] * 160)
QUIET = bytes(320)
VOICE_FRAMES = 10

Fields = dict[str, str]


class TinyAsterisk:
    """`secret` opens AMI. `actions` is every action that came, `answers` overrides what is answered to one by name.

    `phones` maps a phone (PJSIP/ana) to what it does when it rings: "answers", "rings", or a hang-up cause ("17");
    `states` maps it to its device state, NOT_INUSE where none is given. Modules that are `not_loaded` are missing.
    """

    def __init__(self) -> None:
        self.secret = "right"
        self.actions: list[Fields] = []
        self.answers: dict[str, Fields | None] = {}
        self.phones: dict[str, str] = {"PJSIP/ana": "answers"}
        self.states: dict[str, str] = {}
        self.not_loaded: set[str] = set()
        self.has_audiosocket = True
        self.channels: dict[str, TinyChannel] = {}
        self.agi_port = 0
        self._server: asyncio.Server | None = None
        self._managers: set[asyncio.StreamWriter] = set()
        self._numbers = itertools.count(1)
        self._came = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ami_port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._manager, "127.0.0.1", port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Cut every manager's connection."""
        for writer in tuple(self._managers):
            writer.transport.abort()

    def run(self, work: asyncio.Future[None] | asyncio.Task[None]) -> None:
        assert isinstance(work, asyncio.Task)
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)

    def dial(self) -> TinyChannel:
        """A caller dials Careline."""
        number = next(self._numbers)
        channel = TinyChannel(self, f"1795192427.{number}", f"PJSIP/trunk-{number:08x}")
        self.channels[channel.id] = channel
        self.run(asyncio.get_running_loop().create_task(channel.careline()))
        return channel

    async def came(self, action: str, count: int = 1, **fields: str) -> Fields:
        """Wait for an action that has the fields; return the last such."""

        def found() -> list[Fields]:
            wanted = {"Action": action, **fields}
            return [came for came in self.actions if wanted.items() <= came.items()]

        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(found()) >= count)
        return found()[-1]

    def event(self, name: str, **fields: str) -> None:
        self.say(f"Event: {name}\r\n" + "".join(f"{key}: {value}\r\n" for key, value in fields.items()) + "\r\n")

    def say(self, text: str) -> None:
        for writer in self._managers:
            writer.write(text.encode())

    async def _manager(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        self._managers.add(writer)
        fields: Fields = {}
        with suppress(ConnectionError):
            while line := (await reader.readline()).decode():
                key, _, value = line.strip().partition(": ")
                if key:
                    fields[key] = value
                    continue
                await self._act(writer, fields)
                fields = {}
        self._managers.discard(writer)
        writer.close()

    async def _act(self, writer: asyncio.StreamWriter, fields: Fields) -> None:
        self.actions.append(fields)
        async with self._came:
            self._came.notify_all()
        act: Callable[[Fields], Fields] = getattr(self, "_" + fields["Action"].lower(), lambda _: {})
        override = self.answers.get(fields["Action"], {})
        if override is None:
            return
        answer = {"Response": "Success", "ActionID": fields["ActionID"]} | (override or act(fields))
        listed = answer.pop("List", "")
        writer.write(("".join(f"{key}: {value}\r\n" for key, value in answer.items()) + "\r\n" + listed).encode())

    # ---- actions ----------------------------------------------------------------------------------------------

    def _login(self, fields: Fields) -> Fields:
        return {} if fields["Secret"] == self.secret else {"Response": "Error", "Message": "Authentication failed"}

    def _listcommands(self, _: Fields) -> Fields:
        names = ("Originate", "Bridge", "Hangup", "Redirect", "Setvar", "Getvar", "AbsoluteTimeout", "CoreShowChannels")
        return dict.fromkeys(names, "something  (Priv: call,all)")

    def _getvar(self, fields: Fields) -> Fields:
        name, _, argument = fields["Variable"].removesuffix(")").partition("(")
        values = {
            "VERSION": "22.10.1",
            "EPOCH": str(int(SystemClock().now())),
            "IFMODULE": "0" if argument.removesuffix(".so") in self.not_loaded else "1",
            "DEVICE_STATE": self.states.get(argument, "NOT_INUSE"),
        }
        return {"Value": values[name]}

    def _absolutetimeout(self, fields: Fields) -> Fields:
        return {} if self._named(fields["Channel"]) else NO_CHANNEL

    def _setvar(self, fields: Fields) -> Fields:
        channel = self._named(fields["Channel"])
        if channel is None:
            return NO_CHANNEL
        channel.variables[fields["Variable"]] = fields["Value"]
        return {}

    def _hangup(self, fields: Fields) -> Fields:
        channel = self._named(fields["Channel"])
        if channel is None:
            return NO_CHANNEL
        channel.hang_up(fields.get("Cause", "16"))
        return {}

    def _playdtmf(self, fields: Fields) -> Fields:
        channel = self._named(fields["Channel"])
        if channel is None:
            return {"Response": "Error", "Message": "Channel not found"}
        self.event("DTMFEnd", Uniqueid=f"{channel.id};2", Digit=fields["Digit"], Direction="Received")
        return {}

    def _redirect(self, fields: Fields) -> Fields:
        channel = self._named(fields["Channel"])
        if channel is None:
            return NO_CHANNEL
        channel.go_to(fields["Priority"])
        return {}

    def _originate(self, fields: Fields) -> Fields:
        manner = self.phones.get(fields["Channel"], "")
        number = next(self._numbers)
        leg = TinyChannel(self, fields["ChannelId"], f"{fields['Channel'].partition('@')[0]}-{number:08x}")
        failure = {"ActionID": fields["ActionID"], "Response": "Failure", "Reason": "0", "Uniqueid": leg.id}
        if not manner:
            asyncio.get_running_loop().call_soon(lambda: self.event("OriginateResponse", **failure))
            return {}
        self.channels[leg.id] = leg
        self.run(asyncio.get_running_loop().create_task(leg.ring(manner, failure, fields.get("Context", ""))))
        return {}

    def _bridge(self, fields: Fields) -> Fields:
        both = [self._named(fields["Channel1"]), self._named(fields["Channel2"])]
        if None in both:
            return {"Response": "Error", "Message": "Channel2 does not exists"}
        talk = f"bridge-{next(self._numbers)}"
        for channel in both:
            assert channel
            channel.enter(talk, "simple_bridge")
        return {}

    def _coreshowchannels(self, fields: Fields) -> Fields:
        action_id = fields["ActionID"]
        listed = ""
        for channel in self.channels.values():
            told = {"Event": "CoreShowChannel", "ActionID": action_id, "Channel": channel.name}
            told |= {"Uniqueid": channel.id, "Context": channel.context, "ChannelState": channel.state}
            told |= {"BridgeId": channel.bridge}
            listed += "".join(f"{key}: {value}\r\n" for key, value in told.items()) + "\r\n"
        done = f"Event: CoreShowChannelsComplete\r\nActionID: {action_id}\r\nEventList: Complete\r\n\r\n"
        return {"EventList": "start", "List": listed + done}

    def _showdialplan(self, fields: Fields) -> Fields:
        if fields["Context"] not in ("careline", "careline-person", "careline-asked"):
            return {"Response": "Error", "Message": f"Did not find context {fields['Context']}"}
        done = f"Event: ShowDialPlanComplete\r\nActionID: {fields['ActionID']}\r\nEventList: Complete\r\n\r\n"
        return {"EventList": "start", "List": done}

    def _named(self, name: str) -> TinyChannel | None:
        return next((channel for channel in self.channels.values() if name in (channel.name, channel.id)), None)


NO_CHANNEL = {"Response": "Error", "Message": "No such channel"}


class TinyChannel:
    """A caller in [careline], or a person's leg in [careline-person] or [careline-asked].

    `frames` is all audio that came for the caller; `heard` is set by a sound that is no silence. A caller who `babbles`
    is never silent.
    """

    def __init__(self, asterisk: TinyAsterisk, unique_id: str, name: str) -> None:
        self.id = unique_id
        self.name = name
        self.context = "careline"
        self.state = RINGING
        self.bridge = ""
        self.variables: Fields = {}
        self.connected = asyncio.Condition()
        self.heard = asyncio.Event()
        self.frames: list[bytes] = []
        self.babbles = False
        self._grew = asyncio.Event()
        self.gone = asyncio.Event()
        self.hangup_cause = ""
        self.agi_connections = 0
        self._asterisk = asterisk
        self._moved = asyncio.Event()
        self._goes_to = ""
        self._agi: asyncio.StreamWriter | None = None
        self._audio: asyncio.StreamWriter | None = None
        self._says: list[bytes] = []
        self._keys = asyncio.Queue[str]()

    # ---- what the caller does ---------------------------------------------------------------------------------

    def press(self, digits: str) -> None:
        for digit in digits:
            self._says.append(b"\x03\x00\x01" + digit.encode())
            self._keys.put_nowait(digit)

    def speak(self) -> None:
        self._says += [audiosocket.audio(LOUD)] * VOICE_FRAMES

    def hang_up(self, cause: str = "16") -> None:
        if self.gone.is_set():
            return
        self.gone.set()
        self.hangup_cause = cause
        self._asterisk.channels.pop(self.id, None)
        self._leave_bridge()
        self._asterisk.event("Hangup", Uniqueid=self.id, Channel=self.name, Cause=cause)
        self._drop()

    async def called_agi(self, times: int) -> None:
        async with asyncio.timeout(10), self.connected:
            await self.connected.wait_for(lambda: self.agi_connections >= times)

    async def hears_more(self, wanted: Callable[[bytes], bool], frames: int) -> None:
        """Wait until so many more frames came that are wanted."""
        so_far = len(self.frames)
        async with asyncio.timeout(10):
            while sum(map(wanted, self.frames[so_far:])) < frames:
                self._grew.clear()
                await self._grew.wait()

    # ---- what Asterisk does -----------------------------------------------------------------------------------

    def timer_ends(self) -> None:
        """TIMEOUT(absolute): the dialplan takes the caller out of whatever runs, and hangs up where it has no T."""
        if self.context == "careline":
            self.go_to("lost")
        else:
            self.hang_up()

    def go_to(self, label: str) -> None:
        self._goes_to = label
        self._leave_bridge()
        self._moved.set()
        self._drop()

    def enter(self, bridge: str, technology: str) -> None:
        self._leave_bridge()
        self.bridge = bridge
        where = {"BridgeUniqueid": bridge, "BridgeTechnology": technology}
        self._asterisk.event("BridgeEnter", Uniqueid=self.id, Channel=self.name, **where)

    async def ring(self, manner: str, failure: Fields, context: str) -> None:
        self.context = "people"
        self._asterisk.event("Newchannel", Uniqueid=self.id, Channel=self.name)
        if manner == "gone":
            self._asterisk.event("OriginateResponse", **failure)
            self.hang_up("19")
            return
        self._asterisk.event("Newstate", Uniqueid=self.id, Channel=self.name, ChannelState=RINGING)
        if manner == "answers":
            self.state = UP
            self._asterisk.event("Newstate", Uniqueid=self.id, Channel=self.name, ChannelState=UP)
            self._asterisk.event("OriginateResponse", **(failure | {"Response": "Success", "Reason": "4"}))
            self._asterisk.event("DeviceStateChange", Device=self.name.rpartition("-")[0], State="INUSE")
            await self._picked_up(context)
        elif manner != "rings":
            self._asterisk.event("OriginateResponse", **failure)
            self.hang_up(manner)
        await self.gone.wait()

    async def _picked_up(self, context: str) -> None:
        self.context = context
        if context in ("careline", "careline-asked"):
            await self.careline()
        else:
            self.enter(f"waits-{self.id}", "holding_bridge")

    async def careline(self) -> None:
        """The hook. Whoever is lost comes again, but for a person who was asked."""
        label, lost = "again", "bye" if self.context == "careline-asked" else "lost"
        while not self.gone.is_set():
            self._moved.clear()
            self._goes_to = ""
            if label == "again":
                self.variables["CARELINE_NEXT"] = lost
                await self._run_agi()
                label = self._goes_to or self.variables["CARELINE_NEXT"]
            elif label == "wait":
                self.variables["CARELINE_NEXT"] = lost
                self.enter(f"waiting-room-{self.context}", "holding_bridge")
                await self._moved.wait()
                label = self._goes_to
            elif label == "lost":
                self.variables.setdefault("CARELINE_LOST", "1795192427")
                await asyncio.sleep(0.01)
                label = "again"
            else:
                self.variables["END"] = label
                self.hang_up()

    async def _run_agi(self) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._asterisk.agi_port)
        except ConnectionError:
            return
        self._agi = writer
        self.agi_connections += 1
        async with self.connected:
            self.connected.notify_all()
        told = {
            "network_script": "call",
            "channel": self.name,
            "uniqueid": self.id,
            "context": self.context,
            "callerid": "6175550142",
            "dnid": "6175550100",
            "arg_1": self.variables.get("CARELINE_SEEN", ""),
            "arg_2": "",
            "arg_3": self.variables.get("CARELINE_LOST", ""),
        }
        writer.write(("".join(f"agi_{key}: {value}\n" for key, value in told.items()) + "\n").encode())
        with suppress(ConnectionError):
            while line := (await reader.readline()).decode().strip():
                writer.write((await self._command(line)).encode() + b"\n")
        writer.close()

    async def _command(self, line: str) -> str:  # noqa: PLR0911 - a table with a few actions in it
        match line.split():
            case ["ANSWER"]:
                self.state = UP
                return "200 result=0"
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value.strip('"')
                if not value.strip('"'):
                    self.variables.pop(name)
                return "200 result=1"
            case ["EXEC", "AudioSocket", arguments] if self._asterisk.has_audiosocket:
                return f"200 result={await self._audiosocket(arguments)}"
            case ["EXEC", "AudioSocket", _]:
                return "200 result=-2"
            case ["EXEC", _]:
                return "200 result=0"
            case ["STREAM", "FILE", _, '""']:
                self.heard.set()
                return "200 result=0 endpos=160"
            case ["STREAM", "FILE", _, _]:
                self.heard.set()
                return f"200 result={await self._key(0.02)} endpos=160"
            case ["WAIT", "FOR", "DIGIT", milliseconds]:
                return f"200 result={await self._key(int(milliseconds) / 1000)}"
            case _:
                return "510 Invalid or unknown command"

    async def _key(self, seconds: float) -> int:
        try:
            return ord(await asyncio.wait_for(self._keys.get(), seconds))
        except TimeoutError:
            return 0

    async def _audiosocket(self, arguments: str) -> int:
        uuid, _, address = arguments.partition(",")
        host, _, port = address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        self._audio = writer
        writer.write(b"\x01\x00\x10" + bytes.fromhex(uuid.replace("-", "")))
        speaking = asyncio.get_running_loop().create_task(self._send_audio(writer))
        decoder = audiosocket.Decoder()
        try:
            while data := await reader.read(65_536):
                for frame in decoder.feed(data):
                    if frame == audiosocket.Hangup():
                        return 0
                    if isinstance(frame, audiosocket.Audio):
                        self.frames.append(frame.pcm)
                        self._grew.set()
                        if frame.pcm != QUIET:
                            self.heard.set()
        except ConnectionError:
            pass
        finally:
            speaking.cancel()
            writer.close()
        return -1

    async def _send_audio(self, writer: asyncio.StreamWriter) -> None:
        while True:
            goes_on = audiosocket.audio(LOUD if self.babbles else QUIET)
            writer.write(self._says.pop(0) if self._says else goes_on)
            await asyncio.sleep(0.005)

    def _leave_bridge(self) -> None:
        if self.bridge:
            self._asterisk.event("BridgeLeave", Uniqueid=self.id, BridgeUniqueid=self.bridge)
            self.bridge = ""

    def _drop(self) -> None:
        """Leave AudioSocket and AGI, as on a hang-up; AGI says so, whatever the reason."""
        if self._audio:
            self._audio.transport.abort()
        if self._agi:
            self._agi.write(b"HANGUP\n")
            self._agi.close()
