"""How a value is said to the caller who gave it."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from ivr.menus.plan.slots import SlotKind
from ivr.menus.words.spoken import date_pieces, day_pieces, digits_pieces, time_pieces

if TYPE_CHECKING:
    from ivr.menus.words.spoken import Piece


def said_as(kind: str, value: str, today: date, language: str) -> tuple[Piece, ...]:
    """The prompts and numbers; () for a kind whose values have prompts of their own."""
    match kind:
        case SlotKind.DATE_OF_BIRTH:
            return date_pieces(date.fromisoformat(value), language)
        case SlotKind.TELEPHONE:
            return digits_pieces(value)
        case SlotKind.DAY:
            return day_pieces(date.fromisoformat(value), today, language)
        case SlotKind.TIME_OF_DAY if value[0].isdecimal():
            return time_pieces(time.fromisoformat(value), language)
        case SlotKind.TIME_OF_DAY:
            return (f"in_the_{value}",)
    return ()
