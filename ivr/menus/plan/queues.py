"""A queue of the plan: whom its callers need, who is rung, what happens while they wait."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from acd.model import CALL, Absence, Urgency
from acd.skills import ANYBODY, Needs
from acd.strategies import STRATEGIES
from ivr.menus.mistakes import suggestion
from ivr.menus.plan.closing import Closed  # noqa: TC001 - the same
from ivr.menus.plan.hours import Hours, Week  # noqa: TC001 - the same
from ivr.menus.plan.values import (
    NO_SETTINGS,
    ONE_OR_MORE,
    ChoiceKey,
    Count,
    Goal,
    LongTime,
    Name,
    Names,
    Noun,
    Pause,
    Percent,
    Requirement,
    RingTime,
    Seconds,
    Target,
    Text,
    Weight,
    Words,
    refusal,
    short_for,
)

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

EMPTY_WORDS: Mapping[str, frozenset[Absence]] = {
    "strict": frozenset({Absence.PENALTY, Absence.PAUSED, Absence.UNAVAILABLE}),
    "yes": frozenset({Absence.PENALTY, Absence.PAUSED}),
    "loose": frozenset({Absence.PENALTY}),
}
"""What app_queue means by these words (leavewhenempty); `invalid` devices do not exist in a plan."""

LONGEST_WRAP_UP = 900.0  # what a person may extend it to where the plan does not say


def _empty(value: object) -> object:
    word = "yes" if value is True else value
    if not isinstance(word, str):
        return value
    if word in EMPTY_WORDS:
        return EMPTY_WORDS[word]
    known = {*EMPTY_WORDS, *Absence}
    listed = ", ".join(Absence)
    raise refusal(f"must be strict, yes, loose or a list of {listed}, not {word!r}{suggestion(word, known)}")


def _strategy(name: str) -> str:
    if name not in STRATEGIES:
        near = suggestion(name, STRATEGIES)
        raise refusal(f"must be a strategy, not {name!r}{near or '; there are ' + ', '.join(STRATEGIES)}")
    return name


_EMPTY_WRITTEN = WithJsonSchema(
    {
        "description": "In which ways people are absent: strict, yes or loose, or a list.",
        "anyOf": [{"enum": [*EMPTY_WORDS, True]}, {"type": "array", "items": {"enum": list(Absence)}}],
    }
)
_STRATEGY_WRITTEN = WithJsonSchema({"description": "How to choose among those who are free.", "enum": list(STRATEGIES)})


class Condition(Noun):
    """True when every part that is given holds; each is explained at acd.model.Condition."""

    waited: Seconds | None = None
    length: Count | None = None
    estimated_wait: Seconds | None = None
    service_level_below: Percent | None = None
    staffed_below: Count | None = None
    empty: Annotated[frozenset[Absence], BeforeValidator(_empty), _EMPTY_WRITTEN] | None = None

    @model_validator(mode="after")
    def _has_a_part(self) -> Self:
        if all(getattr(self, part) is None for part in type(self).model_fields):
            raise refusal(f"has no part: write one of {', '.join(type(self).model_fields)}")
        return self

    @property
    def waits(self) -> bool:
        """Whether it holds for nobody who has just come."""
        return bool(self.waited)


class Step(Noun):
    """What is required of a person until the time `for` is over, or one of the conditions holds."""

    needs: Requirement = ANYBODY
    for_: Seconds | None = Field(None, alias="for")
    until: Annotated[tuple[Condition, ...], ONE_OR_MORE] = ()

    @property
    def ends(self) -> bool:
        return self.for_ is not None or bool(self.until)


class Ring(Noun):
    """How many phones ring for one caller; `ring: all` is everybody's, `at_once` 0."""

    at_once: Count = 1
    more: Count | None = None
    every: RingTime = 10.0

    @model_validator(mode="after")
    def _every_what(self) -> Self:
        if "every" in self.model_fields_set and self.more is None:
            raise refusal("has 'every' without 'more': say how many phones join")
        return self


ALL_PHONES = Ring.model_construct(at_once=0)


def _ring(value: object) -> object:
    return ALL_PHONES if value == "all" else value


class _OrAll:
    """Editors know the word `all`, too."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"const": "all"}, handler(schema["schema"])]}


class WrapUp(Noun):
    """After a talk. With `disposition` it lasts until the person has said what became of the call, or `longest`."""

    for_: Seconds = Field(0.0, alias="for")
    longest: Seconds | None = None
    disposition: bool = False

    @model_validator(mode="after")
    def _longest_is_longest(self) -> Self:
        if self.longest is not None and self.longest < self.for_:
            raise refusal("needs 'longest' to be no shorter than 'for'")
        return self

    @property
    def longest_seconds(self) -> float:
        return max(self.for_, LONGEST_WRAP_UP) if self.longest is None else self.longest


class ServiceLevel(Noun):
    """The promise: so many percent are answered within so many seconds."""

    percent: Percent = 80.0
    seconds: Seconds = 30.0


class Refusal(Noun):
    """Where callers go who should not join."""

    when: Condition
    to: Goal


class Overflow(Noun):
    """`after` is short for `when: {waited: …}`. `to` sends the caller there; `offer` asks, and keeps the place."""

    after: Seconds | None = None
    when: Condition | None = None
    to: Goal | None = None
    offer: Goal | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.after is None) == (self.when is None):
            raise refusal("needs either 'after' or 'when'")
        if (self.to is None) == (self.offer is None):
            raise refusal("needs either 'to' or 'offer'")
        return self

    @property
    def target(self) -> Target:
        target = self.to or self.offer
        assert target, "validated"
        return target

    @property
    def waits(self) -> bool:
        """Whether it holds for nobody who has just come."""
        return bool(self.after) or (self.when is not None and self.when.waits)


class Rung(Noun):
    """People or rotas, and how long they have to say that they see to it."""

    who: Annotated[Names, Field(min_length=1)]
    for_: Pause = Field(300.0, alias="for")


class Escalation(Noun):
    """Whom to alert, rung by rung, the last one again and again, until somebody sees to it."""

    name: Text
    when: Condition
    ladder: Annotated[tuple[Rung, ...], ONE_OR_MORE, Field(min_length=1)]


class Callback(Noun):
    """Who asks for it hangs up and keeps the place; the practice calls when it is the caller's turn.

    `hours` and `quiet` are when callers are dialled, and not; `per_half_hour` limits how many agree on a time.
    """

    first: Literal["person", "caller"] = "person"
    retries: tuple[Pause, ...] = (300.0, 900.0, 3600.0)
    hours: Week = Field({})
    quiet: Hours | None = None
    per_half_hour: Count | None = None


class Sticky(Noun):
    """The person whom the caller talked with last, `within` this time, is rung alone `for` so long."""

    for_: Seconds = Field(20.0, alias="for")
    within: LongTime = 86400.0


class Announce(Noun):
    """The place in line while waiting, `every` so often; with `wait` also about how long it will be.

    `also` are prompts that are told in turn whenever there is no news of the place.
    """

    every: Pause
    wait: bool = False
    also: Names = ()


class Exit(Noun):
    """A key, or a word where the queue listens, that takes a waiting caller elsewhere at any moment.

    `name` completes "…, press two": needed for queues and menus.
    """

    to: Goal
    intent: Name | None = None
    name: Words | None = None


class Queue(Noun):
    """`needs`, or `steps` that relax it while the place is kept. A clinical queue never ends in voicemail.

    Use `stages` and `required` instead of `steps` and `needs`: they are right for both ways to write it.
    """

    needs: Requirement = ANYBODY
    steps: Annotated[tuple[Step, ...], Field(min_length=1)] | None = None
    strategy: Annotated[Text, AfterValidator(_strategy), _STRATEGY_WRITTEN] = "longest-idle"
    prefers: Requirement = ANYBODY
    nearest_site: bool = False
    ring: Annotated[Ring, BeforeValidator(_ring), _OrAll()] = Ring()
    ring_seconds: RingTime = 20.0
    weight: Weight = 1.0
    head_start: Seconds = 0.0
    priority: Literal["routine", "urgent"] = "routine"
    clinical: bool = False
    wrap_up: Annotated[WrapUp, short_for("for")] = WrapUp()
    service_level: ServiceLevel = ServiceLevel()
    refuse: Annotated[tuple[Refusal, ...], ONE_OR_MORE] = ()
    overflow: Annotated[tuple[Overflow, ...], ONE_OR_MORE] = ()
    alert: Annotated[tuple[Escalation, ...], ONE_OR_MORE] = ()
    callback: Annotated[Callback | None, NO_SETTINGS] = None
    return_within: Seconds = 0.0
    sticky: Annotated[Sticky | None, NO_SETTINGS] = None
    announce: Announce | None = None
    exits: Mapping[ChoiceKey, Annotated[Exit, short_for("to")]] = {}
    listens: bool = False
    kind: Name = CALL
    hours: Name | None = None
    closed: Closed | None = None
    music: Name | None = None

    @model_validator(mode="after")
    def _steps_are_sound(self) -> Self:
        if self.steps is None:
            return self
        if "needs" in self.model_fields_set:
            raise refusal("has 'needs' and 'steps': put what it needs into the steps")
        endless = [number for number, step in enumerate(self.steps[:-1], start=1) if not step.ends]
        if endless:
            raise refusal(f"has a step {endless[0]} that never ends: give it 'for' or 'until'")
        if self.steps[-1].ends:
            raise refusal("has a last step that ends: leave out its 'for' and 'until'")
        return self

    @property
    def stages(self) -> tuple[Step, ...]:
        """The steps, one at least; only the last one does not end."""
        return self.steps or (Step(needs=self.needs),)

    @property
    def required(self) -> Needs:
        """What the queue asks for in the end."""
        return self.stages[-1].needs

    @property
    def urgency(self) -> Urgency:
        """The urgency of everybody who joins."""
        return Urgency.URGENT if self.priority == "urgent" else Urgency.ROUTINE

    @property
    def offers(self) -> tuple[Overflow, ...]:
        """What callers may be asked while they wait."""
        return tuple(rule for rule in self.overflow if rule.offer)
