"""Prompts as text: a sound is a name that the text can be looked up by, and no file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LARGEST = 9999


class TextPrompts:
    """services.Prompts over texts by language and name; later `texts` win over earlier ones."""

    def __init__(self, *texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = {
            Path(language, name): text
            for each in texts
            for language, named in each.items()
            for name, text in named.items()
        }

    def sound(self, language: str, prompt: str) -> Path:
        path = Path(language, prompt)
        if path not in self._texts:
            raise KeyError(prompt)
        return path

    def pieces(self, language: str, pieces: Sequence[str | int]) -> tuple[Path, ...]:
        if any(isinstance(piece, int) and not 0 <= piece <= LARGEST for piece in pieces):
            return ()
        return tuple(self._piece(language, piece) for piece in pieces)

    async def all_pieces(self, language: str, pieces: Sequence[str | int]) -> tuple[Path, ...]:
        """A text is there at once."""
        return self.pieces(language, pieces)

    async def renew(self, language: str, prompt: str) -> None:
        """A text stays what it is."""
        self.sound(language, prompt)

    async def complete(self) -> tuple[()]:
        """As PromptLibrary.complete: nothing was left for later."""
        return ()

    def _piece(self, language: str, piece: str | int) -> Path:
        return self.sound(language, piece) if isinstance(piece, str) else Path(language, "number", str(piece))

    def text(self, sound: Path) -> str:
        """What a sound says; a sound of elsewhere says its own name."""
        return self._texts.get(sound, sound.name)
