"""The people of the plan: their phones and skills, their breaks, who is on call, and how callers are called back."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from ivr.menus.plan.hours import EVERY_DAY, Clock, Day, Days, Moment
from ivr.menus.plan.values import ONE_OR_MORE, TIME, Count, Level, Name, Names, Noun, Phone, Seconds, Text, refusal

REACHES: Mapping[str, str] = {
    "mail": r"[^@\s]+@[^@\s]+",
    "sms": r"\+[1-9][0-9]{6,14}",
    "phone": r"[A-Za-z0-9]+/[A-Za-z0-9._@:+-]+",
    "webhook": r"https?://\S+",
}
"""How somebody can be told of an alert, and what the address looks like."""

PIN = re.compile(r"[0-9]{4,8}")
NUMBER = "{number}"
NORTH_AMERICAN = 10  # digits of a number without its country: the practice's own, +1


def _reach(text: str) -> str:
    kind, _, address = text.partition(":")
    if kind not in REACHES or not re.fullmatch(REACHES[kind], address):
        raise refusal("must be like mail:ana@example.org, sms:+16175550123, phone:PJSIP/ana or webhook:https://…")
    return text


def _pin(value: object) -> object:
    if not isinstance(value, str) or not PIN.fullmatch(value):
        raise refusal("must be 4 to 8 digits in quotes")  # which ones nobody else should read
    return value


_PIN_WRITTEN = WithJsonSchema(
    {"description": "4 to 8 digits, in quotes.", "type": "string", "pattern": f"^{PIN.pattern}$"}
)
_REACH_WRITTEN = WithJsonSchema(
    {"type": "string", "pattern": f"^({'|'.join(f'{k}:{v}' for k, v in REACHES.items())})$"}
)


class Person(Noun):
    """`phone` is an address of the PBX, such as PJSIP/ana; `ready`: takes calls as soon as we start.

    `capacity` is how many items of each kind of shared work the person takes at once. `reach`: how the person is told
    of alerts; use `ways`. The `pin` is asked for by codes, and instead of the key that `accept` wants.
    """

    phone: Phone
    skills: Mapping[Name, Level] = {}
    ready: bool = True
    site: Name | None = None
    weight: Count = 1
    calls_per_hour: Count | None = None
    capacity: Mapping[Name, Count] = {}
    accept: Literal["key"] | None = None
    pin: Annotated[str, BeforeValidator(_pin), _PIN_WRITTEN] | None = None
    reach: Annotated[tuple[Annotated[Text, AfterValidator(_reach), _REACH_WRITTEN], ...], ONE_OR_MORE] = ()

    @property
    def is_asked(self) -> bool:
        """Whether who picks up must first press a key, or give the PIN: a mailbox must not get the call."""
        return self.accept is not None

    @property
    def ways(self) -> tuple[str, ...]:
        """How the person is told of an alert; the phone rings where the plan does not say."""
        return self.reach or (f"phone:{self.phone}",)


# ---- failed rings ---------------------------------------------------------------------------------------------------

NOT_READY = "not ready"
RingCause = Literal["no answer", "refused", "busy", "unreachable"]


def _rest(value: object) -> object:
    if value is None:
        raise refusal(f"must be a time such as 60s, or '{NOT_READY}'")
    return None if value == NOT_READY else value


_REST_WRITTEN = WithJsonSchema(
    {
        "description": f"For how long: a time such as 60s, or {NOT_READY}.",
        "anyOf": [{"const": NOT_READY}, TIME.json_schema],
    }
)
Rest = Annotated[Seconds | None, BeforeValidator(_rest), _REST_WRITTEN]
"""For how long a person is passed over after a failed ring; None makes the person not ready."""


# ---- who is on call -------------------------------------------------------------------------------------------------


class Shift(Noun):
    """`days` are those on which it begins. Without `who`, it belongs to whoever has the week (`weekly`)."""

    days: Days = EVERY_DAY
    from_: Clock = Field(alias="from")
    to: Clock
    who: Names = ()


class Swap(Noun):
    """`who` takes the shifts of `instead_of` for a while."""

    from_: Moment = Field(alias="from")
    to: Moment
    instead_of: Name
    who: Name


class Rota(Noun):
    """Who is on call. `weekly`: who has the first week from the date `starts` on, the second, and round again."""

    shifts: Annotated[tuple[Shift, ...], ONE_OR_MORE, Field(min_length=1)]
    weekly: tuple[Names, ...] = ()
    starts: Day | None = None
    swaps: Annotated[tuple[Swap, ...], ONE_OR_MORE] = ()

    @model_validator(mode="after")
    def _weeks_begin(self) -> Self:
        if bool(self.weekly) != (self.starts is not None):
            raise refusal("needs 'weekly' and 'starts' together: whose week it is, and the day of the first one")
        return self


# ---- calling callers back -------------------------------------------------------------------------------------------


class Outside(Noun):
    """How a caller is called: `dial` is an address of the PBX in which {number} stands for the caller's number.

    `numbers` are the beginnings of the numbers that may be called: whoever rings us must not make us call the world.
    """

    dial: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9]+/[A-Za-z0-9._@:+{}-]+$")]
    numbers: Annotated[
        tuple[Annotated[str, StringConstraints(strict=True, pattern=r"^\+[1-9][0-9]{0,13}$")], ...],
        ONE_OR_MORE,
        Field(min_length=1),
    ]

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        if self.dial.count(NUMBER) != 1 or set("{}") & set(self.dial.replace(NUMBER, "")):
            raise refusal("needs {number} once in 'dial', for the caller's number, such as PJSIP/{number}@trunk")
        return self

    def phone_of(self, number: str) -> str:
        """The PBX's address that rings the caller's number; "" for one that cannot, or must not, be called.

        Ten digits, and eleven that begin with 1, are a number of North America; else it needs its + and country.
        """
        full = _in_full(number)
        return self.dial.replace(NUMBER, full) if full.startswith(self.numbers) else ""


def _in_full(number: str) -> str:
    digits = "".join(c for c in number if c in "0123456789")
    if not number.strip().startswith("+"):
        digits = f"1{digits}" if len(digits) == NORTH_AMERICAN else digits
        return f"+{digits}" if re.fullmatch(r"1[2-9][0-9]{9}", digits) else ""
    return f"+{digits}" if re.fullmatch(r"1[2-9][0-9]{9}|[2-9][0-9]{6,14}", digits) else ""
