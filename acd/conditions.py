"""When a queue's rules hold: facts of one queue at one moment, worked out only when a rule asks for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from acd.model import Absence, Urgency

if TYPE_CHECKING:
    from acd.crews import Crews
    from acd.model import Condition
    from acd.queue_room import QueueRoom


class Facts:
    """What conditions are about, beside the caller's own wait."""

    def __init__(self, room: QueueRoom, crews: Crews, now: float) -> None:
        self._room = room
        self._crews = crews
        self._now = now

    @property
    def length(self) -> int:
        """Those on the phone: who is to be called back takes no line."""
        return len(self._room.ages)

    @property
    def has_urgent(self) -> bool:
        """Whether somebody urgent waits: they stand before everybody else."""
        return bool(self._room.line) and -self._room.line.front[0] >= Urgency.URGENT

    @cached_property
    def estimated_wait_seconds(self) -> float | None:
        """For who would join now."""
        estimate = self._room.estimate(len(self._room.line), 0.0, self._now)
        return None if estimate is None else estimate.seconds

    @cached_property
    def service_level(self) -> float | None:
        return self._room.stats.service_level(self._now)

    @property
    def staffed(self) -> int:
        return self._room.crew.at_work

    def is_empty(self, absent: frozenset[Absence]) -> bool:
        """Nobody could serve the queue but those absent in these ways.

        With PENALTY among them, only who meets the first step counts as there at all.
        """
        queue = self._room.queue
        crew = self._crews.of(queue.steps[0].needs) if Absence.PENALTY in absent else self._room.crew
        return crew.has_only(absent)


def holds(condition: Condition, since: float, now: float, facts: Facts) -> bool:
    """For somebody who waits since then."""
    return now >= since + condition.waited_seconds and holds_for_all(condition, facts)


def holds_for_all(condition: Condition, facts: Facts) -> bool:
    """The parts that do not depend on one caller's wait."""
    return (
        (not condition.urgent or facts.has_urgent)
        and (condition.length is None or facts.length >= condition.length)
        and (condition.staffed_below is None or facts.staffed < condition.staffed_below)
        and (condition.empty is None or facts.is_empty(condition.empty))
        and (condition.service_level_below is None or _below(facts.service_level, condition.service_level_below))
        and (
            condition.estimated_wait_seconds is None
            or _reaches(facts.estimated_wait_seconds, condition.estimated_wait_seconds)
        )
    )


def _below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def _reaches(value: float | None, limit: float) -> bool:
    return value is not None and value >= limit


def in_words(condition: Condition) -> str:
    """Why a rule acted: "waited 4 min and fewer than 2 people are at work"."""
    parts = []
    if condition.waited_seconds:
        parts.append(f"waited {duration(condition.waited_seconds)}")
    if condition.urgent:
        parts.append("somebody in danger waits")
    if condition.length is not None:
        parts.append(f"{condition.length} or more wait")
    if condition.estimated_wait_seconds is not None:
        parts.append(f"the estimated wait is {duration(condition.estimated_wait_seconds)} or more")
    if condition.service_level_below is not None:
        parts.append(f"the service level is below {100 * condition.service_level_below:.0f} %")
    if condition.staffed_below is not None:
        parts.append(f"fewer than {condition.staffed_below} at work")
    if condition.empty is not None:
        ways = ", ".join(sorted(condition.empty))
        parts.append(f"nobody is there who is not {ways}" if ways else "nobody of the plan could serve it")
    return " and ".join(parts) or "always"


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return " ".join([f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0)) or "0 s"
