"""FreeSWITCH's event socket: bytes in, messages and events out; commands in, bytes out.

    FreeSWITCH                                 we
    Content-Type: auth/request        ->           Message of the kind auth/request
                                      <-  auth … / (empty line)
    Content-Type: command/reply       ->           Message: the reply to our oldest command that has none yet
    Reply-Text: +OK accepted
    (empty line)
                                      <-  api uuid_kill … / (empty line)
    Content-Type: api/response        ->           Message with a body: a reply too
    Content-Length: 4
    (empty line)
    +OK
    Content-Length: 602               ->           Event, at any time: its body has header lines, url-encoded,
    Content-Type: text/event-plain                 and after an empty line perhaps a body of its own
    (empty line)
    Event-Name: BACKGROUND_JOB …

The reply to `connect`, the first command on a connection that FreeSWITCH opened, has all of the channel's headers,
url-encoded, in place of a body. Whatever is url-encoded is decoded after it was split into headers: a line break in a
caller's name is data.

Source: FreeSWITCH src/mod/event_handlers/mod_event_socket/mod_event_socket.c (read_packet, parse_command, api_exec),
src/switch_event.c (switch_event_serialize, switch_event_serialize_json_obj).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_HEADER_BYTES = 262_144  # a channel with long variables has 30,000; a peer must not grow our memory
MAX_BODY_BYTES = 8_388_608  # the longest: `show channels as json`, about 1 KB a line
MAX_HEADERS = 4096  # a channel has one for each variable, 300 or so
MAX_COMMAND_BYTES = 16_384  # nothing of ours is longer; FreeSWITCH itself would take 10 MiB
MAX_JOB_UUID = 36  # FreeSWITCH cuts off what is longer (acs->uuid_str)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LENGTH = re.compile(r"[0-9]{1,9}")
# A packet that says reload or unload and mod_event_socket, wherever, makes FreeSWITCH unload its event socket.
_UNLOADING = re.compile(r"mod_event_socket", re.IGNORECASE)


class EslError(Exception):
    """The peer does not speak the event socket: close this connection."""


@dataclass(frozen=True, slots=True)
class Message:
    """A packet that is no event. Of a header that comes twice, the first counts, as in FreeSWITCH itself."""

    headers: Mapping[str, str]
    body: str = ""

    @property
    def kind(self) -> str:
        return self["Content-Type"]

    @property
    def text(self) -> str:
        """What FreeSWITCH answered: "+OK …", "-ERR …", or what an api command is to find out."""
        return (self.body if self.kind == "api/response" else self["Reply-Text"]).strip()

    def __getitem__(self, key: str) -> str:
        """Return a header's value, "" when there is none: FreeSWITCH omits headers that it cannot fill."""
        return self.headers.get(key, "")


@dataclass(frozen=True, slots=True)
class Event:
    """An event, plain or JSON. A value that is a list reads ARRAY::one|:two, as FreeSWITCH writes it in plain ones."""

    headers: Mapping[str, str]
    body: str = ""

    @property
    def name(self) -> str:
        return self["Event-Name"]

    def __getitem__(self, key: str) -> str:
        """Return a header's value, "" when there is none."""
        return self.headers.get(key, "")


class Decoder:
    """Feed it what the socket gives, in any pieces; a letter cut in two by a segment is no trouble."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._headers: dict[str, str] = {}
        self._header_bytes = self._header_lines = 0
        self._body_bytes: int | None = None  # None: the headers are not complete

    def feed(self, data: bytes) -> list[Message | Event]:
        """Return what is complete now. Raises EslError; the decoder is of no use afterwards."""
        self._rest += data
        packets = []
        while (packet := self._packet()) is not None:
            packets.append(packet)
        return packets

    def _packet(self) -> Message | Event | None:
        length = self._announced()
        if length is None or len(self._rest) < length:
            return None
        headers, body = self._headers, bytes(self._rest[:length])
        del self._rest[:length]
        self._headers, self._body_bytes = {}, None
        self._header_bytes = self._header_lines = 0
        return _decoded(headers, body)

    def _announced(self) -> int | None:
        """Return how many bytes of body belong to the headers, None while these are not complete."""
        while self._body_bytes is None:
            line = self._line()
            if line is None:
                return None
            if line:
                _add(self._headers, line)
            elif self._headers:  # an empty line between packets is nothing
                self._body_bytes = _body_bytes(self._headers)
        return self._body_bytes

    def _line(self) -> str | None:
        end = self._rest.find(b"\n")
        if self._header_bytes + (len(self._rest) if end < 0 else end) > MAX_HEADER_BYTES:
            raise EslError(f"headers of more than {MAX_HEADER_BYTES} bytes")
        if end < 0:
            return None
        line = self._rest[:end].decode(errors="replace")
        del self._rest[: end + 1]
        self._header_bytes += end
        self._header_lines += bool(line)
        if self._header_lines > MAX_HEADERS:
            raise EslError(f"more than {MAX_HEADERS} headers")
        return line


def command(line: str, *, job_uuid: str = "") -> bytes:
    """Encode one command, such as "api uuid_kill …". `job_uuid` names the job of a `bgapi`.

    Raises ValueError for a control character, which would forge another command or header, and for what does not fit.
    """
    if len(job_uuid) > MAX_JOB_UUID:
        raise ValueError(f"a job's id of more than {MAX_JOB_UUID} characters")
    return _encoded([line, f"Job-UUID: {job_uuid}"] if job_uuid else [line])


def sendmsg(uuid: str, app: str, arg: str = "", *, event_uuid: str = "") -> bytes:
    """Encode the execution of a dialplan application; uuid "" is the channel that the connection is for.

    CHANNEL_EXECUTE and CHANNEL_EXECUTE_COMPLETE carry `event_uuid` as Application-UUID. Applications run one after the
    other: without event-lock, a second one would run inside a playback. Raises ValueError as `command`, and for an
    argument whose ${…} FreeSWITCH would replace by what it stands for.
    """
    if "${" in arg:
        raise ValueError("an argument with a variable that FreeSWITCH would expand")
    fields = {"execute-app-name": app, "execute-app-arg": arg, "Event-UUID": event_uuid}
    told = [f"{name}: {value}" for name, value in fields.items() if value]
    return _encoded([f"sendmsg {uuid}".rstrip(), "call-command: execute", *told, "event-lock: true"])


def _encoded(lines: Iterable[str]) -> bytes:
    for line in lines:
        if not line.strip() or _CONTROL.search(line):
            raise ValueError("a control character in a command to FreeSWITCH, or nothing at all")
        if _UNLOADING.search(line):
            raise ValueError("a command to FreeSWITCH that would unload its event socket")
    packet = "".join(f"{line}\n" for line in lines).encode() + b"\n"
    if len(packet) > MAX_COMMAND_BYTES:
        raise ValueError(f"a command of more than {MAX_COMMAND_BYTES} bytes to FreeSWITCH")
    return packet


def _add(headers: dict[str, str], line: str) -> None:
    name, colon, value = line.partition(": ")
    if not colon or not name:
        raise EslError("a line that is no header")
    headers.setdefault(name, value)


def _body_bytes(headers: Mapping[str, str]) -> int:
    """Return what the headers of a packet announce."""
    if "Content-Type" not in headers:
        raise EslError("a packet without Content-Type")
    announced = headers.get("Content-Length", "0")
    if not _LENGTH.fullmatch(announced) or int(announced) > MAX_BODY_BYTES:
        raise EslError(f"a body of no known length, or of more than {MAX_BODY_BYTES} bytes")
    return int(announced)


def _decoded(headers: Mapping[str, str], body: bytes) -> Message | Event:
    match headers["Content-Type"]:
        case "text/event-plain":
            return _plain(body.decode(errors="replace"))
        case "text/event-json":
            return _json(body.decode(errors="replace"))
        case "command/reply" if "Event-Name" in headers:  # the channel's data
            return Message(_unquoted(headers))
    return Message(headers, body.decode(errors="replace"))


def _plain(text: str) -> Event:
    head, _, body = text.partition("\n\n")
    lines = head.split("\n", MAX_HEADERS)
    if len(lines) > MAX_HEADERS:
        raise EslError(f"an event of more than {MAX_HEADERS} headers")
    headers: dict[str, str] = {}
    for line in lines:
        _add(headers, line)
    return Event(_unquoted(headers), body)


def _unquoted(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: unquote(value) for name, value in headers.items()}


def _json(text: str) -> Event:
    try:
        # Numbers stay text: a value is text everywhere else.
        found = json.loads(
            text, strict=False, object_pairs_hook=_firsts, parse_int=str, parse_float=str, parse_constant=str
        )
    except (ValueError, RecursionError) as error:
        raise EslError("an event that is not JSON") from error
    if not isinstance(found, dict) or len(found) > MAX_HEADERS:
        raise EslError(f"an event that is no JSON object, or has more than {MAX_HEADERS} headers")
    headers = {name: _json_value(value) for name, value in found.items()}
    return Event(headers, headers.pop("_body", ""))


def _firsts(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return dict(reversed(pairs))


def _json_value(value: object) -> str:
    match value:
        case str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return "ARRAY::" + "|:".join(value)
    raise EslError("an event whose JSON is no text")
