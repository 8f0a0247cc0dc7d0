"""One sound made for callers, from the best that there is for it, and kept in the cache by what it was made from.

A prompt is taken from, in this order,
    a recording              <recorded>/<language>/<name>.wav
    the PBX's own voice      <asterisk>/<language>/<sound>.wav ..., one after the other where there are several
    a synthesiser            of the text in the plan, in prompts/<language>.yaml or in numbers.py
the music that callers wait with from
    a recording              <recorded>/<language>/music.wav, or <recorded>/music.wav for all languages
    ivr.speech.prompting.music
a queue's own music from
    a recording              <recorded>/<language>/<music>.wav, or <recorded>/<music>.wav for all languages
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from ivr.menus.words.spoken import PAUSE
from ivr.speech.prompting import music
from ivr.speech.prompting.tts import VoiceSettings, find_voice
from ivr.speech.sound import wav

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEEP = "beep"
MUSIC = "music"
QUEUE_MUSIC = "music."  # and the name of the recording, see ivr.menus.words.wording

_PAUSE_SECONDS = 0.35  # between groups of digits: as long as people take for it
_PROCESSING = "3"  # part of every cache name: raise it when sounds are trimmed or levelled in another way


class Source(StrEnum):
    """What a sound was made from."""

    RECORDED = "recorded"
    PBX = "the PBX's voice"
    SPOKEN = "synthesised"
    TONE = "made by Careline"


@dataclass(frozen=True, slots=True)
class PromptFolders:
    """`asterisk` is the folder that holds the PBX's sounds by language (/usr/share/asterisk/sounds), or None."""

    recorded: tuple[Path, ...]
    cache: Path
    asterisk: Path | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One sound to be made: its place, and what it may be made from; `voice` is the text's language.

    A piece is a part of numbers and dates, which nothing waits for at the start.
    """

    language: str
    name: str
    text: str = ""
    voice: str = ""
    asterisk: tuple[str, ...] = ()
    is_piece: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A sound as callers hear it. `origin` is the recording, Asterisk's sounds, or the synthesiser and its voice."""

    path: Path
    source: Source
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes sounds; all of it blocks, for a synthesiser's time at most. `rate` is 8000 or 16000."""

    folders: PromptFolders
    voices: VoiceSettings
    rate: int = wav.RATE_HZ

    def made(self, wish: Wish) -> Made:
        """Raises NoSynthesiser, SynthesisFailed, wav.UnusableSound, OSError."""
        if file := self.recording(wish.language, wish.name):
            return self._recorded(wish, file)
        if sounds := self.asterisk_files(wish.language, wish.asterisk):
            return self._said_by_asterisk(wish, sounds)
        if wish.text:
            return self._spoken(wish)
        if wish.name.startswith(QUEUE_MUSIC):
            missing = wish.name.removeprefix(QUEUE_MUSIC)
            raise wav.UnusableSound(f"{missing}.wav, the music of a queue, is in none of the folders of recordings")
        return self._toned(wish)

    def recording(self, language: str, name: str) -> Path | None:
        """The practice's own recording of a prompt."""
        places = (language, ".") if _is_music(name) else (language,)
        file_name = f"{name.removeprefix(QUEUE_MUSIC)}.wav"
        files = (folder / place / file_name for folder in self.folders.recorded for place in places)
        return next((file for file in files if file.is_file()), None)

    def asterisk_files(self, language: str, sounds: tuple[str, ...]) -> tuple[Path, ...]:
        """The files of Asterisk's sounds, all of them or none."""
        found = [self._asterisk_file(language, sound) for sound in sounds]
        return tuple(file for file in found if file) if all(found) else ()

    def _asterisk_file(self, language: str, sound: str) -> Path | None:
        """Debian names a language's folder after its speaker (es_MX_f_Allison), Asterisk itself es."""
        if self.folders.asterisk is None:
            return None
        voices = [self.folders.asterisk / language, *sorted(self.folders.asterisk.glob(f"{language}_*"))]
        files = (voice / f"{sound}{suffix}" for voice in voices for suffix in wav.READABLE)
        return next((file for file in files if file.is_file()), None)

    def _recorded(self, wish: Wish, file: Path) -> Made:
        prepare = music.levelled if _is_music(wish.name) else self._for_callers
        name = f"{_is_music(wish.name)}\0{file.suffix}\0{_digest(file)}"
        return Made(self._cached(name, lambda: prepare(self._read(file))), Source.RECORDED, str(file))

    def _said_by_asterisk(self, wish: Wish, files: tuple[Path, ...]) -> Made:
        def joined() -> wav.Sound:
            return np.concatenate([self._for_callers(self._read(file)) for file in files])

        digests = "\0".join(f"{file.suffix}\0{_digest(file)}" for file in files)
        return Made(self._cached(f"asterisk\0{digests}", joined), Source.PBX, " ".join(wish.asterisk))

    def _spoken(self, wish: Wish) -> Made:
        voice = find_voice(wish.voice, self.voices)
        path = self._cached(f"{voice.key}\0{wish.text}", lambda: voice.speak(wish.text, self.rate))
        return Made(path, Source.SPOKEN, voice.key)

    def _toned(self, wish: Wish) -> Made:
        makers: dict[str, Callable[[], wav.Sound]] = {
            MUSIC: lambda: wav.at_rate(music.compose(), wav.RATE_HZ, self.rate),
            PAUSE: lambda: wav.silence(_PAUSE_SECONDS, self.rate),
        }
        make = makers.get(wish.name, lambda: wav.tone(1000, 0.4, self.rate))
        return Made(self._cached(f"{wish.name}\0{music.VERSION}", make), Source.TONE)

    def _read(self, file: Path) -> wav.Sound:
        return wav.read(file, self.rate)

    def _for_callers(self, sound: wav.Sound) -> wav.Sound:
        return wav.for_callers(sound, self.rate)

    def _cached(self, made_from: str, make: Callable[[], wav.Sound]) -> Path:
        digest = hashlib.sha256(f"{_PROCESSING}\0{self.rate}\0{made_from}".encode()).hexdigest()
        path = self.folders.cache / f"{digest[:32]}.wav"
        if not path.exists():
            wav.write(path, make(), self.rate)
        return path


def _is_music(name: str) -> bool:
    return name == MUSIC or name.startswith(QUEUE_MUSIC)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
