"""Which of a queue's conditions can become true by themselves, and how each was when last looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acd.model import Condition, Queue


@dataclass(frozen=True, slots=True)
class Watched:
    """The conditions of one queue that can become true by themselves, and how each was when last looked at.

    `ticks` where they, or an escalation, are about figures that change while nothing happens.
    """

    conditions: tuple[Condition, ...]
    held: list[bool]
    ticks: bool


def watched(queue: Queue) -> Watched:
    """Refusals are looked at when somebody joins, and rules of time alone have their timers."""
    rules = (*(each for step in queue.steps for each in step.until), *(rule.when for rule in queue.overflow))
    conditions = tuple(each for each in rules if not each.of_time_alone)
    escalations = (each.when for each in queue.escalations)
    return Watched(conditions, [False] * len(conditions), any(map(_ticks, (*conditions, *escalations))))


def _ticks(condition: Condition) -> bool:
    return condition.service_level_below is not None or condition.estimated_wait_seconds is not None
