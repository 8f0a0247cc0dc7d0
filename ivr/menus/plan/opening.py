"""The hours that a practice keeps, by name: its week, and the days that are not like the others.

Of several rules for a day the one named first here decides: `dates`, `yearly`, `named`, `holidays`, the week.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)

from ivr.menus.mistakes import suggestion
from ivr.menus.plan import public_holidays
from ivr.menus.plan.hours import Day, Hours, Week
from ivr.menus.plan.values import ONE_OR_MORE, Noun, Text, refusal

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

    from ivr.menus.plan.hours import Span

_YEAR_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_LEAP_YEAR = 2024  # has every day that any year has
CLOSED, OPEN = "closed", "open"


def _year_day(value: object) -> tuple[int, int]:
    if isinstance(value, tuple):
        return value
    found = _YEAR_DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        day = date(_LEAP_YEAR, int(found[1]), int(found[2])) if found else date.fromisoformat("")
    except ValueError:
        raise refusal(f"must be the month and the day, such as 12-24, not {value!r}") from None
    return day.month, day.day


def _special(value: object, read: ValidatorFunctionWrapHandler) -> tuple[Span, ...] | None:
    if value == OPEN:
        return None
    if value is None or (isinstance(value, str) and value.isalpha() and value != CLOSED):
        written, fix = ("nothing", "") if value is None else (repr(value), suggestion(value, (CLOSED, OPEN)))
        raise refusal(f"must be hours, '{CLOSED}' or '{OPEN}', not {written}{fix}")
    spans: tuple[Span, ...] = read([] if value == CLOSED else value)
    return spans


def _code(text: str) -> str:
    if wrong := public_holidays.unknown(text):
        raise refusal(wrong)
    return text


_YEAR_DAY_WRITTEN = WithJsonSchema(
    {"description": "The month and the day, such as 12-24.", "type": "string", "pattern": r"^\s*\d{1,2}-\d{1,2}\s*$"}
)
Spans = Annotated[tuple[Hours, ...], ONE_OR_MORE]
SpecialDay = Annotated[
    Spans,
    WrapValidator(_special),
    WithJsonSchema({"description": 'Hours such as "08:00-12:00", a list of them, closed, or open as on other weeks.'}),
]
"""`closed` is (), `open` is None: the hours of its day of the week."""


class Exceptions(Noun):
    """`holidays` are codes such as US-MA, all of whose holidays are closed; `named` are the hours of single ones."""

    holidays: Annotated[tuple[Annotated[Text, AfterValidator(_code)], ...], ONE_OR_MORE] = ()
    named: Mapping[Text, SpecialDay] = {}
    yearly: Mapping[Annotated[tuple[int, int], BeforeValidator(_year_day), _YEAR_DAY_WRITTEN], SpecialDay] = {}
    dates: Mapping[Day, SpecialDay] = {}


class Opening(Noun):
    """When something is open, in the practice's time zone. A span belongs to the day on which it begins."""

    week: Week = Field({})
    except_: Exceptions = Field(Exceptions(), alias="except")

    @classmethod
    def written(cls) -> Mapping[str, FieldInfo]:
        """The days of the week are keys of their own."""
        return {key: field for key, field in super().written().items() if key != "week"}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Editors know the days as keys, too."""
        made = handler.resolve_ref_schema(handler(schema))
        week = made["properties"]["week"]
        keys = {"anyOf": [week["propertyNames"], {"enum": list(made["properties"])}]}
        return {**made, "propertyNames": keys, "additionalProperties": week["additionalProperties"]}

    @model_validator(mode="before")
    @classmethod
    def _days_are_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        days = {key: spans for key, spans in data.items() if not _is_key(key)}
        return {key: value for key, value in data.items() if _is_key(key)} | {"week": days}


def _is_key(key: object) -> bool:
    """Also of a word that only `except` can be meant by."""
    return key == "except" or bool(suggestion(str(key), ("except",)))
