"""What happened: everything that changes the engine's state, and nothing else does. The journal is these, in order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from acd.model import Agent, Queue, Urgency


class Cause(StrEnum):
    """Why an offer failed (RONA by cause); acd.staff.BACK_OFF_SECONDS says what becomes of the person."""

    NO_ANSWER = "no answer"
    REFUSED = "refused"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Configured:
    """The plan, whole, each name once. Queues and agents that it no longer names finish what they began, then leave.

    Callers who wait in a queue that is no more are sent away with `to` = "".
    """

    queues: tuple[Queue, ...]
    agents: tuple[Agent, ...]


@dataclass(frozen=True, slots=True)
class CallerJoined:
    """`needs` are this caller's own, beyond the queue's. Joining again (after an outage) keeps the place."""

    call: str
    queue: str
    needs: frozenset[str] = frozenset()
    urgency: Urgency = Urgency.ROUTINE


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller hung up, or left the queue by choice. Unknown calls are no error."""

    call: str


@dataclass(frozen=True, slots=True)
class AgentReady:
    """Signs in, ends not-ready, or ends wrap-up early."""

    agent: str


@dataclass(frozen=True, slots=True)
class AgentNotReady:
    """Takes effect at once when idle, else after the present call."""

    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgentLoggedOut:
    agent: str


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """The person picked up; a loser of a race gets StopRinging in reply."""

    offer: int


@dataclass(frozen=True, slots=True)
class OfferFailed:
    offer: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class TalkBegan:
    offer: int


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The person's leg is over; wrap-up begins."""

    offer: int


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The deadline that `next_deadline` named has come."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the PBX really holds, after a restart or a lost control connection.

    `calls` are the callers' ids that live, `ringing` and `talking` the offers whose leg lives. Everything the engine
    believes beyond that is over.
    """

    calls: frozenset[str]
    ringing: frozenset[int]
    talking: frozenset[int]


Event = (
    Configured
    | CallerJoined
    | CallerLeft
    | AgentReady
    | AgentNotReady
    | AgentLoggedOut
    | OfferAnswered
    | OfferFailed
    | TalkBegan
    | TalkEnded
    | TimePassed
    | Reconciled
)
