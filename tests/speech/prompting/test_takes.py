"""Recordings are judged, made ready, and kept with who made them; prompts have numbers for the telephone."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.conversation.studio import Place, Spoiled
from ivr.speech.prompting.prompt_numbers import FIRST, give_numbers, numbers_in
from ivr.speech.prompting.studio import RecordingStudio
from ivr.speech.prompting.takes import (
    ClippedTake,
    Origin,
    SilentTake,
    keep,
    origin_of,
    prepared,
    recording_file,
    remove,
)
from ivr.speech.sound.loudness import level_of
from ivr.speech.sound.riff import Wav
from ivr.speech.sound.wav import read, write

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = Origin("lena", 1_800_000_000.0, "phone")


def voice(seconds: float, rate: int, level: float = 3000.0) -> np.ndarray:
    """Syllables between two silences."""
    at = np.arange(int(seconds * rate)) / rate
    hum = level * np.sin(2 * np.pi * 200 * at) * np.sin(2 * np.pi * 2 * at) ** 2
    return np.concatenate([np.zeros(rate), hum, np.zeros(rate)])


@pytest.mark.parametrize(("rate", "kept"), [(8000, 8000), (11_025, 8000), (16_000, 16_000), (44_100, 16_000)])
def test_a_recording_is_kept_trimmed_and_levelled_in_the_best_rate_of_telephones(rate: int, kept: int) -> None:
    take = prepared(Wav(voice(2, rate), rate))
    assert (take.rate, len(take.sound) / kept) == (kept, pytest.approx(2.0, abs=0.15))
    assert level_of(take.sound, kept).active == pytest.approx(-20, abs=0.2)


@pytest.mark.parametrize("nothing", [np.zeros(8000), voice(2, 8000, level=40), voice(0.02, 8000), np.zeros(0)])
def test_where_nobody_is_heard_is_no_recording(nothing: np.ndarray) -> None:
    with pytest.raises(SilentTake):
        prepared(Wav(nothing, 8000))


def test_cut_off_peaks_are_no_recording_but_one_loud_knock_is() -> None:
    with pytest.raises(ClippedTake):
        prepared(Wav(np.clip(voice(2, 8000, level=60_000), -32768, 32767), 8000))
    knocked = voice(2, 8000)
    knocked[9000:9004] = 32767
    assert prepared(Wav(knocked, 8000)).rate == 8000


def test_a_kept_recording_has_its_origin_until_it_is_removed(tmp_path: Path) -> None:
    file = recording_file(tmp_path, "en", "welcome")
    keep(prepared(Wav(voice(1, 8000), 8000)), file, ORIGIN)
    assert (len(read(file)) > 4000, origin_of(file)) == (True, ORIGIN)
    remove(file)
    remove(file)
    assert (list(file.parent.iterdir()), origin_of(file)) == ([], None)


@pytest.mark.parametrize("noted", ["", "[]", '{"who": "lena"}', "{"])
def test_a_broken_note_is_no_origin(tmp_path: Path, noted: str) -> None:
    (tmp_path / "welcome.json").write_text(noted)
    assert origin_of(tmp_path / "welcome.wav") is None


# ---- numbers ---------------------------------------------------------------------------------------------------------


def test_a_prompts_number_never_changes(tmp_path: Path) -> None:
    first = give_numbers(tmp_path, [("es", "welcome"), ("en", "welcome"), ("en", "beep")])
    assert first == {("en", "beep"): FIRST, ("en", "welcome"): FIRST + 1, ("es", "welcome"): FIRST + 2}
    second = give_numbers(tmp_path, [("en", "about"), ("en", "welcome")])
    assert second == {**first, ("en", "about"): FIRST + 3}
    assert numbers_in(tmp_path) == second


@pytest.mark.parametrize("broken", ["", "[]", '{"welcome": 101}', '{"en/welcome": "x"}'])
def test_broken_numbers_are_given_anew(tmp_path: Path, broken: str) -> None:
    (tmp_path / "numbers.json").write_text(broken)
    assert numbers_in(tmp_path) == {}
    assert give_numbers(tmp_path, [("en", "welcome")]) == {("en", "welcome"): FIRST}


# ---- by telephone ----------------------------------------------------------------------------------------------------


async def test_a_take_by_phone_is_heard_as_callers_would_and_kept(tmp_path: Path) -> None:
    give_numbers(tmp_path, [("en", "welcome")])
    studio = RecordingStudio(tmp_path)
    assert (await studio.place(FIRST), await studio.place(FIRST + 1)) == (Place("en", "welcome"), None)
    draft = studio.draft("call/1")
    write(draft, voice(2, 8000).astype(np.int16))
    proof = await studio.proof(draft)
    with wave.open(str(proof)) as file:
        assert (file.getframerate(), file.getnframes() / 8000) == (8000, pytest.approx(2.0, abs=0.15))
    await studio.keep(Place("en", "welcome"), draft, who="lena", at=1_800_000_000.0)
    studio.forget(draft)
    assert origin_of(tmp_path / "en" / "welcome.wav") == ORIGIN
    assert np.array_equal(read(tmp_path / "en" / "welcome.wav")[:100], np.zeros(100))
    assert list((tmp_path / "drafts").iterdir()) == []


@pytest.mark.parametrize(
    ("take", "said"),
    [(np.zeros(0), "record_silent"), (np.clip(voice(1, 8000, level=90_000), -32768, 32767), "record_too_loud")],
)
async def test_a_spoiled_take_names_the_prompt_that_says_so(tmp_path: Path, take: np.ndarray, said: str) -> None:
    studio = RecordingStudio(tmp_path)
    draft = studio.draft("call")
    write(draft, take.astype(np.int16))
    with pytest.raises(Spoiled) as spoiled:
        await studio.proof(draft)
    assert spoiled.value.prompt == said


async def test_a_full_disk_spoils_what_was_to_be_kept(tmp_path: Path) -> None:
    studio = RecordingStudio(tmp_path)
    draft = studio.draft("call")
    write(draft, voice(1, 8000).astype(np.int16))
    (tmp_path / "en").write_text("a file where a folder must be")
    with pytest.raises(Spoiled) as spoiled:
        await studio.keep(Place("en", "welcome"), draft, who="lena", at=0.0)
    assert spoiled.value.prompt == "record_failed"
