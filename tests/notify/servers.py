"""Servers on loopback that speak the real bytes, well or badly: HTTP/1.1 (RFC 9112) and SMTP (RFC 5321)."""

from __future__ import annotations

import asyncio
import base64
import socket
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, TypeVar, cast

from tests.fakes import Seen

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator
    from email.message import EmailMessage


def free_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        return cast("int", nobody.getsockname()[1])


@dataclass(frozen=True)
class Posted:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class TinyHttp:
    """Answers with `answers` one after the other, the last one for ever: a status, "silent" or "hangs up"."""

    answers: list[int | str]
    port: int = 0
    seen: Seen[Posted] = field(default_factory=Seen)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:-2])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.seen.add(Posted(method, target, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == "silent":
            await reader.read()
        elif isinstance(answer, int):
            writer.write(
                f"HTTP/1.1 {answer} Whatever\r\nLocation: {self.url}/elsewhere\r\nContent-Length: 2\r\n\r\nok".encode()
            )


@dataclass
class TinySmtp:
    """Takes mail. `certificate` offers STARTTLS, `password` asks for a login, `answers` replaces a command's answer."""

    certificate: ssl.SSLContext | None = None
    password: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    port: int = 0
    said: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: bool = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.silent:
            await reader.read()
            return
        writer.write(b"220 mail.example.org ESMTP\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ")[0].upper()
            self.said.append(line if verb != "AUTH" else "AUTH")
            if verb in self.answers:
                writer.write(f"{self.answers[verb]}\r\n".encode())
                continue
            match verb:
                case "EHLO":
                    writer.write(self._greeting())
                case "STARTTLS":
                    writer.write(b"220 go ahead\r\n")
                    await writer.start_tls(cast("ssl.SSLContext", self.certificate))
                    self.encrypted = True
                case "AUTH":
                    writer.write(self._login(line))
                case "DATA":
                    writer.write(b"354 go ahead\r\n")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    self.mails.append(message_from_bytes(text[:-3], policy=policy.default))
                    writer.write(b"250 taken\r\n")
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                case _:
                    writer.write(b"250 fine\r\n")

    def _greeting(self) -> bytes:
        lines = ["mail.example.org"]
        if self.certificate and not self.encrypted:
            lines.append("STARTTLS")
        if self.password:
            lines.append("AUTH PLAIN")
        ends = ["-"] * (len(lines) - 1) + [" "]
        return "".join(f"250{end}{line}\r\n" for end, line in zip(ends, lines, strict=True)).encode()

    def _login(self, line: str) -> bytes:
        given = base64.b64decode(line.split(" ")[2]).split(b"\0")[2].decode()
        return b"235 welcome\r\n" if given == self.password else b"535 who are you, alerts@riverside.example?\r\n"


Tiny = TypeVar("Tiny", TinyHttp, TinySmtp)


@asynccontextmanager
async def serving(tiny: Tiny, tls: ssl.SSLContext | None = None) -> AsyncIterator[Tiny]:
    """The server listens within the block; connections that are still open are ended with it."""
    open_talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        open_talks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # 3.11 reports cancelled talks
                await tiny.talk(reader, writer)
        finally:
            open_talks.discard(task)
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", tiny.port, ssl=tls)
    tiny.port = server.sockets[0].getsockname()[1]
    try:
        yield tiny
    finally:
        server.close()
        for task in open_talks:
            task.cancel()
        await asyncio.gather(*open_talks, return_exceptions=True)
