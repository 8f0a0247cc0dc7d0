"""The people: who is ready, and what becomes of a person when an offer ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.events import Cause
from acd.state import Person, Presence
from acd.timers import PersonDue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from acd.matching import Matching
    from acd.model import Agent
    from acd.timers import Timers

BACK_OFF_SECONDS = {
    Cause.LOST: 5.0,  # nobody's doing; long enough not to ring in a circle while the PBX is unwell
    Cause.BUSY: 10.0,  # most own calls that cross an offer are short
    Cause.REFUSED: 15.0,  # "not now": somebody else is rung first, then this person again
    Cause.UNREACHABLE: 30.0,  # a phone registers again in about this time
    Cause.NO_ANSWER: 60.0,  # away from the desk for a moment; each caller would ring 20 s at an empty chair
}
"""After a failed ring the person is passed over for so long, then ready again: whoever is the last one on duty at night
must come back unasked."""


class Staff:
    """Everybody in the plan. Keeps the matching's view of who is ready."""

    def __init__(self, matching: Matching, timers: Timers) -> None:
        self.people: dict[str, Person] = {}
        self._matching = matching
        self._timers = timers

    def configure(self, agents: Iterable[Agent], now: float) -> None:
        """Take over the plan into a cleared matching. Who is no longer in it leaves, after the present offer."""
        before = self.people
        self.people = {}
        for order, agent in enumerate(agents):
            self.people[agent.name] = self._planned(before.pop(agent.name, None), agent, order, now)
        for person in before.values():
            self._dismiss(person)

    def _planned(self, known: Person | None, agent: Agent, order: int, now: float) -> Person:
        presence = Presence.READY if agent.ready else Presence.LOGGED_OUT
        person = known or Person(agent, order, presence, now, now)
        person.agent, person.order, person.leaving = agent, order, False
        if person.presence is Presence.READY:
            self._matching.add_person(person)
        return person

    def _dismiss(self, person: Person) -> None:
        if person.presence is Presence.ENGAGED:
            person.leaving = True
            self.people[person.name] = person
        else:
            self._timers.cancel(PersonDue(person.name))

    def ready(self, person: Person, now: float) -> None:
        """Ready from `now` on; during an offer, or ready already, only what was to come afterwards is taken back."""
        person.afterwards = None
        if person.presence not in {Presence.ENGAGED, Presence.READY}:
            person.idle_since = now
            self._enter(person, Presence.READY, now)

    def away(self, person: Person, presence: Presence, why: str, now: float) -> None:
        """Not ready or logged out: at once, or after the present offer."""
        if person.presence is Presence.ENGAGED:
            person.afterwards = (presence, why)
        else:
            self._enter(person, presence, now, why)

    def engage(self, person: Person, offer: int, now: float) -> None:
        self._enter(person, Presence.ENGAGED, now)
        person.offer = offer

    def release(self, person: Person, now: float) -> None:
        """The offer came to nothing through no doing of this person: ready again, idle as long as before."""
        if not self._settled(person, now):
            self._enter(person, Presence.READY, now)

    def failed(self, person: Person, cause: Cause, now: float) -> None:
        """The ring failed at this person, who is passed over for a while."""
        if not self._settled(person, now):
            self._pause(person, Presence.BACK_OFF, now, BACK_OFF_SECONDS[cause], cause.value)

    def wrap_up(self, person: Person, seconds: float, now: float) -> None:
        """The talk is over."""
        if not self._settled(person, now):
            self._pause(person, Presence.WRAP_UP, now, seconds)

    def _settled(self, person: Person, now: float) -> bool:
        """The offer is over: true when the person leaves or goes where they asked to go afterwards."""
        person.offer = None
        if person.leaving:
            del self.people[person.name]
            return True
        if person.afterwards is None:
            return False
        (presence, why), person.afterwards = person.afterwards, None
        self._enter(person, presence, now, why)
        return True

    def _pause(self, person: Person, presence: Presence, now: float, seconds: float, why: str = "") -> None:
        self._enter(person, presence, now, why)
        self._timers.set(PersonDue(person.name), now + seconds)

    def _enter(self, person: Person, presence: Presence, now: float, why: str = "") -> None:
        if person.presence is Presence.READY:
            self._matching.remove_person(person)
        self._timers.cancel(PersonDue(person.name))
        person.presence, person.since, person.why = presence, now, why
        if presence is Presence.READY:
            self._matching.add_person(person)
