"""How things stand, for status pages and tests: frozen copies, in the order in which people expect them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from acd.engine import Engine
    from acd.model import Urgency
    from acd.queue_room import QueueRoom
    from acd.skills import Needs
    from acd.state import Offer, Person, Presence, Stage
    from acd.stats import QueueFigures
    from acd.wait import Estimate


@dataclass(frozen=True, slots=True)
class WaitingCaller:
    """A caller in line; `offered_to` are those whose phones ring, or who picked up. `step` counts from 0.

    A `callback` is nobody on the phone: the caller hung up and will be called.
    """

    call: str
    queue: str
    position: int
    needs: Needs
    urgency: Urgency
    waited_seconds: float
    offered_to: tuple[str, ...]
    step: int = 0
    callback: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a caller may be told; `estimate` is None while nothing is known."""

    queue: str
    position: int
    estimate: Estimate | None


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """A person; `why` is the state's reason, `call` the caller of a call that rings or goes on."""

    agent: str
    state: Presence
    why: str
    seconds: float
    call: str | None


@dataclass(frozen=True, slots=True)
class OfferStatus:
    id: int
    agent: str
    call: str
    queue: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """`waiting` are on the phone; `longest_wait_seconds` is of them, 0 for nobody. `estimate` is for who joins now.

    `staffed` counts the people at work who can serve the queue, `ready` those of them who are free.
    """

    queue: str
    waiting: int
    callbacks: int
    longest_wait_seconds: float
    staffed: int
    ready: int
    estimate: Estimate | None
    figures: QueueFigures


def waiting(engine: Engine, now: float) -> tuple[WaitingCaller, ...]:
    """Everybody in line, queue by queue; then who will be called back later, at position 0."""
    rooms = sorted(engine.lobby.rooms.items())
    lines = (enumerate(room.line, start=1) for _, room in rooms)
    later = ((0, call) for call, caller in engine.lobby.callers.items() if caller.resting)
    return tuple(_waiting(engine, call, position, now) for position, call in chain(*lines, later))


def _waiting(engine: Engine, call: str, position: int, now: float) -> WaitingCaller:
    caller = engine.lobby.callers[call]
    return WaitingCaller(
        call,
        caller.queue.name,
        position,
        caller.needs,
        caller.urgency,
        waited_seconds=now - caller.joined,
        offered_to=tuple(engine.open_offers[offer].agent for offer in caller.offers),
        step=caller.step,
        callback=caller.away,
    )


def outlook(engine: Engine, call: str, now: float) -> Outlook | None:
    caller = engine.lobby.callers.get(call)
    if caller is None or caller.talking or caller.resting:
        return None
    position = engine.lobby.position(caller)
    estimate = engine.lobby.room(caller).estimate(position - 1, now - caller.joined, now)
    return Outlook(caller.queue.name, position, estimate)


def status(engine: Engine, now: float) -> tuple[PersonStatus, ...]:
    """Everybody of the plan, in its order."""
    return tuple(_status(engine, person, now) for person in engine.staff.people.values())


def _status(engine: Engine, person: Person, now: float) -> PersonStatus:
    call = None if person.offer is None else engine.open_offers[person.offer].call
    return PersonStatus(person.name, person.presence, person.why, now - person.since, call)


def queues(engine: Engine, now: float) -> tuple[QueueStatus, ...]:
    away = Counter(caller.queue.name for caller in engine.lobby.callers.values() if caller.away)
    return tuple(_queue(engine.lobby.rooms[each.name], away[each.name], now) for each in engine.plan.queues)


def _queue(room: QueueRoom, callbacks: int, now: float) -> QueueStatus:
    oldest = room.oldest_since()
    return QueueStatus(
        room.queue.name,
        waiting=len(room.ages),
        callbacks=callbacks,
        longest_wait_seconds=0.0 if oldest is None else now - oldest,
        staffed=room.crew.at_work,
        ready=room.crew.ready,
        estimate=room.estimate(len(room.line), 0.0, now),
        figures=room.stats.figures(now),
    )


def offered(offers: Iterable[Offer]) -> tuple[OfferStatus, ...]:
    """The offers that live, oldest first."""
    return tuple(OfferStatus(each.id, each.agent, each.call, each.queue.name, each.stage) for each in offers)
