"""How a queue chooses among the people who are ready and able: a table; the plan names one per queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from acd.lines import Line, Place
    from acd.model import Queue
    from acd.skills import Needs
    from acd.state import Person


class UnknownStrategyError(ValueError):
    """A queue names a strategy that does not exist."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """What a choice may depend on beside the people's ranks.

    The first `among` of the line are those to choose from (nearest, preferred), each in a place that ends with
    (order, name). `last` is the order in the plan of whom this queue rang last, -1 for nobody; `draws` gives the n-th
    random number of this choice (a 64-bit integer), `weight` a person's weight, `heaviest` nobody's is greater.
    """

    among: int
    last: int
    draws: Callable[[int], int]
    weight: Callable[[str], int]
    heaviest: int


Choose: TypeAlias = "Callable[[Line, Choosing], Place]"


@dataclass(frozen=True, slots=True)
class Strategy:
    """`rank` orders the ready people, smallest first, and stays the same while a person is ready.

    Equal ranks go by the order of the plan. `label` and `measure` say a person's rank in words, (person, needs, now) ->
    words; where chance or turns decide there is none. `choose` takes one of the ordered.
    """

    rule: str
    rank: Callable[[Person, Needs], tuple[float, ...]]
    label: str = ""
    measure: Callable[[Person, Needs, float], str] | None = None
    choose: Choose = lambda line, _: line.front
    takes_turns: bool = False


def _in_turn(line: Line, choosing: Choosing) -> Place:
    """The next in the plan's order after whom the queue rang last; from the last one on to the first."""
    nearest = line.front[:-2]
    following = line.up_to((*nearest, choosing.last))
    return line[following] if following < choosing.among else line.front


def _by_lot(line: Line, choosing: Choosing) -> Place:
    return line[choosing.draws(0) % choosing.among]


MOST_TRIES = 64  # the chance to need more is nil; the lot decides then


def _by_weight(line: Line, choosing: Choosing) -> Place:
    """By rejection: a lot is kept as often as its weight says. Exact, and takes as many tries as heaviest : mean."""
    for attempt in range(0, 2 * MOST_TRIES, 2):
        place = line[choosing.draws(attempt) % choosing.among]
        if choosing.draws(attempt + 1) % choosing.heaviest < choosing.weight(place[-1]):
            return place
    return _by_lot(line, choosing)


STRATEGIES = {
    "longest-idle": Strategy(
        rule="the person available longest (since the last call, or since signing in)",
        rank=lambda person, _: (person.idle_since,),
        label="available for",
        measure=lambda person, _, now: f"{now - person.idle_since:.0f} s",
    ),
    "longest-since-call": Strategy(
        rule="the person whose last call ended longest ago",
        rank=lambda person, _: (person.last_call_ended,),
        label="last call",
        measure=lambda person, _, now: (
            f"{now - person.last_call_ended:.0f} s ago" if person.last_call_ended else "never"
        ),
    ),
    "fewest-calls": Strategy(
        rule="the person with the fewest calls today",
        rank=lambda person, _: (person.work.calls, person.idle_since),
        label="calls today:",
        measure=lambda person, _, __: f"{person.work.calls}",
    ),
    "least-talk-time": Strategy(
        rule="the person who talked least today",
        rank=lambda person, _: (person.work.talk_seconds, person.idle_since),
        label="talked today:",
        measure=lambda person, _, __: f"{person.work.talk_seconds:.0f} s",
    ),
    "least-occupied": Strategy(
        rule="the person least occupied by calls (as of becoming ready)",
        rank=lambda person, _: (person.work.occupancy, person.idle_since),
        label="occupied",
        measure=lambda person, _, __: f"{100 * person.work.occupancy:.0f} % of the time at work",
    ),
    "most-skilled": Strategy(
        rule="the person with the highest levels in what is needed",
        rank=lambda person, needs: (-needs.strength(person.agent.skills), person.idle_since),
        label="levels in what is needed:",
        measure=lambda person, needs, _: f"{needs.strength(person.agent.skills)}",
    ),
    "fewest-skills": Strategy(
        rule="the person with the fewest skills, so that others stay free for who needs them",
        rank=lambda person, _: (len(person.agent.skills), person.idle_since),
        label="skills:",
        measure=lambda person, _, __: f"{len(person.agent.skills)}",
    ),
    "round-robin": Strategy(
        rule="the next person in turn",
        rank=lambda _, __: (),
        choose=_in_turn,
        takes_turns=True,
    ),
    "ordered": Strategy(
        rule="the first person in the order of the plan",
        rank=lambda _, __: (),
        label="number in the plan:",
        measure=lambda person, _, __: f"{person.order + 1}",
    ),
    "random": Strategy(rule="a person by lot", rank=lambda _, __: (), choose=_by_lot),
    "weighted": Strategy(rule="a person by lot, by weight", rank=lambda _, __: (), choose=_by_weight),
}


def check_strategies(queues: Iterable[Queue]) -> None:
    """Raise UnknownStrategyError for the first queue whose strategy does not exist."""
    for queue in queues:
        if queue.strategy not in STRATEGIES:
            known = ", ".join(sorted(STRATEGIES))
            raise UnknownStrategyError(
                f"queue '{queue.name}' names the strategy '{queue.strategy}', which does not exist; use one of: {known}"
            )


def drawn(seed: int, *numbers: int) -> int:
    """A random 64-bit integer that depends on nothing but its arguments, so that a replay draws the same.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014), SplitMix64.
    """
    state = seed
    for number in numbers:
        state = _mixed(state + number * 0x9E3779B97F4A7C15)
    return state


_MASK = (1 << 64) - 1


def _mixed(state: int) -> int:
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)
