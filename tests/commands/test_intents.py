from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from ivr.cli import main

PLAN = str(Path(__file__).parents[2] / "dialplans" / "riverside.yaml")


def careline(*words: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, ["intents", *words, "--plan", PLAN])
    return result.exit_code, result.output.splitlines()


def sentences(folder: Path) -> str:
    file = folder / "ours.tsv"
    file.write_text("# ours\nmoney\tI want to pay my bill\nrefills\tI want to pay my bill\nnurse\tuna enfermera\tes\n")
    return str(file)


def test_accuracy_confusion_and_coverage_are_told_by_language(tmp_path: Path) -> None:
    code, lines = careline("test", sentences(tmp_path), "--map", "money=billing", "--wrong")
    assert code == 0
    assert lines[0].startswith("refills, taken for billing ")
    assert [line.split() for line in lines[1:5]] == [
        ["label", "sentences", "right", "taken", "for"],
        ["billing", "1", "100%"],
        ["nurse", "1", "100%"],
        ["refills", "1", "0%", "billing", "1"],
    ]
    assert lines[5] == "en: accuracy 50.0% of 2; coverage at 5 % error 0.0%, with confidence at least 1.00"
    assert lines[6] == "en: route 100.0%, 50.0% of it wrong (1 of 2)"


def test_too_low_an_accuracy_fails(tmp_path: Path) -> None:
    file = sentences(tmp_path)
    assert careline("test", file, "--map", "money=billing", "--at-least", "0.6")[0] == 0
    assert careline("test", file, "--map", "money=billing", "--at-least", "0.7")[0] == 1


def test_labels_are_renamed_by_a_file_too(tmp_path: Path) -> None:
    names = tmp_path / "names.tsv"
    names.write_text("money\tbilling\n", "utf-8")
    assert careline("test", sentences(tmp_path), "--map", str(names))[0] == 0
    code, lines = careline("test", sentences(tmp_path), "--map", "money")
    assert (code, lines) == (
        2,
        ["careline: --map money: write label=intent, or a file with a label, a tab and its intent"],
    )


def test_why_tells_the_words_for_and_against() -> None:
    code, lines = careline("why", "I want to pay my bill")
    assert code == 0
    assert lines[0].startswith("billing, confidence 0.")
    assert lines[0].endswith(": acted on")
    assert lines[2].startswith("billing")
    assert "<bill> +" in lines[2]
