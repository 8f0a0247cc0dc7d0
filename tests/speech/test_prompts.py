from __future__ import annotations

import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.menus.model import GENERIC_PROMPTS
from ivr.menus.wording import Wording
from ivr.speech.numbers import digit_sounds
from ivr.speech.prompts import BEEP, Entry, Missing, PromptFolders, PromptLibrary, load_manifests
from ivr.speech.tables import BadTable
from ivr.speech.tts import VoiceSettings
from tests.speech.voices import asked, install

if TYPE_CHECKING:
    from ivr.services import Prompts

SHIPPED = Path(__file__).parents[2] / "prompts"
OWN = {"en": {"welcome": Wording("Welcome.", "en"), "welcome.9": Wording("Para español, oprima nueve.", "es")}}


class Practice:
    """The folders of one practice on disk, with both synthesisers unless told otherwise."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.flite = install(root / "bin", "flite")
        self.espeak = install(root / "bin", "espeak-ng")

    def library(self, manifests: dict[str, dict[str, Entry]] | None = None) -> PromptLibrary:
        folders = PromptFolders((self.root / "recorded",), self.root / "cache", self.root / "sounds")
        return PromptLibrary(manifests or {}, folders, VoiceSettings((self.root / "bin",)))

    def record(self, name: str, seconds: float = 1.0, rate: int = 44100) -> None:
        samples = np.rint(5000 * np.sin(np.arange(int(rate * seconds)) / 10)).astype("<i2")
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes(samples.tobytes())

    def texts(self) -> list[str]:
        return [line for log in (self.flite, self.espeak) for line in asked(log)]


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return file.getnframes() / 8000


async def test_a_plans_texts_are_spoken_by_the_voice_of_their_language(practice: Practice) -> None:
    library: Prompts = practice.library()
    assert isinstance(library, PromptLibrary)
    await library.build(OWN)
    assert seconds(library.sound("en", "welcome")) > 0.5
    assert [line for line in asked(practice.espeak) if "Para español" in line]
    assert [line for line in asked(practice.flite) if "Welcome." in line]
    assert library.missing() == ()


async def test_a_name_that_no_plan_uses_is_a_key_error(practice: Practice) -> None:
    library = practice.library()
    await library.build(OWN)
    for language, name in (("en", "welcom"), ("es", "welcome"), ("en", "../recorded/x")):
        with pytest.raises(KeyError):
            library.sound(language, name)


async def test_every_text_is_spoken_once_and_then_comes_from_the_cache(practice: Practice) -> None:
    first, second = practice.library(), practice.library()
    await first.build(OWN)
    spoken = practice.texts()
    await second.build(OWN)
    assert practice.texts() == spoken
    assert second.sound("en", "welcome") == first.sound("en", "welcome")


async def test_a_changed_text_is_spoken_anew(practice: Practice) -> None:
    library = practice.library()
    await library.build({"en": {"welcome": Wording("Welcome.", "en")}})
    before = library.sound("en", "welcome")
    await library.build({"en": {"welcome": Wording("Good morning.", "en")}})
    assert library.sound("en", "welcome") != before


async def test_a_recording_goes_before_all_else(practice: Practice) -> None:
    practice.record("recorded/en/welcome.wav", seconds=3.0)
    library = practice.library()
    await library.build(OWN)
    assert seconds(library.sound("en", "welcome")) == pytest.approx(3.0, abs=0.05)
    assert not [line for line in practice.texts() if "Welcome." in line]


async def test_a_recording_made_anew_replaces_the_old_one(practice: Practice) -> None:
    library = practice.library()
    for length in (3.0, 2.0):
        practice.record("recorded/en/welcome.wav", seconds=length)
        await library.build(OWN)
        assert seconds(library.sound("en", "welcome")) == pytest.approx(length, abs=0.05)


async def test_asterisks_own_voice_goes_before_the_synthesiser(practice: Practice) -> None:
    practice.record("sounds/en_US_f_Allison/queue-youarenext.wav", seconds=4.0, rate=8000)
    library = practice.library({"en": {"next": Entry("You are next.", "queue-youarenext"), "bye": Entry("Bye.", "no")}})
    await library.build({"en": {}})
    assert seconds(library.sound("en", "next")) == pytest.approx(4.0, abs=0.05)
    assert [line for line in practice.texts() if "Bye." in line]


async def test_the_plans_text_goes_before_the_manifests(practice: Practice) -> None:
    library = practice.library({"en": {"welcome": Entry("Shipped.", "hello-world")}})
    practice.record("sounds/en/hello-world.wav", seconds=4.0)
    await library.build(OWN)
    assert [line for line in practice.texts() if "Welcome." in line]
    assert seconds(library.sound("en", "welcome")) < 3


async def test_there_is_always_a_beep(practice: Practice) -> None:
    library = practice.library()
    await library.build({"en": {}, "es": {}})
    assert seconds(library.sound("es", "beep")) == pytest.approx(0.4)


async def test_there_is_always_music_the_same_for_all_languages(practice: Practice) -> None:
    library = practice.library()
    await library.build({"en": {}, "es": {}})
    assert library.sound("en", "music") == library.sound("es", "music")
    assert seconds(library.sound("en", "music")) == 80.0


async def test_the_practices_own_music_is_for_all_languages_or_for_one(practice: Practice) -> None:
    practice.record("recorded/music.wav", seconds=3.0)
    practice.record("recorded/es/music.wav", seconds=2.0)
    library = practice.library()
    await library.build({"en": {}, "es": {}})
    assert [seconds(library.sound(language, "music")) for language in ("en", "es")] == [3.0, 2.0]


async def test_other_recordings_are_of_one_language(practice: Practice) -> None:
    practice.record("recorded/welcome.wav", seconds=4.0)
    library = practice.library()
    await library.build(OWN)
    assert seconds(library.sound("en", "welcome")) < 3


async def test_progress_counts_to_the_end(practice: Practice) -> None:
    told: list[tuple[int, int]] = []
    await practice.library().build(OWN, lambda done, total: told.append((done, total)))
    total = len(told)
    assert told == [(done, total) for done in range(1, total + 1)]


async def test_what_cannot_be_made_is_listed_with_the_reason(practice: Practice) -> None:
    (practice.root / "bin" / "espeak-ng").unlink()
    (practice.root / "recorded" / "en").mkdir(parents=True)
    (practice.root / "recorded" / "en" / "welcome.wav").write_bytes(b"an mp3, really")
    library = practice.library()
    await library.build(OWN)
    broken, voiceless = library.missing()
    assert (broken.name, voiceless.name) == ("welcome", "welcome.9")
    assert broken.reason.startswith(str(practice.root / "recorded" / "en" / "welcome.wav"))
    assert voiceless == Missing("en", "welcome.9", voiceless.reason)
    assert "apt-get install" in voiceless.reason


async def test_a_build_that_fails_leaves_no_half_files(practice: Practice) -> None:
    install(practice.root / "bin", "flite", before="sys.exit(1)")
    await practice.library().build({"en": {"welcome": Wording("Welcome.", "en")}})
    assert [path.name for path in (practice.root / "cache").iterdir() if path.suffix != ".wav"] == []


@pytest.mark.parametrize("name", ["../etc/passwd", "/etc/passwd", "a/b", "", "..", "a..b", "Ä", "a b", "-x"])
async def test_a_name_that_could_leave_the_folder_is_refused(practice: Practice, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a prompt's name"):
        await practice.library().build({"en": {name: Wording("x", "en")}})


# ---- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 0, "0"),
        ("en", 7, "7"),
        ("en", 20, "20"),
        ("en", 21, "20 1"),
        ("en", 40, "40"),
        ("en", 99, "90 9"),
        ("en", 100, "1 hundred"),
        ("en", 215, "2 hundred 15"),
        ("en", 999, "9 hundred 90 9"),
        ("es", 0, "0"),
        ("es", 1, "1"),
        ("es", 21, "21"),
        ("es", 30, "30"),
        ("es", 31, "30 and 1"),
        ("es", 100, "hundred"),
        ("es", 101, "100-and 1"),
        ("es", 142, "100-and 40 and 2"),
        ("es", 500, "500"),
        ("es", 999, "900 90 and 9"),
        ("en", 1000, ""),
        ("en", -1, ""),
        ("de", 1, ""),
    ],
)
def test_cardinal_numbers_in_asterisks_digits(language: str, number: int, said: str) -> None:
    assert digit_sounds(language, number) == tuple(f"digits/{piece}" for piece in said.split())


async def test_numbers_are_said_by_asterisks_digits_where_they_are_all_there(practice: Practice) -> None:
    for piece in {piece for number in range(1000) for piece in digit_sounds("es", number)}:
        practice.record(f"sounds/es/{piece}.wav", seconds=len(piece) / 20, rate=8000)
    library = practice.library()
    await library.build({"es": {}})
    assert [round(seconds(path), 2) for path in library.number("es", 142)] == [0.7, 0.45, 0.5, 0.4]
    assert library.number("es", 1000) == ()


async def test_without_digits_the_numbers_to_twenty_are_spoken(practice: Practice) -> None:
    library = practice.library()
    await library.build({"en": {}})
    assert [len(library.number("en", number)) for number in (0, 1, 20, 21, 999)] == [1, 1, 1, 0, 0]
    assert library.number("en", 7) != library.number("en", 17)


async def test_without_any_voice_numbers_are_not_said_and_not_missed(practice: Practice) -> None:
    (practice.root / "bin" / "flite").unlink()
    (practice.root / "bin" / "espeak-ng").unlink()
    library = practice.library()
    await library.build({"en": {}})
    assert (library.number("en", 3), library.missing()) == ((), ())


# ---- the manifests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_shipped_manifests_have_every_generic_prompt_but_the_tone(language: str) -> None:
    assert load_manifests([SHIPPED], [language])[language].keys() == GENERIC_PROMPTS - {BEEP}


def test_a_practices_own_texts_go_before_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("goodbye: See you!\n")
    manifests = load_manifests([tmp_path, SHIPPED], ["en", "fr"])
    assert manifests["en"]["goodbye"] == Entry("See you!")
    assert manifests["en"]["you_are_next"].asterisk == "queue-youarenext"
    assert manifests["fr"] == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [x]", "1:4: 'a' must be a text"),
        ("a:", "1:3: 'a' must be a text"),
        ("../a: x", "1:7: '../a' cannot be a prompt's name"),
        ("a: {asterisk: x}", "1:4: 'a' has no 'text'"),
        ("a: {text: x, file: y}", "1:4: 'file' of 'a' is unknown"),
        ("a: {text: x, asterisk: ../../y}", "1:4: '../../y' of 'a' cannot be a sound"),
        ("a: x\na: y", "2:1: 'a' is there twice"),
    ],
)
def test_a_broken_manifest_is_refused_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "en.yaml").write_text(text)
    with pytest.raises(BadTable) as failure:
        load_manifests([tmp_path], ["en"])
    assert str(failure.value).startswith(f"{tmp_path / 'en.yaml'}:{message}")
