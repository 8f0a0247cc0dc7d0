"""What becomes of a caller in line: said by the queue runner, heard by the caller's session."""

from __future__ import annotations

from dataclasses import dataclass

from acd.model import Urgency
from acd.skills import ANYBODY, Needs


@dataclass(frozen=True, slots=True)
class Place:
    """Where and for whom a caller stands in line; `needs` are the caller's own, beyond the queue's.

    `preferred` people alone are rung for `preferred_seconds`. `party` stands for the caller's number without telling
    it, "" where it was withheld. `site` is where the caller dialled in. `head_start_seconds` is the caller's own.
    """

    queue: str
    needs: Needs = ANYBODY
    urgency: Urgency = Urgency.ROUTINE
    preferred: tuple[str, ...] = ()
    preferred_seconds: float = 0.0
    site: str = ""
    party: str = ""
    head_start_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Position:
    """The caller's place in line, 1 is next; `wait_seconds` is about what is left, None while nothing is known."""

    position: int
    wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class PickedUp:
    """A person answered and waits for the caller: whatever the caller hears must stop now."""

    agent: str


@dataclass(frozen=True, slots=True)
class Talking:
    """The caller and the person hear each other."""


@dataclass(frozen=True, slots=True)
class SentAway:
    """The queue's rule sends the caller to `to`; "" when the queue is no more. `why` is the rule in words."""

    to: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class MovedTo:
    """The caller stands in another queue now, the place kept."""

    queue: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """The caller is to be asked whether they want `to`, the place kept."""

    to: str
    why: str


@dataclass(frozen=True, slots=True)
class PlaceKept:
    """The caller's line had dropped, and the place of before is theirs again."""


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """The caller pressed a key while the PBX plays the music."""

    digit: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The caller hung up, waiting or talking."""


News = PickedUp | SentAway | MovedTo | Suggested | PlaceKept | KeyHeard | Position | Talking | Gone
