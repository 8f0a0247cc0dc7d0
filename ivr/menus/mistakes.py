"""What is wrong in a plan, and where: a sentence for whoever wrote the line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

Path = tuple[str | int, ...]
"""The way to a value inside a plan: ("menus", "main", "choices", 1, "go")."""
KEY = "[key]"
"""The last step of a path whose key, not value, is wrong; pydantic's own."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """A mistake or a warning; line and column count from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class PlanErrors(UserError):  # noqa: N818 - it holds all of them, not one
    """The plan has mistakes and nothing of it was loaded; str() gives one a line."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a place of the plan; a `warning` keeps nobody from loading it.

    `column`, from 1, is where inside of the text that stands there.
    """

    path: Path
    text: str
    warning: bool = False
    column: int = 1


def suggestion(word: str, known: Iterable[str]) -> str:
    """The likely fix: `; did you mean 'appointments'?`, or "" when nothing is near."""
    near = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


_SINGULAR = {
    "capacity": "capacity",
    "choices": "choice",
    "closures": "closure",
    "codes": "code",
    "exits": "exit",
    "intents": "intent",
    "language_keys": "language key",
    "menus": "menu",
    "numbers": "number",
    "people": "person",
    "preferred": "list",
    "prompts": "prompt",
    "queues": "queue",
    "hours": "hours",
    "rotas": "rota",
    "sites": "site",
    "skills": "skill",
    "slots": "slot",
    "values": "value",
    "voicemail": "voicemail box",
}
_NUMBERED = {
    "alert": "alert",
    "ladder": "rung",
    "overflow": "overflow",
    "refuse": "refusal",
    "shifts": "shift",
    "steps": "step",
    "swaps": "swap",
    "weekly": "week",
}


def place(path: Path) -> str:
    """Name a place in words: `'go' of choice '1' of menu 'main'`; the whole is "the plan"."""
    parts: list[str] = []
    rest = list(path)
    while rest:
        head = rest.pop(0)
        is_section = head in _SINGULAR and (head != "hours" or not parts)  # a callback's hours have no name
        if is_section and rest and not isinstance(head, int):
            parts.append(f"{_SINGULAR[head]} '{rest.pop(0)}'")
        elif head in _NUMBERED and rest and isinstance(rest[0], int):
            parts.append(f"{_NUMBERED[str(head)]} {int(rest.pop(0)) + 1}")
        elif isinstance(head, int):
            parts.append(f"item {head + 1}")
        else:
            parts.append(f"'{head}'")
    return " of ".join(reversed(parts)) or "the plan"
