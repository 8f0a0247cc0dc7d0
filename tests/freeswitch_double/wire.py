"""The event socket's packets, written as FreeSWITCH writes them. Source: mod_event_socket.c, switch_event.c."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

UNESCAPED = "/,()!*'~$-_."  # what switch_url_encode leaves as it is, beside letters and digits
GOODBYE = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"


@dataclass(frozen=True, slots=True)
class Event:
    headers: dict[str, str]
    body: str = ""

    @property
    def name(self) -> str:
        return self.headers["Event-Name"]

    @property
    def uuid(self) -> str:
        return self.headers.get("Unique-ID", "")

    def plain(self) -> bytes:
        return packet({"Content-Type": "text/event-plain"}, self.block(), length_first=True)

    def json(self) -> bytes:
        body = {"Content-Length": str(len(self.body.encode())), "_body": self.body} if self.body else {}
        text = json.dumps({**self.headers, **body}, separators=(",", ":"), ensure_ascii=False)
        return packet({"Content-Type": "text/event-json"}, text, length_first=True)

    def block(self) -> str:
        """The headers, encoded, and what follows them."""
        lines = [f"{name}: {encoded(value)}\n" for name, value in self.headers.items()]
        if self.body:
            lines.append(f"Content-Length: {len(self.body.encode())}\n")
        return "".join(lines) + "\n" + self.body


@dataclass(frozen=True, slots=True)
class Packet:
    """What the application sends: its first line and the headers below it."""

    line: str
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Packet:
        line, *rest = text.replace("\r", "").split("\n")
        pairs = (each.partition(":") for each in rest if each)
        return cls(line.strip(), {name.strip().lower(): value.strip() for name, _, value in pairs})


def packet(headers: dict[str, str], body: str = "", *, length_first: bool = False) -> bytes:
    length = {"Content-Length": str(len(body.encode()))} if body else {}
    ordered = {**length, **headers} if length_first else {**headers, **length}
    return ("".join(f"{name}: {value}\n" for name, value in ordered.items()) + "\n" + body).encode()


def reply(text: str, **more: str) -> bytes:
    extra = {name.replace("_", "-"): value for name, value in more.items()}
    return packet({"Content-Type": "command/reply", "Reply-Text": text, **extra})


def encoded(value: str) -> str:
    return quote(value, safe=UNESCAPED) if value else "_undef_"


def decoded(value: str) -> str:
    return unquote(value)
