"""`careline prompts`, as an administrator types it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.speech.sound import wav
from tests.menus.plans import SMALL, write
from tests.speech.voices import install_quick

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of all tests here: what was made once is not made again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def settings(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with both synthesisers."""
    plan = write(tmp_path, SMALL)
    for name in ("flite", "espeak-ng"):
        install_quick(tmp_path / "bin", name)
    monkeypatch.setenv("CARELINE_SYNTHESISERS", str(tmp_path / "bin"))
    monkeypatch.setenv("PATH", "")
    file = tmp_path / "careline.yaml"
    host = {"plan": plan.name, "state": "state", "cache": str(cache)}
    file.write_text(json.dumps({**host, "prompts": ["studio"], "asterisk": {"sounds": None}}))
    return file


def careline(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["prompts", *map(str, arguments)])


def speak(file: Path, seconds: float = 1.0, rate: int = 44_100) -> Path:
    wav.write(file, np.rint(3000 * np.sin(np.arange(int(seconds * rate)) / 20)).astype(np.int16), rate)
    return file


def test_all_prompts_are_made_and_it_says_what_from(settings: Path, tmp_path: Path) -> None:
    told = careline("build", "--settings", settings, "--into", tmp_path / "out", "--rate", "both")
    assert (told.exit_code, told.output.count("kHz")) == (0, 4)
    assert "synthesised (flite:rms)" in told.output
    assert "loudness: -20." in told.output
    made = {path.suffix for path in (tmp_path / "out" / "en").iterdir()}
    assert made == {".wav", ".wav16"}
    assert wav.read(tmp_path / "out" / "es" / "goodbye.wav").size > 8000


def test_each_prompt_has_a_number_and_what_it_was_made_from(settings: Path, tmp_path: Path) -> None:
    speak(tmp_path / "studio" / "en" / "goodbye.wav", seconds=2.5)
    lines = careline("list", "--settings", settings, "--language", "en").output.splitlines()
    assert lines[0].split() == ["number", "language", "name", "from", "seconds", "dBov"]
    [goodbye] = [line for line in lines if "  goodbye " in line]
    assert "recorded: " in goodbye
    assert goodbye.split()[-2:] == ["2.5", "-20.0"]
    numbers = [line.split()[0] for line in lines[1:]]
    again = careline("list", "--settings", settings, "--language", "en").output.splitlines()
    assert [line.split()[0] for line in again[1:]] == numbers
    assert len(set(numbers)) == len(numbers)


def test_what_callers_would_miss_is_listed_and_fails(settings: Path, tmp_path: Path) -> None:
    assert careline("list", "--settings", settings, "--missing").exit_code == 0
    (tmp_path / "bin" / "espeak-ng").unlink()
    told = careline("list", "--settings", settings, "--missing")
    assert told.exit_code == 1
    assert "MISSING" in told.output
    assert "no speech synthesiser for 'es' is installed" in told.stderr


def test_the_script_has_every_sentence_and_its_files_name(settings: Path) -> None:
    told = careline("script", "--settings", settings, "--language", "es")
    rows = list(csv.reader(io.StringIO(told.output), delimiter="\t"))
    assert rows[0] == ["language", "name", "text"]
    assert ["es", "goodbye", "Gracias por llamar. Hasta luego."] in rows
    assert ["es", "minute_30", "y media"] in rows
    assert {row[0] for row in rows[1:]} == {"es"}
    table = careline("script", "--settings", settings, "--language", "es", "--markdown")
    assert "| es | goodbye | Gracias por llamar. Hasta luego. |" in table.output


def test_recordings_of_a_studio_become_prompts(settings: Path, tmp_path: Path) -> None:
    files = [speak(tmp_path / "in" / "goodbye.wav"), speak(tmp_path / "in" / "es" / "goodbye.wav")]
    told = careline("import", *files, "--settings", settings)
    assert told.exit_code == 0, told.output
    assert [wav.read(tmp_path / "studio" / each / "goodbye.wav").size > 7000 for each in ("en", "es")] == [True, True]
    line = next(each for each in careline("list", "--settings", settings).output.splitlines() if " goodbye " in each)
    assert "recorded by " in line
    assert "goodbye.wav" in line


def test_a_recording_is_overwritten_only_when_told_to(settings: Path, tmp_path: Path) -> None:
    file = speak(tmp_path / "in" / "goodbye.wav")
    by_phone = speak(tmp_path / "state" / "prompts" / "en" / "goodbye.wav")
    refused = careline("import", file, "--settings", settings)
    assert (refused.exit_code, f"{by_phone} is there already; --replace" in refused.stderr) == (2, True)
    assert careline("import", file, "--settings", settings, "--replace").exit_code == 0
    assert ((tmp_path / "studio" / "en" / "goodbye.wav").exists(), by_phone.exists()) == (True, False)


def test_each_file_that_is_refused_has_its_sentence_and_the_others_are_taken(settings: Path, tmp_path: Path) -> None:
    good, misspelt = speak(tmp_path / "in" / "goodbye.wav"), speak(tmp_path / "in" / "godbye.wav")
    told = careline("import", misspelt, good, "--settings", settings)
    assert told.exit_code == 2
    assert told.stderr == f"careline: {misspelt}: 'godbye' is no prompt of the plan; did you mean 'goodbye'?\n"
    assert (tmp_path / "studio" / "en" / "goodbye.wav").exists()
