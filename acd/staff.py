"""The people: who is ready, and what becomes of a person when an offer ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.events import Cause, Device
from acd.state import AT_WORK, BUSY, TRANSITIONS, Person, Presence, Work, WrappingUp
from acd.timers import PersonDue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from acd.crews import Crews
    from acd.events import Configured
    from acd.matching import Matching
    from acd.model import Agent, WrapUp
    from acd.timers import Timers

BACK_OFF_SECONDS = {
    Cause.LOST: 5.0,  # nobody's doing; long enough not to ring in a circle while the PBX is unwell
    Cause.BUSY: 10.0,  # most own calls that cross an offer are short
    Cause.REFUSED: 15.0,  # "not now": somebody else is rung first, then this person again
    Cause.UNREACHABLE: 30.0,  # a phone registers again in about this time
    Cause.NO_ANSWER: 60.0,  # away from the desk for a moment; each caller would ring 20 s at an empty chair
    Cause.MACHINE: 60.0,  # the mailbox of a mobile phone picked up: the same
}
"""After a failed ring the person is passed over for so long, then ready again: whoever is the last one on duty at night
must come back unasked."""

HOUR_SECONDS = 3600.0
_WORKING = frozenset({Presence.TALKING, Presence.WRAP_UP})
_ON_DUTY = frozenset({Presence.READY, Presence.CAPPED, Presence.OUTSIDE, Presence.GONE})


class Staff:
    """Everybody in the plan. Keeps the matching's and the crews' view of them."""

    def __init__(self, matching: Matching, crews: Crews, timers: Timers) -> None:
        self.people: dict[str, Person] = {}
        self.changed: dict[str, None] = {}  # who stands elsewhere since acd.engine began with its last event
        self.day_began = 0.0
        self._matching = matching
        self._crews = crews
        self._timers = timers
        self._after_failure: Mapping[Cause, float | None] = {}

    # ---- the plan -------------------------------------------------------------------------------------------------

    def configure(self, plan: Configured, now: float) -> None:
        """Take over the plan; the matching begins anew. Who is no longer in it leaves, after the present offer."""
        self._after_failure = plan.after_failure
        before = self.people
        self.people = {}
        self.changed.update(dict.fromkeys((*before, *(agent.name for agent in plan.agents))))
        for order, agent in enumerate(plan.agents):
            self.people[agent.name] = self._planned(before.pop(agent.name, None), agent, order, now)
        for person in before.values():
            self._dismiss(person)
        self._match(plan)

    def restore(self, plan: Configured, people: Iterable[Person], day_began: float) -> None:
        """As a snapshot says."""
        self._after_failure = plan.after_failure
        self.day_began = day_began
        self.people = {person.name: person for person in people}
        self._match(plan)

    def _match(self, plan: Configured) -> None:
        planned = [person for person in self.people.values() if not person.leaving]
        self._matching.clear(planned, plan.sites, plan.seed)
        for person in planned:
            if person.presence is Presence.READY:
                self._matching.add_person(person)

    def look_at_hours(self, now: float) -> None:
        """A new plan may allow more calls an hour."""
        for person in tuple(self.people.values()):
            if person.presence is Presence.CAPPED and not person.leaving:
                self._on_duty(person, now)

    def _planned(self, known: Person | None, agent: Agent, order: int, now: float) -> Person:
        presence = Presence.READY if agent.ready else Presence.LOGGED_OUT
        person = known or Person(agent, order, presence, now, now)
        person.agent, person.order, person.leaving = agent, order, False
        return person

    def _dismiss(self, person: Person) -> None:
        if person.presence in BUSY or any(person.items.values()):
            person.leaving = True
            self.people[person.name] = person
        else:
            self._timers.cancel(PersonDue(person.name))

    def begin_day(self, now: float) -> None:
        """What strategies count begins anew."""
        self.day_began = now
        for person in self.people.values():
            person.work = Work()
            self._refresh(person)

    # ---- what people say ------------------------------------------------------------------------------------------

    def ready(self, person: Person, now: float) -> None:
        """Ready from `now` on; during an offer, or on duty already, only what was to come afterwards is taken back.

        A wrap-up that waits for a disposition ends with it, then at once.
        """
        person.afterwards = None
        if person.wrapping_up and person.wrapping_up.awaits_disposition:
            person.wrapping_up.ends = min(person.wrapping_up.ends, now)
        elif person.presence not in BUSY | _ON_DUTY:
            if person.presence is Presence.LOGGED_OUT:
                self._catch_up(person)
            self._on_duty(person, now)

    def _catch_up(self, person: Person) -> None:
        """Who signs in at noon counts as having worked like whoever did least of those with a skill in common, or
        would be rung for every call.
        """
        others = [each.work for each in self.people.values() if each is not person and _alike(each, person)]
        if others:
            work = person.work
            work.calls = max(work.calls, min(other.calls for other in others))
            work.talk_seconds = max(work.talk_seconds, min(other.talk_seconds for other in others))

    def pause_over(self, person: Person, due: float) -> None:
        """A wrap-up, a back-off, a full hour or a limited absence ended at `due`."""
        self._on_duty(person, due)

    def away(self, person: Person, presence: Presence, why: str, now: float, longest: float | None = None) -> None:
        """Not ready or logged out: at once, or after the present offer."""
        if person.presence in BUSY:
            person.afterwards = (presence, why, longest)
        else:
            self._enter(person, presence, now, why, _until(now, longest))

    def device_changed(self, person: Person, device: Device, now: float) -> None:
        person.device = device
        if person.presence in _ON_DUTY and self._duty(person, now)[0] is not person.presence:
            self._on_duty(person, now)

    # ---- offers ---------------------------------------------------------------------------------------------------

    def engage(self, person: Person, offer: int, presence: Presence, now: float) -> None:
        self._enter(person, presence, now)
        person.offer = offer

    def goes_on(self, person: Person, presence: Presence, now: float) -> None:
        """The offer that holds the person came farther."""
        self._enter(person, presence, now)

    def talks(self, person: Person, now: float) -> None:
        """A talk began."""
        self._enter(person, Presence.TALKING, now)
        person.disposed = False
        person.work.calls += 1
        if person.agent.calls_per_hour is not None:
            person.began.append(now)

    def release(self, person: Person, now: float) -> None:
        """The offer came to nothing through no doing of this person: ready again, idle as long as before."""
        if not self._settled(person, now):
            self._on_duty(person, now, since=person.idle_since)

    def failed(self, person: Person, cause: Cause, now: float) -> None:
        """The ring failed at this person, who is passed over for a while."""
        if self._settled(person, now):
            return
        seconds = self._after_failure.get(cause, BACK_OFF_SECONDS[cause])
        if seconds is None:
            self._enter(person, Presence.NOT_READY, now, cause.value)
        else:
            self._enter(person, Presence.BACK_OFF, now, cause.value, now + seconds)

    def wrap_up(self, person: Person, rules: WrapUp, talk_began: float, now: float) -> None:
        """The talk is over."""
        person.work.talk_seconds += now - max(talk_began, self.day_began)
        person.last_call_ended = now
        if self._settled(person, now):
            return
        latest = now + max(rules.longest_seconds, rules.seconds)
        person.wrapping_up = WrappingUp(now + rules.seconds, latest, rules.disposition and not person.disposed)
        self._enter(person, Presence.WRAP_UP, now)
        self._time_wrap_up(person, person.wrapping_up)

    def extend_wrap_up(self, person: Person, seconds: float) -> None:
        if wrapping := person.wrapping_up:
            wrapping.ends = min(wrapping.ends + seconds, wrapping.latest)
            self._time_wrap_up(person, wrapping)

    def disposed(self, person: Person, now: float) -> None:
        """People say what becomes of a call while it goes on, or afterwards."""
        if person.presence is Presence.TALKING:
            person.disposed = True
        elif wrapping := person.wrapping_up:
            wrapping.awaits_disposition = False
            wrapping.ends = max(wrapping.ends, now)
            self._time_wrap_up(person, wrapping)

    def _time_wrap_up(self, person: Person, wrapping: WrappingUp) -> None:
        self._timers.set(PersonDue(person.name), wrapping.latest if wrapping.awaits_disposition else wrapping.ends)

    # ---- shared work ----------------------------------------------------------------------------------------------

    def take_item(self, person: Person, kind: str, offer: int) -> None:
        person.items.setdefault(kind, []).append(offer)
        self._refresh(person)

    def drop_item(self, person: Person, kind: str, offer: int) -> None:
        person.items[kind].remove(offer)
        if person.leaving and person.presence not in BUSY and not any(person.items.values()):
            self._timers.cancel(PersonDue(person.name))
            del self.people[person.name]
        else:
            self._refresh(person)

    def item_failed(self, person: Person, cause: Cause, now: float) -> None:
        """Who does not take an item is away from the desk: also passed over for calls, unless one goes on."""
        if person.presence is Presence.READY and not person.leaving:
            self.failed(person, cause, now)

    def _refresh(self, person: Person) -> None:
        """What the matching knows of a ready person has changed."""
        if person.presence is Presence.READY and not person.leaving:
            self._matching.remove_person(person)
            self._matching.add_person(person)

    # ---- the state machine ----------------------------------------------------------------------------------------

    def _settled(self, person: Person, now: float) -> bool:
        """The offer is over: true when the person leaves or goes where they asked to go afterwards."""
        person.offer = None
        if person.leaving:
            self.changed[person.name] = None
            if not any(person.items.values()):
                del self.people[person.name]
            else:
                person.presence = Presence.LOGGED_OUT
            return True
        if person.afterwards is None:
            return False
        (presence, why, longest), person.afterwards = person.afterwards, None
        self._enter(person, presence, now, why, _until(now, longest))
        return True

    def _on_duty(self, person: Person, now: float, since: float | None = None) -> None:
        person.idle_since = now if since is None else since
        presence, until = self._duty(person, now)
        self._enter(person, presence, now, until=until)

    def _duty(self, person: Person, now: float) -> tuple[Presence, float | None]:
        """Where a person on duty stands who does nothing, and until when at most."""
        if person.device is Device.BUSY:
            return Presence.OUTSIDE, None
        if person.device is Device.GONE:
            return Presence.GONE, None
        limit = person.agent.calls_per_hour
        if limit is not None:
            person.began = [began for began in person.began if began + HOUR_SECONDS > now]
            if len(person.began) >= limit:
                return Presence.CAPPED, person.began[-limit] + HOUR_SECONDS
        return Presence.READY, None

    def _enter(self, person: Person, presence: Presence, now: float, why: str = "", until: float | None = None) -> None:
        before = person.presence
        assert presence in TRANSITIONS[before], f"{before} -> {presence}"
        if before is Presence.READY and not person.leaving:
            self._matching.remove_person(person)
        self._count(person, before, now)
        self._timers.cancel(PersonDue(person.name))
        person.presence, person.since, person.why = presence, now, why
        self.changed[person.name] = None
        if presence is not Presence.WRAP_UP:
            person.wrapping_up = None
        if until is not None:
            self._timers.set(PersonDue(person.name), until)
        self._crews.moved(person, before)
        if presence is Presence.READY:
            self._matching.add_person(person)

    def _count(self, person: Person, before: Presence, now: float) -> None:
        elapsed = max(now - max(person.since, self.day_began), 0.0)
        work = person.work
        if before in AT_WORK:
            work.at_work_seconds += elapsed
        if before in _WORKING:
            work.busy_seconds += elapsed
        if work.at_work_seconds:
            work.occupancy = work.busy_seconds / work.at_work_seconds


def _alike(other: Person, person: Person) -> bool:
    skills = person.agent.skills
    return other.presence in AT_WORK and (not skills or not skills.keys().isdisjoint(other.agent.skills))


def _until(now: float, longest: float | None) -> float | None:
    return None if longest is None else now + longest
