from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.speech.prompting.tts import NoSynthesiser, SynthesisFailed, VoiceSettings, find_voice, search_folders
from tests.speech.voices import asked, install

if TYPE_CHECKING:
    from pathlib import Path


def test_the_environments_folders_come_before_the_path() -> None:
    environment = {"CARELINE_SYNTHESISERS": "/a:/b", "PATH": "/usr/bin::/bin"}
    assert [str(folder) for folder in search_folders(environment)] == ["/a", "/b", "/usr/bin", "/bin"]
    assert search_folders({}) == ()


def test_the_best_installed_synthesiser_speaks_each_language(tmp_path: Path) -> None:
    install(tmp_path, "flite")
    install(tmp_path, "espeak-ng")
    settings = VoiceSettings((tmp_path,))
    assert find_voice("en", settings).key == "flite:rms"
    assert find_voice("es", settings).key == "espeak-ng:es-419"


def test_an_earlier_folder_wins(tmp_path: Path) -> None:
    for name in ("one", "two"):
        install(tmp_path / name, "flite")
    assert find_voice("en", VoiceSettings((tmp_path / "one", tmp_path / "two"))).command == tmp_path / "one" / "flite"


@pytest.mark.parametrize(
    ("choice", "key"),
    [("espeak-ng", "espeak-ng:en-us"), ("flite:slt", "flite:slt"), ("piper:/opt/v/en.onnx", "piper:/opt/v/en.onnx")],
)
def test_settings_choose_the_synthesiser_and_its_voice(tmp_path: Path, choice: str, key: str) -> None:
    for name in ("espeak-ng", "flite", "piper"):
        install(tmp_path, name)
    assert find_voice("en", VoiceSettings((tmp_path,), {"en": choice})).key == key


@pytest.mark.parametrize(
    ("language", "chosen", "message"),
    [
        ("en", {}, "`apt-get install flite espeak-ng`, or record the prompts as prompts/en/NAME.wav"),
        ("es", {}, "`apt-get install espeak-ng`, or record the prompts as prompts/es/NAME.wav"),
        ("en", {"en": "flit"}, "'flit', chosen for 'en', is no synthesiser that is known here; did you mean flite?"),
        ("en", {"en": "xyz"}, "choose piper, pico2wave, flite, text2wave or espeak-ng"),
        ("en", {"en": "piper"}, "piper has no voice for 'en' by itself; choose one as piper:VOICE"),
        ("es", {"es": "flite"}, "flite has no voice for 'es' by itself"),
        ("en", {"en": "flite"}, "flite, chosen for 'en', is not installed"),
    ],
)
def test_no_synthesiser_is_one_sentence_that_says_what_to_do(
    tmp_path: Path, language: str, chosen: dict[str, str], message: str
) -> None:
    with pytest.raises(NoSynthesiser) as failure:
        find_voice(language, VoiceSettings((tmp_path,), chosen))
    assert message in str(failure.value)
    assert "\n" not in str(failure.value)


def test_speech_is_made_for_callers(tmp_path: Path) -> None:
    install(tmp_path, "flite")
    sound = find_voice("en", VoiceSettings((tmp_path,))).speak("nine   chrs\n")
    assert (sound.dtype, len(sound)) == (np.int16, pytest.approx(7200, abs=200))


@pytest.mark.parametrize("text", ["-o /etc/passwd", "--help", "$(reboot); `x` & 'y'", "¿Qué? «ñ»"])
def test_a_text_is_never_an_option_nor_a_shells(tmp_path: Path, text: str) -> None:
    log = install(tmp_path, "flite")
    find_voice("en", VoiceSettings((tmp_path,))).speak(text)
    assert asked(log) == [repr((["-voice", "rms", "-f", "/dev/stdin", "-o"], text))]


def test_a_text_that_must_be_an_argument_stands_behind_the_options(tmp_path: Path) -> None:
    log = install(tmp_path, "pico2wave", before="sys.argv[-1] = sys.argv[4]")
    find_voice("en", VoiceSettings((tmp_path,))).speak("-l x")
    (line,) = asked(log)
    assert line.startswith("(['-l', 'en-US', '-w', ")
    assert line.endswith("'--'], '-l x')")


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ("sys.exit('cannot open\\n voice')", r"flite:rms failed \(1\) on 'hello': cannot open voice"),
        ("sys.exit(0)", "flite:rms made no speech of 'hello'"),
        ("open(sys.argv[-1], 'w').write('not a wav'); sys.exit(0)", "flite:rms made no speech of 'hello'"),
    ],
)
def test_a_synthesiser_that_fails_is_quoted(tmp_path: Path, before: str, message: str) -> None:
    install(tmp_path, "flite", before=before)
    with pytest.raises(SynthesisFailed, match=message):
        find_voice("en", VoiceSettings((tmp_path,))).speak("hello")


def test_a_command_that_is_no_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "flite").write_text("#!/nowhere/python\n")
    (tmp_path / "flite").chmod(0o755)
    with pytest.raises(SynthesisFailed, match="flite cannot be run"):
        find_voice("en", VoiceSettings((tmp_path,))).speak("hello")


@pytest.mark.live
@pytest.mark.parametrize(
    ("name", "language", "text"),
    [
        ("flite", "en", "-o x Please hold while I find someone for you."),
        ("espeak-ng", "en", "Please hold."),
        ("espeak-ng", "es", "¿En qué podemos ayudarle mañana?"),
    ],
)
def test_the_real_synthesisers_speak(name: str, language: str, text: str) -> None:
    """scripts/pbx fetch brings both."""
    voice = find_voice(language, VoiceSettings(search_folders(os.environ), {language: name}))
    assert 0.5 < len(voice.speak(text)) / 8000 < 6
