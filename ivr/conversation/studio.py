"""What the recording of prompts by telephone asks of the world: a place for takes, and for those that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A prompt in a language."""

    language: str
    name: str


class Spoiled(Exception):  # noqa: N818 - what became of a take
    """A take that callers could not be given; `prompt` is the name of the prompt that says why."""

    def __init__(self, prompt: str) -> None:
        super().__init__(prompt)
        self.prompt = prompt


class Studio(Protocol):
    async def place(self, number: int) -> Place | None:
        """The prompt that `careline prompts list` shows with this number."""

    def draft(self, call: str) -> Path:
        """A file for the call's takes, one after the other."""

    async def proof(self, draft: Path) -> Path:
        """A take as callers would hear it. Raises Spoiled."""

    async def keep(self, place: Place, draft: Path, *, who: str, at: float) -> None:
        """Make a take the prompt's recording, for good; `at` in seconds since the epoch. Raises Spoiled."""

    def forget(self, draft: Path) -> None:
        """The takes are not needed any more; those that were kept are elsewhere."""


class NoStudio:
    """Where nothing can be recorded: no prompt has a number."""

    async def place(self, number: int) -> Place | None:  # noqa: ARG002 - none of them
        return None

    def draft(self, call: str) -> Path:
        raise AssertionError(call)  # only for a place

    async def proof(self, draft: Path) -> Path:
        raise AssertionError(draft)

    async def keep(self, place: Place, draft: Path, *, who: str, at: float) -> None:
        raise AssertionError(place, draft, who, at)

    def forget(self, draft: Path) -> None: ...
