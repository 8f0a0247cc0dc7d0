"""The values of a dialplan: names, texts, times, numbers, skill expressions, and where callers go.

Each refuses what it cannot be with a sentence that goes on after the place: "'wait' of menu 'main' " + "must be …".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial, reduce
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from acd.skills import Needs, NeedsError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

Language = Literal["en", "es"]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
DAY = 24 * 3600.0  # longer than a day is a slip of the pen: no caller waits that long
MONTH = 30 * DAY


def refusal(said: str, **context: object) -> PydanticCustomError:
    """A value's error in words; `column`, from 1, is where in a text it is wrong."""
    return PydanticCustomError("sentence", "{said}", {"said": said, **context})


class Noun(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def written(cls) -> Mapping[str, FieldInfo]:
        """Its fields by the keys of the plan."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}


# ---- where callers go -----------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What a target is."""

    MENU = "menu"
    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    GOODBYE = "goodbye"
    CALLBACK = "callback"


WITHOUT_NAME = frozenset({Kind.GOODBYE, Kind.CALLBACK})


@dataclass(frozen=True, slots=True)
class Target:
    """Where a caller goes next; `str` gives it as the plan writes it: `main`, `queue billing`, `voicemail billing`.

    CALLBACK is for who waits in a queue: to be called back, the place kept.
    """

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return self.name if self.kind is Kind.MENU else f"{self.kind} {self.name}".strip()

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read `MENU`, `queue NAME`, `voicemail NAME`, `goodbye` or `callback`; raises ValueError for anything else."""
        match text.split():
            case [(Kind.GOODBYE | Kind.CALLBACK) as kind]:
                return cls(Kind(kind))
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
        said = f"must be a menu's name, 'queue NAME', 'voicemail NAME' or 'goodbye', not {value!r}"
        raise refusal(said) from None


# ---- numbers and times ----------------------------------------------------------------------------------------------


def _seconds(least: float, most: float, bounds: str, value: object) -> float:
    """Read 90, 1.5, "90s", "1.5m", "1h" or "1d"."""
    seconds = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str) and (found := _DURATION.fullmatch(value.strip())):
        seconds = float(found[1]) * _UNITS[found[2]]
    if not least <= seconds <= most:
        raise refusal(f"must be a time such as 60s, 4m or a number of seconds, {bounds}, not {value!r}")
    return seconds


def number_between(least: float, most: float, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise refusal(f"must be a number from {least:g} to {most:g}, not {value!r}")
    return value


def _whole(least: int, most: int, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise refusal(f"must be a whole number from {least} to {most}, not {value!r}")
    return value


def _choice_key(value: object) -> str:
    key = str(value)
    if len(key) != 1 or key not in "123456789":
        raise refusal(f"must be a key from 1 to 9 (0 always reaches the operator, * repeats), not {value!r}")
    return key


def _number_key(value: object) -> str:
    if not isinstance(value, str):
        raise refusal("is a telephone number: write it in quotes, or YAML makes a sum of it")
    return value


# ---- ways to write less ---------------------------------------------------------------------------------------------


def nothing(value: object) -> object:
    return {} if value is None else value


def one(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def alone(key: str, value: object) -> object:
    return value if isinstance(value, dict | BaseModel) else {key: value}


def short_for(key: str) -> BeforeValidator:
    """A mapping may be written as the value of its `key` alone."""
    return BeforeValidator(partial(alone, key))


NO_SETTINGS = BeforeValidator(nothing)
"""A key alone is enough: `scheduling:` is a voicemail box."""
ONE_OR_MORE = BeforeValidator(one)
"""A list of one may be written as its item."""


# ---- skill expressions ----------------------------------------------------------------------------------------------


def _expression(text: str) -> Needs:
    try:
        return Needs.parse(text)
    except NeedsError as error:
        said = str(error).removesuffix(f" at column {error.column}")
        raise refusal(f"is no expression of skills: {said}", column=error.column) from None


def _together(parts: tuple[Needs, ...]) -> Needs:
    try:
        return reduce(Needs.and_also, parts, Needs.parse(""))
    except NeedsError as error:
        raise refusal(f"is too much in one expression: {error}") from None


def _requirement(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    texts = Annotated[str, StringConstraints(strict=True, min_length=1), AfterValidator(_expression)]
    parts = handler.generate_schema(Annotated[tuple[texts, ...], ONE_OR_MORE])
    written = core_schema.no_info_after_validator_function(_together, parts)
    return core_schema.no_info_wrap_validator_function(_unless_read, written)


def _unless_read(value: object, read: ValidatorFunctionWrapHandler) -> Any:
    return value if isinstance(value, Needs) else read(value)


# ---- what editors are told of values that are read in a way of their own -------------------------------------------

TIME = WithJsonSchema(
    {
        "description": "A time such as 90s, 4m, 1h or 3d, or a number of seconds.",
        "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": rf"^\s*{_DURATION.pattern}\s*$"}],
    }
)
"""Marks every type whose numbers are seconds."""
_GOAL = WithJsonSchema(
    {
        "description": "Where callers go: MENU, queue NAME, voicemail NAME or goodbye; who waits in a queue: callback.",
        "type": "string",
        "pattern": r"^\s*(goodbye|callback|(queue|voicemail)\s+\S+|(?!(queue|voicemail|goodbye|callback)\s*$)\S+)\s*$",
    }
)
_CHOICE_KEY = WithJsonSchema({"description": "A key of the telephone.", "type": "string", "pattern": "^[1-9]$"})
_NUMBER_KEY = WithJsonSchema({"description": "A telephone number, in quotes.", "type": "string", "minLength": 1})
_COUNT = WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1000})
_WEIGHT = WithJsonSchema({"type": "number", "minimum": 0.1, "maximum": 100})
_PERCENT = WithJsonSchema({"type": "number", "minimum": 1, "maximum": 100})
_SKILLS = {
    "description": "Skills and levels with and, or, not, >=, >, <=, <, = and parentheses: nurse and cardiology >= 3.",
    "type": "string",
    "minLength": 1,
}
_REQUIREMENT = WithJsonSchema({"anyOf": [_SKILLS, {"type": "array", "items": _SKILLS}]})

# ---- the types ------------------------------------------------------------------------------------------------------

Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Names = Annotated[tuple[Name, ...], ONE_OR_MORE]
Words = Mapping[Language, Text]
Goal = Annotated[Target, BeforeValidator(_target), _GOAL]
ChoiceKey = Annotated[str, BeforeValidator(_choice_key), _CHOICE_KEY]
NumberKey = Annotated[Text, BeforeValidator(_number_key), _NUMBER_KEY]
Level = Annotated[int, Field(strict=True, ge=1, le=5)]
Share = Annotated[float, Field(ge=0, le=1)]
Phone = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9]+/[A-Za-z0-9._@:+-]+$")]
Requirement = Annotated[Needs, GetPydanticSchema(_requirement), _REQUIREMENT]
"""An expression of skills, or a list of them that must all be met."""

Seconds = Annotated[float, BeforeValidator(partial(_seconds, 0, DAY, "at most a day")), TIME]
RingTime = Annotated[float, BeforeValidator(partial(_seconds, 1, DAY, "from 1s to a day")), TIME]
"""Less is no ringing."""
Pause = Annotated[float, BeforeValidator(partial(_seconds, 10, DAY, "from 10s to a day")), TIME]
"""Between two of the same: less would be a drumfire."""
LongTime = Annotated[float, BeforeValidator(partial(_seconds, 0, MONTH, "at most 30d")), TIME]
Count = Annotated[int, BeforeValidator(partial(_whole, 1, 1000)), _COUNT]
Weight = Annotated[float, BeforeValidator(partial(number_between, 0.1, 100)), _WEIGHT]
Percent = Annotated[float, BeforeValidator(partial(number_between, 1, 100)), _PERCENT]
