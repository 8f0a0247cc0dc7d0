"""Every sound that callers hear, ready before it is needed: a prompt is then a look into a dictionary.

    build        what any caller may hear, before the first call; nobody is served while one of these is missing
    complete     then, while calls are served, the hundreds of pieces that numbers and dates are said with
    all_pieces   those that a caller needs now, made at once if it is not their turn yet

What a sound is made from is said in making.py; the pieces of numbers and dates are in numbers.py. Those of a family
are in one voice: the PBX's where it has all of them, else the synthesiser's; a recording goes before both.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr.menus.words.spoken import PAUSE
from ivr.speech.prompting.making import BEEP, MUSIC, Made, Maker, PromptFolders, Wish
from ivr.speech.prompting.manifest import Entry, Manifest, is_safe, load_manifests
from ivr.speech.prompting.numbers import family, number_names, spoken_entries
from ivr.speech.prompting.tts import NoSynthesiser, SynthesisFailed, VoiceSettings
from ivr.speech.sound import wav

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ivr.menus.words.spoken import Piece
    from ivr.menus.words.wording import Wording

__all__ = ["BEEP", "MUSIC", "Entry", "Missing", "PromptFolders", "PromptLibrary", "load_manifests"]

_AT_A_TIME = 2  # synthesisers at once: a start must leave the other calls of this host a core

_FAULTS = (NoSynthesiser, SynthesisFailed, wav.UnusableSound, OSError)

Key = tuple[str, str]
"""A prompt's language and name."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A prompt that callers would not hear."""

    language: str
    name: str
    reason: str


class PromptLibrary:
    """services.Prompts. Nothing is there before `build`; a plan that changes is built anew and swapped as a whole.

    Each sound is in the cache once it is made: whatever stops this process, the next one goes on from there.
    """

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
        self._later: dict[Key, Wish] = {}
        self._missing: tuple[Missing, ...] = ()

    def sound(self, language: str, prompt: str) -> Path:
        return self._made[language, prompt].path

    def pieces(self, language: str, pieces: Sequence[Piece]) -> tuple[Path, ...]:
        names = [name for piece in pieces for name in _names(piece, language)]
        if not all(names) or any(self._is_unsaid(language, name) for name in names):
            return ()
        return tuple(self.sound(language, name) for name in names)

    async def all_pieces(self, language: str, pieces: Sequence[Piece]) -> tuple[Path, ...]:
        names = dict.fromkeys(name for piece in pieces for name in _names(piece, language))
        async with asyncio.TaskGroup() as group:
            for wish in [self._later[language, name] for name in names if (language, name) in self._later]:
                group.create_task(self._make_piece(wish))
        return self.pieces(language, pieces)

    def made(self) -> Mapping[Key, Made]:
        """Every sound that is ready, and what it was made from."""
        return self._made

    def wishes(self, own: Mapping[str, Mapping[str, Wording]]) -> Mapping[Key, Wish]:
        """Every prompt that a `build` of these would make, and its text. Raises ValueError as it does."""
        return {(wish.language, wish.name): wish for wish in self._wished(own)}

    def missing(self) -> tuple[Missing, ...]:
        """What the last build could not make, and why."""
        return self._missing

    async def build(
        self, own: Mapping[str, Mapping[str, Wording]], progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Make the sounds of a plan: its `own` texts by language and name, and the manifest's of these languages.

        `progress` is told (done, total) after each. Raises ValueError for a name that could not be a file's.
        """
        wishes = self.wishes(own)
        later = {key: wish for key, wish in wishes.items() if wish.is_piece}
        made: dict[Key, Made] = {}
        missing: list[Missing] = []
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def make(wish: Wish) -> None:
            async with turns:
                try:
                    made[wish.language, wish.name] = await asyncio.to_thread(self._maker.made, wish)
                except _FAULTS as error:
                    missing.append(Missing(wish.language, wish.name, str(error)))
            if progress:
                progress(len(made) + len(missing), len(wishes) - len(later))

        async with asyncio.TaskGroup() as group:
            for key in wishes.keys() - later.keys():
                group.create_task(make(wishes[key]))
        self._wishes, self._made, self._later = wishes, made, later
        self._missing = tuple(sorted(missing, key=lambda each: (each.language, each.name)))

    async def complete(self) -> tuple[Missing, ...]:
        """Make the pieces that `build` left for later, one at a time; those that nobody could say here, and why.

        These are no loss that callers notice: what cannot be said is left out.
        """
        tried = [await self._make_piece(wish) for key, wish in tuple(self._later.items()) if key in self._later]
        return tuple(missing for missing in tried if missing)

    async def _make_piece(self, wish: Wish) -> Missing | None:
        """Two at the same piece do no harm: both make the same file."""
        key, missing = (wish.language, wish.name), None
        try:
            self._made[key] = await asyncio.to_thread(self._maker.made, wish)
        except _FAULTS as error:
            missing = Missing(*key, str(error))
        self._later.pop(key, None)  # not when cancelled: a caller hung up
        return missing

    async def renew(self, language: str, name: str) -> None:
        """Make one prompt anew, from a recording that came or went; who is called from now on hears it.

        Raises KeyError for a prompt that the plan does not use, and what Maker.made raises.
        """
        wish = self._wishes[language, name]
        self._later.pop((language, name), None)
        self._made[language, name] = await asyncio.to_thread(self._maker.made, wish)

    def _is_unsaid(self, language: str, name: str) -> bool:
        """A piece that nobody could say here, or could not yet; a plan is served without it."""
        return (language, name) not in self._made and name in spoken_entries(language)

    def _wished(self, own: Mapping[str, Mapping[str, Wording]]) -> Iterator[Wish]:
        for language, wordings in own.items():
            _refuse_unsafe([language, *wordings])
            pieces, others = spoken_entries(language), self._manifests.get(language, {})
            generic = (
                Wish(language, name, each.text, language, each.asterisk, is_piece=name in pieces)
                for name, each in {**pieces, **others}.items()
            )
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
