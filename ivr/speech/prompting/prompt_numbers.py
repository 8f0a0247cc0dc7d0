"""Short numbers of prompts, for the keys of a telephone: given once, and the same for ever.

{"en/welcome": 101, "es/welcome": 102, ...} in numbers.json, in the folder of the recordings.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FIRST = 101  # three keys, so that nobody confuses them with what a key of a menu does

_NAME = "numbers.json"

Key = tuple[str, str]
"""A prompt's language and name."""


def numbers_in(folder: Path) -> Mapping[Key, int]:
    """Those given so far; none where the file is not there, or broken: they are then given anew."""
    try:
        known = json.loads((folder / _NAME).read_text("utf-8"))
        return {(language, name): int(number) for path, number in known.items() for language, name in [path.split("/")]}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def give_numbers(folder: Path, prompts: Iterable[Key]) -> Mapping[Key, int]:
    """Every prompt's number; those without one get the next free ones, in alphabetical order. Raises OSError."""
    known = dict(numbers_in(folder))
    new = sorted(set(prompts) - known.keys())
    if not new:
        return known
    known |= dict(zip(new, range(max(known.values(), default=FIRST - 1) + 1, 100_000), strict=False))
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{_NAME}.part"
    part.write_text(json.dumps({"/".join(key): number for key, number in known.items()}, indent=0), "utf-8")
    part.replace(folder / _NAME)
    return known
