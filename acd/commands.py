"""What to do: the engine's orders to the world, each to be carried out once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring the agent's phone for the call; the answer comes back as OfferAnswered or OfferFailed."""

    offer: int
    agent: str
    call: str
    ring_seconds: float


@dataclass(frozen=True, slots=True)
class StopRinging:
    """End the offer's leg, ringing or just answered."""

    offer: int
    agent: str
    answered_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """Join the caller and the person who picked up."""

    offer: int
    agent: str
    call: str


@dataclass(frozen=True, slots=True)
class TellPosition:
    """The caller's place in line became better or is told for the first time; 1 is next. Never delays an offer."""

    call: str
    position: int


@dataclass(frozen=True, slots=True)
class SendAway:
    """The caller waited long enough and leaves the queue for `to` (the queue's overflow)."""

    call: str
    queue: str
    to: str


Command = Ring | StopRinging | Connect | TellPosition | SendAway
