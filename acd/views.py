"""How things stand, for status pages and tests: frozen copies, in the order in which people expect them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from acd.lobby import Lobby
    from acd.model import Urgency
    from acd.state import Offer, Person, Presence, Stage


@dataclass(frozen=True, slots=True)
class WaitingCaller:
    """A caller in line; `offered_to` is who is being rung for them, or None."""

    call: str
    queue: str
    position: int
    needs: frozenset[str]
    urgency: Urgency
    waited_seconds: float
    offered_to: str | None


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """A person. `state` is a presence or, during an offer, how far it came; `why` its reason, `call` the caller."""

    agent: str
    state: Presence | Stage
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


def waiting(lobby: Lobby, offers: Mapping[int, Offer], now: float) -> tuple[WaitingCaller, ...]:
    """Everybody in line, queue by queue."""
    return tuple(
        _waiting(lobby, offers, call, position, now)
        for _, line in sorted(lobby.lines.items())
        for position, call in enumerate(line, start=1)
    )


def _waiting(lobby: Lobby, offers: Mapping[int, Offer], call: str, position: int, now: float) -> WaitingCaller:
    caller = lobby.callers[call]
    return WaitingCaller(
        call,
        caller.queue.name,
        position,
        caller.needs,
        caller.urgency,
        waited_seconds=now - caller.joined,
        offered_to=None if caller.offer is None else offers[caller.offer].agent,
    )


def status(people: Iterable[Person], offers: Mapping[int, Offer], now: float) -> tuple[PersonStatus, ...]:
    """Everybody of the plan, in its order."""
    return tuple(_status(person, offers, now) for person in people)


def _status(person: Person, offers: Mapping[int, Offer], now: float) -> PersonStatus:
    if person.offer is None:
        return PersonStatus(person.name, person.presence, person.why, now - person.since, call=None)
    offer = offers[person.offer]
    return PersonStatus(person.name, offer.stage, "", now - offer.began, offer.call)


def offered(offers: Iterable[Offer]) -> tuple[OfferStatus, ...]:
    """The offers that live, oldest first."""
    return tuple(OfferStatus(each.id, each.agent, each.call, each.queue.name, each.stage) for each in offers)
