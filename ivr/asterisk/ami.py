"""The Asterisk Manager Interface: bytes in, messages out; actions in, bytes out.

    Asterisk                                     we
    Asterisk Call Manager/11.0.0         ->           Banner
                                         <-  Action: Login / ActionID: 1 / Username: … / (empty line)
    Response: Success                    ->
    ActionID: 1                          ->
    (empty line)                         ->           Message: the answer to ActionID 1
    Event: Hangup                        ->
    Uniqueid: 1795192427.13 …            ->
    (empty line)                         ->           Message: an event, at any time

Source: Asterisk main/manager.c (get_input, process_message, astman_send_response, manager_event).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_LINE = 65_536  # a channel variable may be long; a peer must not grow our memory
MAX_FIELDS = 8192  # the longest answers list one field for each line of a dialplan context
MAX_SENT_LINE = 1023  # Asterisk's line buffer (inbuf[1025]); it drops a longer line without a word
MAX_SENT_FIELDS = 127  # AST_MAX_MANHEADERS is 128

_BANNER = re.compile(r"Asterisk Call Manager/(\S+)")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class AmiError(Exception):
    """The peer does not speak AMI: close this connection."""


@dataclass(frozen=True, slots=True)
class Banner:
    version: str


@dataclass(frozen=True, slots=True)
class Message:
    """An answer (has `Response`) or an event (has `Event`). `fields` in order; a key may come several times."""

    fields: tuple[tuple[str, str], ...]

    def __getitem__(self, key: str) -> str:
        """Return the first value of a key, "" when there is none: Asterisk omits fields that it cannot fill."""
        return next(self.all(key), "")

    def all(self, key: str) -> Iterator[str]:
        return (value for name, value in self.fields if name == key)


class Decoder:
    """Feed it what the socket gives, in any pieces; a letter cut in two by a segment is no trouble."""

    def __init__(self) -> None:
        self._rest = b""
        self._banner_seen = False
        self._fields: list[tuple[str, str]] = []

    def feed(self, data: bytes) -> list[Banner | Message]:
        """Return what is complete now. Raises AmiError; the decoder is of no use afterwards."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        frames = [frame for line in lines if (frame := self._line(_text(line))) is not None]
        if len(self._rest) > MAX_LINE:
            raise AmiError(f"a line of more than {MAX_LINE} bytes")
        return frames

    def _line(self, line: str) -> Banner | Message | None:
        if not self._banner_seen:
            return self._banner(line)
        if line:
            self._field(line)
            return None
        if not self._fields:
            return None
        message = Message(tuple(self._fields))
        self._fields.clear()
        return message

    def _banner(self, line: str) -> Banner:
        match = _BANNER.fullmatch(line)
        if match is None:
            raise AmiError("no Asterisk Call Manager banner")
        self._banner_seen = True
        return Banner(match[1])

    def _field(self, line: str) -> None:
        if len(self._fields) >= MAX_FIELDS:
            raise AmiError(f"a message of more than {MAX_FIELDS} fields")
        key, colon, value = line.partition(":")
        # A line without a colon is the rest of some value that held a line break: other people's variables may.
        self._fields.append((key, value.strip()) if colon else ("", line))


def action(name: str, action_id: str, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """Encode one action. Raises ValueError for a key or value that would forge another field, or does not fit."""
    pairs = [("Action", name), ("ActionID", action_id), *fields]
    if len(pairs) > MAX_SENT_FIELDS:
        raise ValueError(f"an AMI action of more than {MAX_SENT_FIELDS} fields")
    return b"".join(_encoded(key, value) for key, value in pairs) + b"\r\n"


def _encoded(key: str, value: str) -> bytes:
    if not _KEY.fullmatch(key) or _CONTROL.search(value):
        raise ValueError("a control character or a malformed key in an AMI action")
    line = f"{key}: {value}\r\n".encode()
    if len(line) > MAX_SENT_LINE:
        raise ValueError(f"an AMI line of more than {MAX_SENT_LINE} bytes")
    return line


def _text(line: bytes) -> str:
    if len(line) > MAX_LINE:
        raise AmiError(f"a line of more than {MAX_LINE} bytes")
    return line.rstrip(b"\r").decode(errors="replace")
