"""Who calls on a simulated day: callers with all that they bring, so that two plans meet the very same ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING
from zlib import crc32

from acd.simulation.chance import Chance, Draw
from acd.skills import ANYBODY, Needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HALF_HOURS = 48
HALF_HOUR_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Stream:
    """What one queue has to expect. `calls`: the expected number in each of the day's 48 half hours, from midnight.

    Calls come at random (Poisson), or with `exact` as many as are given, rounded. Talks are log-normal, patience is
    Weibull. `urgent` and `callback` are shares of callers: who is urgent, who takes a callback that is offered; `needs`
    are shares of callers who need more than the queue asks for.
    """

    queue: str
    calls: tuple[float, ...]
    talk_seconds: float = 180.0
    talk_spread: float = 0.7
    patience_seconds: float = 240.0
    patience_shape: float = 1.2
    urgent: float = 0.0
    callback: float = 0.5
    needs: tuple[tuple[Needs, float], ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """One caller. `at`: seconds since midnight; `chance` is for what happens to this caller on the way."""

    call: str
    queue: str
    at: float
    talk_seconds: float
    patience_seconds: float
    chance: Chance
    urgent: bool = False
    takes_callback: bool = False
    needs: Needs = ANYBODY


def visitors(streams: Iterable[Stream], seed: int) -> tuple[Visitor, ...]:
    """The callers of the day, in the order in which they call.

    A caller depends on the seed, the queue, the half hour and the number in it: another queue's traffic, or another
    half hour's, changes nobody else.
    """
    everybody = (visitor for stream in streams for visitor in _of_stream(stream, seed))
    return tuple(sorted(everybody, key=lambda visitor: (visitor.at, visitor.call)))


def _of_stream(stream: Stream, seed: int) -> Iterator[Visitor]:
    queue = Chance(seed).of(crc32(stream.queue.encode()))
    for half_hour, calls in enumerate(stream.calls):
        chance = queue.of(half_hour)
        moments = _exact(calls, chance) if stream.exact else _poisson(calls, chance)
        for number, moment in enumerate(moments):
            at = (half_hour + moment) * HALF_HOUR_SECONDS
            yield visitor(f"{stream.queue}-{half_hour}-{number}", stream, at, chance.of(number))


def visitor(call: str, stream: Stream, at: float, chance: Chance, talk_seconds: float | None = None) -> Visitor:
    """A caller of the stream; with the talk that is on record, where one is."""
    return Visitor(
        call,
        stream.queue,
        at,
        talk_seconds or chance.log_normal(stream.talk_seconds, stream.talk_spread, Draw.TALK),
        patience(stream, chance),
        chance,
        urgent=chance.share(Draw.URGENT) < stream.urgent,
        takes_callback=chance.share(Draw.CALLBACK) < stream.callback,
        needs=_needs(stream, chance.share(Draw.NEEDS)),
    )


def patience(stream: Stream, chance: Chance, beyond: float = 0.0) -> float:
    """When a caller of the stream gives up who has waited for `beyond` seconds already."""
    return chance.weibull(stream.patience_seconds, stream.patience_shape, Draw.PATIENCE, beyond=beyond)


def _poisson(calls: float, chance: Chance) -> Iterator[float]:
    """When calls come, as shares of the half hour."""
    moment = 0.0
    for number in count() if calls > 0 else ():
        moment += chance.exponential(1 / calls, Draw.GAP, number)
        if moment >= 1:
            return
        yield moment


def _exact(calls: float, chance: Chance) -> Iterator[float]:
    return iter(sorted(chance.share(Draw.PLACE, number) for number in range(round(calls))))


def _needs(stream: Stream, share: float) -> Needs:
    for needs, part in stream.needs:
        share -= part
        if share < 0:
            return needs
    return ANYBODY
