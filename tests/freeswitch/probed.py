"""A FreeSWITCH that answers what `careline doctor` asks, at the event socket, in the words of the recordings."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.clock import SystemClock
from ivr.shipped import shipped
from ivr.sockets import Address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GOODBYE = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
CODECS = "type,name,ikey\ncodec,G.711 alaw,CORE_PCM_MODULE\ncodec,G.711 ulaw,CORE_PCM_MODULE\n\n2 total.\n"


class Probed:
    """`answers` go before what a healthy FreeSWITCH would say, by the beginning of the command."""

    def __init__(self, password: str = "hush") -> None:
        self.password = password
        self.answers: dict[str, str] = {}
        self.asked: list[str] = []
        self.unplayable: set[str] = set()
        self.played: list[str] = []
        self.record_mode = 0o660
        self.writes = True
        self.rejects = False
        self.goes_at = ""
        self.channels: set[str] = set()
        self.address = Address("127.0.0.1", 0)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Probed]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.rejects:
            _send(writer, {"Content-Type": "text/rude-rejection"}, "Access Denied, go away.\n")
            _send(writer, {"Content-Type": "text/disconnect-notice"}, GOODBYE)
        else:
            _send(writer, {"Content-Type": "auth/request"})
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._converse(reader, writer)
        writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            line = (await reader.readuntil(b"\n\n")).decode().strip()
            name, _, rest = line.partition(" ")
            if name == "auth" and rest != self.password:
                _send(writer, {"Content-Type": "command/reply", "Reply-Text": "-ERR invalid"})
                _send(writer, {"Content-Type": "text/disconnect-notice"}, GOODBYE)
                return
            if self.goes_at and rest.startswith(self.goes_at):
                return
            if name == "api":
                self.asked.append(rest)
                _send(writer, {"Content-Type": "api/response"}, self._answer(rest))
                self._play(writer, rest)
            else:
                _send(writer, {"Content-Type": "command/reply", "Reply-Text": "+OK accepted"})

    def _answer(self, command: str) -> str:
        for beginning, answer in {**self.answers, **self._facts()}.items():
            if command.startswith(beginning):
                return answer
        match command.split():
            case ["originate", variables, *_]:
                self.channels.add(variables.partition("=")[2].partition(",")[0])
            case ["uuid_kill", channel]:
                self.channels.discard(channel)
            case ["uuid_record", _, "start", file] if self.writes:
                Path(file).touch(self.record_mode)
            case ["uuid_record", _, "start", _]:
                return "-ERR Cannot record session!\n"
        return "+OK\n"

    def _facts(self) -> dict[str, str]:
        facts = {
            "version": "FreeSWITCH Version 1.10.12-release~64bit (-release 64bit)\n",
            "module_exists ": "true",
            "show codec": CODECS,
            "strepoch": str(int(SystemClock().now())),
            "sched_api ": "+OK Added: 7\n",
            "sched_del ": "+OK Deleted: 1\n",
            "xml_locate ": hook(),
            "global_getvar hold_music": "local_stream://moh",
            "global_getvar ": "",
        }
        return {beginning: answer for beginning, answer in facts.items() if beginning not in self.answers}

    def _play(self, writer: asyncio.StreamWriter, command: str) -> None:
        match command.split():
            case ["uuid_broadcast", channel, sound, "aleg"]:
                self.played.append(sound)
                if any(each in sound for each in self.unplayable):
                    _event(writer, channel, "CHANNEL_EXECUTE_COMPLETE", "FILE NOT FOUND")
                else:
                    _event(writer, channel, "PLAYBACK_START")
            case ["uuid_break", channel]:
                _event(writer, channel, "PLAYBACK_STOP")
                _event(writer, channel, "CHANNEL_EXECUTE_COMPLETE", "FILE PLAYED")


def hook() -> str:
    """The context as FreeSWITCH tells it: in one piece, without comments, with spaces of its own."""
    text = (shipped("dialplans") / "freeswitch/careline.xml").read_text("utf-8")
    begin, end = text.index("<context "), text.index("</context>") + len("</context>")
    return text[begin:end].replace("    ", " ")


def _event(writer: asyncio.StreamWriter, channel: str, name: str, response: str = "") -> None:
    told = {"Event-Name": name, "Unique-ID": channel, "Application": "playback", "Application-Response": response}
    _send(writer, {"Content-Type": "text/event-json"}, json.dumps(told))


def _send(writer: asyncio.StreamWriter, headers: dict[str, str], body: str = "") -> None:
    told = headers | ({"Content-Length": str(len(body.encode()))} if body else {})
    writer.write(("".join(f"{name}: {value}\n" for name, value in told.items()) + "\n" + body).encode())
