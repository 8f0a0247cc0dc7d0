"""Whom a free person serves next, found as app_queue does: by looking at everybody in line, in one list."""

from __future__ import annotations

from random import Random
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING

from lab.large_practice import caller, large_practice

if TYPE_CHECKING:
    from acd.events import CallerJoined
    from acd.model import Agent
    from acd.skills import Needs

TIMES = 30


def longest_scan(waiting: int) -> float:
    """The median microseconds of one such decision; no step, rule or ring of it is counted."""
    rng = Random(3)
    plan = large_practice(rng)
    needs = {queue.name: queue.needs for queue in plan.queues}
    line = [(each, needs[each.queue].and_also(each.needs)) for each in (caller(n, rng) for n in range(waiting))]
    return median(_timed(agent, line) for agent in plan.agents[:TIMES])


def _timed(agent: Agent, line: list[tuple[CallerJoined, Needs]]) -> float:
    began = perf_counter_ns()
    next_of(agent, line)
    return (perf_counter_ns() - began) / 1000


def next_of(agent: Agent, line: list[tuple[CallerJoined, Needs]]) -> str | None:
    """Urgent callers first, then in the order of the line."""
    able = ((-each.urgency, place, each.call) for place, (each, needs) in enumerate(line) if needs.met_by(agent.skills))
    return min(able, default=(0, 0, None))[-1]
