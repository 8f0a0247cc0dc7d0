"""What `careline simulate` tells: the figures of a day, and of the same day under a changed plan beside them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from acd.patience import Patience
    from acd.simulation.figures import Figures, HalfHourFigures, Outcome

Row = tuple[str, ...]
Number = float | None
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the report. `good` is 1 where more is better, -1 where less is, 0 where it depends.

    More answered is not better by itself: who is called back instead waits at home. A difference below `least` is told
    without a judgement. Where `always` is false, a line of zeros is left out.
    """

    name: str
    value: Callable[[Outcome], Number]
    words: Callable[[Number], str]
    good: int
    least: float
    always: bool = False


def _count(value: Number) -> str:
    return NOTHING if value is None else f"{value:.0f}"


def _percent(value: Number) -> str:
    return NOTHING if value is None else f"{100 * value:.0f} %"


def _time(value: Number) -> str:
    if value is None:
        return NOTHING
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes}:{seconds:02}"


MEASURES = (
    Measure("calls", lambda each: each.offered, _count, good=0, least=1, always=True),
    Measure("answered", lambda each: each.answered, _count, good=0, least=1, always=True),
    Measure("in time", lambda each: each.service_level, _percent, good=1, least=0.01, always=True),
    Measure("mean wait", lambda each: each.answer_seconds, _time, good=-1, least=1, always=True),
    Measure("wait of 9 in 10 up to", lambda each: each.p90_seconds, _time, good=-1, least=1, always=True),
    Measure("longest wait", lambda each: each.longest_seconds, _time, good=-1, least=1, always=True),
    Measure("gave up", lambda each: each.abandoned, _count, good=-1, least=1, always=True),
    Measure("callbacks agreed", lambda each: each.callbacks_agreed, _count, good=0, least=1),
    Measure("callbacks kept", lambda each: each.callbacks_kept, _count, good=0, least=1),
    Measure("not reached by callback", lambda each: each.callbacks_lost, _count, good=-1, least=1),
    Measure("still in line at midnight", lambda each: each.waiting, _count, good=-1, least=1),
    Measure("alerts", lambda each: each.alerts, _count, good=-1, least=1),
)


def head(figures: Sequence[Figures]) -> Row:
    return ("", "today") if len(figures) == 1 else ("", "today", "changed", "")


def rows(figures: Sequence[Figures]) -> list[Row]:
    """All queues together, then each with its own lines."""
    lines = _block("all queues", [each.total for each in figures], len(figures))
    for queue in dict.fromkeys(name for each in figures for name in each.queues):
        outcomes = [each.queues.get(queue) for each in figures]
        if any(outcome and (outcome.offered or outcome.alerts) for outcome in outcomes):
            lines += [_blank(figures), *_block(queue, outcomes, len(figures))]
    return lines


def occupancy_rows(figures: Sequence[Figures]) -> list[Row]:
    """The share of the time at work that each person spent on calls; more is neither better nor worse by itself."""
    everybody = dict.fromkeys(name for each in figures for name in each.occupancy)
    people = [(name, *(_percent(each.occupancy.get(name)) for each in figures)) for name in everybody]
    mean = ("mean", *(_percent(each.mean_occupancy) for each in figures))
    return [_padded(line, figures) for line in (mean, *people)]


def curve_head(figures: Sequence[Figures]) -> Row:
    columns = ("calls", "in time", "wait", "gave up")
    return ("", *columns) if len(figures) == 1 else ("", *columns, *(f"{column}, changed" for column in columns[1:]))


def curve_rows(figures: Sequence[Figures]) -> list[Row]:
    """The half hours in which somebody called."""
    moments = zip(*(each.total.half_hours for each in figures), strict=True)
    return [
        (f"{half_hour // 2:02}:{half_hour % 2 * 30:02}", str(several[0].offered), *_moment(several))
        for half_hour, several in enumerate(moments)
        if several[0].offered
    ]


def verdict(figures: Sequence[Figures]) -> str:
    """One sentence on the change; "" where there is none to compare."""
    if len(figures) == 1:
        return ""
    judged = [judgement(measure, *(measure.value(each.total) for each in figures)) for measure in MEASURES]
    better, worse = (
        [measure.name for measure, word in zip(MEASURES, judged, strict=True) if word == wanted]
        for wanted in ("better", "worse")
    )
    parts = [f"better: {', '.join(better)}"] * bool(better) + [f"worse: {', '.join(worse)}"] * bool(worse)
    return f"The change, in all: {'; '.join(parts)}." if parts else "The change makes no difference on this day."


def judgement(measure: Measure, today: Number, changed: Number) -> str:
    """better, worse, more, less, or "" for no difference worth a word."""
    if today is None or changed is None or abs(changed - today) < measure.least:
        return ""
    if measure.good:
        return "better" if (changed > today) == (measure.good > 0) else "worse"
    return "more" if changed > today else "less"


def patience_told(patience: Mapping[str, Patience]) -> list[str]:
    """One line, none where the record was not asked."""
    queues = [
        f"{queue} {_time(each.seconds)}, "
        + (f"from {each.gave_up} who gave up" if each.is_seen else f"as expected ({each.gave_up} gave up: too few)")
        for queue, each in patience.items()
    ]
    return [f"Patience: {'; '.join(queues)}."] if queues else []


def as_json(
    figures: Sequence[Figures], told: str, seed: int, patience: Mapping[str, Patience] | None = None
) -> Mapping[str, Any]:
    """`patience` by queue, where the record was asked."""
    named = dict(zip(("today", "changed"), map(_figures, figures), strict=False))
    asked = {"patience": {queue: asdict(each) for queue, each in patience.items()}} if patience else {}
    return {"day": told, "seed": seed, **asked, **named}


def _figures(figures: Figures) -> Mapping[str, Any]:
    return {
        "total": asdict(figures.total),
        "queues": {name: asdict(outcome) for name, outcome in figures.queues.items()},
        "occupancy": dict(figures.occupancy),
        "mean_occupancy": figures.mean_occupancy,
    }


def _block(title: str, outcomes: Sequence[Outcome | None], columns: int) -> list[Row]:
    lines = [_line(measure, outcomes) for measure in MEASURES]
    sent = dict.fromkeys(to for outcome in outcomes if outcome for to in outcome.overflowed)
    lines += [_line(_sent_to(to), outcomes) for to in sent]
    empty = ("",) * (columns + (columns > 1))
    return [(title, *empty), *(line for line in lines if line)]


def _sent_to(to: str) -> Measure:
    return Measure(f"sent to {to or 'the menus'}", lambda each: each.overflowed.get(to, 0), _count, good=0, least=1)


def _line(measure: Measure, outcomes: Sequence[Outcome | None]) -> Row:
    values = [measure.value(outcome) if outcome else None for outcome in outcomes]
    if not measure.always and not any(values):
        return ()
    cells = (f"  {measure.name}", *map(measure.words, values))
    return cells if len(values) == 1 else (*cells, judgement(measure, values[0], values[1]))


def _blank(figures: Sequence[Figures]) -> Row:
    return ("",) * len(head(figures))


def _padded(line: Row, figures: Sequence[Figures]) -> Row:
    return (*line, *("",) * (len(head(figures)) - len(line)))


def _moment(several: Sequence[HalfHourFigures]) -> Row:
    return tuple(
        cell
        for each in several
        for cell in (_percent(each.service_level), _time(each.answer_seconds), str(each.abandoned))
    )
