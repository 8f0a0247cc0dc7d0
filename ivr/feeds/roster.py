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
        """Who stands elsewhere since the last event; whoever was not there was logged out."""
        changed: list[PersonChanged] = []
        for name in engine.staff.changed:
            person = engine.staff.people.get(name)
            state = _LOGGED_OUT if person is None else (person.presence, person.why)
            if self._states.get(name, _LOGGED_OUT) != state:
                changed.append(self._changed(name, *state))
        return changed

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
