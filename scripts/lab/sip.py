"""SIP and SDP messages as far as a telephone needs them: text in, Message out, and back. Source: RFC 3261, RFC 4566."""

import re
from dataclasses import dataclass, field

from lab.g711 import CODECS, Codec

SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}
TELEPHONE_EVENT = 101  # the payload type we offer for keys; the other side may choose another
ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"
START = re.compile(r"SIP/2\.0 \d{3} .*|[A-Z]+ \S+ SIP/2\.0")
REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    481: "Call Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    500: "Server Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}


@dataclass(slots=True)
class Message:
    """A request or a response; `start` is its first line, header names are in lower case."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def code(self) -> int:
        """A response's status; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """A request's method, or the method that a response answers."""
        return self.get("cseq").split()[-1] if self.code else self.start.split()[0]

    def get(self, name: str) -> str:
        """The first value of a header; "" when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[tuple[str, str]]:
        return [(key, value) for key, value in self.headers if key == name]

    def encode(self) -> bytes:
        kind = [("content-type", "application/sdp")] if self.body else []
        headers = [*self.headers, *kind, ("content-length", str(len(self.body.encode())))]
        lines = [self.start, *(f"{name.title()}: {value}" for name, value in headers)]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


def parse(datagram: bytes) -> Message:
    """ValueError when it is no SIP message."""
    head, _, body = datagram.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    headers = [(key.strip().lower(), value.strip()) for key, _, value in (line.partition(":") for line in lines)]
    message = Message(start, [(SHORT.get(key, key), value) for key, value in headers], body)
    if not (START.fullmatch(start) and message.get("call-id") and message.get("cseq")):
        raise ValueError("not a SIP message")
    return message


def response(request: Message, code: int, *, tag: str, contact: str = "", body: str = "") -> Message:
    """The answer to a request; `tag` marks our end of the call."""
    to = request.get("to")
    if ";tag=" not in to:
        to += f";tag={tag}"
    headers = [*request.all("via"), *request.all("record-route"), *request.all("from"), ("to", to)]
    headers += [("call-id", request.get("call-id")), ("cseq", request.get("cseq")), ("allow", ALLOW)]
    if contact:
        headers.append(("contact", contact))
    return Message(f"SIP/2.0 {code} {REASONS.get(code, 'Refused')}", headers, body)


def address(header: str) -> str:
    """The URI within a From, To or Contact header."""
    found = re.search(r"<([^>]+)>", header)
    return found[1] if found else header.split(";", maxsplit=1)[0].strip()


def host_and_port(uri: str) -> tuple[str, int]:
    """Where to send a request for `sip:user@host:port`; ValueError when it is no such address."""
    found = re.match(r"sips?:(?:[^@]+@)?([^:;>]+)(?::(\d+))?", uri)
    if not found:
        raise ValueError(f"{uri!r} is no SIP address; write it like sip:100@127.0.0.1:5060")
    return found[1], int(found[2] or 5060)


@dataclass(frozen=True, slots=True)
class Media:
    """One side's audio: where it listens, in which codec, and its payload type for keys."""

    host: str
    port: int
    codec: Codec
    keys: int = TELEPHONE_EVENT

    def offer(self) -> str:
        """As SDP."""
        law, keys = self.codec.payload_type, self.keys
        return "".join(
            f"{line}\r\n"
            for line in (
                *("v=0", f"o=- {self.port} 1 IN IP4 {self.host}", "s=-", f"c=IN IP4 {self.host}", "t=0 0"),
                *(f"m=audio {self.port} RTP/AVP {law} {keys}", f"a=rtpmap:{law} {self.codec.name}/8000"),
                *(f"a=rtpmap:{keys} telephone-event/8000", f"a=fmtp:{keys} 0-16", "a=ptime:20", "a=sendrecv"),
            )
        )


def media(sdp: str) -> Media | None:
    """The other side's audio; None when it offers none that we speak."""
    line = re.search(r"^m=audio (\d+) \S+ ([\d ]+)", sdp, re.MULTILINE)
    host = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
    keys = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", sdp, re.MULTILINE)
    codec = next((CODECS[int(law)] for law in line[2].split() if int(law) in CODECS), None) if line else None
    if not (line and host and codec):
        return None
    return Media(host[1], int(line[1]), codec, int(keys[1]) if keys else TELEPHONE_EVENT)
