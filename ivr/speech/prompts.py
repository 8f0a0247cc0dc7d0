"""Every sound that callers hear, made ready before the first call: a prompt is then a look into a dictionary.

A prompt is taken from, in this order,
    a recording              <recorded>/<language>/<name>.wav
    the PBX's own voice      <asterisk>/<language>/<sound>.wav ..., where the manifest names a fitting sound
    a synthesiser            of the text in the plan or in prompts/<language>.yaml
the music that callers wait with from
    a recording              <recorded>/<language>/music.wav, or <recorded>/music.wav for all languages
    ivr.speech.music
and kept in the cache folder as 8 kHz WAV, named by a hash of what it was made from.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from ivr.speech import music, wav
from ivr.speech.numbers import LARGEST, digit_sounds
from ivr.speech.tables import Table
from ivr.speech.tts import NoSynthesiser, SynthesisFailed, VoiceSettings, find_voice

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.menus.wording import Wording

BEEP = "beep"
MUSIC = "music"

_AT_A_TIME = 2  # synthesisers at once: a start must leave the other calls of this host a core
_SPOKEN_NUMBERS = 20  # where the PBX has no digits: further back in line, a number comforts nobody
_PROCESSING = "1"  # part of every cache name: raise it when sounds are trimmed or levelled in another way
_SAFE_NAME = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*")  # a name becomes a path: no slash, no ".."
_SAFE_SOUND = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A prompt of the manifest: what to say, and Asterisk's sound that says much the same, or ""."""

    text: str
    asterisk: str = ""


Manifest = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class PromptFolders:
    """`asterisk` is the folder that holds the PBX's sounds by language (/usr/share/asterisk/sounds), or None."""

    recorded: tuple[Path, ...]
    cache: Path
    asterisk: Path | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A prompt that callers would not hear."""

    language: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Wish:
    """One sound to be made: its place, and what it may be made from; `voice` is the text's language."""

    language: str
    name: str
    text: str = ""
    voice: str = ""
    asterisk: str = ""


class PromptLibrary:
    """services.Prompts. Nothing is there before `build`; a plan that changes is built anew and swapped as a whole."""

    def __init__(self, manifests: Mapping[str, Manifest], folders: PromptFolders, voices: VoiceSettings) -> None:
        self._manifests = manifests
        self._folders = folders
        self._voices = voices
        self._sounds: Mapping[tuple[str, str], Path] = {}
        self._missing: tuple[Missing, ...] = ()

    def sound(self, language: str, prompt: str) -> Path:
        return self._sounds[language, prompt]

    def number(self, language: str, number: int) -> tuple[Path, ...]:
        recorded = [self._sounds.get((language, piece)) for piece in digit_sounds(language, number)]
        if recorded and all(recorded):
            return tuple(piece for piece in recorded if piece)
        spoken = self._sounds.get((language, _number_name(number)))
        return (spoken,) if spoken else ()

    def missing(self) -> tuple[Missing, ...]:
        """What the last build could not make, and why. Numbers are no loss: callers are then told to hold."""
        return self._missing

    async def build(
        self, own: Mapping[str, Mapping[str, Wording]], progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Make all sounds of a plan: its `own` texts by language and name, and the manifest's of these languages.

        `progress` is told (done, total) after each. Raises ValueError for a name that could not be a file's.
        """
        wishes = list(self._wishes(own))
        sounds: dict[tuple[str, str], Path] = {}
        missing: list[Missing] = []
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def make(wish: _Wish) -> None:
            async with turns:
                try:
                    sounds[wish.language, wish.name] = await asyncio.to_thread(self._made, wish)
                except (NoSynthesiser, SynthesisFailed, wav.UnusableSound, OSError) as error:
                    missing.append(Missing(wish.language, wish.name, str(error)))
            if progress:
                progress(len(sounds) + len(missing), len(wishes))

        async with asyncio.TaskGroup() as group:
            for wish in wishes:
                group.create_task(make(wish))
        self._sounds = sounds
        self._missing = tuple(sorted((lost for lost in missing if not _is_number(lost.name)), key=_place))

    def _wishes(self, own: Mapping[str, Mapping[str, Wording]]) -> Iterator[_Wish]:
        for language, wordings in own.items():
            _refuse_unsafe([language, *wordings])
            for name, entry in self._manifests.get(language, {}).items():
                if name not in wordings:
                    yield _Wish(language, name, entry.text, language, entry.asterisk)
            for name, wording in wordings.items():
                yield _Wish(language, name, wording.text, wording.voice)
            yield from (_Wish(language, name) for name in (BEEP, MUSIC) if name not in wordings)
            yield from self._wished_numbers(language)

    def _wished_numbers(self, language: str) -> Iterator[_Wish]:
        """The PBX's digits if it has them all, else the first few numbers as prompts of their own."""
        digits = sorted({piece for number in range(LARGEST + 1) for piece in digit_sounds(language, number)})
        if digits and all(self._asterisk_file(language, piece) for piece in digits):
            yield from (_Wish(language, piece, asterisk=piece) for piece in digits)
        else:
            for number in range(_SPOKEN_NUMBERS + 1):
                yield _Wish(language, _number_name(number), str(number), language)

    # ---- one sound; in a thread ---------------------------------------------------------------------------------

    def _made(self, wish: _Wish) -> Path:
        if wish.name == MUSIC and not wish.text:
            return self._music(wish)
        if file := self._recorded_file(wish) or self._asterisk_file(wish.language, wish.asterisk):
            return self._imported(file)
        if wish.text:
            return self._spoken(wish)
        return self._cached("beep", lambda: wav.tone(hertz=1000, seconds=0.4))

    def _music(self, wish: _Wish) -> Path:
        file = self._recorded_file(wish)
        if file is None:
            return self._cached(f"music\0{music.VERSION}", music.compose)
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._cached(f"music\0{content}", lambda: music.levelled(wav.read(file)))

    def _imported(self, file: Path) -> Path:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._cached(f"{file.suffix}\0{content}", lambda: wav.for_callers(wav.read(file)))

    def _spoken(self, wish: _Wish) -> Path:
        voice = find_voice(wish.voice, self._voices)
        return self._cached(f"{voice.key}\0{wish.text}", lambda: voice.speak(wish.text))

    def _cached(self, made_from: str, make: Callable[[], wav.Sound]) -> Path:
        digest = hashlib.sha256(f"{_PROCESSING}\0{made_from}".encode()).hexdigest()
        path = self._folders.cache / f"{digest[:32]}.wav"
        if not path.exists():
            wav.write(path, make())
        return path

    def _recorded_file(self, wish: _Wish) -> Path | None:
        places = (wish.language, ".") if wish.name == MUSIC else (wish.language,)
        files = (folder / place / f"{wish.name}.wav" for folder in self._folders.recorded for place in places)
        return next((file for file in files if file.is_file()), None)

    def _asterisk_file(self, language: str, sound: str) -> Path | None:
        """Debian names a language's folder after its speaker (es_MX_f_Allison), Asterisk itself es."""
        if self._folders.asterisk is None or not sound:
            return None
        voices = [self._folders.asterisk / language, *sorted(self._folders.asterisk.glob(f"{language}_*"))]
        files = (voice / f"{sound}{suffix}" for voice in voices for suffix in wav.READABLE)
        return next((file for file in files if file.is_file()), None)


def load_manifests(folders: Sequence[Path], languages: Iterable[str]) -> Mapping[str, Manifest]:
    """The texts of <folder>/<language>.yaml; a folder goes before those after it. Raises tables.BadTable."""
    return {
        language: {
            name: entry
            for folder in reversed(folders)
            if (file := folder / f"{language}.yaml").is_file()
            for name, entry in _manifest(file).items()
        }
        for language in languages
    }


def _manifest(path: Path) -> Manifest:
    table = Table(path)
    manifest = {name: _entry(table, name, node) for name, node in table.entries(table.root(), "the manifest")}
    table.finish()
    return manifest


def _entry(table: Table, name: str, node: yaml.Node) -> Entry:
    if not _SAFE_NAME.fullmatch(name):
        table.mistake(node, f"'{name}' cannot be a prompt's name; use small letters, digits and _")
    if not isinstance(node, yaml.MappingNode):
        return Entry(table.text(node, f"'{name}'"))
    fields = {key: table.text(value, f"'{key}' of '{name}'") for key, value in table.entries(node, f"'{name}'")}
    if unknown := sorted(fields.keys() - {"text", "asterisk"}):
        table.mistake(node, f"'{unknown[0]}' of '{name}' is unknown; a prompt has 'text' and 'asterisk'")
    if "text" not in fields:
        table.mistake(node, f"'{name}' has no 'text'")
    if not _SAFE_SOUND.fullmatch(fields.get("asterisk", "x")):
        table.mistake(node, f"'{fields['asterisk']}' of '{name}' cannot be a sound of Asterisk's")
    return Entry(fields.get("text", ""), fields.get("asterisk", ""))


def _refuse_unsafe(names: list[str]) -> None:
    for name in names:
        if not _SAFE_NAME.fullmatch(name):
            raise ValueError(f"'{name}' cannot be a prompt's name: it would be a file's")


def _number_name(number: int) -> str:
    return f"number_{number}"


def _is_number(name: str) -> bool:
    return name.startswith(("number_", "digits/"))


def _place(lost: Missing) -> tuple[str, str]:
    return lost.language, lost.name
