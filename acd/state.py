"""What the engine remembers: people, callers and offers. Records that only the engine's own modules change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acd.lines import Place
    from acd.model import Agent, Queue, Urgency


class Presence(StrEnum):
    """Where a person stands. Only who is READY is offered a caller.

    READY -> ENGAGED -> WRAP_UP -> READY; a failed ring leads to BACK_OFF, and that to READY.
    """

    READY = "ready"
    ENGAGED = "engaged"
    WRAP_UP = "wrap-up"
    BACK_OFF = "back-off"
    NOT_READY = "not ready"
    LOGGED_OUT = "logged out"


class Stage(StrEnum):
    """How far an offer came; it only goes forward."""

    RINGING = "ringing"
    ANSWERED = "answered"
    TALKING = "talking"


@dataclass(slots=True)
class Person:
    """`since` is when the presence began, `idle_since` when work last ended, `order` the place in the plan.

    `afterwards` is the presence (and its reason) that was asked for during an offer; `leaving` marks a person whom
    the plan no longer names, but who has an offer to finish.
    """

    agent: Agent
    order: int
    presence: Presence
    since: float
    idle_since: float
    why: str = ""
    offer: int | None = None
    afterwards: tuple[Presence, str] | None = None
    leaving: bool = False

    @property
    def name(self) -> str:
        return self.agent.name


@dataclass(slots=True)
class Caller:
    """One caller, from joining to the end of the talk.

    `number` counts joins and is the caller's place among equally urgent ones; `joined` is for the length of the wait,
    `entered` for the queue's overflow. `told` is the last place told, `offer` the offer that holds the caller.
    """

    call: str
    queue: Queue
    own_needs: frozenset[str]
    urgency: Urgency
    number: int
    joined: float
    entered: float
    told: int | None = None
    offer: int | None = None
    talking: bool = False

    @property
    def needs(self) -> frozenset[str]:
        return self.queue.needs | self.own_needs

    @property
    def place(self) -> Place:
        return (-self.urgency, self.number, self.call)


@dataclass(slots=True)
class Offer:
    """One ringing of one person for one caller; `queue` is the queue's plan at that moment."""

    id: int
    agent: str
    call: str
    queue: Queue
    began: float
    stage: Stage = Stage.RINGING
