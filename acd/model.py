"""The engine's nouns: queues with their rules, agents. Frozen data; times are seconds, shares are 0..1."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - acd.codec reads the types of the fields at run time
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from math import inf

from acd.skills import ANYBODY, Needs

CALL = "call"
"""The kind of work that has a person to itself; every other kind is shared: an agent's `capacity` says how many."""


class Urgency(IntEnum):
    """A caller of a higher urgency goes before everybody of a lower one. It only rises while a caller waits.

    PRESSING: no sign of danger, but more than a matter of routine, such as a caller in distress.
    """

    ROUTINE = 0
    PRESSING = 1
    URGENT = 2


class Absence(StrEnum):
    """Why a person who could serve a queue cannot now; app_queue's words (joinempty, leavewhenempty).

    PENALTY: meets the queue's last step only, and the first one is in force. INVALID and UNKNOWN devices are
    UNAVAILABLE here: the plan knows every phone.
    """

    PAUSED = "paused"
    PENALTY = "penalty"
    IN_USE = "inuse"
    RINGING = "ringing"
    UNAVAILABLE = "unavailable"
    WRAP_UP = "wrapup"


@dataclass(frozen=True, slots=True)
class Condition:
    """True when every part that is given holds.

    `waited_seconds`: the caller stands in this queue (for a step: at this step) for at least so long.
    `length`: at least so many wait in the queue. `estimated_wait_seconds`: who joins now will wait at least so long.
    `service_level_below`: the share of callers answered in time, of late, is less.
    `staffed_below`: fewer people are at work (neither logged out nor not ready) who could serve the queue.
    `empty`: nobody could serve the queue but those who are absent in one of these ways.
    `urgent`: somebody urgent waits in the queue.
    """

    waited_seconds: float = 0.0
    length: int | None = None
    estimated_wait_seconds: float | None = None
    service_level_below: float | None = None
    staffed_below: int | None = None
    empty: frozenset[Absence] | None = None
    urgent: bool = False

    @property
    def of_time_alone(self) -> bool:
        return self == Condition(self.waited_seconds)


@dataclass(frozen=True, slots=True)
class Step:
    """What is required until one of the conditions holds; then the next step begins. The last step has none."""

    needs: Needs = ANYBODY
    until: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Overflow:
    """Where a caller goes when the condition holds.

    To another queue the caller moves by the engine itself, and the place there is by age. Any other target, `to`, is
    opaque to the engine (e.g. "voicemail scheduling", "offer callback"). With `offered`, the target is only offered:
    the caller keeps the place, and is asked once.
    """

    when: Condition
    to: str = ""
    queue: str = ""
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Ringing:
    """How many phones ring for one caller: `at_once` (0 is everybody's), and `more` every `every_seconds`."""

    at_once: int = 1
    more: int = 0
    every_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class WrapUp:
    """After a talk. A person may extend it, to `longest_seconds` in all.

    With `disposition`, it lasts until the person has said what became of the call, or `longest_seconds`.
    """

    seconds: float = 0.0
    longest_seconds: float = 900.0
    disposition: bool = False


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """`caller_first`: the caller is dialled while a person is held ready; else the person picks up first.

    A caller who is not reached is dialled again after each of `retry_seconds` in turn, then no more.
    """

    caller_first: bool = False
    retry_seconds: tuple[float, ...] = (300.0, 900.0, 3600.0)


@dataclass(frozen=True, slots=True)
class Callback:
    """When one caller may be called back: not before a time agreed upon, and inside one of `hours` (begin, end) only.

    Times are absolute, of the engine's clock; hours in order. () is at any hour.
    """

    not_before: float = 0.0
    hours: tuple[tuple[float, float], ...] = ()

    def window(self, moment: float) -> tuple[float, float] | None:
        """The stretch, from `moment` on, in which the caller may be called next; None when there is none any more."""
        moment = max(moment, self.not_before)
        if not self.hours:
            return moment, inf
        return next(((max(begin, moment), end) for begin, end in self.hours if moment < end), None)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an escalation ladder: who is told, and how long they have to acknowledge it."""

    who: tuple[str, ...]
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Escalation:
    """Alert the people of the ladder, rung by rung, the last one again and again, until somebody acknowledges.

    The condition's `waited_seconds` is about whoever waits longest.
    """

    name: str
    when: Condition
    ladder: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue. Callers are served by urgency, then by `weight` * seconds waited + head start, most first.

    `head_start_seconds` is what a caller of this queue counts as having waited on joining. So whoever waited x seconds
    is passed only by callers who count more, that is by none who waited less than (weight * x - H) / W seconds, where
    H and W are the greatest head start and weight of the plan: nobody starves, but for urgent callers.

    `strategy` names how a person is chosen (acd.strategies), of those who meet `prefers` if any is ready: nobody is
    waited for because of it. With `nearest_first`, the people of the caller's site go before both, then sites by their
    distance. `return_seconds`: a caller whose line drops and who rings again within this time has the place back.
    `kind` is the kind of work.
    """

    name: str
    steps: tuple[Step, ...] = (Step(),)
    strategy: str = "longest-idle"
    prefers: Needs = ANYBODY
    nearest_first: bool = False
    ringing: Ringing = Ringing()
    ring_seconds: float = 20.0
    weight: float = 1.0
    head_start_seconds: float = 0.0
    wrap_up: WrapUp = WrapUp()
    refuse: tuple[Overflow, ...] = ()
    overflow: tuple[Overflow, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    callback: CallbackRules = CallbackRules()
    target_seconds: float = 30.0
    return_seconds: float = 0.0
    kind: str = CALL

    @property
    def needs(self) -> Needs:
        """What the queue asks for in the end, when every step has been relaxed."""
        return self.steps[-1].needs


@dataclass(frozen=True, slots=True)
class Agent:
    """A person with a phone. `skills` maps a skill to its level, 1 (some) to 5 (expert).

    A person named in the plan is ready until they say otherwise; with `ready` false they first have to sign in.
    `calls_per_hour` limits the talks that begin in any hour. `capacity` is how many items of each kind of shared work
    the person takes at once; no call is offered less for them. `weight` is for the weighted strategy.
    """

    name: str
    skills: Mapping[str, int] = field(default_factory=dict)
    ready: bool = True
    site: str = ""
    weight: int = 1
    calls_per_hour: int | None = None
    capacity: Mapping[str, int] = field(default_factory=dict)
