"""Why this person's phone rings for this caller, and why nobody else's, in words for the record.

Asked right after the engine ordered the Ring: it looks at everybody, so it is no part of the decision itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

from acd.events import Cause
from acd.model import CALL, Urgency
from acd.state import Presence
from acd.strategies import STRATEGIES

if TYPE_CHECKING:
    from acd.engine import Engine
    from acd.state import Caller, Offer, Person


ALL_NAMED = 50
"""In a larger plan, those who do not meet what is needed are counted, not named: nobody reads a thousand lines, and a
ring must not wait for them."""


class UnknownOfferError(LookupError):
    """The offer is over, or never was."""


class UnknownCallError(LookupError):
    """The caller does not wait, and is not offered to anybody."""


class Verdict(StrEnum):
    CHOSEN = "chosen"
    PASSED_OVER = "passed over"


@dataclass(frozen=True, slots=True)
class Considered:
    """One person, and why the caller went to them or not; `agent` is "" for many who are only counted."""

    agent: str
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One offer with its facts.

    `needs` are the step's and the caller's, `step` counts from 1 of `steps`, `urgency` is the name of one.
    `merit_seconds` is what the wait counted (acd.model.Queue), `preferred` whom the caller was kept for.
    """

    offer: int
    call: str
    queue: str
    needs: str
    step: int
    steps: int
    urgency: str
    waited_seconds: float
    merit_seconds: float
    preferred: tuple[str, ...]
    chosen: str
    rule: str
    considered: tuple[Considered, ...]

    def as_json(self) -> dict[str, Any]:
        """The fields by name, ready for json.dumps."""
        return asdict(self)


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
        needs=str(caller.needs),
        step=caller.step + 1,
        steps=len(made.queue.steps),
        urgency=caller.urgency.name.lower(),
        waited_seconds=now - caller.joined,
        merit_seconds=caller.merit(now),
        preferred=caller.preferred,
        chosen=made.agent,
        rule=f"{_line_rule(caller)}; {_choice_rule(made, caller)}",
        considered=consider(engine, made.call, now, offer),
    )


def _line_rule(caller: Caller) -> str:
    if caller.urgency is not Urgency.ROUTINE:
        return f"the caller is {caller.urgency.name.lower()} and goes before everybody who is not"
    if caller.credit_seconds or caller.queue.weight != 1:
        return "the caller's wait, with weight and head start, counts most of those whom this person can serve"
    return "the caller waits longest of those whom this person can serve"


def _choice_rule(offer: Offer, caller: Caller) -> str:
    rule = STRATEGIES[offer.queue.strategy].rule
    among = "the caller's preferred people" if caller.preferred else "those who are ready and meet what is needed"
    nearest = ", the nearest site first" if offer.queue.nearest_first else ""
    prefers = offer.queue.prefers
    preferred = f", whoever has {prefers} first" if prefers else ""
    return f"{rule}, of {among}{nearest}{preferred}"


def consider(engine: Engine, call: str, now: float, offer: int | None = None) -> tuple[Considered, ...]:
    """Everybody in the plan's order, for a caller who waits or is offered. Raises UnknownCallError."""
    caller = engine.lobby.callers.get(call)
    if caller is None or caller.talking:
        raise UnknownCallError("the caller does not wait and is offered to nobody")
    made = engine.open_offers.get(offer) if offer is not None else None
    look = _Look(engine, caller, made, now)
    people = tuple(engine.staff.people.values())
    if len(people) <= ALL_NAMED:
        return tuple(map(look.at, people))
    able = engine.crews.of(caller.needs).members
    others = Considered("", Verdict.PASSED_OVER, f"{len(people) - len(able)} others do not meet what is needed")
    return (*map(look.at, able), others)


@dataclass(frozen=True, slots=True)
class _Look:
    """One caller, one offer (or none: only why nobody is rung), one moment."""

    engine: Engine
    caller: Caller
    offer: Offer | None
    now: float

    def at(self, person: Person) -> Considered:
        if self.offer is not None and self.offer.agent == person.name:
            strategy, measured = STRATEGIES[self.offer.queue.strategy], self._measured(person)
            return Considered(
                person.name, Verdict.CHOSEN, f"{strategy.label} {measured}" if measured else strategy.rule
            )
        why = self._unfit(person) or self._unavailable(person) or self._less_fit(person)
        return Considered(person.name, Verdict.PASSED_OVER, why)

    def _unfit(self, person: Person) -> str:
        missing = self.caller.needs.missing(person.agent.skills)
        if not missing and self.caller.preferred and person.name not in self.caller.preferred:
            return "is not one of the caller's preferred people, who are tried first"
        return missing

    def _unavailable(self, person: Person) -> str:  # noqa: PLR0911 - a presence per line
        """Why the person could not be rung; "" for who was ready when the offer was made."""
        since = self.now - person.since
        match person.presence:
            case Presence.READY:
                return self._full(person)
            case Presence.RESERVED | Presence.RINGING | Presence.ANSWERED | Presence.TALKING:
                return self._busy(person)
            case Presence.WRAP_UP | Presence.LOGGED_OUT:
                return str(person.presence)
            case Presence.BACK_OFF:
                failed = "did not answer" if person.why == Cause.NO_ANSWER else person.why
                return f"{failed} {since:.0f} s ago"
            case Presence.NOT_READY:
                return f"not ready: {person.why}" if person.why else "not ready"
            case Presence.CAPPED:
                return f"had {person.agent.calls_per_hour} calls within the hour"
            case Presence.OUTSIDE:
                return f"in another call for {since:.0f} s"
            case Presence.GONE:
                return "the phone cannot be reached"
            case _:
                assert_never(person.presence)

    def _full(self, person: Person) -> str:
        kind = self.caller.queue.kind
        held = len(person.items.get(kind, ()))
        return f"has {held} of {person.agent.capacity.get(kind, 0)} items" if kind != CALL and held else ""

    def _busy(self, person: Person) -> str:
        own = self.engine.open_offers[person.offer or 0]
        if own.call == self.caller.call:
            return "rung for this caller as well" if self.offer else "rung for this caller"
        if self.offer is not None and own.id > self.offer.id and own.began == self.offer.began:
            return ""  # rung at the same moment, but after the offer that is explained
        if person.presence is Presence.TALKING:
            return "talking"
        return "held for a callback" if person.presence is Presence.RESERVED else "being rung for another caller"

    def _less_fit(self, person: Person) -> str:
        if self.offer is None:
            return "ready; the caller is rung for by as many phones as the queue wants"
        chosen = self.engine.staff.people[self.offer.agent]
        nearer = self.offer.queue.nearest_first and person.agent.site != chosen.agent.site
        if nearer and chosen.agent.site == self.caller.site:
            return f"{chosen.name} is at the caller's site"
        prefers = self.offer.queue.prefers
        if prefers.met_by(chosen.agent.skills) and (missing := prefers.missing(person.agent.skills)):
            return f"{missing}, which is preferred"
        strategy = STRATEGIES[self.offer.queue.strategy]
        mine, theirs = self._measured(person), self._measured(chosen)
        if not mine:
            return "it was not their turn" if strategy.takes_turns else "not drawn"
        if mine == theirs:
            return f"{strategy.label} {mine}, the same as {chosen.name}, and named later in the plan"
        return f"{strategy.label} {mine}, against {theirs} of {chosen.name}"

    def _measured(self, person: Person) -> str:
        assert self.offer is not None
        measure = STRATEGIES[self.offer.queue.strategy].measure
        return measure(person, self.caller.needs, self.now) if measure else ""
