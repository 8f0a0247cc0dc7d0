"""Who could serve a kind of need, and how they stand: counted as it changes, never by looking at everybody."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from acd.state import ABSENCES, AT_WORK, Presence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from acd.model import Absence
    from acd.skills import Needs
    from acd.state import Person


class Crew:
    """The people of the plan who meet some needs, or those of them who are named (a caller's preferred ones)."""

    __slots__ = ("at_work", "counts", "members", "needs", "only", "watchers")

    def __init__(self, needs: Needs, only: tuple[str, ...]) -> None:
        self.needs = needs
        self.only = only
        self.members: list[Person] = []
        self.counts: Counter[Presence] = Counter()
        self.at_work = 0
        self.watchers: list[str] = []

    def admits(self, person: Person) -> bool:
        return (not self.only or person.name in self.only) and self.needs.met_by(person.agent.skills)

    def add(self, person: Person) -> None:
        self.members.append(person)
        self.counts[person.presence] += 1
        self.at_work += person.presence in AT_WORK

    def moved(self, before: Presence, after: Presence) -> None:
        self.counts[before] -= 1
        self.counts[after] += 1
        self.at_work += (after in AT_WORK) - (before in AT_WORK)

    @property
    def ready(self) -> int:
        return self.counts[Presence.READY]

    @property
    def free(self) -> int:
        """Who is ready, or will be somebody's in a moment: the callers whose phones ring are counted in line still."""
        return self.counts[Presence.READY] + self.counts[Presence.RINGING]

    def has_only(self, absent: frozenset[Absence]) -> bool:
        """Whether everybody (or nobody is there at all) is absent in one of these ways."""
        return not any(
            count and (presence is Presence.READY or ABSENCES[presence] not in absent)
            for presence, count in self.counts.items()
        )


class Crews:
    """The crews of all needs that were asked for since the last plan. Those of preferred people go when unused."""

    def __init__(self) -> None:
        self._crews: dict[tuple[Needs, tuple[str, ...]], Crew] = {}
        self._people: dict[str, Person] = {}
        self._of: dict[str, list[Crew]] = {}
        self.touched: dict[str, None] = {}
        self.deserted: dict[Crew, None] = {}

    def clear(self, people: Iterable[Person]) -> None:
        """Begin anew with the people of a plan."""
        self._people = {person.name: person for person in people}
        self._of = {name: [] for name in self._people}
        self._crews.clear()
        self.deserted.clear()

    def of(self, needs: Needs, only: tuple[str, ...] = ()) -> Crew:
        return self._crews.get((needs, only)) or self._new(needs, only)

    def drop(self, crew: Crew) -> None:
        """Nobody waits for these named people any more."""
        if self._crews.pop((crew.needs, crew.only), None):
            for name in crew.only:
                if crew in self._of.get(name, ()):
                    self._of[name].remove(crew)

    def crews_of(self, person: Person) -> list[Crew]:
        """Where the person counts; nowhere for who is no longer in the plan."""
        return self._of.get(person.name, [])

    def order_of(self, name: str) -> int:
        """The place in the plan; -1 for whom it does not name."""
        person = self._people.get(name)
        return -1 if person is None else person.order

    def moved(self, person: Person, before: Presence) -> None:
        """The person's presence changed: queues that watch are touched, crews that nobody is left in deserted."""
        after = person.presence
        for crew in self.crews_of(person):
            crew.moved(before, after)
            for queue in crew.watchers:
                self.touched[queue] = None
            if before in AT_WORK and after not in AT_WORK and not crew.at_work:
                self.deserted[crew] = None

    def _new(self, needs: Needs, only: tuple[str, ...]) -> Crew:
        crew = self._crews[needs, only] = Crew(needs, only)
        people = (
            (self._people[name] for name in dict.fromkeys(only) if name in self._people)
            if only
            else self._people.values()
        )
        for person in people:
            if crew.admits(person):
                self._of[person.name].append(crew)
                crew.add(person)
        return crew
