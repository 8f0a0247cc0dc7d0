"""Who waits, who is ready, and who of them can meet, without ever looking at everybody.

Callers with the same needs and strategy form a group. A ready person stands in every group they can serve:

    caller waits ─▶ one group's line ──┐
                                       ├─▶ a group with both sides filled is a meeting
    person ready ─▶ their groups' lines┘

The engine takes pairs until no group has both sides: then nobody who could serve a waiting caller is idle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from acd.lines import Line, Place
from acd.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from acd.model import Agent
    from acd.state import Caller, Person

GroupKey: TypeAlias = tuple[frozenset[str], str]


class Group:
    """One kind of need, chosen for in one way: the callers who have it, and the ready people who meet it."""

    __slots__ = ("_rank", "needs", "ready", "waiting")

    def __init__(self, key: GroupKey) -> None:
        self.needs, strategy = key
        self.waiting = Line()
        self.ready = Line()
        self._rank = STRATEGIES[strategy].rank

    def can_meet(self) -> bool:
        return bool(self.waiting) and bool(self.ready)

    def serves(self, agent: Agent) -> bool:
        return self.needs <= agent.skills.keys()

    def place_of(self, person: Person) -> Place:
        return (self._rank(person), person.order, person.name)


def _front(group: Group) -> Place:
    return group.waiting.front


class Matching:
    """The groups. They live until the next plan: there are as many as the plan has combinations of needs."""

    def __init__(self) -> None:
        self._groups: dict[GroupKey, Group] = {}
        self._agents: tuple[Agent, ...] = ()
        self._served: dict[str, list[Group]] = {}
        self._ready: dict[str, Person] = {}
        self._meetings: dict[Group, None] = {}

    def clear(self, agents: Iterable[Agent]) -> None:
        """Begin anew with these agents: nobody waits, nobody is ready."""
        self._agents = tuple(agents)
        self._served = {agent.name: [] for agent in self._agents}
        self._groups.clear()
        self._ready.clear()
        self._meetings.clear()

    def add_caller(self, caller: Caller) -> None:
        group = self._group_of(caller)
        group.waiting.add(caller.place)
        if group.ready:
            self._meetings[group] = None

    def remove_caller(self, caller: Caller) -> None:
        self._group_of(caller).waiting.remove(caller.place)

    def add_person(self, person: Person) -> None:
        self._ready[person.name] = person
        for group in self._served[person.name]:
            group.ready.add(group.place_of(person))
            if group.waiting:
                self._meetings[group] = None

    def remove_person(self, person: Person) -> None:
        del self._ready[person.name]
        for group in self._served[person.name]:
            group.ready.remove(group.place_of(person))

    def next_pair(self) -> tuple[str, str] | None:
        """The foremost caller whom somebody ready can serve, and the person to ring: (call, agent)."""
        for group in [group for group in self._meetings if not group.can_meet()]:
            del self._meetings[group]
        if not self._meetings:
            return None
        group = min(self._meetings, key=_front)
        return group.waiting.front[-1], group.ready.front[-1]

    def _group_of(self, caller: Caller) -> Group:
        key = (caller.needs, caller.queue.strategy)
        return self._groups.get(key) or self._new_group(key)

    def _new_group(self, key: GroupKey) -> Group:
        group = self._groups[key] = Group(key)
        for agent in self._agents:
            if group.serves(agent):
                self._served[agent.name].append(group)
                if person := self._ready.get(agent.name):
                    group.ready.add(group.place_of(person))
        return group
