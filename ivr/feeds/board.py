"""What a wallboard is shown when it asks: queues, members and callers as they stand, in app_queue's terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acd.state import Presence
from ivr.feeds.tallies import Tallies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from acd.engine import Engine
    from acd.model import Queue
    from acd.views import WaitingCaller
    from ivr.feeds.roster import Roster
    from ivr.feeds.tallies import MemberTally


@dataclass(frozen=True, slots=True)
class Member:
    """A person in one of their queues; `talks` when in a talk of this very queue."""

    agent: str
    queue: str
    interface: str
    state: Presence
    why: str
    talks: bool
    wrap_up_seconds: int
    tally: MemberTally


class Board:
    """`phones` is the PBX's device by person. `now` gives seconds since the epoch."""

    def __init__(self, roster: Roster, now: Callable[[], float]) -> None:
        self.tallies = Tallies()
        self.phones: Mapping[str, str] = {}
        self.now = now
        self.engine: Engine | None = None
        self._roster = roster

    def queues(self, only: str = "") -> list[str]:
        """The plan's queues, or the one of that name; for an unknown one app_queue lists nothing, too."""
        return [name for name in self._roster.queues if only in {"", name}]

    def plan(self, queue: str) -> Queue:
        return self._roster.queues[queue]

    def lines(self) -> dict[str, list[WaitingCaller]]:
        """Who waits on the phone, by queue, next first."""
        lines: dict[str, list[WaitingCaller]] = {}
        for caller in self.engine.waiting(self.now()) if self.engine else ():
            if not caller.callback:
                lines.setdefault(caller.queue, []).append(caller)
        return lines

    def members(self, queue: str) -> list[Member]:
        """Who has signed in and can serve the queue, in the plan's order."""
        agents = [agent for agent, queues in self._roster.serves.items() if queue in queues]
        members = [self.member(agent, queue) for agent in agents]
        return [member for member in members if member.state is not Presence.LOGGED_OUT]

    def member(self, agent: str, queue: str) -> Member:
        state, why, serving = self._stands(agent)
        plan = self._roster.queues.get(queue)
        return Member(
            agent,
            queue,
            self.interface(agent),
            state,
            why,
            talks=state is Presence.TALKING and serving == queue,
            wrap_up_seconds=int(plan.wrap_up.seconds) if plan else 0,
            tally=self.tallies.member(agent, queue),
        )

    def interface(self, agent: str) -> str:
        return self.phones.get(agent, f"Agent/{agent}")

    def _stands(self, agent: str) -> tuple[Presence, str, str | None]:
        """State, its reason, and the queue that the person's offer came from."""
        person = self.engine.staff.people.get(agent) if self.engine else None
        if self.engine is None or person is None:
            return Presence.LOGGED_OUT, "", None
        offer = None if person.offer is None else self.engine.open_offers.get(person.offer)
        return person.presence, person.why, offer.queue.name if offer else None
