"""The day that `careline simulate` runs: typical, from a file, from what a weekday usually brings, or one on record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean
from typing import TYPE_CHECKING
from zlib import crc32
from zoneinfo import ZoneInfo

from acd.forecast import weekly_profile
from acd.model import Callback, Urgency
from acd.patience import Ending, patience_of
from acd.simulation.chance import Chance
from acd.simulation.day import Day, Habits
from acd.simulation.traffic import HALF_HOURS, Stream, Visitor, patience, visitor, visitors
from acd.skills import Needs
from ivr.errors import UserError
from ivr.menus.callbacks import windows
from ivr.reports.traffic_file import seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from acd.forecast import Visit
    from acd.patience import Patience
    from ivr.menus.plan.model import Plan
    from ivr.reports.traffic_file import Traffic

HOUR = 3600.0
CALLS_PER_PERSON = 60
OFFICE = {8: 1.0, 9: 0.9, 10: 0.75, 11: 0.6, 12: 0.45, 13: 0.7, 14: 0.75, 15: 0.55, 16: 0.4}
"""Callers of an hour, as shares of the busiest: a peak after opening, a lesser one after lunch."""
URGENT_SHARE = 0.05  # of the callers for whom the plan's urgent queue is
OTHER_LANGUAGE_SHARE = 0.15  # of the callers, together, need somebody who speaks another language than the first
SHORTEST_TALK = 5.0
A_MONDAY = date(2026, 1, 5)  # stands for any: no clock is turned in its week

Stretches = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Comings:
    """Who calls, and who is at work. `date` matters for the hours of callbacks; `told` is for people to read.

    `patience`: by queue, as far as the record was asked.
    """

    told: str
    date: date
    visitors: tuple[Visitor, ...]
    shifts: Mapping[str, Stretches]
    habits: Habits
    paces: Mapping[str, float]
    patience: Mapping[str, Patience] = field(default_factory=dict)


def expected(plan: Plan, traffic: Traffic | None) -> tuple[Stream, ...]:
    """What the queues have to expect: as the file says, else on a typical day."""
    if traffic is None:
        return typical_streams(plan)
    return tuple(each.stream(queue) for queue, each in traffic.queues.items())


def scaled(streams: Sequence[Stream], calls: float | None) -> tuple[Stream, ...]:
    """So many calls in all, spread as before."""
    total = sum(sum(stream.calls) for stream in streams)
    if calls is None or total == 0:
        return tuple(streams)
    factor = calls / total
    return tuple(replace(each, calls=tuple(factor * number for number in each.calls)) for each in streams)


def generated(told: str, weekday: int, streams: Sequence[Stream], seed: int) -> Comings:
    number = sum(sum(stream.calls) for stream in streams)
    about = f"{told}, about {number:.0f} calls, seed {seed}"
    day = A_MONDAY + timedelta(days=weekday)
    return Comings(about, day, visitors(streams, seed), {}, Habits(), {})


def with_people(comings: Comings, names: Iterable[str], traffic: Traffic | None) -> Comings:
    """Who is at work: as the file says, else all these people as on a typical day."""
    if traffic is None:
        return replace(comings, shifts=typical_shifts(names))
    shifts = {name: tuple(map(seconds_of, each.at_work)) for name, each in traffic.people.items()}
    paces = {name: each.pace for name, each in traffic.people.items()}
    return replace(comings, shifts=shifts or typical_shifts(names), habits=traffic.habits.habits(), paces=paces)


def day_under(plan: Plan, comings: Comings, people: Iterable[str] | None) -> Day:
    """The day as the plan meets it, with these people only when they are named."""
    zone = ZoneInfo(plan.practice.timezone)
    midnight = datetime.combine(comings.date, time(), zone).timestamp()
    wanted = set(plan.people if people is None else people)
    return Day(
        comings.visitors,
        {name: shift for name, shift in comings.shifts.items() if name in wanted & set(plan.people)},
        comings.habits,
        comings.paces,
        {
            name: Callback(
                hours=tuple((a - midnight, b - midnight) for a, b in windows(queue.callback, midnight, zone))
            )
            for name, queue in plan.queues.items()
            if queue.callback
        },
        frozenset(name for name, queue in plan.queues.items() if queue.urgency is Urgency.URGENT),
    )


# ---- a typical day --------------------------------------------------------------------------------------------------


def typical_streams(plan: Plan) -> tuple[Stream, ...]:
    """Sixty calls for each person of the plan from eight to five, to the queues as people serve them."""
    shares = _shares(plan)
    rates = [OFFICE.get(half_hour // 2, 0.0) for half_hour in range(HALF_HOURS)]
    skills = sorted(set(plan.practice.language_skills.values()))
    return tuple(
        Stream(
            queue,
            tuple(CALLS_PER_PERSON * share * rate / sum(rates) for rate in rates),
            urgent=URGENT_SHARE if queue == plan.urgent.queue else 0.0,
            needs=tuple((Needs.all_of(skill), OTHER_LANGUAGE_SHARE / len(skills)) for skill in skills),
        )
        for queue, share in shares.items()
    )


def _shares(plan: Plan) -> dict[str, float]:
    """How many people each queue has, who serves several counted in parts."""
    shares = dict.fromkeys(plan.queues, 0.0)
    for person in plan.people.values():
        served = [name for name, queue in plan.queues.items() if queue.required.met_by(person.skills)]
        for name in served:
            shares[name] += 1 / len(served)
    return shares


def typical_shifts(names: Iterable[str]) -> dict[str, Stretches]:
    """Eight to five for everybody; breaks and lunch are taken in four turns."""
    return {name: _office(number % 4) for number, name in enumerate(names)}


def _office(turn: int) -> Stretches:
    pause, lunch = 0.25 * turn, 0.5 * turn
    hours = ((8, 10 + pause), (10.25 + pause, 11.5 + lunch), (12 + lunch, 15 + pause), (15.25 + pause, 17))
    return tuple((begin * HOUR, end * HOUR) for begin, end in hours)


# ---- from the record ------------------------------------------------------------------------------------------------


def patience_on_record(streams: Iterable[Stream], seen: Sequence[Visit]) -> dict[str, Patience]:
    """By queue; where few gave up, the stream's own."""
    return {
        stream.queue: patience_of(
            (visit.wait for visit in seen if visit.queue == stream.queue and visit.wait),
            stream.patience_seconds,
            stream.patience_shape,
        )
        for stream in streams
    }


def with_patience(streams: Iterable[Stream], patience: Mapping[str, Patience]) -> tuple[Stream, ...]:
    return tuple(replace(stream, patience_seconds=patience[stream.queue].seconds) for stream in streams)


def usual_streams(
    streams: Sequence[Stream], seen: Sequence[Visit], weekday: int, now: float, zone: ZoneInfo
) -> tuple[Stream, ...]:
    """The streams with what the weekday usually brings, as `careline staffing` reckons it; raises UserError."""
    first = min((visit.joined for visit in seen), default=now)
    usual = []
    for stream in streams:
        visits = [visit for visit in seen if visit.queue == stream.queue]
        day = weekly_profile((visit.joined for visit in visits), first, now, zone).days[weekday]
        if day is not None and visits:
            handled = [visit.handle_seconds for visit in visits if visit.handle_seconds is not None]
            talk = fmean(handled) if handled else stream.talk_seconds
            usual.append(replace(stream, calls=tuple(half_hour.calls for half_hour in day), talk_seconds=talk))
    if not usual:
        raise UserError(
            "no whole day of that weekday is on record yet: leave out --day, or describe one with --traffic"
        )
    return tuple(usual)


def recorded(streams: Sequence[Stream], seen: Iterable[Visit], day: date, zone: ZoneInfo, seed: int) -> Comings:
    """The callers of a day on record: when they came, and how long who was answered was talked with.

    Who gave up is as patient as on that day. Who was answered, or went elsewhere, would have waited longer: how much is
    drawn, and so are the talks of who was not answered. Raises UserError.
    """
    midnight = datetime.combine(day, time(), zone).timestamp()
    by_queue = {stream.queue: stream for stream in streams}
    today = [visit for visit in seen if 0 <= visit.joined - midnight < 24 * HOUR and visit.queue in by_queue]
    if not today:
        raise UserError(f"no call of {day} is on record: `careline calls` lists those that are")
    habits = Habits()
    habits, callers = Habits(), []
    for number, visit in enumerate(today):
        stream, chance = by_queue[visit.queue], Chance(seed).of(crc32(visit.queue.encode()), number)
        at, talk = visit.joined - midnight, _talk(visit, habits)
        caller = visitor(f"{visit.queue}-{number}", stream, at, chance, talk)
        callers.append(replace(caller, patience_seconds=_patience(visit, stream, chance)))
    told = f"{day:%A}, {day}, with the {len(callers)} calls on record"
    return Comings(told, day, tuple(callers), {}, habits, {})


def _talk(visit: Visit, habits: Habits) -> float | None:
    return None if visit.handle_seconds is None else max(visit.handle_seconds - habits.pick_up_seconds, SHORTEST_TALK)


def _patience(visit: Visit, stream: Stream, chance: Chance) -> float:
    if visit.wait is None:
        return patience(stream, chance)
    if visit.wait.ended is Ending.GAVE_UP:
        return visit.wait.seconds
    return patience(stream, chance, beyond=visit.wait.seconds)


def since(day: date, zone: ZoneInfo) -> datetime:
    """Where in the record the day begins; a call may have begun before midnight."""
    return datetime.combine(day, time(), zone).astimezone(UTC) - timedelta(hours=1)
