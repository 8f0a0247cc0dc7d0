from __future__ import annotations

import asyncio
from datetime import UTC
from pathlib import Path

from click.testing import CliRunner

from ivr import record as story
from ivr.cli import main
from ivr.record import CallFacts
from ivr.store.database import open_database
from ivr.store.records import RecordWriter
from ivr.store.vault import unlock

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


def test_what_was_misrouted_is_suggested_and_shown_only_on_request(tmp_path: Path) -> None:
    asyncio.run(misrouted_call(tmp_path / "state"))
    where = ("--state", str(tmp_path / "state"), "--days", "36500")
    assert careline("suggest", *where) == (
        0,
        ["   said         taken for  was      times", "1  (not shown)  refills    billing  1"],
    )
    assert "pay the pharmacy bill" in careline("suggest", *where, "--patient-data")[1][1]
    code, lines = careline("suggest", *where, "--accept", "1")
    assert (code, lines) == (0, ["intents:", "  billing:", "    en:", "      - i want to pay the pharmacy bill"])
    assert careline("suggest", *where, "--accept", "2") == (
        2,
        ["careline: there is no suggestion 2; the last one is 1"],
    )


async def misrouted_call(state: Path) -> None:
    async with open_database(state) as database:
        writer = RecordWriter(database, await unlock(database), UTC)
        writer.began(CallFacts("1.7", 1_795_176_000.0, "+16175550100", "+16175550199", "riverside"))
        for entry in (
            story.Greeted("Riverside", "en"),
            story.HeardSpeech("i want to pay the pharmacy bill", 0.9),
            story.Understood("refills", 0.8),
            story.Misrouted("billing", "ana"),
        ):
            writer.note("1.7", 1_795_176_001.0, entry)
        await writer.flush()
