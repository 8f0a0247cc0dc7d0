"""A dialplan's nouns: what callers hear and say, where they go, who answers. Frozen once loaded.

numbers --start--> menus --go--> menus ... | queues --needs--> people | voicemail | goodbye
                                              └─overflow─> queues | voicemail
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

Language = Literal["en", "es"]

GENERIC_PROMPTS = frozenset(
    {
        "beep",
        "connecting",
        "goodbye",
        "hold_please",
        "not_understood",
        "please_press",
        "sorry_again",
        "still_there",
        "to_a_person",
        "urgent_connecting",
        "voicemail_please",
        "voicemail_saved",
        "you_are_next",
        "you_are_number",
    }
)
"""Prompts that every plan has without writing them: prompts/<language>.yaml."""

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

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h)")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
MAX_SECONDS = 24 * 3600.0  # longer than a day is a slip of the pen: no caller waits that long


class Kind(StrEnum):
    """What a target is."""

    MENU = "menu"
    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a caller goes next; `str` gives it as the plan writes it: `main`, `queue billing`, `voicemail billing`."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return self.name if self.kind is Kind.MENU else f"{self.kind} {self.name}".strip()

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read `MENU`, `queue NAME`, `voicemail NAME` or `goodbye`; raises ValueError for anything else."""
        match text.split():
            case [Kind.GOODBYE]:
                return cls(Kind.GOODBYE)
            case [(Kind.QUEUE | Kind.VOICEMAIL) as kind, name]:
                return cls(Kind(kind), name)
            case [name] if name not in {Kind.QUEUE, Kind.VOICEMAIL}:
                return cls(Kind.MENU, name)
        raise ValueError(text)


def _target(value: object) -> Target:
    if isinstance(value, Target):
        return value
    try:
        return Target.parse(value if isinstance(value, str) else "")
    except ValueError:
        said = "must be a menu's name, 'queue NAME', 'voicemail NAME' or 'goodbye', not {value}"
        raise PydanticCustomError("sentence", said, {"value": repr(value)}) from None


def _seconds(value: object) -> float:
    """Read 90, 1.5, "90s", "1.5m" or "1h"."""
    seconds = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str) and (found := _DURATION.fullmatch(value.strip())):
        seconds = float(found[1]) * _UNITS[found[2]]
    if not 0 <= seconds <= MAX_SECONDS:
        said = "must be a time such as 60s, 4m or a number of seconds, at most a day, not {value}"
        raise PydanticCustomError("sentence", said, {"value": repr(value)})
    return seconds


def _choice_key(value: object) -> str:
    key = str(value)
    if len(key) != 1 or key not in "123456789":
        said = "must be a key from 1 to 9 (0 always reaches the operator, * repeats), not {value}"
        raise PydanticCustomError("sentence", said, {"value": repr(value)})
    return key


def _empty(value: object) -> object:
    """A box needs no settings: `scheduling:` alone is a box."""
    return {} if value is None else value


def _number_key(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("sentence", "is a telephone number: write it in quotes, or YAML makes a sum of it")
    return value


def _ascending(value: Confidence) -> Confidence:
    if value.confirm > value.route:
        raise PydanticCustomError("sentence", "needs 'confirm' to be no higher than 'route'")
    return value


Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Words = Mapping[Language, Text]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Goal = Annotated[Target, BeforeValidator(_target)]
ChoiceKey = Annotated[str, BeforeValidator(_choice_key)]
NumberKey = Annotated[Text, BeforeValidator(_number_key)]
Level = Annotated[int, Field(strict=True, ge=1, le=5)]
Share = Annotated[float, Field(ge=0, le=1)]
Phone = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9]+/[A-Za-z0-9._@:+-]+$")]


class _Noun(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Practice(_Noun):
    """`languages`: the first is the one that callers are greeted in.

    `language_skills` names the skill that a person needs to talk with a caller of that language.
    """

    name: Text
    timezone: Text
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    language_skills: Mapping[Language, Name] = {}


class Entry(_Noun):
    """What a dialled number means."""

    start: Name
    language: Language | None = None
    site: str = ""
    source: str = ""


class Choice(_Noun):
    """One way out of a menu. `name` completes "You are calling …": "to make an appointment", "for billing"."""

    name: Words
    go: Goal
    intent: Name | None = None
    needs: frozenset[Name] = frozenset()
    say: Name | None = None


class Tongue(_Noun):
    """A key or a word that changes the language."""

    to: Language
    intent: Name | None = None


class Menu(_Noun):
    """One question. `silent` and `unclear`: where callers go who fail it; a person (the operator) by default."""

    ask: Name
    choices: Annotated[Mapping[ChoiceKey, Choice], Field(min_length=1)]
    say: Name | None = None
    language_keys: Mapping[ChoiceKey, Tongue] = {}
    silent: Goal | None = None
    unclear: Goal | None = None
    wait: Seconds = 6.0


class Overflow(_Noun):
    after: Seconds
    to: Goal


class Queue(_Noun):
    """`needs`: skills that a person must have. A clinical queue never ends in voicemail."""

    needs: frozenset[Name] = frozenset()
    ring_seconds: Seconds = 20.0
    wrap_up: Seconds = 0.0
    overflow: Overflow | None = None
    priority: Literal["routine", "urgent"] = "routine"
    clinical: bool = False


class Box(_Noun):
    """A voicemail box; `greeting` is played instead of the generic request to leave a message."""

    greeting: Name | None = None


class Person(_Noun):
    """`phone` is an address of the PBX, such as PJSIP/ana; `ready`: takes calls as soon as we start."""

    phone: Phone
    skills: Mapping[Name, Level] = {}
    ready: bool = True


class Urgent(_Noun):
    """Where a red flag goes."""

    queue: Name


class Operator(_Noun):
    """Where key 0 and `intent` go, on every menu."""

    queue: Name
    intent: Name | None = None


class Confidence(_Noun):
    """Speech is acted on from `route` up, confirmed from `confirm` up, and not understood below."""

    route: Share = 0.75
    confirm: Share = 0.4


class Plan(_Noun):
    """A whole dialplan. `red_flags` is a file beside the plan's own."""

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
    voicemail: Mapping[Name, Annotated[Box, BeforeValidator(_empty)]] = {}
    confidence: Annotated[Confidence, AfterValidator(_ascending)] = Confidence()

    def entry(self, dialled: str) -> Entry:
        """What the dialled number means; the plan's own start for a number that it does not name.

        PBXes show the same number as +16175550100, 16175550100 or 6175550100: the last seven digits or more decide.
        """
        digits = _digits(dialled)
        for number, entry in self.numbers.items():
            if dialled == number or _same_number(digits, _digits(number)):
                return entry
        return Entry(start=self.start)


SHORTEST_NUMBER = 7  # fewer digits are extensions, which must be equal


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdecimal())


def _same_number(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST_NUMBER and long.endswith(short)
