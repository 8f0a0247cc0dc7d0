"""The file that describes a day's traffic for `careline simulate`: see dialplans/traffic-example.yaml."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from datetime import time
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from acd.simulation.day import Habits
from acd.simulation.traffic import HALF_HOUR_SECONDS, HALF_HOURS, Stream
from acd.skills import Needs
from ivr.menus.mistakes import Finding, Mistake, Path, PlanErrors, place, suggestion
from ivr.menus.plan.hours import Hours, Span
from ivr.menus.plan.values import NO_SETTINGS, ONE_OR_MORE, Name, Noun, Seconds, Share, refusal
from ivr.menus.reading.yaml_marks import MAX_BYTES, Node, read

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Collection, Sequence

    from pydantic_core import ErrorDetails

    from ivr.menus.plan.model import Plan

MOST_CALLS = 10_000  # per half hour and queue: beyond it is a slip of the pen, or a day that takes an hour


def _calls(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_CALLS:
        raise refusal(f"must be a number of calls from 0 to {MOST_CALLS}, not {value!r}")
    return value


def _pace(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.2 <= value <= 5:  # noqa: PLR2004 - here
        raise refusal(f"must be a number from 0.2 (fast) to 5 (slow), not {value!r}")
    return value


def _more_than_nothing(value: float) -> float:
    if value <= 0:
        raise refusal("must be more than 0 seconds")
    return value


def _whole(shares: Mapping[str, float]) -> Mapping[str, float]:
    if sum(shares.values()) > 1:
        raise refusal("has shares of more than 1 together")
    return shares


def _one_day(span: Span) -> Span:
    if span.ends <= span.begins and span.ends != time(0):
        raise refusal("must end on the same day: write what goes over midnight as two")
    return span


def _half_hours(span: Span) -> Span:
    if any(moment.minute % 30 or moment.second for moment in (span.begins, span.ends)):
        raise refusal('must begin and end on a full or half hour, such as "08:30-10:00"')
    return span


Stretch = Annotated[Hours, AfterValidator(_one_day)]
Time = Annotated[Seconds, AfterValidator(_more_than_nothing)]


class Expected(Noun):
    """What comes to a queue; `calls` are per half hour of each stretch. `needs` are shares of callers by skill."""

    calls: Annotated[
        Mapping[Annotated[Stretch, AfterValidator(_half_hours)], Annotated[float, BeforeValidator(_calls)]],
        Field(min_length=1),
    ]
    talk: Time = 180.0
    patience: Time = 240.0
    urgent: Share = 0.0
    callback: Share = 0.5
    needs: Annotated[Mapping[Name, Share], AfterValidator(_whole)] = {}

    def stream(self, queue: str) -> Stream:
        calls = [0.0] * HALF_HOURS
        for span, number in self.calls.items():
            begin, end = seconds_of(span)
            for half_hour in range(int(begin // HALF_HOUR_SECONDS), int(end // HALF_HOUR_SECONDS)):
                calls[half_hour] = number
        return Stream(
            queue,
            tuple(calls),
            talk_seconds=self.talk,
            patience_seconds=self.patience,
            urgent=self.urgent,
            callback=self.callback,
            needs=tuple((Needs.all_of(skill), share) for skill, share in self.needs.items()),
        )


class AtWork(Noun):
    """A person's day; between two stretches is a break. `pace` 1.2: talks last a fifth longer than others'."""

    at_work: Annotated[tuple[Stretch, ...], ONE_OR_MORE, Field(min_length=1)]
    pace: Annotated[float, BeforeValidator(_pace)] = 1.0


class Manners(Noun):
    """How people pick up, and who is reached when called back."""

    pick_up: Time = 5.0
    missed: Share = 0.02
    reached: Share = 0.75

    def habits(self) -> Habits:
        return Habits(pick_up_seconds=self.pick_up, missed=self.missed, reached=self.reached)


class Traffic(Noun):
    """A day: who calls, who is at work. Without `people`, everybody of the plan has a typical day."""

    queues: Annotated[Mapping[Name, Expected], Field(min_length=1)]
    people: Mapping[Name, AtWork] = {}
    habits: Annotated[Manners, NO_SETTINGS] = Manners()


def seconds_of(span: Span) -> tuple[float, float]:
    """From, until, in seconds since midnight; midnight is also the end of a day."""
    begin, end = _since_midnight(span.begins), _since_midnight(span.ends)
    return begin, end or HALF_HOURS * HALF_HOUR_SECONDS


def _since_midnight(moment: time) -> float:
    return moment.hour * 3600.0 + moment.minute * 60.0


# ---- reading --------------------------------------------------------------------------------------------------------


def load_traffic(path: pathlib.Path, *plans: Plan) -> Traffic:
    """Read the file for plans that are compared; raises PlanErrors with every mistake, as file:line."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise _errors(path, Finding((), f"cannot be read: {error.strerror or error}")) from None
    except UnicodeDecodeError:
        raise _errors(path, Finding((), "holds a character that is not UTF-8: save the file as UTF-8")) from None
    node, faults = read(text)
    if node is None or faults:
        raise PlanErrors(tuple(Mistake(str(path), *fault.mark, fault.text) for fault in faults))
    try:
        traffic = Traffic.model_validate(node.plain())
    except ValidationError as wrong:
        found = [_finding(error) for error in wrong.errors(include_url=False)]
        raise _errors(path, *found, node=node) from None
    if strangers := _strangers(traffic, plans):
        raise _errors(path, *strangers, node=node)
    return traffic


def _strangers(traffic: Traffic, plans: Sequence[Plan]) -> list[Finding]:
    """Names that no plan has."""
    queues = {name for plan in plans for name in plan.queues}
    people = {name: person for plan in plans for name, person in plan.people.items()}
    skills = {skill for person in people.values() for skill in person.skills}
    named: list[tuple[str, Path, Collection[str]]] = [
        *(("queue", ("queues", name), queues) for name in traffic.queues),
        *(("person", ("people", name), people) for name in traffic.people),
        *(
            ("skill of anybody", ("queues", name, "needs", skill), skills)
            for name, each in traffic.queues.items()
            for skill in each.needs
        ),
    ]
    return [
        Finding(where, f"'{where[-1]}' is no {what} of the plan{suggestion(str(where[-1]), known)}")
        for what, where, known in named
        if where[-1] not in known
    ]


def _finding(error: ErrorDetails) -> Finding:
    path = tuple(step for step in error["loc"] if step != "[key]")
    if error["type"] == "missing":
        return Finding(path[:-1], f"{_place(path[:-1])} needs '{path[-1]}'")
    if error["type"] == "extra_forbidden":
        return Finding(path, f"'{path[-1]}' is not a key of {_place(path[:-1])}")
    return Finding(path, f"{_place(path)} {_SENTENCES.get(error['type'], error['msg'])}")


_MAPPING, _SHARE = "must be a mapping (keys and values)", "must be a number from 0 to 1"
_SENTENCES = {
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "float_parsing": _SHARE,
    "float_type": _SHARE,
    "greater_than_equal": _SHARE,
    "less_than_equal": _SHARE,
    "string_pattern_mismatch": "must be a name of lower-case letters, digits and _ that begins with a letter",
    "too_short": "needs at least one entry",
}


def _place(path: Path) -> str:
    return place(path) if path else "the traffic file"


def _errors(path: pathlib.Path, *findings: Finding, node: Node | None = None) -> PlanErrors:
    marks = [node.at(finding.path) if node else (1, 1) for finding in findings]
    return PlanErrors(
        tuple(sorted(Mistake(str(path), *mark, finding.text) for mark, finding in zip(marks, findings, strict=True)))
    )
