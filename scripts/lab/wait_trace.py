"""What happened in one queue, in order, as a compact file: gzipped lines, times and seconds in tenths.

j,31502.4,17,3,5,0    joined: time, call, callers ahead, people at work, of these ready or ringing for this queue
q,31562.4,17,2,5,0    the same, asked while still waiting
a,31640.0,17          answered            l,31640.0,17          left
h,31900.1,228.3,190   a person was occupied so long (ring, talk, wrap-up), of which talk
"""

from __future__ import annotations

import gzip
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Joined:
    at: float
    call: str
    ahead: int
    servers: int
    free: int


@dataclass(frozen=True, slots=True)
class Asked:
    at: float
    call: str
    ahead: int
    servers: int
    free: int


@dataclass(frozen=True, slots=True)
class Answered:
    at: float
    call: str


@dataclass(frozen=True, slots=True)
class Left:
    at: float
    call: str


@dataclass(frozen=True, slots=True)
class Handled:
    at: float
    seconds: float
    talk_seconds: float


Happened = Joined | Asked | Answered | Left | Handled

_LETTERS = {Joined: "j", Asked: "q", Answered: "a", Left: "l", Handled: "h"}


def write(file: Path, happened: Iterable[Happened]) -> None:
    """Equal traces give equal bytes."""
    text = "".join(_line(each) for each in happened)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def read(file: Path) -> list[Happened]:
    """Raises ValueError for a line that is none of these."""
    return [_happened(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]


def _line(each: Happened) -> str:
    values = (f"{value:.1f}" if isinstance(value, float) else str(value) for value in astuple(each))
    return ",".join((_LETTERS[type(each)], *values)) + "\n"


def _happened(line: str) -> Happened:
    match line.split(","):
        case "j", at, call, ahead, servers, free:
            return Joined(float(at), call, int(ahead), int(servers), int(free))
        case "q", at, call, ahead, servers, free:
            return Asked(float(at), call, int(ahead), int(servers), int(free))
        case "a", at, call:
            return Answered(float(at), call)
        case "l", at, call:
            return Left(float(at), call)
        case "h", at, seconds, talk_seconds:
            return Handled(float(at), float(seconds), float(talk_seconds))
        case _:
            raise ValueError(f"not a line of a trace: {line!r}")
