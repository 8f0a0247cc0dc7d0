"""Callers who are to be called back: their numbers, and the calls that we place to them.

The engine knows a caller by the id of the first call, to the end. The PBX gives us another id for the call that we
place, the line. What is kept here leads from one to the other, also after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ivr.services import BACK_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Back:
    """One caller; `line` is the id of the call that was placed last, "" before the first. Agreed upon `at`."""

    call: str
    phi_number: str = field(repr=False)
    language: str
    line: str = ""
    at: float = 0.0


class BackRows(Protocol):
    """Kept on disk, the number sealed. Nothing raises: a disk that fails costs a callback over a restart, no call."""

    async def keep(self, back: Back) -> None:
        """In the place of what was kept of the call."""

    async def remove(self, call: str) -> None: ...

    async def all(self) -> Sequence[Back]: ...


class NoRows:
    """Nothing survives a restart."""

    async def keep(self, back: Back) -> None: ...

    async def remove(self, call: str) -> None: ...

    async def all(self) -> Sequence[Back]:
        return ()


class Backs:
    """All of them, in memory and by way of `rows` on disk."""

    def __init__(self, rows: BackRows) -> None:
        self._rows = rows
        self._backs: dict[str, Back] = {}
        self._calls: dict[str, str] = {}  # by line

    async def load(self) -> None:
        for back in await self._rows.all():
            self._remember(back)

    async def agreed(self, back: Back) -> None:
        self._remember(back)
        await self._rows.keep(back)

    async def dialled(self, call: str, line: str) -> Back | None:
        """A call is about to be placed; None for a caller of whom no number is kept."""
        if call not in self._backs:
            return None
        back = replace(self._backs[call], line=line)
        self._remember(back)
        await self._rows.keep(back)
        return back

    async def over(self, call: str) -> None:
        back = self._backs.pop(call, None)
        if back:
            self._calls.pop(back.line, None)
            await self._rows.remove(call)

    def of(self, call: str) -> Back | None:
        return self._backs.get(call)

    def line_of(self, call: str) -> str:
        """The PBX's id of the call that the caller is on, or was."""
        back = self._backs.get(call)
        return back.line if back and back.line else call

    def call_of(self, line: str) -> str | None:
        """The engine's id of a call of the PBX; None for a line that we placed and that is not the caller's now."""
        return self._calls.get(line) if line.startswith(BACK_PREFIX) else line

    def _remember(self, back: Back) -> None:
        before = self._backs.get(back.call)
        if before:
            self._calls.pop(before.line, None)
        self._backs[back.call] = back
        if back.line:
            self._calls[back.line] = back.call


def line_of_offer(offer: int) -> str:
    return f"{BACK_PREFIX}{offer}"


def offer_of_line(line: str) -> int | None:
    number = line.removeprefix(BACK_PREFIX)
    return int(number) if line.startswith(BACK_PREFIX) and number.isdigit() else None
