"""On-call rotas: who is called at a moment, until when, what nobody covers, what looks wrong.

A shift belongs to the day on which it begins, in the rota's own time zone, and is read off the clock on the wall, as
acd.wall does; so shifts that meet on the wall meet in every night of the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from acd import wall

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """`who` in the order in which they are called; () is whoever has the week in the rota's rotation.

    `days` are those on which the shift begins, 0 is Monday. One that ends at or before its beginning ends a day later:
    the same time twice is 24 hours.
    """

    who: tuple[str, ...]
    days: frozenset[int]
    begins: time
    ends: time

    @property
    def length(self) -> timedelta:
        length = _since_midnight(self.ends) - _since_midnight(self.begins)
        return length if length > timedelta() else length + DAY


@dataclass(frozen=True, slots=True)
class Swap:
    """`who` takes the place of `instead_of`, as the shifts name them, from `begins` until `ends`.

    A time without a zone is the rota's local time. Two swaps at once may exchange two people with each other.
    """

    begins: datetime
    ends: datetime
    instead_of: str
    who: str


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who has which week: `weeks[0]` the seven days from `starts` on, and so forth, round and round.

    The week changes hands with the first shift that begins on the weekday of `starts`; a night shift is finished by
    whoever began it.
    """

    starts: date
    weeks: tuple[tuple[str, ...], ...]

    def on(self, day: date) -> tuple[str, ...]:
        return self.weeks[(day - self.starts) // WEEK % len(self.weeks)] if self.weeks else ()


@dataclass(frozen=True, slots=True)
class Rota:
    """`timezone` is an IANA name, "America/New_York". Of shifts at the same time the first named is called first."""

    name: str
    timezone: str
    shifts: tuple[Shift, ...]
    rotation: Rotation | None = None
    swaps: tuple[Swap, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the week, 0 is Monday, that nobody covers; it may pass from Sunday into Monday."""

    begins_on: int
    begins: time
    ends_on: int
    ends: time

    def __str__(self) -> str:
        if (self.begins_on, self.begins) == (self.ends_on, self.ends):
            return "the whole week"
        return f"{DAYS[self.begins_on]} {self.begins:%H:%M} to {DAYS[self.ends_on]} {self.ends:%H:%M}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A mistake in a rota; `where` leads to it by field and index: ("swaps", 0, "who")."""

    where: tuple[str | int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Turn:
    """One shift of one day, in local time without a zone."""

    begins: datetime
    ends: datetime
    who: tuple[str, ...]


# ---- who is on call -------------------------------------------------------------------------------------------------


def on_call(rota: Rota, at: datetime) -> tuple[str, ...]:
    """Who is on call at an aware moment, in the order in which they are called; () in a gap.

    Raises ZoneInfoNotFoundError for a time zone that this host does not know.
    """
    zone = ZoneInfo(rota.timezone)
    today = at.astimezone(zone).date()
    planned = [
        name
        for turn in _turns(rota, today - DAY, today)
        if _between(turn.begins, at, turn.ends, zone)
        for name in turn.who
    ]
    swapped = {swap.instead_of: swap.who for swap in rota.swaps if _between(swap.begins, at, swap.ends, zone)}
    return tuple(dict.fromkeys(swapped.get(name, name) for name in planned))


def _turns(rota: Rota, first: date, last: date) -> Iterator[_Turn]:
    """The shifts that begin from `first` to `last`, in the order of the rota."""
    days = [first + DAY * number for number in range((last - first).days + 1)]
    for shift in rota.shifts:
        for day in days:
            if day.weekday() in shift.days:
                begins = datetime.combine(day, shift.begins)
                yield _Turn(begins, begins + shift.length, shift.who or _of_week(rota, day))


def _of_week(rota: Rota, day: date) -> tuple[str, ...]:
    return rota.rotation.on(day) if rota.rotation else ()


def _between(begins: datetime, at: datetime, ends: datetime, zone: ZoneInfo) -> bool:
    return _moment(begins, zone) <= at < _moment(ends, zone)


def _moment(time: datetime, zone: ZoneInfo) -> datetime:
    return time if time.tzinfo else wall.reached(time, zone)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return wall.shown(moment, zone) if moment.tzinfo else moment


# ---- when it changes ------------------------------------------------------------------------------------------------

LONGEST_LOOK = timedelta(days=8)  # a shift that begins at all begins within a week


def next_change(rota: Rota, at: datetime) -> datetime:
    """The next moment at which somebody else is on call; where nobody else is for long, a moment 8 days later."""
    now, zone = on_call(rota, at), ZoneInfo(rota.timezone)
    edges = (edge for edge in _edges(rota, at, zone) if at < edge < at + LONGEST_LOOK)
    return next((edge for edge in sorted(edges) if on_call(rota, edge) != now), at + LONGEST_LOOK)


def _edges(rota: Rota, at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When shifts and swaps begin and end."""
    today = at.astimezone(zone).date()
    stretches: tuple[_Turn | Swap, ...] = (*_turns(rota, today - DAY, today + LONGEST_LOOK), *rota.swaps)
    for each in stretches:
        yield _moment(each.begins, zone)
        yield _moment(each.ends, zone)


# ---- what nobody covers ---------------------------------------------------------------------------------------------


def gaps(rota: Rota) -> tuple[Gap, ...]:
    """The stretches of the week that no shift covers, from Monday on. A plan with such a rota must not be loaded."""
    covered = sorted(piece for shift in rota.shifts if _is_held(rota, shift) for piece in _pieces(shift))
    free: list[tuple[timedelta, timedelta]] = []
    reached = timedelta()
    for begins, ends in [*covered, (WEEK, WEEK)]:
        if begins > reached:
            free.append((reached, begins))
        reached = max(reached, ends)
    if len(free) > 1 and free[0][0] == timedelta() and free[-1][1] == WEEK:
        free = [*free[1:-1], (free[-1][0], free[0][1])]
    return tuple(Gap(*_on_the_wall(begins), *_on_the_wall(ends)) for begins, ends in free)


def _is_held(rota: Rota, shift: Shift) -> bool:
    """Whether somebody has the shift in every week."""
    return bool(shift.who or (rota.rotation and rota.rotation.weeks and all(rota.rotation.weeks)))


def _pieces(shift: Shift) -> Iterator[tuple[timedelta, timedelta]]:
    """What a shift covers, since Monday 00:00; Sunday night in two pieces."""
    for day in shift.days:
        begins = DAY * day + _since_midnight(shift.begins)
        ends = begins + shift.length
        yield begins, min(ends, WEEK)
        if ends > WEEK:
            yield timedelta(), ends - WEEK


def _since_midnight(clock: time) -> timedelta:
    return datetime.combine(date.min, clock) - datetime.combine(date.min, time())


def _on_the_wall(since_monday: timedelta) -> tuple[int, time]:
    day, rest = divmod(since_monday, DAY)
    return day % 7, (datetime.min + rest).time()  # noqa: DTZ901 - a time of day has no zone


# ---- what looks wrong -----------------------------------------------------------------------------------------------


def doubtful(rota: Rota, people: Collection[str]) -> tuple[Doubt, ...]:
    """The rota's mistakes but for its gaps; `people` are the names that there are."""
    try:
        zone = ZoneInfo(rota.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return (Doubt(("timezone",), f"'{rota.timezone}' is not a time zone"), *_strangers(rota, people))
    return (*_strangers(rota, people), *_unheld(rota), *_odd_swaps(rota, zone), *_overlapping(rota, zone))


def _strangers(rota: Rota, people: Collection[str]) -> Iterator[Doubt]:
    for where, name in _names(rota):
        if name not in people:
            yield Doubt(where, f"'{name}' is not a person")


def _names(rota: Rota) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, shift in enumerate(rota.shifts):
        yield from ((("shifts", index, "who", order), name) for order, name in enumerate(shift.who))
    for week, who in enumerate(rota.rotation.weeks if rota.rotation else ()):
        yield from ((("rotation", "weeks", week, order), name) for order, name in enumerate(who))
    for index, swap in enumerate(rota.swaps):
        yield ("swaps", index, "instead_of"), swap.instead_of
        yield ("swaps", index, "who"), swap.who


def _unheld(rota: Rota) -> Iterator[Doubt]:
    for index, shift in enumerate(rota.shifts):
        if not shift.who and not rota.rotation:
            yield Doubt(("shifts", index, "who"), "the shift names nobody, and the rota has no rotation")
    for week, who in enumerate(rota.rotation.weeks if rota.rotation else ()):
        if not who:
            yield Doubt(("rotation", "weeks", week), f"week {week + 1} of the rotation names nobody")


def _odd_swaps(rota: Rota, zone: ZoneInfo) -> Iterator[Doubt]:
    for index, swap in enumerate(rota.swaps):
        begins, ends = _local(swap.begins, zone), _local(swap.ends, zone)
        if ends <= begins:
            yield Doubt(("swaps", index, "ends"), "the swap ends before it begins")
            continue
        turns = _turns(rota, begins.date() - DAY, ends.date())
        if not any(swap.instead_of in turn.who and turn.begins < ends and begins < turn.ends for turn in turns):
            said = f"{swap.instead_of} is not on call between {begins:%Y-%m-%d %H:%M} and {ends:%Y-%m-%d %H:%M}"
            yield Doubt(("swaps", index, "instead_of"), said)


def _overlapping(rota: Rota, zone: ZoneInfo) -> Iterator[Doubt]:
    for (first, one), (second, other) in combinations(enumerate(rota.swaps), 2):
        begins = max(_local(one.begins, zone), _local(other.begins, zone))
        if one.instead_of == other.instead_of and begins < min(_local(one.ends, zone), _local(other.ends, zone)):
            said = f"swap {first + 1} replaces {one.instead_of} at {begins:%Y-%m-%d %H:%M}, too: keep one of them"
            yield Doubt(("swaps", second), said)
