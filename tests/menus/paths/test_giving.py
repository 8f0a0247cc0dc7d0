"""What a choice collects is given on the paths: by keys, refused when read back, gone on without."""

from __future__ import annotations

import pytest

from ivr.menus.paths import coverage
from ivr.menus.paths.giving import KEYS
from ivr.menus.paths.listing import listed
from ivr.menus.plan.slots import SlotKind
from tests.menus.paths.scene import A_TUESDAY, ends
from tests.menus.plans import small

COLLECTED = ("go: voicemail desk}", "go: voicemail desk, collect: [wish]}")
MESSAGE = "voicemail desk → message kept"


def asking_for(kind: str, *more: str) -> tuple[str, str]:
    slot = ", ".join([f"kind: {kind}", "ask: which", *more])
    return ("voicemail:\n", f"slots:\n  wish: {{{slot}}}\nvoicemail:\n")


DOCTOR = asking_for(
    "choice", "values: {lee: {name: {en: Doctor Lee, es: la doctora Lee}, key: 7}, all: {name: {en: any, es: todos}}}"
)


@pytest.mark.parametrize("kind", ["date_of_birth", "telephone", "day", "time_of_day"])
def test_a_value_is_entered_and_confirmed_refused_once_or_never_given(kind: str) -> None:
    found, keys = ends(small(COLLECTED, asking_for(kind))), KEYS[SlotKind(kind)]
    given = f"press 3, press {keys}"
    assert found[f"{given}, press 1"] == MESSAGE
    assert found[f"{given}, press 2, press {keys}, press 1"] == MESSAGE
    assert found["press 3, silent ×3"] == MESSAGE
    assert found["press 3, not understood ×2, press 99"] == MESSAGE
    assert found["press 3, press 0"] == "queue desk → a person"
    assert found["press 3, danger"] == "a sign of danger → queue nurse, urgent → a person"


def test_a_choice_is_made_by_key_and_by_word() -> None:
    found = ends(small(COLLECTED, DOCTOR))
    assert found["press 3, press 7"] == found["press 3, say lee"] == found["press 3, say all"] == MESSAGE


def test_yes_and_no_are_pressed_and_said() -> None:
    found = ends(small(COLLECTED, asking_for("yes_no")))
    assert {found[f"press 3, {answer}"] for answer in ("press 1", "press 2", "say yes", "say no")} == {MESSAGE}


@pytest.mark.parametrize("slot", [*map(asking_for, ["date_of_birth", "yes_no"]), DOCTOR])
def test_everything_of_a_slot_is_on_a_path(slot: tuple[str, str]) -> None:
    plan = small(COLLECTED, slot)
    assert coverage.missed(plan, A_TUESDAY, listed(plan, A_TUESDAY)) == []
    assert ("slots", "wish", "skipped") in coverage.places(plan, A_TUESDAY)
