"""Why this person's phone rings for this caller, and why nobody else's, in words for the record.

Asked right after the engine ordered the Ring: it looks at everybody, so it is no part of the decision itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

from acd.events import Cause
from acd.model import Urgency
from acd.state import Presence, Stage
from acd.strategies import STRATEGIES

if TYPE_CHECKING:
    from acd.engine import Engine
    from acd.state import Caller, Offer, Person


class UnknownOfferError(LookupError):
    """The offer is over, or never was."""


class UnknownCallError(LookupError):
    """The caller does not wait, and is not offered to anybody."""


class Verdict(StrEnum):
    CHOSEN = "chosen"
    PASSED_OVER = "passed over"


@dataclass(frozen=True, slots=True)
class Considered:
    """One person, and why the caller went to them or not."""

    agent: str
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One offer with its facts; `needs` are the queue's and the caller's, `urgency` is "routine" or "urgent"."""

    offer: int
    call: str
    queue: str
    needs: tuple[str, ...]
    urgency: str
    waited_seconds: float
    chosen: str
    rule: str
    considered: tuple[Considered, ...]

    def as_json(self) -> dict[str, Any]:
        """The fields by name, ready for json.dumps."""
        return asdict(self)


LINE_RULES = {
    Urgency.URGENT: "the caller is urgent and goes before everybody who is not",
    Urgency.ROUTINE: "the caller waits longest of those whom this person can serve",
}


def explain_offer(engine: Engine, offer: int, now: float) -> Decision:
    """The decision behind a living offer. Raises UnknownOfferError."""
    made = engine.open_offers.get(offer)
    if made is None:
        raise UnknownOfferError(f"there is no offer {offer} now")
    caller = engine.lobby.callers[made.call]
    return Decision(
        offer=offer,
        call=made.call,
        queue=made.queue.name,
        needs=tuple(sorted(caller.needs)),
        urgency=caller.urgency.name.lower(),
        waited_seconds=now - caller.joined,
        chosen=made.agent,
        rule=f"{LINE_RULES[caller.urgency]}; {STRATEGIES[made.queue.strategy].rule}",
        considered=consider(engine, made.call, now),
    )


def consider(engine: Engine, call: str, now: float) -> tuple[Considered, ...]:
    """Everybody in the plan's order, for a caller who waits or is offered. Raises UnknownCallError."""
    caller = engine.lobby.callers.get(call)
    if caller is None:
        raise UnknownCallError("the caller does not wait and is offered to nobody")
    offer = None if caller.offer is None else engine.open_offers[caller.offer]
    return tuple(_consider(engine, person, caller, offer, now) for person in engine.staff.people.values())


def _consider(engine: Engine, person: Person, caller: Caller, offer: Offer | None, now: float) -> Considered:
    if offer is not None and offer.agent == person.name:
        praise = STRATEGIES[offer.queue.strategy].praise(person, now)
        return Considered(person.name, Verdict.CHOSEN, praise)
    why = _lacks(person, caller) or _unavailable(engine, person, offer, now) or _less_fit(engine, person, offer, now)
    return Considered(person.name, Verdict.PASSED_OVER, why)


def _lacks(person: Person, caller: Caller) -> str | None:
    missing = sorted(caller.needs - person.agent.skills.keys())
    return f"lacks {', '.join(missing)}" if missing else None


def _unavailable(engine: Engine, person: Person, offer: Offer | None, now: float) -> str | None:
    """Why the person could not be rung; None for who was ready when the offer was made."""
    match person.presence:
        case Presence.READY:
            return None
        case Presence.ENGAGED:
            return _engaged(engine, person, offer)
        case Presence.WRAP_UP | Presence.LOGGED_OUT:
            return str(person.presence)
        case Presence.BACK_OFF:
            failed = "did not answer" if person.why == Cause.NO_ANSWER else person.why
            return f"{failed} {now - person.since:.0f} s ago"
        case Presence.NOT_READY:
            return f"not ready: {person.why}" if person.why else "not ready"
        case _:
            assert_never(person.presence)


def _engaged(engine: Engine, person: Person, offer: Offer | None) -> str | None:
    assert person.offer is not None
    own = engine.open_offers[person.offer]
    if offer is not None and own.id > offer.id and own.began == offer.began:
        return None  # rung at the same moment, but after the offer that is explained
    return "talking" if own.stage is Stage.TALKING else "being rung for another caller"


def _less_fit(engine: Engine, person: Person, offer: Offer | None, now: float) -> str:
    assert offer is not None, "the engine leaves nobody idle who could serve a waiting caller"
    return STRATEGIES[offer.queue.strategy].passed_over(person, engine.staff.people[offer.agent], now)
