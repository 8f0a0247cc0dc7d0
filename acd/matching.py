"""Who waits, who is ready, and who of them can meet, without ever looking at everybody.

Callers who need the same, and for whom people are chosen in the same way, form a group. A ready person stands in every
group they can serve:

    caller waits ─▶ one group's line ──┐
                                       ├─▶ a group with both sides filled is a meeting
    person ready ─▶ their groups' lines┘

The engine takes pairs until no group has both sides: then nobody who could serve a waiting caller is idle.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from acd.lines import Line, Place
from acd.model import CALL
from acd.strategies import STRATEGIES, Choosing, drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from acd.crews import Crew, Crews
    from acd.skills import Needs
    from acd.state import Caller, Person


class GroupKey(NamedTuple):
    """What callers of one group have in common. `site` and `queue` are "" where nothing depends on them."""

    needs: Needs
    only: tuple[str, ...]
    prefers: Needs
    strategy: str
    weight: float
    kind: str
    site: str
    queue: str


class Group:
    """The callers who have one kind of need, and the ready people who meet it, in the order of the strategy."""

    __slots__ = ("crew", "distances", "key", "ready", "strategy", "waiting")

    def __init__(self, key: GroupKey, crew: Crew, distances: Mapping[str, int] | None) -> None:
        self.key = key
        self.crew = crew
        self.strategy = STRATEGIES[key.strategy]
        self.distances = distances
        self.waiting = Line()
        self.ready = Line()

    def can_meet(self) -> bool:
        return bool(self.waiting) and bool(self.ready)

    def place_of(self, person: Person) -> Place:
        rank = self.strategy.rank(person, self.key.needs)
        unpreferred = not self.key.prefers.met_by(person.agent.skills)
        return (self.distance(person), self.load(person), unpreferred, *rank, person.order, person.name)

    def distance(self, person: Person) -> int:
        return 0 if self.distances is None else self.distances.get(person.agent.site, len(self.distances))

    def load(self, person: Person) -> int:
        """Shared work goes to whoever has the least of it."""
        kind = self.key.kind
        return 0 if kind == CALL else len(person.items.get(kind, ()))

    def has_room(self, person: Person) -> bool:
        """Whether the person takes one more item of the group's kind of work."""
        kind = self.key.kind
        return kind == CALL or len(person.items.get(kind, ())) < person.agent.capacity.get(kind, 0)


class Matching:
    """The groups. They live until the next plan, those for preferred people until nobody waits in them."""

    def __init__(self, crews: Crews) -> None:
        self._crews = crews
        self._groups: dict[GroupKey, Group] = {}
        self._by_crew: dict[Crew, list[Group]] = defaultdict(list)
        self._ready: dict[str, Person] = {}
        self._standing: dict[str, list[tuple[Group, Place]]] = {}
        self._in: dict[str, tuple[Group, Place]] = {}
        self._meetings: dict[Group, None] = {}
        self._sites: dict[str, dict[str, int]] = {}
        self._heaviest = 1
        self._seed = 0
        self.last_rung: dict[str, str] = {}

    def clear(self, people: Iterable[Person], sites: Mapping[str, tuple[str, ...]], seed: int) -> None:
        """Begin anew with the people of a plan: nobody waits, nobody is ready."""
        people = tuple(people)
        self._sites = {
            site: {name: distance for distance, name in enumerate((site, *others))} for site, others in sites.items()
        }
        self._heaviest = max((person.agent.weight for person in people), default=1)
        self._seed = seed
        for each in (self._groups, self._by_crew, self._ready, self._standing, self._in, self._meetings):
            each.clear()
        self._crews.clear(people)

    def add_caller(self, caller: Caller, only: tuple[str, ...]) -> None:
        """The caller may be offered to people from now on, `only` to those when any are named."""
        group = self._group_of(caller, only)
        place = caller.place
        self._in[caller.call] = (group, place)
        group.waiting.add(place)
        if group.ready:
            self._meetings[group] = None

    def remove_caller(self, caller: Caller) -> None:
        """A caller who does not stand here is no error."""
        stood = self._in.pop(caller.call, None)
        if stood is not None:
            group, place = stood
            group.waiting.remove(place)
            if group.key.only and not group.waiting:
                self._drop(group)

    def add_person(self, person: Person) -> None:
        self._ready[person.name] = person
        standing = self._standing[person.name] = []
        for crew in self._crews.crews_of(person):
            for group in self._by_crew.get(crew, ()):
                self._stand(person, group, standing)

    def remove_person(self, person: Person) -> None:
        del self._ready[person.name]
        for group, place in self._standing.pop(person.name):
            group.ready.remove(place)

    def callers_of(self, crew: Crew) -> list[str]:
        """Who may be offered to nobody but this crew now."""
        return [call for group in self._by_crew.get(crew, ()) for call in group.waiting]

    def standing(self) -> dict[str, tuple[str, ...]]:
        """Who may be offered now, and to whom alone (nobody named: to everybody able)."""
        return {call: group.key.only for call, (group, _) in self._in.items()}

    def next_pair(self, now: float, offer: int) -> tuple[str, str] | None:
        """The foremost caller whom somebody ready can serve, and the person to ring, as offer number `offer`."""
        for group in [group for group in self._meetings if not group.can_meet()]:
            del self._meetings[group]
        if not self._meetings:
            return None
        group = min(self._meetings, key=partial(_merit, now=now))
        return group.waiting.front[-1], self._choose(group, offer)

    def rang(self, caller: Caller, agent: str) -> None:
        if STRATEGIES[caller.queue.strategy].takes_turns:
            self.last_rung[caller.queue.name] = agent

    def _choose(self, group: Group, offer: int) -> str:
        plain = group.distances is None and group.key.kind == CALL and not group.key.prefers
        among = len(group.ready) if plain else group.ready.up_to(group.ready.front[:3])
        last = self._crews.order_of(self.last_rung.get(group.key.queue, ""))
        choosing = Choosing(among, last, partial(drawn, self._seed, offer), self._weight, self._heaviest)
        agent: str = group.strategy.choose(group.ready, choosing)[-1]
        return agent

    def _weight(self, agent: str) -> int:
        return self._ready[agent].agent.weight

    def _stand(self, person: Person, group: Group, standing: list[tuple[Group, Place]]) -> None:
        if group.has_room(person):
            place = group.place_of(person)
            standing.append((group, place))
            group.ready.add(place)
            if group.waiting:
                self._meetings[group] = None

    def _group_of(self, caller: Caller, only: tuple[str, ...]) -> Group:
        queue = caller.queue
        strategy = STRATEGIES[queue.strategy]
        key = GroupKey(
            caller.needs,
            only,
            queue.prefers,
            queue.strategy,
            queue.weight,
            queue.kind,
            caller.site if queue.nearest_first else "",
            queue.name if strategy.takes_turns else "",
        )
        return self._groups.get(key) or self._new_group(key)

    def _new_group(self, key: GroupKey) -> Group:
        crew = self._crews.of(key.needs, key.only)
        distances = self._sites.get(key.site, {key.site: 0}) if key.site else None
        group = self._groups[key] = Group(key, crew, distances)
        self._by_crew[crew].append(group)
        for person in crew.members:
            if person.name in self._ready:
                self._stand(person, group, self._standing[person.name])
        return group

    def _drop(self, group: Group) -> None:
        for person in group.crew.members:
            standing = self._standing.get(person.name)
            if standing is not None:
                self._standing[person.name] = [each for each in standing if each[0] is not group]
        del self._groups[group.key]
        self._by_crew[group.crew].remove(group)
        self._meetings.pop(group, None)
        if not self._by_crew[group.crew]:
            del self._by_crew[group.crew]
            self._crews.drop(group.crew)


def _merit(group: Group, now: float) -> tuple[int, float, int]:
    """The foremost caller's claim, smallest first; among groups of different weights it changes with time."""
    urgent, since, number, _ = group.waiting.front
    return (urgent, -group.key.weight * (now - since), number)
