"""How the answer to a question is listened to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from ivr.conversation.listening_rules import NUMBER_SECONDS, enough, longest_seconds, pause_seconds
from ivr.menus.steps import Ask
from ivr.services import Understood, Wanted
from ivr.speech.slots.values import value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = date(2026, 11, 20)
OPEN = Ask("en", ("how",), frozenset("1"), ("bill",))
CLOSED = replace(OPEN, closed=True)


class Understanding:
    """Only "bill" means something, and the values are read for real."""

    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        return Understood("bill", 0.9 if "bill" in readings[0] else 0.3, ())

    def red_flag(self, language: str, readings: Sequence[str]) -> None:
        return None

    def value(self, language: str, wanted: Wanted, readings: Sequence[str], today: date) -> str | None:
        return value_of(wanted, language, readings, today)


def asking_for(kind: str) -> Ask:
    return replace(CLOSED, wanted=Wanted(kind, (("lee", ("doctor lee",)),) if kind == "choice" else ()))


def is_enough(step: Ask, said: str) -> bool:
    asked = enough(step, 0.75, Understanding(), TODAY)
    return asked is not None and asked(said)


def test_whoever_reads_a_number_may_pause_and_whoever_says_yes_is_answered_at_once() -> None:
    assert [pause_seconds(asking_for(kind)) for kind in ("telephone", "date_of_birth", "day", "choice")] == [
        2.2,
        2.2,
        1.0,
        0.6,
    ]
    assert (pause_seconds(OPEN), pause_seconds(CLOSED)) == (0.8, 0.4)
    assert longest_seconds(asking_for("telephone")) == NUMBER_SECONDS


@pytest.mark.parametrize(
    ("step", "said", "whole"),
    [
        (asking_for("telephone"), "six one seven five five five oh one two", False),
        (asking_for("telephone"), "six one seven five five five oh one two three", True),
        (asking_for("date_of_birth"), "march third", False),
        (asking_for("date_of_birth"), "march third nineteen", False),
        (asking_for("date_of_birth"), "march third nineteen fifty", False),
        (asking_for("date_of_birth"), "march third nineteen fifty two", True),
        (asking_for("choice"), "doctor", False),
        (asking_for("choice"), "with doctor lee", True),
        (asking_for("day"), "tuesday", False),
        (OPEN, "i need to", False),
        (OPEN, "i need to pay my bill", True),
        (CLOSED, "bill", False),
    ],
)
def test_a_whole_answer_is_not_waited_for(step: Ask, said: str, whole: bool) -> None:
    assert is_enough(step, said) is whole
