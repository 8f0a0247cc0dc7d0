"""A dialplan's nouns: what callers hear and say, where they go, who answers. Frozen once loaded.

numbers --start--> menus --go--> menus ... | queues --needs--> people | voicemail | goodbye
                                              └─overflow─> queues | voicemail | menus

Queues are in queues.py, people and rotas in people.py, the values of all of them in values.py.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from ivr.menus.plan.callers import Callers, Preferred
from ivr.menus.plan.closing import Closed  # noqa: TC001 - pydantic reads the types of the fields at run time
from ivr.menus.plan.closures import Closures, Codes  # noqa: TC001 - the same
from ivr.menus.plan.distress import Distress
from ivr.menus.plan.numbers import same_number
from ivr.menus.plan.opening import Opening  # noqa: TC001 - the same
from ivr.menus.plan.people import Outside, Person, Rest, RingCause, Rota  # noqa: TC001 - pydantic reads the types of the fields at run time
from ivr.menus.plan.queues import Queue, Rung  # noqa: TC001 - the same
from ivr.menus.plan.slots import AskedSlot  # noqa: TC001 - the same
from ivr.menus.plan.values import (
    NO_SETTINGS,
    ONE_OR_MORE,
    ChoiceKey,
    Goal,
    Language,
    LongTime,
    Name,
    Names,
    Noun,
    NumberKey,
    Seconds,
    Share,
    Text,
    Words,
    refusal,
)

YES, NO = "yes", "no"
ANSWERS: Mapping[str, Mapping[Language, tuple[str, ...]]] = {
    YES: {
        "en": ("yes", "yeah", "yep", "yes please", "that's right", "right", "correct", "sure", "okay"),
        "es": ("sí", "sí por favor", "claro", "correcto", "así es", "eso es", "está bien"),
    },
    NO: {
        "en": ("no", "nope", "no thanks", "that's wrong", "that's not right", "not that", "wrong"),
        "es": ("no", "no gracias", "eso no", "no es correcto", "no es eso", "incorrecto"),
    },
}
"""The intents of a confirmation; every plan has them without writing them."""

OPERATOR_KEY = "0"
REPEAT_KEY = "*"


def _ascending(value: Confidence) -> Confidence:
    if value.confirm > value.route:
        raise refusal("needs 'confirm' to be no higher than 'route'")
    return value


class Practice(Noun):
    """`languages`: the first is the one that callers are greeted in.

    `language_skills` names the skill that a person needs to talk with a caller of that language.
    """

    name: Text
    timezone: Text
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    language_skills: Mapping[Language, Name] = {}


class Entry(Noun):
    """What a dialled number means."""

    start: Name
    language: Language | None = None
    site: str = ""
    source: str = ""


class Choice(Noun):
    """One way out of a menu. `name` completes "You are calling …": "to make an appointment", "for billing".

    `collect` are the slots that are asked for before going on.
    """

    name: Words
    go: Goal
    intent: Name | None = None
    needs: frozenset[Name] = frozenset()
    say: Name | None = None
    collect: Names = ()


class Tongue(Noun):
    """A key or a word that changes the language."""

    to: Language
    intent: Name | None = None


class Menu(Noun):
    """One question. `silent` and `unclear`: where callers go who fail it; a person (the operator) by default.

    `said` are choices without a key, by intent: nobody is told of them, and who asks for them is understood. Outside of
    its `hours` callers go where `closed` leads instead.
    """

    ask: Name
    choices: Annotated[Mapping[ChoiceKey, Choice], Field(min_length=1)]
    said: Mapping[Name, Choice] = {}
    say: Name | None = None
    language_keys: Mapping[ChoiceKey, Tongue] = {}
    silent: Goal | None = None
    unclear: Goal | None = None
    wait: Seconds = 6.0
    hours: Name | None = None
    closed: Closed | None = None

    @field_validator("said")
    @classmethod
    def _named_like_their_intents(cls, said: Mapping[str, Choice]) -> Mapping[str, Choice]:
        return {intent: choice.model_copy(update={"intent": intent}) for intent, choice in said.items()}

    @property
    def ways(self) -> Mapping[str, Choice]:
        """All that may be chosen, by key, or by intent where there is none."""
        return {**self.choices, **self.said}


class Box(Noun):
    """A voicemail box; `greeting` is played instead of the generic request to leave a message.

    A message is work for the people of `queue`, to be done `within` a time. `alert` is who is told, rung by rung, of
    one that is late or in which there is a sign of danger.
    """

    greeting: Name | None = None
    queue: Name | None = None
    within: LongTime | None = None
    alert: Annotated[tuple[Rung, ...], ONE_OR_MORE] = ()

    @model_validator(mode="after")
    def _somebody_is_told(self) -> Self:
        if self.within is not None and not self.alert:
            raise refusal("has 'within' without 'alert': say who is told of a message that is late")
        return self


class Urgent(Noun):
    """Where a red flag goes, and what is said.

    `say` and `crisis` are prompts instead of the generic ones, `crisis` for who may harm themselves or is harmed by
    others. `alert` is who is told while somebody in danger waits. With `whisper`, who picks up hears what it is about
    before the caller is joined.
    """

    queue: Name
    say: Name | None = None
    crisis: Name | None = None
    alert: Annotated[tuple[Rung, ...], ONE_OR_MORE] = ()
    whisper: bool = True

    def prompt(self, *, crisis: bool) -> str:
        """What a caller in danger hears first."""
        return (self.crisis or "crisis_connecting") if crisis else (self.say or "urgent_connecting")


class Operator(Noun):
    """Where key 0 and `intent` go, on every menu."""

    queue: Name
    intent: Name | None = None


class Confidence(Noun):
    """Speech is acted on from `route` up, confirmed from `confirm` up, and not understood below."""

    route: Share = 0.75
    confirm: Share = 0.4


class Plan(Noun):
    """A whole dialplan. `red_flags` is a file beside the plan's own.

    `sites` names for a site the others, the nearest first; `not_ready` the reasons to be away, and how long at most.
    """

    practice: Practice
    start: Name
    operator: Operator
    urgent: Urgent
    red_flags: Text
    menus: Annotated[Mapping[Name, Menu], Field(min_length=1)]
    queues: Annotated[Mapping[Name, Queue], Field(min_length=1)]
    people: Mapping[Name, Person]
    prompts: Mapping[Name, Words] = {}
    intents: Mapping[Name, Mapping[Language, tuple[Text, ...]]] = {}
    numbers: Mapping[NumberKey, Entry] = {}
    voicemail: Mapping[Name, Annotated[Box, NO_SETTINGS]] = {}
    confidence: Annotated[Confidence, AfterValidator(_ascending)] = Confidence()
    sites: Mapping[Name, tuple[Name, ...]] = {}
    not_ready: Mapping[Name, Seconds | None] = {}
    after_failed_ring: Mapping[RingCause, Rest] = {}
    rotas: Mapping[Name, Rota] = {}
    outside: Outside | None = None
    distress: Distress = Distress()
    hours: Mapping[Name, Opening] = {}
    slots: Mapping[Name, AskedSlot] = {}
    closures: Closures = Field({})
    codes: Codes = Field({})
    callers: Callers = Callers()

    def entry(self, dialled: str, preferred: Preferred | None = None) -> Entry:
        """What the dialled number means, to a preferred caller; the plan's own start for one that it does not name."""
        found = (entry for number, entry in self.numbers.items() if same_number(dialled, number))
        entry = next(found, Entry(start=self.start))
        return entry.model_copy(update={"start": preferred.start}) if preferred and preferred.start else entry
