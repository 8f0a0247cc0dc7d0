"""FreeSWITCH's end of one caller's connection: answers as the recordings show, records into files, and plays what the
test lets it play. For what has to happen in one order and no other; the double has clocks, telephones and a dialplan.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ivr.freeswitch import esl
from ivr.freeswitch.outbound import EslSession, OutboundServer
from ivr.sockets import Address
from tests.freeswitch.recordings import packets

if TYPE_CHECKING:
    from io import FileIO

SECONDS = 5
CHANNEL = next(packet.text for packet in packets("01d_outbound_cancel_before_answer.txt") if packet.heard)
UUID = esl.Decoder().feed(CHANNEL.encode())[0]["Unique-ID"]
OK = "Content-Type: command/reply\nReply-Text: +OK\n\n"
_EXECUTE = re.compile(r"execute-app-name: (.*)\nexecute-app-arg: (.*)\nEvent-UUID: (.*)")


class TinyChannel:
    """`told` has what Careline said after the greeting: "api ..." without the channel's id, or "playback SOUND".

    `records` is the answer to a recording, whose file then grows by `says`. With `hides` there is none, with `links` a
    link in its place.
    """

    def __init__(self) -> None:
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.records = "+OK Success\n"
        self.hides = False
        self.links = False
        self.recordings: dict[str, FileIO] = {}
        self.session: EslSession
        self.sound = self.number = ""  # of the playback that was told last
        self._server = OutboundServer(Address("127.0.0.1", 0), self._serve)
        self._came = asyncio.Event()
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._answering: asyncio.Task[None]

    async def start(self, **variables: str) -> None:
        await self._server.start()
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        await self._reader.readuntil(b"\n\n")
        more = "".join(f"variable_{name}: {value}\n" for name, value in variables.items())
        self._say(CHANNEL.removesuffix("\n") + more + "\n")
        self._answering = asyncio.get_running_loop().create_task(self._answer())
        await asyncio.wait_for(self._came.wait(), SECONDS)

    async def close(self) -> None:
        self.hang_up()
        await self._server.close()
        await asyncio.gather(self._answering, return_exceptions=True)

    def hang_up(self) -> None:
        """The connection and all recordings end."""
        self._answering.cancel()
        self._writer.close()
        for file in self.recordings.values():
            file.close()

    async def next(self) -> str:
        """What Careline says next."""
        return await asyncio.wait_for(self.told.get(), SECONDS)

    async def plays(self) -> str:
        """The next that Careline says is a playback, which begins; return what is played."""
        assert await self.next() == f"playback {self.sound}"
        self.executes()
        self.sounds()
        return self.sound

    def executes(self, number: str = "") -> None:
        self.event("CHANNEL_EXECUTE", Application="playback", Application_UUID=number or self.number)

    def sounds(self) -> None:
        self.event("PLAYBACK_START", Playback_File_Path=self.sound)

    def ends(self, response: str = "FILE PLAYED", number: str = "") -> None:
        """The playback that was told last is over, or another."""
        about = {"Application": "playback", "Application_UUID": number or self.number}
        self.event("PLAYBACK_STOP", Playback_File_Path=self.sound)
        self.event("CHANNEL_EXECUTE_COMPLETE", **about, Application_Response=response)

    def event(self, name: str, **headers: str) -> None:
        told = {"Event-Name": name, "Unique-ID": UUID, **{key.replace("_", "-"): headers[key] for key in headers}}
        inner = "".join(f"{key}: {quote(value)}\n" for key, value in told.items()) + "\n"
        self._say(f"Content-Length: {len(inner)}\nContent-Type: text/event-plain\n\n{inner}")

    def says(self, pcm: bytes) -> None:
        """The caller is heard by all recordings that run."""
        for file in self.recordings.values():
            file.write(pcm)

    # ---- inside ----

    async def _serve(self, session: EslSession) -> None:
        self.session = session
        self._came.set()
        await session.ended.wait()

    async def _answer(self) -> None:
        while True:
            command = (await self._reader.readuntil(b"\n\n")).decode().strip()
            if command.startswith("sendmsg"):
                self._take_execute(command)
            elif command.startswith("api "):
                told = command.replace(f" {UUID}", "", 1)
                self._respond(self._reply(told))
                self.told.put_nowait(told)
            else:
                self._say(OK)

    def _take_execute(self, command: str) -> None:
        found = _EXECUTE.search(command)
        assert found
        application, self.sound, self.number = found.groups()
        self._say(OK)
        self.told.put_nowait(f"{application} {self.sound}")

    def _reply(self, told: str) -> str:
        match told.split():
            case ["api", "uuid_record", "start", path]:
                if self.links:
                    Path(path).symlink_to("/dev/zero")
                elif self.records.startswith("+OK") and not self.hides:
                    self.recordings[path] = Path(path).open("wb", buffering=0)  # noqa: SIM115 - it grows
                return self.records
            case ["api", "uuid_record", "stop", path]:
                if path not in self.recordings:
                    return "-ERR Cannot stop record session!\n"
                self.recordings.pop(path).close()
        return "+OK\n"

    def _respond(self, text: str) -> None:
        self._say(f"Content-Type: api/response\nContent-Length: {len(text)}\n\n{text}")

    def _say(self, text: str) -> None:
        self._writer.write(text.encode())
