"""`careline diff` and `schema`, and `check` of a plan of many files, as an administrator types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from ivr.cli import main
from tests.menus.plans import SMALL, changed, write

if TYPE_CHECKING:
    from pathlib import Path


def careline(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def plans(folder: Path, *replacements: tuple[str, str]) -> tuple[Path, Path]:
    """The small plan and a changed one, each in a folder of its own."""
    for name in ("old", "new"):
        (folder / name).mkdir()
    return write(folder / "old", SMALL), write(folder / "new", changed(*replacements))


def test_a_changed_plan_is_told_in_words(tmp_path: Path) -> None:
    told = careline("diff", *plans(tmp_path, ("after: 4m", "after: 3m"), ("cardiology: 4", "cardiology: 5")))
    assert (told.exit_code, told.output.splitlines()) == (
        0,
        ["queue desk: overflow after 3m instead of 4m", "ana has cardiology 5, before 4"],
    )


def test_equal_plans_have_no_difference(tmp_path: Path) -> None:
    assert careline("diff", *plans(tmp_path)).output == "no difference\n"


def test_another_list_of_red_flags_is_told(tmp_path: Path) -> None:
    old, new = plans(tmp_path)
    (new.parent / "red_flags.yaml").write_text("signed: {}\n", "utf-8")
    assert careline("diff", old, new).output == (
        "the list of red flags is another: its clinician signs each change of it\n"
    )


def test_a_plan_with_mistakes_cannot_be_compared(tmp_path: Path) -> None:
    old, new = plans(tmp_path, ("go: office", "go: ofice"))
    told = careline("diff", old, new)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith(f"careline: {new}:20:85: choice '1' of menu 'main' goes to 'ofice'")


def test_editors_get_a_schema(tmp_path: Path) -> None:
    whole, part = (json.loads(careline("schema", *options).output) for options in ((), ("--part",)))
    assert ("else" in whole, "else" in part) == (True, False)
    assert whole["properties"]["queues"] == part["properties"]["queues"]


def test_a_mistake_in_an_included_file_is_told_there(tmp_path: Path) -> None:
    (tmp_path / "bo.yaml").write_text("people:\n  bo: {phone: bo}\n", "utf-8")
    plan = write(tmp_path, "include: bo.yaml\n" + SMALL)
    told = careline("check", plan)
    assert (told.exit_code, told.stdout) == (
        2,
        f"{tmp_path}/bo.yaml:2:15: 'phone' of person 'bo' must be a phone of the PBX such as PJSIP/ana, not 'bo'\n",
    )
