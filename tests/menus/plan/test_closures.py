"""Closures and codes of a plan, and what can be wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.menus.reading.load import examine
from ivr.menus.words.wording import wordings
from tests.menus.plans import changed, small, write

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
hours: {office: {mon-fri: "08:00-17:00"}}
closures:
  snow: {say: hours, closes: office, name: {en: snow day, es: día de nieve}}
codes: {"7700": {does: closures, who: [ana, emma]}}
"""
SHUT = ("desk: {needs: [desk],", "desk: {needs: [desk], hours: office, closed: {to: queue nurse},")
PINS = (("ana, skills", 'ana, pin: "4711", skills'), ("emma, skills", 'emma, pin: "0815", skills'))


def told(folder: Path, section: str, *more: tuple[str, str]) -> list[str]:
    """Mistakes and warnings of the small plan with this in it."""
    examined = examine(write(folder, changed(("start: main\n", f"start: main\n{section}"), *more)))
    return [each.text for each in (*examined.mistakes, *examined.warnings)]


def test_a_plan_with_closures_and_codes_is_sound(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD, SHUT, *PINS) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("say: hours, closes: office,", "closes: [],", "neither says nor closes anything"),
        ("closes: office", "closes: ofice", "'ofice', which is not a name of hours; did you mean 'office'?"),
        ("say: hours", "say: snowing", "'say' of closure 'snow' names 'snowing', which is not a prompt"),
        (", es: día de nieve", "", "closure 'snow' has no name in 'es', a language of the practice"),
        ('"7700"', '"6175557700"', 'must be an extension of 2 to 6 digits in quotes, such as "7700"'),
        ('"7700"', "7700", 'must be an extension of 2 to 6 digits in quotes, such as "7700"'),
        ("who: [ana, emma]", "who: [ana, ema]", "names 'ema', which is not a person; did you mean 'emma'?"),
        ("does: closures", "does: closure", "must be 'closures' or 'prompts', not 'closure'; did you mean 'closures'?"),
        ("who: [ana, emma]", "who: []", "'who' of code '7700' needs at least one entry"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in "\n".join(told(tmp_path, GOOD.replace(old, new, 1), SHUT, *PINS))


def test_everybody_who_may_use_a_code_has_a_pin_of_their_own(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD, SHUT, PINS[0]) == [
        "emma has no 'pin', which code '7700' asks for: add one to person 'emma'"
    ]
    assert told(tmp_path, GOOD, SHUT, PINS[0], ("emma, skills", 'emma, pin: "4711", skills')) == [
        "ana and emma have the same PIN, so code '7700' cannot tell them apart: change one"
    ]


def test_a_closure_that_closes_nothing_is_doubtful(tmp_path: Path) -> None:
    assert "closure 'snow' closes nothing: no menu and no queue has these hours" in told(tmp_path, GOOD, *PINS)


def test_a_code_for_closures_needs_some(tmp_path: Path) -> None:
    section = 'codes: {"7700": {does: closures, who: ana}}\n'
    assert told(tmp_path, section, PINS[0]) == ["code '7700' switches closures, but the plan has none: add 'closures'"]


def test_a_code_is_no_number_of_callers(tmp_path: Path) -> None:
    numbers = ("numbers:\n", 'numbers:\n  "7700": {start: main}\n')
    assert told(tmp_path, GOOD, SHUT, *PINS, numbers) == [
        "'7700' is a code and a number: callers would be asked for a PIN"
    ]


def test_each_closure_makes_its_sentences_from_its_name() -> None:
    plan = small(("start: main\n", f"start: main\n{GOOD}"), SHUT, *PINS)
    english, spanish = wordings(plan)["en"], wordings(plan)["es"]
    names = [f"closure.snow.{what}" for what in ("on", "off", "switched_on", "switched_off")]
    assert [english[name].text for name in names] == [
        "Snow day: on. To switch it off, press one.",
        "Snow day: off. To switch it on, press one.",
        "Switched on: snow day.",
        "Switched off: snow day.",
    ]
    assert spanish["closure.snow.switched_on"].text == "Se activó el aviso: día de nieve."
    assert "closure.snow.on" not in wordings(small())["en"]
