"""What becomes of a caller in line: said by the queue runner, heard by the caller's session."""

from __future__ import annotations

from dataclasses import dataclass

from acd.model import Urgency
from acd.skills import ANYBODY, Needs


@dataclass(frozen=True, slots=True)
class Place:
    """Where and for whom a caller stands in line; `needs` are the caller's own, beyond the queue's."""

    queue: str
    needs: Needs = ANYBODY
    urgency: Urgency = Urgency.ROUTINE


@dataclass(frozen=True, slots=True)
class Position:
    """The caller's place in line; 1 is next."""

    position: int


@dataclass(frozen=True, slots=True)
class PickedUp:
    """A person answered and waits for the caller: whatever the caller hears must stop now."""

    agent: str


@dataclass(frozen=True, slots=True)
class Talking:
    """The caller and the person hear each other."""


@dataclass(frozen=True, slots=True)
class SentAway:
    """The caller waited long enough and goes to `to`; "" when the queue is no more."""

    to: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The caller hung up, waiting or talking."""


News = PickedUp | SentAway | Position | Talking | Gone
