"""What happened: everything that changes the engine's state, and nothing else does. The journal is these, in order."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - acd.codec reads the types of the fields at run time
from dataclasses import dataclass, field
from enum import StrEnum

from acd.model import Agent, Callback, Queue, Urgency
from acd.skills import ANYBODY, Needs


class Cause(StrEnum):
    """Why an offer failed (RONA by cause), or why a caller was not reached for a callback."""

    NO_ANSWER = "no answer"
    REFUSED = "refused"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    MACHINE = "answering machine"
    LOST = "lost"


class Device(StrEnum):
    """What the PBX says of a person's phone, our own calls left out."""

    FREE = "free"
    BUSY = "busy"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Configured:
    """The plan, whole, each name once. Queues and agents that it no longer names finish what they began, then leave.

    Callers of a queue that is no more go over to the queue `operator`, in danger to `urgent`, the place kept; where the
    plan has neither they are sent away with `to` = "". A caller's own needs that somebody of the plan before met, and
    nobody of this one does, are dropped. `sites` names for a site the others, the nearest first. `after_failure` says
    for how long a person is passed over after a failed ring, where the engine's own rule
    (acd.staff.BACK_OFF_SECONDS) is not wanted; None makes the person not ready. `seed` is for random strategies.
    """

    queues: tuple[Queue, ...]
    agents: tuple[Agent, ...]
    sites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after_failure: Mapping[Cause, float | None] = field(default_factory=dict)
    seed: int = 0
    operator: str = ""
    urgent: str = ""


@dataclass(frozen=True, slots=True)
class DayBegan:
    """The practice's day begins: what strategies count (calls, talk time) is counted anew."""


# ---- callers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallerJoined:
    """`needs` are this caller's own, beyond the queue's. Joining again (after an outage) keeps the place.

    `head_start_seconds` is this caller's own, beyond the queue's. For `preferred_seconds` only the `preferred` people
    are rung (the care team, the last nurse), unless none of them is at work. `party` stands for the caller's number
    without telling it: who rings again with the same one has the place back (Queue.return_seconds), also one who waits
    to be called back. `site` is where
    the caller dialled in. With `callback` nobody is on the line: it is a callback that was agreed upon before.
    """

    call: str
    queue: str
    needs: Needs = ANYBODY
    urgency: Urgency = Urgency.ROUTINE
    head_start_seconds: float = 0.0
    preferred: tuple[str, ...] = ()
    preferred_seconds: float = 0.0
    site: str = ""
    party: str = ""
    callback: Callback | None = None


@dataclass(frozen=True, slots=True)
class CallerChanged:
    """A waiting caller's priority, from the next decision on. Urgency only rises; None leaves the head start."""

    call: str
    urgency: Urgency = Urgency.ROUTINE
    head_start_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller hung up (`dropped`), or left the queue by choice. Unknown calls are no error.

    Who asked for a callback has hung up already; a CallbackCancelled ends it.
    """

    call: str
    dropped: bool = False


# ---- callbacks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """The caller hangs up and keeps the place: it will be the caller's turn by being called back.

    Unknown calls, and callers who talk already, are no error.
    """

    call: str
    callback: Callback = field(default_factory=Callback)


@dataclass(frozen=True, slots=True)
class CallbackCancelled:
    """The caller is not to be called back after all; for everybody else this changes nothing."""

    call: str


@dataclass(frozen=True, slots=True)
class CallerReached:
    """The caller who was dialled for the offer is on the line, and is a person."""

    offer: int


@dataclass(frozen=True, slots=True)
class CallerUnreached:
    offer: int
    cause: Cause


# ---- people -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgentReady:
    """Signs in, ends not-ready, or ends wrap-up early."""

    agent: str


@dataclass(frozen=True, slots=True)
class AgentNotReady:
    """Takes effect at once when idle, else after the present call. Ready again after `longest_seconds`, when given."""

    agent: str
    reason: str
    longest_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class AgentLoggedOut:
    agent: str


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """`seconds` more, within what the queue allows; no error for who does not wrap up."""

    agent: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Disposed:
    """The person said what became of the last call; a wrap-up that waited for it ends when its time is over."""

    agent: str
    disposition: str


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """The person's phone is in a call that is none of ours, or cannot be reached, or is free again."""

    agent: str
    device: Device


# ---- offers -------------------------------------------------------------------------------------------------------


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


# ---- the rest -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody takes care of what an Alert told; unknown or ended alerts are no error."""

    alert: int
    by: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The deadline that `next_deadline` named has come."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the PBX really holds, after a restart or a lost control connection.

    `calls` are the callers' ids that live (for a callback: the caller's id, when the leg to the caller lives),
    `ringing` and `talking` the offers whose leg lives. Everything the engine believes beyond that is over.
    """

    calls: frozenset[str]
    ringing: frozenset[int]
    talking: frozenset[int]


Event = (
    Configured
    | DayBegan
    | CallerJoined
    | CallerChanged
    | CallerLeft
    | CallbackAsked
    | CallbackCancelled
    | CallerReached
    | CallerUnreached
    | AgentReady
    | AgentNotReady
    | AgentLoggedOut
    | WrapUpExtended
    | Disposed
    | DeviceChanged
    | OfferAnswered
    | OfferFailed
    | TalkBegan
    | TalkEnded
    | Acknowledged
    | TimePassed
    | Reconciled
)
