from __future__ import annotations

import asyncio
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.menus.plan.generic_prompts import GENERIC_PROMPTS
from ivr.menus.words.spoken import PAUSE
from ivr.menus.words.wording import Wording
from ivr.speech.meaning.tables import BadTable
from ivr.speech.prompting.making import Source
from ivr.speech.prompting.numbers import family, spoken_entries
from ivr.speech.prompting.prompts import BEEP, Entry, Missing, PromptFolders, PromptLibrary, load_manifests
from ivr.speech.prompting.tts import VoiceSettings
from tests.speech.voices import asked, install

if TYPE_CHECKING:
    from ivr.services import Prompts

SHIPPED = Path(__file__).parents[3] / "prompts"
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
    library = practice.library(
        {"en": {"next": Entry("You are next.", ("queue-youarenext",)), "bye": Entry("Bye.", ("no",))}}
    )
    await library.build({"en": {}})
    assert seconds(library.sound("en", "next")) == pytest.approx(4.0, abs=0.05)
    assert [line for line in practice.texts() if "Bye." in line]


async def test_the_plans_text_goes_before_the_manifests(practice: Practice) -> None:
    library = practice.library({"en": {"welcome": Entry("Shipped.", ("hello-world",))}})
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


async def test_a_queues_music_is_a_recording_and_told_of_when_there_is_none(practice: Practice) -> None:
    practice.record("recorded/calm_piano.wav", seconds=3.0)
    library = practice.library()
    await library.build({"en": {"music.calm_piano": Wording("", "en"), "music.jazz": Wording("", "en")}})
    assert seconds(library.sound("en", "music.calm_piano")) == 3.0
    assert [each.name for each in library.missing()] == ["music.jazz"]
    assert "jazz.wav" in library.missing()[0].reason


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


# ---- numbers, times and dates --------------------------------------------------------------------------------------


def asterisk_sounds(language: str) -> set[str]:
    shipped = load_manifests([SHIPPED], [language])[language]
    entries = {**spoken_entries(language), **shipped}
    return {sound for name, entry in entries.items() if family(name) for sound in entry.asterisk}


@pytest.mark.parametrize(
    ("language", "name", "sounds"),
    [
        ("en", "number_21", "20 1"),
        ("en", "number_300", "3 hundred"),
        ("en", "date_23", "20 h-3"),
        ("en", "oh_5", "oh 5"),
        ("es", "number_21", "21"),
        ("es", "number_31", "30 and 1"),
        ("es", "number_100_and", "100-and"),
        ("es", "year_1900", "es-de thousand 900"),
        ("es", "date_1", "es-el h-1"),
        ("es", "minute_15", ""),
    ],
)
def test_a_piece_in_asterisks_sounds(language: str, name: str, sounds: str) -> None:
    assert spoken_entries(language)[name].asterisk == tuple(f"digits/{sound}" for sound in sounds.split())


def test_a_language_without_rules_has_no_pieces() -> None:
    assert spoken_entries("de") == {}


async def test_numbers_are_said_by_asterisks_digits_where_they_are_all_there(practice: Practice) -> None:
    for sound in asterisk_sounds("es"):
        practice.record(f"sounds/es/{sound}.wav", seconds=0.1 * len(sound), rate=8000)
    library = practice.library(load_manifests([SHIPPED], ["es"]))
    await library.build({"es": {}})
    await library.complete()
    made = library.made()
    sources = {made["es", name].source for name in ("number_31", "date_1", "month_4", "day_6")}
    assert sources == {Source.PBX}
    assert made["es", "number_31"].origin == "digits/30 digits/and digits/1"
    assert seconds(library.sound("es", "number_31")) == pytest.approx(0.9 + 1.0 + 0.8, abs=0.05)
    assert [made["es", name].source for name in ("minute_30", "hour_2", "noon")] == [Source.SPOKEN] * 3


async def test_a_family_of_which_asterisk_lacks_a_sound_is_for_the_synthesiser(practice: Practice) -> None:
    for sound in asterisk_sounds("en") - {"digits/h-30"}:
        practice.record(f"sounds/en/{sound}.wav", seconds=0.1, rate=8000)
    library = practice.library(load_manifests([SHIPPED], ["en"]))
    await library.build({"en": {}})
    await library.complete()
    made = library.made()
    sources = [made["en", name].source for name in ("number_30", "hour_3", "date_3", "month_3", "oh_3")]
    assert sources == [Source.PBX, Source.PBX, Source.SPOKEN, Source.SPOKEN, Source.SPOKEN]


async def test_pieces_are_sounds_one_after_the_other(practice: Practice) -> None:
    library = practice.library({"en": {"bye": Entry("Bye.")}})
    await library.build({"en": {}})
    await library.complete()
    names = ["bye", "number_200", "number_15", "pause"]
    assert library.pieces("en", ("bye", 215, "pause")) == tuple(library.sound("en", name) for name in names)
    assert library.pieces("en", ("bye", 10_000)) == ()
    with pytest.raises(KeyError):
        library.pieces("en", ("by", 1))


async def test_pieces_are_made_after_the_rest_and_a_second_process_makes_none_again(practice: Practice) -> None:
    first, second = practice.library(), practice.library()
    await first.build({"en": {}})
    assert (practice.texts(), first.pieces("en", [7])) == ([], ())
    assert await first.complete() == ()
    texts = practice.texts()
    await second.build({"en": {}})
    await second.complete()
    assert (second.pieces("en", [7]), practice.texts()) == (first.pieces("en", [7]), texts)


async def test_pieces_that_a_caller_must_hear_now_are_made_before_all_others(practice: Practice) -> None:
    library = practice.library({"en": {"bye": Entry("Bye.")}})
    await library.build({"en": {}})
    said = await library.all_pieces("en", ("bye", 7, "pause", 7))
    assert ["seven" in text for text in practice.texts()] == [False, True]
    assert said == library.pieces("en", ("bye", 7, "pause", 7)) != ()
    assert library.pieces("en", [8]) == ()
    with pytest.raises(KeyError):
        await library.all_pieces("en", ("by", 1))


async def test_a_caller_who_hangs_up_meanwhile_takes_no_piece_away(practice: Practice) -> None:
    library = practice.library()
    await library.build({"en": {}})
    asked = asyncio.get_running_loop().create_task(library.all_pieces("en", [7]))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    await library.complete()
    assert library.pieces("en", [7]) != ()


async def test_without_any_voice_numbers_are_not_said_and_the_reason_is_told(practice: Practice) -> None:
    (practice.root / "bin" / "flite").unlink()
    (practice.root / "bin" / "espeak-ng").unlink()
    library = practice.library()
    await library.build({"en": {}})
    assert (await library.all_pieces("en", ["beep", 3]), library.missing()) == ((), ())
    missing = await library.complete()
    assert {each.name for each in missing} == spoken_entries("en").keys() - {"number_3"}
    assert "apt-get install" in missing[0].reason
    assert library.pieces("en", ["date_3"]) == ()


async def test_a_recording_that_came_is_in_force_once_it_is_made(practice: Practice) -> None:
    library = practice.library()
    await library.build(OWN)
    practice.record("recorded/en/welcome.wav", seconds=3.0)
    await library.renew("en", "welcome")
    assert seconds(library.sound("en", "welcome")) == pytest.approx(3.0, abs=0.05)
    with pytest.raises(KeyError):
        await library.renew("en", "welcom")


async def test_all_prompts_are_there_at_16_khz_too(practice: Practice) -> None:
    practice.record("recorded/en/welcome.wav", seconds=2.0)
    folders = PromptFolders((practice.root / "recorded",), practice.root / "cache")
    library = PromptLibrary({}, folders, VoiceSettings((practice.root / "bin",)), rate=16_000)
    await library.build({"en": {"welcome": Wording("Welcome.", "en")}})
    await library.complete()
    for name in ("welcome", "number_7", "music", "beep"):
        with wave.open(str(library.sound("en", name))) as file:
            assert file.getframerate() == 16_000
    with wave.open(str(library.sound("en", "welcome"))) as file:
        assert file.getnframes() == pytest.approx(32_000, abs=800)


# ---- the manifests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_shipped_manifests_have_every_generic_prompt_but_tone_and_pause(language: str) -> None:
    assert load_manifests([SHIPPED], [language])[language].keys() == GENERIC_PROMPTS - {BEEP, PAUSE}


def test_a_practices_own_texts_go_before_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("goodbye: See you!\n")
    manifests = load_manifests([tmp_path, SHIPPED], ["en", "fr"])
    assert manifests["en"]["goodbye"] == Entry("See you!")
    assert manifests["en"]["you_are_next"].asterisk == ("queue-youarenext",)
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
