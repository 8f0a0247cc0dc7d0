"""What callers are asked for beside their matter: a date of birth, a telephone number, which doctor."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from ivr.menus.plan.values import ChoiceKey, Language, Name, Noun, Text, Words, refusal


class SlotKind(StrEnum):
    """What is asked for; the value as `ivr.services.Understanding.value` gives it."""

    DATE_OF_BIRTH = "date_of_birth"
    TELEPHONE = "telephone"
    YES_NO = "yes_no"
    DAY = "day"
    TIME_OF_DAY = "time_of_day"
    CHOICE = "choice"


_KEY = WithJsonSchema({"description": "A key of the telephone.", "enum": [*range(1, 10), *"123456789"]})


class SlotValue(Noun):
    """One of the things to choose from. `needs` are skills that the person must have for a caller who chose it."""

    name: Words
    say: Mapping[Language, tuple[Text, ...]] = {}
    key: Annotated[ChoiceKey, _KEY] | None = None
    needs: frozenset[Name] = frozenset()


def _with_values(slot: Slot) -> Slot:
    if slot.kind is SlotKind.CHOICE and not slot.values:
        raise refusal("is a choice without 'values' to choose from")
    if slot.kind is not SlotKind.CHOICE and slot.values:
        raise refusal(f"has 'values', which are for 'kind: choice' and not for '{slot.kind}'")
    return slot


class Slot(Noun):
    """One question; `ask` is its prompt."""

    kind: SlotKind
    ask: Name
    values: Mapping[Name, SlotValue] = {}


AskedSlot = Annotated[Slot, AfterValidator(_with_values)]
