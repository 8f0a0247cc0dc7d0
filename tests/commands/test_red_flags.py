from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main

PLAN = str(Path(__file__).parents[2] / "dialplans" / "riverside.yaml")


def careline(*words: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, ["red-flags", *words, "--plan", PLAN])
    return result.exit_code, result.output.splitlines()


def test_the_list_tells_its_signs_and_who_signed_it() -> None:
    code, lines = careline("list")
    assert code == 0
    assert lines[1].startswith("not breathing")
    assert any(line.startswith("suicide") and line.endswith("crisis") for line in lines)
    assert "not signed: version 2" in lines[-1]


def test_every_miss_and_every_false_alarm_is_told_with_its_words(tmp_path: Path) -> None:
    file = tmp_path / "ours.tsv"
    file.write_text(
        "# ours\nraise\tmy chest hurts\ten\tchest pain\nraise\tI broke my favourite vase\ten\tchest pain\n"
        "ordinary\ta refill please\nordinary\tmi pecho me duele\tes\n",
        "utf-8",
    )
    assert careline("test", str(file)) == (
        1,
        [
            "missed: I broke my favourite vase",
            "false alarm: mi pecho me duele: chest pain (pecho duele)",
            "sign        raised  of",
            "chest pain  1       2",
            "sensitivity 50.0% (1 of 2), false alarms 50.0% (1 of 2)",
        ],
    )
    assert careline("test", str(file), "--at-least", "0.5")[0] == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("urgent\tmy chest hurts", "begins with 'urgent'; write 'raise' or 'ordinary'"),
        ("raise", "has no sentence after the tab"),
        ("raise\tmy chest hurts\tfr", "language 'fr' is none of the plan's: en, es"),
    ],
)
def test_what_cannot_be_tried_is_told_at_its_line(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "ours.tsv"
    file.write_text(f"ordinary\ta refill\n{line}\n", "utf-8")
    code, lines = careline("test", str(file))
    assert code == 2
    assert lines[0].startswith(f"careline: {file}:2: {said}")
