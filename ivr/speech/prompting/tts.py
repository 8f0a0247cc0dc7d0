"""Speech from text by a synthesiser that is installed on this host, run as a command.

Texts are a plan's prompts, never patients' words. They reach the command on its standard input, or as an argument
behind `--`: no text is ever taken for an option, and no shell reads it.
"""

from __future__ import annotations

import difflib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.speech.sound import wav

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 60.0  # a long prompt takes flite 0.1 s; a synthesiser that hangs must not hold up the start
_LONGEST_COMPLAINT = 200  # characters of a synthesiser's own words that we pass on


class NoSynthesiser(Exception):  # noqa: N818 - named for the state of the host
    """No synthesiser for the language is installed, or the chosen one is not; the message says what to do."""


class SynthesisFailed(Exception):  # noqa: N818 - says what happened
    """The synthesiser ran and made no speech; the message has its own words."""


@dataclass(frozen=True, slots=True)
class Synthesiser:
    """A command. `arguments` may hold {voice}, {wav} (the file to write) and {text}; the text is on its input as well.

    `voices` has the voice that we take for a language unless another is chosen; a language without one needs a choice.
    """

    name: str
    arguments: tuple[str, ...]
    voices: Mapping[str, str]


SYNTHESISERS = (  # the best first
    Synthesiser("piper", ("--model", "{voice}", "--output_file", "{wav}"), {}),
    Synthesiser("pico2wave", ("-l", "{voice}", "-w", "{wav}", "--", "{text}"), {"en": "en-US", "es": "es-ES"}),
    Synthesiser("flite", ("-voice", "{voice}", "-f", "/dev/stdin", "-o", "{wav}"), {"en": "rms"}),
    Synthesiser("text2wave", ("-o", "{wav}"), {"en": "default"}),
    Synthesiser("espeak-ng", ("-v", "{voice}", "-s", "145", "--stdin", "-w", "{wav}"), {"en": "en-us", "es": "es-419"}),
)


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """`chosen`: by language a synthesiser's name, or name:voice ("flite:slt", "piper:/opt/voices/es_MX.onnx").

    `folders` are searched for the commands, in order; `search_folders` makes them from the environment.
    """

    folders: tuple[Path, ...]
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthesiser found on this host, with the voice to use."""

    synthesiser: Synthesiser
    command: Path
    name: str

    @property
    def key(self) -> str:
        """What tells its speech from another voice's."""
        return f"{self.synthesiser.name}:{self.name}"

    def speak(self, text: str, rate: int = wav.RATE_HZ) -> wav.Sound:
        """The text spoken, ready for callers. Blocks for the time of synthesis; raises SynthesisFailed."""
        plain = " ".join(text.split())
        with tempfile.TemporaryDirectory(prefix="careline-voice-") as folder:
            made = Path(folder) / "speech.wav"
            self._run(plain, made)
            try:
                return wav.for_callers(wav.read(made, rate), rate)
            except (OSError, wav.UnusableSound) as error:
                raise SynthesisFailed(f"{self.key} made no speech of '{plain}'") from error

    def _run(self, text: str, made: Path) -> None:
        filled = [part.format(voice=self.name, wav=made, text=text) for part in self.synthesiser.arguments]
        try:
            subprocess.run(  # noqa: S603 - a command of the table above, without a shell
                [self.command, *filled], input=text.encode(), capture_output=True, timeout=_TIMEOUT_SECONDS, check=True
            )
        except subprocess.CalledProcessError as error:
            complaint = " ".join(error.stderr.decode(errors="replace").split())[:_LONGEST_COMPLAINT]
            raise SynthesisFailed(f"{self.key} failed ({error.returncode}) on '{text}': {complaint}") from error
        except subprocess.TimeoutExpired as error:
            raise SynthesisFailed(f"{self.key} took over {_TIMEOUT_SECONDS:.0f} s for '{text}'") from error
        except OSError as error:
            raise SynthesisFailed(f"{self.command} cannot be run: {error.strerror}") from error


def search_folders(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """CARELINE_SYNTHESISERS (folders, separated by colons) before PATH."""
    both = (environment.get("CARELINE_SYNTHESISERS", ""), environment.get("PATH", ""))
    return tuple(Path(folder) for some in both for folder in some.split(":") if folder)


def find_voice(language: str, settings: VoiceSettings) -> Voice:
    """The chosen voice of a language, else the best that is installed. Raises NoSynthesiser."""
    if language in settings.chosen:
        return _chosen_voice(language, settings)
    for synthesiser in SYNTHESISERS:
        if (voice := synthesiser.voices.get(language)) and (command := _command(synthesiser, settings)):
            return Voice(synthesiser, command, voice)
    packages = "flite espeak-ng" if language == "en" else "espeak-ng"
    raise NoSynthesiser(
        f"no speech synthesiser for '{language}' is installed: `apt-get install {packages}`, "
        f"or record the prompts as prompts/{language}/NAME.wav"
    )


def _chosen_voice(language: str, settings: VoiceSettings) -> Voice:
    name, _, voice = settings.chosen[language].partition(":")
    synthesiser = next((known for known in SYNTHESISERS if known.name == name), None)
    if synthesiser is None:
        names = [known.name for known in SYNTHESISERS]
        near = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"choose {', '.join(names[:-1])} or {names[-1]}"
        raise NoSynthesiser(f"'{name}', chosen for '{language}', is no synthesiser that is known here; {hint}")
    voice = voice or synthesiser.voices.get(language, "")
    if not voice:
        raise NoSynthesiser(f"{name} has no voice for '{language}' by itself; choose one as {name}:VOICE")
    command = _command(synthesiser, settings)
    if command is None:
        raise NoSynthesiser(f"{name}, chosen for '{language}', is not installed; install it or choose another")
    return Voice(synthesiser, command, voice)


def _command(synthesiser: Synthesiser, settings: VoiceSettings) -> Path | None:
    path = ":".join(str(folder) for folder in settings.folders)
    found = shutil.which(synthesiser.name, path=path) if path else None
    return Path(found) if found else None
