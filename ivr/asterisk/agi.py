"""AGI over TCP (FastAGI): bytes in, frames out; words in, command lines out.

    Asterisk                                     we
    agi_network: yes                     ->
    agi_uniqueid: 1795192427.13 ...      ->
    (empty line)                         ->           Environment
                                         <-  ANSWER
    200 result=0                         ->           Reply(200, "0", "")
                                         <-  SAY DIGITS
    520-Invalid command syntax. ...      ->
    (usage, any number of lines)         ->
    520 End of proper usage.             ->           Reply(520, ...)
    HANGUP                               ->           Hangup: at any time between replies, and answers nothing

Source: Asterisk res/res_agi.c (setup_env, run_agi, agi_handle_command, parse_args).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LINE = 8192  # Asterisk's own lines end near 8 KiB; a peer must not grow our memory
MAX_ENVIRONMENT_LINES = 256  # about 20 are usual, and one for each agi_arg_N
MAX_USAGE_LINES = 512  # the longest usage text has some 60

_REPLY = re.compile(r"([1-9][0-9]{2})([ -])(.*)")
_RESULT = re.compile(r"result=([^ ]*)(?: \((.*)\))?")
_BARE = re.compile(r"[^\s\"\\]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class AgiError(Exception):
    """The peer does not speak AGI: close this connection."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What Asterisk tells of the call; keys without the `agi_` prefix: `uniqueid`, `channel`, `callerid`, `arg_1` …"""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """One command's answer: 200 done, 510 unknown command, 511 dead channel, 520 wrong usage.

    `result` is what follows `result=` ("" when absent), `value` what stands in parentheses after it.
    """

    code: int
    result: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Hangup:
    """Asterisk leaves AGI. No proof that the caller hung up: Redirect, Bridge and TIMEOUT(absolute) send it too."""


Frame = Environment | Reply | Hangup


class Decoder:
    """Feed it what the socket gives, in any pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._environment: dict[str, str] | None = {}
        self._usage_lines = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that are complete now. Raises AgiError; the decoder is of no use afterwards."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        frames = [frame for line in lines if (frame := self._line(_text(line))) is not None]
        if len(self._rest) > MAX_LINE:
            raise AgiError(f"a line of more than {MAX_LINE} bytes")
        return frames

    def _line(self, line: str) -> Frame | None:
        if self._environment is not None:
            return self._environment_line(self._environment, line)
        if self._usage_lines:
            return self._usage_line(line)
        if line == "HANGUP":
            return Hangup()
        return self._reply_line(line)

    def _environment_line(self, so_far: dict[str, str], line: str) -> Frame | None:
        if not line:
            if not so_far:
                raise AgiError("an empty environment")
            self._environment = None
            return Environment(so_far)
        key, colon, value = line.partition(":")
        if not colon or not key.startswith("agi_") or len(so_far) >= MAX_ENVIRONMENT_LINES:
            raise AgiError("not an AGI environment")
        so_far[key.removeprefix("agi_")] = value.strip()
        return None

    def _reply_line(self, line: str) -> Reply | None:
        match = _REPLY.fullmatch(line)
        if match is None:
            raise AgiError("neither a reply nor HANGUP")
        code, separator, rest = match.groups()
        if separator == "-":
            self._usage_lines = 1
            return None
        result = _RESULT.match(rest)
        return Reply(int(code), result[1], result[2] or "") if result else Reply(int(code))

    def _usage_line(self, line: str) -> Reply | None:
        if line.startswith("520 "):
            self._usage_lines = 0
            return Reply(520)
        self._usage_lines += 1
        if self._usage_lines > MAX_USAGE_LINES:
            raise AgiError("a usage text without an end")
        return None


def command(*words: str) -> bytes:
    """Encode one command line; each word arrives as one argument.

    Raises ValueError for a control character (it would start a second command) and for a line that is too long.
    """
    line = (" ".join(map(_quoted, words)) + "\n").encode()
    if len(line) > MAX_LINE:
        raise ValueError(f"an AGI command of more than {MAX_LINE} bytes")
    return line


def _quoted(word: str) -> str:
    if _CONTROL.search(word):
        raise ValueError("a control character in an AGI command")
    if _BARE.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(line: bytes) -> str:
    if len(line) > MAX_LINE:
        raise AgiError(f"a line of more than {MAX_LINE} bytes")
    return line.rstrip(b"\r").decode(errors="replace")
