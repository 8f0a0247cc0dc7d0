"""What app_queue counts for a queue and for a member since it started, for wallboards that ask for it.

Source: Asterisk apps/app_queue.c (update_queue, recalc_holdtime, __queues_show): hold and talk times are moving
averages in which the newest call counts a quarter; both service levels are percentages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.feeds import facts
from ivr.feeds.facts import Fact, Leaving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acd.model import Queue


_BY_KEY = frozenset({Leaving.CHOSE, Leaving.CALLBACK})  # app_queue does not call them abandoned; all others it does


@dataclass(slots=True)
class QueueTally:
    """`in_time` are those who were answered, or left, within the queue's target."""

    completed: int = 0
    abandoned: int = 0
    completed_in_time: int = 0
    abandoned_in_time: int = 0
    hold_seconds: int = 0
    talk_seconds: int = 0

    @property
    def service_level(self) -> float:
        return _percent(self.completed_in_time, self.completed)

    @property
    def service_level_2(self) -> float:
        """Short abandons count as served."""
        return _percent(self.completed_in_time + self.abandoned_in_time, self.completed + self.abandoned)


@dataclass(slots=True)
class MemberTally:
    """Times are seconds since the epoch; 0 where it never happened."""

    calls_taken: int = 0
    last_call: int = 0
    last_pause: int = 0
    signed_in: int = 0


class Tallies:
    """Fed with every fact. A member is a person in a queue."""

    def __init__(self) -> None:
        self._queues: dict[str, QueueTally] = {}
        self._members: dict[tuple[str, str], MemberTally] = {}

    def queue(self, name: str) -> QueueTally:
        return self._queues.setdefault(name, QueueTally())

    def member(self, agent: str, queue: str) -> MemberTally:
        return self._members.setdefault((agent, queue), MemberTally())

    def take(self, fact: Fact, plan: Mapping[str, Queue], now: float) -> None:
        match fact:
            case facts.Left(queue=queue, how=how, waited_seconds=waited) if how not in _BY_KEY:
                tally = self.queue(queue)
                tally.abandoned += 1
                tally.abandoned_in_time += _in_time(plan, queue, waited)
            case facts.Connected(queue=queue, waited_seconds=waited):
                tally = self.queue(queue)
                tally.hold_seconds = _averaged(tally.hold_seconds, waited)
            case facts.Completed():
                self._completed(fact, plan, now)
            case facts.PersonChanged():
                self._person(fact, now)
            case _:
                pass

    def _completed(self, fact: facts.Completed, plan: Mapping[str, Queue], now: float) -> None:
        tally = self.queue(fact.queue)
        tally.completed += 1
        tally.completed_in_time += _in_time(plan, fact.queue, fact.waited_seconds)
        tally.talk_seconds = _averaged(tally.talk_seconds, fact.talk_seconds)
        member = self.member(fact.agent, fact.queue)
        member.calls_taken += 1
        member.last_call = int(now)

    def _person(self, fact: facts.PersonChanged, now: float) -> None:
        for queue in fact.queues:
            member = self.member(fact.agent, queue)
            if fact.paused:
                member.last_pause = int(now)
            if fact.signed_in:
                member.signed_in = int(now)


def _averaged(before: int, newest: float) -> int:
    return (3 * before + int(newest)) // 4


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _in_time(plan: Mapping[str, Queue], queue: str, waited: float) -> bool:
    return queue in plan and waited <= plan[queue].target_seconds
