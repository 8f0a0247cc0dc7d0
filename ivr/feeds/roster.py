"""The people as the feeds see them: who serves which queue, how each stands, and when that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.state import Presence
from ivr.feeds.facts import Leaving, PersonChanged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acd.engine import Engine
    from acd.events import Configured
    from acd.model import Queue


_LOGGED_OUT = (Presence.LOGGED_OUT, "")


class Roster:
    """`queues` are the plan's, `serves` the names of the queues by person: those whose last step the person meets."""

    def __init__(self) -> None:
        self.queues: Mapping[str, Queue] = {}
        self.serves: Mapping[str, tuple[str, ...]] = {}
        self._states: dict[str, tuple[Presence, str]] = {}

    def configure(self, plan: Configured) -> None:
        self.queues = {queue.name: queue for queue in plan.queues}
        self.serves = {
            agent.name: tuple(queue.name for queue in plan.queues if queue.needs.met_by(agent.skills))
            for agent in plan.agents
        }

    def changes(self, engine: Engine) -> list[PersonChanged]:
        """Who stands elsewhere than when last asked; whoever was not there was logged out."""
        people = engine.staff.people
        gone = self._states.keys() - people.keys()
        return [
            *(
                self._changed(person.name, person.presence, person.why)
                for person in people.values()
                if self._states.get(person.name, _LOGGED_OUT) != (person.presence, person.why)
            ),
            *(self._changed(name, *_LOGGED_OUT) for name in sorted(gone)),
        ]

    def leaving(self, queue: str, to: str) -> Leaving:
        """How a caller leaves who is sent away to a target: because nobody is there, when only that leads there."""
        plan = self.queues.get(queue)
        rules = [rule for rule in plan.overflow if rule.to == to] if plan else []
        return Leaving.EMPTY if rules and all(rule.when.empty is not None for rule in rules) else Leaving.SENT_AWAY

    def _changed(self, agent: str, state: Presence, why: str) -> PersonChanged:
        before, _ = self._states.pop(agent, _LOGGED_OUT)
        if state is not Presence.LOGGED_OUT:
            self._states[agent] = (state, why)
        return PersonChanged(agent, self.serves.get(agent, ()), before, state, why)
