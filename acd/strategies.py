"""How a queue chooses among the people who are ready and able: a table; the plan names one per queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from acd.model import Queue
    from acd.state import Person


class UnknownStrategyError(ValueError):
    """A queue names a strategy that does not exist."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """`rank` orders the ready people, smallest first, and stays the same while a person is ready.

    Equal ranks go by the order of the plan. `praise` says why the chosen one was chosen, `passed_over` why somebody
    who was as able was not: (person, chosen, now) -> words.
    """

    rank: Callable[[Person], float]
    rule: str
    praise: Callable[[Person, float], str]
    passed_over: Callable[[Person, Person, float], str]


def _idle_since(person: Person) -> float:
    return person.idle_since


def _idle_longest(chosen: Person, now: float) -> str:
    return f"idle longest of those who are ready and able ({now - chosen.idle_since:.0f} s)"


def _idle_for_less_long(person: Person, chosen: Person, now: float) -> str:
    mine, theirs = now - person.idle_since, now - chosen.idle_since
    if mine == theirs:
        return f"idle as long as {chosen.name} ({mine:.0f} s), and named later in the plan"
    return f"idle for less long than {chosen.name} ({mine:.0f} s against {theirs:.0f} s)"


STRATEGIES = {
    "longest-idle": Strategy(
        rank=_idle_since,
        rule="the person idle longest, of those who are ready and have every skill needed",
        praise=_idle_longest,
        passed_over=_idle_for_less_long,
    ),
}


def check_strategies(queues: Iterable[Queue]) -> None:
    """Raise UnknownStrategyError for the first queue whose strategy does not exist."""
    for queue in queues:
        if queue.strategy not in STRATEGIES:
            known = ", ".join(sorted(STRATEGIES))
            raise UnknownStrategyError(
                f"queue '{queue.name}' names the strategy '{queue.strategy}', which does not exist; use one of: {known}"
            )
