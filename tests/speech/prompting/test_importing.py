"""Recordings of a studio, as they come."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivr.speech.prompting.importing import CannotImport, Offered, check_name, offered, take_of
from ivr.speech.sound import wav

KNOWN = {("en", "welcome"), ("en", "goodbye"), ("es", "welcome")}
FFMPEG = """#!{python}
import sys
sys.stdout.buffer.write(open({sound!r}, "rb").read())
"""


def tone(file: Path, level: float = 0.1) -> Path:
    wav.write(file, np.rint(level * 32767 * np.sin(np.arange(16_000) / 5)).astype(np.int16))
    return file


def test_a_file_is_named_like_its_prompt() -> None:
    assert list(offered([Path("es/Welcome.WAV")])) == [Offered(Path("es/Welcome.WAV"), "welcome")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("all.tsv", "file\tname\tlanguage\ntake 1.wav\twelcome\tes\n\ntake 2.wav\tgoodbye\n"),
        ("all.csv", "\ufefftake 1.wav,welcome,es\ntake 2.wav, goodbye\n"),
    ],
)
def test_a_list_says_which_file_is_which_prompt(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    first, second = Offered(tmp_path / "take 1.wav", "welcome", "es"), Offered(tmp_path / "take 2.wav", "goodbye")
    assert list(offered([tmp_path / name])) == [first, second]


def test_a_broken_list_is_told_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("a.wav,welcome\nb.wav\n")
    with pytest.raises(CannotImport, match=r"all\.csv:2: write the file and the prompt's name"):
        list(offered([tmp_path / "all.csv"]))
    with pytest.raises(CannotImport, match=r"the list .*none\.tsv cannot be read: No such file"):
        list(offered([tmp_path / "none.tsv"]))


@pytest.mark.parametrize(
    ("name", "language", "why"),
    [
        ("welcom", "en", "'welcom' is no prompt of the plan; did you mean 'welcome'?"),
        ("goodbye", "es", "'goodbye' is no prompt of the plan; `careline prompts list` has the names"),
        ("welcome", "fr", "'fr' is no language of the plan"),
    ],
)
def test_an_unknown_name_is_refused_with_the_likely_one(name: str, language: str, why: str) -> None:
    with pytest.raises(CannotImport) as refused:
        check_name(Offered(Path("x.wav"), name), language, KNOWN)
    assert str(refused.value) == f"x.wav: {why}"


def test_a_silent_a_clipped_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    wav.write(tmp_path / "silent.wav", wav.silence(1))
    clipped = np.clip(1e6 * np.sin(np.arange(8000) / 20), -32768, 32767).astype(np.int16)
    wav.write(tmp_path / "clipped.wav", clipped)
    (tmp_path / "broken.wav").write_bytes(b"ID3")
    for name, why in (
        ("silent", "nobody can be heard in it"),
        ("clipped", "it is too loud"),
        ("broken", "it is no WAV file"),
        ("none", "No such file"),
    ):
        with pytest.raises(CannotImport, match=why):
            take_of(tmp_path / f"{name}.wav")


def test_other_formats_need_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "welcome.mp3").write_bytes(b"ID3")
    with pytest.raises(CannotImport, match=r"welcome\.mp3: only WAV can be read without ffmpeg: `apt-get"):
        take_of(tmp_path / "welcome.mp3")
    with pytest.raises(CannotImport, match=r"none\.mp3: there is no such file"):
        take_of(tmp_path / "none.mp3")
