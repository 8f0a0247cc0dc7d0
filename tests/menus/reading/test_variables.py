"""What a variable stands for, and what is wrong with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.menus.reading.load import examine, load
from ivr.menus.reading.variables import MAX_NESTED
from tests.menus.plans import SMALL, changed, small, write

if TYPE_CHECKING:
    from pathlib import Path


def told(folder: Path, variables: str, *replacements: tuple[str, str]) -> list[str]:
    """All that is said of the small plan with these variables in its last line, without the file's name."""
    path = write(folder, changed(*replacements) + f"variables: {variables}\n")
    examined = examine(path)
    return [str(each).removeprefix(f"{path}:") for each in (*examined.mistakes, *examined.warnings)]


def test_a_variable_stands_for_its_text_everywhere(tmp_path: Path) -> None:
    text = changed(
        ("name: Lakeside", "name: ${clinic}"),
        ("phone: PJSIP/ana", 'phone: "PJSIP/${front}"'),
        ('"+16175550100": {', '"${line}": {'),
        ("welcome: {en: Welcome.", 'welcome: {en: "Welcome to ${clinic}."'),
    )
    more = "variables: {clinic: Lakeside, front: ana, line: '+16175550100'}\n"
    assert load(write(tmp_path, text + more)) == small(("en: Welcome.", "en: Welcome to Lakeside."))


def test_a_variable_alone_keeps_its_kind(tmp_path: Path) -> None:
    plan = load(write(tmp_path, changed(("ring_seconds: 15", 'ring_seconds: "${ring}"')) + "variables: {ring: 15}\n"))
    assert plan == small()


def test_two_dollars_are_one_and_a_dollar_alone_is_itself(tmp_path: Path) -> None:
    text = changed(("en: Welcome.", "en: 'Pay $$5, $5 or $${clinic}.'"))
    assert load(write(tmp_path, text)).prompts["welcome"]["en"] == "Pay $5, $5 or ${clinic}."


def test_variables_may_stand_in_variables(tmp_path: Path) -> None:
    text = (
        changed(("en: Welcome.", "en: '${hello}'")) + "variables: {hello: 'Welcome to ${clinic}.', clinic: Lakeside}\n"
    )
    assert load(write(tmp_path, text)).prompts["welcome"]["en"] == "Welcome to Lakeside."


def test_variables_of_one_file_are_known_in_all(tmp_path: Path) -> None:
    (tmp_path / "names.yaml").write_text("variables: {clinic: Lakeside}", "utf-8")
    assert load(write(tmp_path, changed(("name: Lakeside", "name: ${clinic}")) + "include: names.yaml\n")) == small()


@pytest.mark.parametrize(
    ("variables", "use", "sentence"),
    [
        ("{clinic: Lake}", "the ${clinik}", "2:13: 'clinik' is not a variable; did you mean 'clinic'?"),
        (
            "{clinic: Lake}",
            "'the ${clinic'",
            "2:14: '${' has no '}' in the same text; write $$ for a dollar that is no",
        ),
        ("{clinic: '${clinic}'}", "${clinic}", "55:22: variable 'clinic' stands for itself: clinic → clinic"),
        ("{clinic: [a]}", "${clinic}", "55:13: variable 'clinic' must be a text or a number"),
        ("{Clinic: a}", "${Clinic}", "55:13: variable 'Clinic' must be a name of lower-case letters, digits and _"),
        ("[clinic]", "${clinic}", "55:1: 'variables' must be a mapping such as {clinic: Riverside}"),
        ("{clinic: 5}", "${clinic}", "2:9: 'name' of 'practice' must be text: put quotes around it"),
    ],
)
def test_a_wrong_variable_is_told_with_its_place(tmp_path: Path, variables: str, use: str, sentence: str) -> None:
    said = told(tmp_path, variables, ("name: Lakeside", f"name: {use}"))
    assert [each for each in said if each.startswith(sentence)] != []


def test_what_holds_a_wrong_variable_has_no_other_mistake(tmp_path: Path) -> None:
    assert told(tmp_path, "{front: ana}", ("phone: PJSIP/ana", 'phone: "${frnt}"'), ("ring_seconds", "rings")) == [
        "37:42: 'rings' is not a key of queue 'nurse'; did you mean 'ring'?",
        "41:17: 'frnt' is not a variable; did you mean 'front'?",
    ]


def test_an_unused_variable_is_doubtful(tmp_path: Path) -> None:
    assert told(tmp_path, "{clinic: Lakeside}") == ["55:13: variable 'clinic' is never used"]


def test_a_key_that_becomes_another_one_is_there_twice(tmp_path: Path) -> None:
    line = '"+16175550100": {start: main, site: downtown, source: main line}'
    said = told(tmp_path, "{line: '+16175550100'}", (line, f'{line}\n  "${{line}}": {{start: more}}'))
    assert said == ["12:3: '+16175550100' is here twice, first in line 11: keep one of them"]


def test_variables_in_variables_end_somewhere(tmp_path: Path) -> None:
    chain = ", ".join(f"v{number}: '${{v{number + 1}}}'" for number in range(MAX_NESTED))
    said = told(tmp_path, f"{{{chain}, v{MAX_NESTED}: x}}", ("name: Lakeside", "name: ${v0}"))
    assert len(said) == 1
    assert f"stands in variables in variables, more than {MAX_NESTED} deep: write it out" in said[0]


def test_a_bomb_of_variables_does_not_go_off(tmp_path: Path) -> None:
    layers = ["v0: '" + "x" * 1000 + "'", *(f"v{n}: '{f'${{v{n - 1}}}' * 30}'" for n in range(1, MAX_NESTED))]
    said = told(tmp_path, f"{{{', '.join(layers)}}}", ("name: Lakeside", f"name: ${{v{MAX_NESTED - 1}}}"))
    assert [
        each for each in said if "variables make more than 1000000 letters of text: no plan has so many" in each
    ] != []


def test_a_plan_without_variables_is_itself(tmp_path: Path) -> None:
    assert load(write(tmp_path, SMALL + "variables:\n")) == small()
