"""What the feeds tell of: each fact once, in the order in which it came about.

Seconds are durations. `waited_seconds` is the time in this queue, as app_queue counts it. `position` is the place in
line, 1 is next, those counted who will be called back; `entered_at` the place on entering. `count` is how many wait on
the phone in this queue after it. Nothing here is patient data: a call is the PBX's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from acd.state import Presence

if TYPE_CHECKING:
    from acd.events import Cause

PAUSED = frozenset({Presence.NOT_READY, Presence.BACK_OFF, Presence.CAPPED})
"""Who is at work, but passed over until they or the engine say otherwise: what app_queue calls paused."""


class Leaving(StrEnum):
    """How a caller left the line without having talked to anybody."""

    HUNG_UP = "hung up"
    CHOSE = "chose"
    CALLBACK = "callback"
    SENT_AWAY = "sent away"
    EMPTY = "nobody there"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Entered:
    """A caller stands in line; who agreed to a callback does so again once reached."""

    call: str
    queue: str
    position: int
    count: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The caller was sent on, to a target or a queue, instead of entering."""

    call: str
    queue: str
    to: str


@dataclass(frozen=True, slots=True)
class Left:
    """`to` is the target or the queue that the caller was sent to."""

    call: str
    queue: str
    how: Leaving
    position: int
    entered_at: int
    waited_seconds: float
    count: int
    to: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """The person's phone is rung."""

    call: str
    queue: str
    agent: str
    offer: int


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The ring failed at the person."""

    call: str
    queue: str
    agent: str
    offer: int
    cause: Cause
    ring_seconds: float


@dataclass(frozen=True, slots=True)
class RingCancelled:
    """The ring ended early: the caller left, or the person signed off. A ring that somebody else won is none."""

    call: str
    queue: str
    agent: str
    offer: int
    ring_seconds: float


@dataclass(frozen=True, slots=True)
class Connected:
    """Caller and person talk; the caller has left the line."""

    call: str
    queue: str
    agent: str
    offer: int
    position: int
    entered_at: int
    waited_seconds: float
    ring_seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class Completed:
    """A talk is over; `by_caller` when the caller hung up first."""

    call: str
    queue: str
    agent: str
    offer: int
    by_caller: bool
    entered_at: int
    waited_seconds: float
    talk_seconds: float


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """A person of the plan stands elsewhere; `queues` are those that the person can serve.

    Who comes into the plan was logged out before, and who goes from it logs out. Wrap-up is one of the states.
    """

    agent: str
    queues: tuple[str, ...]
    before: Presence
    state: Presence
    why: str

    @property
    def signed_in(self) -> bool:
        return self.before is Presence.LOGGED_OUT and self.state is not Presence.LOGGED_OUT

    @property
    def paused(self) -> bool:
        return self.state in PAUSED


@dataclass(frozen=True, slots=True)
class CallbackAgreed:
    """Somebody is to be called back, and keeps a place in line meanwhile."""

    call: str
    queue: str


@dataclass(frozen=True, slots=True)
class CallbackMissed:
    """A caller who was dialled was not reached this time."""

    call: str
    queue: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class CallbackReached:
    call: str
    queue: str


@dataclass(frozen=True, slots=True)
class CallbackGivenUp:
    """Nobody will call back: not reached, or `cancelled`."""

    call: str
    queue: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class StepTaken:
    """Less is required of a person for this caller."""

    call: str
    queue: str
    step: int


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """Told to a rung of the ladder, 0 first; the same alert is told again and again."""

    alert: int
    queue: str
    name: str
    rung: int


@dataclass(frozen=True, slots=True)
class AlertEnded:
    alert: int
    queue: str
    name: str


@dataclass(frozen=True, slots=True)
class PlanTaken:
    """The queues and people of the plan are in force, for the first time or anew."""


Fact = (
    Entered
    | Refused
    | Left
    | Offered
    | NotAnswered
    | RingCancelled
    | Connected
    | Completed
    | PersonChanged
    | CallbackAgreed
    | CallbackMissed
    | CallbackReached
    | CallbackGivenUp
    | StepTaken
    | AlertRaised
    | AlertEnded
    | PlanTaken
)
