"""What the engine remembers: people, callers and offers. Records that only the engine's own modules change."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from acd.events import Device
from acd.model import Absence, Agent, Callback, Queue, Urgency
from acd.skills import ANYBODY, Needs

if TYPE_CHECKING:
    from acd.lines import Place


class Presence(StrEnum):
    """Where a person stands. Only who is READY is offered a caller."""

    LOGGED_OUT = "logged out"
    NOT_READY = "not ready"
    READY = "ready"
    RESERVED = "reserved"
    RINGING = "ringing"
    ANSWERED = "answered"
    TALKING = "talking"
    WRAP_UP = "wrap-up"
    BACK_OFF = "back-off"
    CAPPED = "enough calls"
    OUTSIDE = "outside call"
    GONE = "phone unreachable"


_ON_DUTY = frozenset({Presence.READY, Presence.CAPPED, Presence.OUTSIDE, Presence.GONE})
_AWAY = frozenset({Presence.NOT_READY, Presence.LOGGED_OUT})
_FREE = _ON_DUTY | _AWAY
_MISSED = _FREE | {Presence.BACK_OFF}
_TALKED = _FREE | {Presence.WRAP_UP}
_OFFERED = frozenset({Presence.RESERVED, Presence.RINGING})

TRANSITIONS = {
    Presence.LOGGED_OUT: _FREE,
    Presence.NOT_READY: _FREE,
    Presence.READY: _MISSED | _OFFERED,
    Presence.RESERVED: _MISSED | {Presence.RINGING, Presence.TALKING},
    Presence.RINGING: _MISSED | {Presence.ANSWERED, Presence.TALKING},
    Presence.ANSWERED: _MISSED | {Presence.TALKING},
    Presence.TALKING: _TALKED,
    Presence.WRAP_UP: _FREE,
    Presence.BACK_OFF: _FREE,
    Presence.CAPPED: _FREE,
    Presence.OUTSIDE: _FREE,
    Presence.GONE: _FREE,
}
"""The whole state machine of a person: from where to where. Whoever is on duty is READY, or CAPPED (enough calls this
hour), OUTSIDE (in a call that is none of ours) or GONE (the phone cannot be reached)."""

BUSY = frozenset({Presence.RESERVED, Presence.RINGING, Presence.ANSWERED, Presence.TALKING})
"""An offer holds the person."""

AT_WORK = frozenset(Presence) - _AWAY - {Presence.GONE}
"""Who serves callers, now or soon. That a phone cannot be reached is seen once a wrap-up or a back-off is over."""

ABSENCES = {
    Presence.LOGGED_OUT: Absence.UNAVAILABLE,
    Presence.GONE: Absence.UNAVAILABLE,
    Presence.NOT_READY: Absence.PAUSED,
    Presence.BACK_OFF: Absence.PAUSED,
    Presence.CAPPED: Absence.PAUSED,
    Presence.RESERVED: Absence.RINGING,
    Presence.RINGING: Absence.RINGING,
    Presence.ANSWERED: Absence.IN_USE,
    Presence.TALKING: Absence.IN_USE,
    Presence.OUTSIDE: Absence.IN_USE,
    Presence.WRAP_UP: Absence.WRAP_UP,
}
"""Presences in app_queue's words; who is READY is not absent."""


class Stage(StrEnum):
    """How far an offer came; a callback is DIALLING the caller while the person waits on the phone."""

    RESERVED = "reserved"
    RINGING = "ringing"
    DIALLING = "dialling"
    ANSWERED = "answered"
    TALKING = "talking"


PRESENCE_OF = {
    Stage.RESERVED: Presence.RESERVED,
    Stage.RINGING: Presence.RINGING,
    Stage.DIALLING: Presence.ANSWERED,
    Stage.ANSWERED: Presence.ANSWERED,
    Stage.TALKING: Presence.TALKING,
}


@dataclass(slots=True)
class Work:
    """What strategies count of a person's day. `occupancy` is the share of the time at work that was spent on calls, as
    of the moment in which the person last became ready.
    """

    calls: int = 0
    talk_seconds: float = 0.0
    busy_seconds: float = 0.0
    at_work_seconds: float = 0.0
    occupancy: float = 0.0


@dataclass(slots=True)
class WrappingUp:
    """A wrap-up that goes on: it ends at `ends`, or waits for a disposition until `latest`."""

    ends: float
    latest: float
    awaits_disposition: bool


@dataclass(slots=True)
class Person:
    """`since` is when the presence began, `idle_since` when the person became available (work ended, or signed in),
    `last_call_ended` when the last talk ended (0 before the first), `order` the place in the plan.

    `afterwards` is what was asked for during an offer: presence, reason, longest seconds. `leaving` marks a person whom
    the plan no longer names, but who has an offer to finish. `items` are the offers of shared work, by kind. `disposed`
    says that the disposition of the present call was given while it went on. `began` are the beginnings of the talks of
    the last hour, kept for whom a limit holds.
    """

    agent: Agent
    order: int
    presence: Presence
    since: float
    idle_since: float
    last_call_ended: float = 0.0
    why: str = ""
    offer: int | None = None
    items: dict[str, list[int]] = field(default_factory=dict)
    afterwards: tuple[Presence, str, float | None] | None = None
    leaving: bool = False
    device: Device = Device.FREE
    work: Work = field(default_factory=Work)
    wrapping_up: WrappingUp | None = None
    disposed: bool = False
    began: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.agent.name


@dataclass(slots=True)
class Back:
    """A caller who hung up and is to be called back. `away` until the caller is reached; `dialled` counts attempts."""

    callback: Callback
    away: bool = True
    dialled: int = 0


@dataclass(slots=True)
class Caller:
    """One caller, from joining to the end of the talk.

    `number` counts joins, `joined` is what the place goes by; `entered` is for the queue's rules, `stepped` for the
    step's, `present_since` is when the caller came to the phone. `told` is the last place told. `offers` are the phones
    that ring, or the one that was answered (`taken`); `phones` is how many may ring now (0: any number). `own_needs`,
    `own_head_start`, `preferred` and `site` are the caller's own; `needs` are the step's and the caller's. `suggested`
    are the targets that were offered already, `left` the queues that the caller overflowed from and never overflows to
    again. Who is `leaving` overflows when the last phone that still rings has stopped; who is `resting` cannot be
    called back now, and stands in nobody's way.
    """

    call: str
    queue: Queue
    own_needs: Needs
    urgency: Urgency
    number: int
    joined: float
    entered: float
    stepped: float
    present_since: float = 0.0
    own_head_start: float = 0.0
    preferred: tuple[str, ...] = ()
    preferred_until: float = 0.0
    site: str = ""
    party: str = ""
    step: int = 0
    told: int | None = None
    offers: list[int] = field(default_factory=list)
    taken: bool = False
    phones: int = 1
    talking: bool = False
    back: Back | None = None
    suggested: list[str] = field(default_factory=list)
    leaving: bool = False
    left: list[str] = field(default_factory=list)
    resting: bool = False
    needs: Needs = ANYBODY

    @property
    def away(self) -> bool:
        return self.back is not None and self.back.away

    @property
    def credit_seconds(self) -> float:
        """What the caller counts as having waited on joining."""
        return self.own_head_start + self.queue.head_start_seconds

    @property
    def place(self) -> Place:
        """Within one queue, and among queues of one weight. For what a wait counts see acd.model.Queue."""
        return (-self.urgency, self.joined - self.credit_seconds / self.queue.weight, self.number, self.call)

    def merit(self, now: float) -> float:
        """What the wait counts, against callers of queues of any weight."""
        return self.queue.weight * (now - self.joined) + self.credit_seconds


@dataclass(slots=True)
class Offer:
    """One ringing of one person for one caller; `queue` is the queue's plan at that moment."""

    id: int
    agent: str
    call: str
    queue: Queue
    began: float
    stage: Stage = Stage.RINGING
    talk_began: float = 0.0
