"""What to do: the engine's orders to the world, each to be carried out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acd.wait import Estimate


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring the agent's phone for the call; the answer comes back as OfferAnswered or OfferFailed.

    Several phones may ring for one call: each has its own offer, and the first answer wins.
    """

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
class DialCaller:
    """Call the caller back; the answer comes back as CallerReached or CallerUnreached.

    `attempt` counts from 1. The person either waits on the phone already, or is rung once the caller is reached.
    """

    offer: int
    agent: str
    call: str
    attempt: int


@dataclass(frozen=True, slots=True)
class StopDialling:
    """End the leg to the caller that DialCaller began."""

    offer: int
    call: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Join the caller and the person who picked up."""

    offer: int
    agent: str
    call: str


@dataclass(frozen=True, slots=True)
class TellPosition:
    """The caller's place in line became better or is told for the first time; 1 is next. Never delays an offer.

    `estimate` is the wait that is left; None while nothing is known.
    """

    call: str
    position: int
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """The caller rang again after the line dropped, and has the place of before: as waiting for `waited_seconds`."""

    call: str
    waited_seconds: float


@dataclass(frozen=True, slots=True)
class Stepped:
    """What is required of a person became less: the caller stands at `step` of the queue now (0 is the first)."""

    call: str
    queue: str
    step: int
    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The caller went over to another queue of the plan, the place there by age; `why` is the rule, in words."""

    call: str
    queue: str
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class SendAway:
    """The caller leaves the queue for `to`: the overflow's target, or "" from a queue that is no more."""

    call: str
    queue: str
    to: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Suggest:
    """Ask the waiting caller once whether they want `to` (a callback, voicemail); they keep the place meanwhile."""

    call: str
    queue: str
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The caller could not be reached in any of the attempts, or not within the hours; the callback is over."""

    call: str
    queue: str
    attempts: int


@dataclass(frozen=True, slots=True)
class CallbackOver:
    """The caller is not to be called back any more: it was cancelled, or they rang again and have their place."""

    call: str
    queue: str
    why: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Tell `who` (people or rotas of the plan) that a queue needs them; `rung` counts from 0.

    Repeated with the same `alert` up the ladder until somebody acknowledges or it is over.
    """

    alert: int
    queue: str
    name: str
    rung: int
    who: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class AlertOver:
    """The alert's condition holds no more, acknowledged or not."""

    alert: int
    queue: str
    name: str


Command = (
    Ring
    | StopRinging
    | DialCaller
    | StopDialling
    | Connect
    | TellPosition
    | Restored
    | Stepped
    | Moved
    | SendAway
    | Suggest
    | GiveUp
    | CallbackOver
    | Alert
    | AlertOver
)
