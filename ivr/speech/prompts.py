"""Every sound that callers hear, made ready before the first call: a prompt is then a look into a dictionary.

What a sound is made from is said in making.py; the pieces of numbers and dates are in numbers.py. Those of a family
are in one voice: the PBX's where it has all of them, else the synthesiser's; a recording goes before both.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr.menus.spoken import PAUSE
from ivr.speech import wav
from ivr.speech.making import BEEP, MUSIC, Made, Maker, PromptFolders, Wish
from ivr.speech.manifest import Entry, Manifest, is_safe, load_manifests
from ivr.speech.numbers import family, number_names, spoken_entries
from ivr.speech.tts import NoSynthesiser, SynthesisFailed, VoiceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ivr.menus.spoken import Piece
    from ivr.menus.wording import Wording

__all__ = ["BEEP", "MUSIC", "Entry", "Missing", "PromptFolders", "PromptLibrary", "load_manifests"]

_AT_A_TIME = 2  # synthesisers at once: a start must leave the other calls of this host a core

Key = tuple[str, str]
"""A prompt's language and name."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A prompt that callers would not hear."""

    language: str
    name: str
    reason: str


class PromptLibrary:
    """services.Prompts. Nothing is there before `build`; a plan that changes is built anew and swapped as a whole."""

    def __init__(
        self,
        manifests: Mapping[str, Manifest],
        folders: PromptFolders,
        voices: VoiceSettings,
        rate: int = wav.RATE_HZ,
    ) -> None:
        self._manifests = manifests
        self._maker = Maker(folders, voices, rate)
        self._wishes: Mapping[Key, Wish] = {}
        self._made: dict[Key, Made] = {}
        self._missing: tuple[Missing, ...] = ()

    def sound(self, language: str, prompt: str) -> Path:
        return self._made[language, prompt].path

    def pieces(self, language: str, pieces: Sequence[Piece]) -> tuple[Path, ...]:
        names = [name for piece in pieces for name in _names(piece, language)]
        if not all(names) or any(self._is_unsaid(language, name) for name in names):
            return ()
        return tuple(self.sound(language, name) for name in names)

    def made(self) -> Mapping[Key, Made]:
        """Every sound of the last build, and what it was made from."""
        return self._made

    def wishes(self, own: Mapping[str, Mapping[str, Wording]]) -> Mapping[Key, Wish]:
        """Every prompt that a `build` of these would make, and its text. Raises ValueError as it does."""
        return {(wish.language, wish.name): wish for wish in self._wished(own)}

    def missing(self) -> tuple[Missing, ...]:
        """What the last build could not make, and why. Numbers are no loss: callers are then told to hold."""
        return self._missing

    async def build(
        self, own: Mapping[str, Mapping[str, Wording]], progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Make all sounds of a plan: its `own` texts by language and name, and the manifest's of these languages.

        `progress` is told (done, total) after each. Raises ValueError for a name that could not be a file's.
        """
        wishes = self.wishes(own)
        made: dict[Key, Made] = {}
        missing: list[Missing] = []
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def make(wish: Wish) -> None:
            async with turns:
                try:
                    made[wish.language, wish.name] = await asyncio.to_thread(self._maker.made, wish)
                except (NoSynthesiser, SynthesisFailed, wav.UnusableSound, OSError) as error:
                    missing.append(Missing(wish.language, wish.name, str(error)))
            if progress:
                progress(len(made) + len(missing), len(wishes))

        async with asyncio.TaskGroup() as group:
            for wish in wishes.values():
                group.create_task(make(wish))
        self._wishes, self._made = wishes, made
        lost = (each for each in missing if each.name not in spoken_entries(each.language))
        self._missing = tuple(sorted(lost, key=lambda each: (each.language, each.name)))

    async def renew(self, language: str, name: str) -> None:
        """Make one prompt anew, from a recording that came or went; who is called from now on hears it.

        Raises KeyError for a prompt that the plan does not use, and what Maker.made raises.
        """
        wish = self._wishes[language, name]
        self._made[language, name] = await asyncio.to_thread(self._maker.made, wish)

    def _is_unsaid(self, language: str, name: str) -> bool:
        """A piece that nobody could say here; a plan is served without it."""
        return (language, name) not in self._made and name in spoken_entries(language)

    def _wished(self, own: Mapping[str, Mapping[str, Wording]]) -> Iterator[Wish]:
        for language, wordings in own.items():
            _refuse_unsafe([language, *wordings])
            entries = {**spoken_entries(language), **self._manifests.get(language, {})}
            generic = (Wish(language, name, each.text, language, each.asterisk) for name, each in entries.items())
            yield from self._in_one_voice(wish for wish in generic if wish.name not in wordings)
            for name, wording in wordings.items():
                yield Wish(language, name, wording.text, wording.voice)
            yield from (Wish(language, name) for name in (BEEP, MUSIC, PAUSE) if name not in wordings)

    def _in_one_voice(self, wishes: Iterator[Wish]) -> Iterator[Wish]:
        """The same, without Asterisk's sounds for a family that Asterisk could not say as a whole."""
        families: defaultdict[str, list[Wish]] = defaultdict(list)
        for wish in wishes:
            families[family(wish.name)].append(wish)
        for name, some in families.items():
            whole = not name or all(self._maker.asterisk_files(wish.language, wish.asterisk) for wish in some)
            yield from some if whole else (replace(wish, asterisk=()) for wish in some)


def _names(piece: Piece, language: str) -> tuple[str, ...]:
    """A piece's prompts; ("",) for a number that cannot be said."""
    return (piece,) if isinstance(piece, str) else number_names(piece, language) or ("",)


def _refuse_unsafe(names: list[str]) -> None:
    for name in names:
        if not is_safe(name):
            raise ValueError(f"'{name}' cannot be a prompt's name: it would be a file's")
