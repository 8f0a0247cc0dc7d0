"""The texts of prompts: <folder>/<language>.yaml, each a name with what to say, or with Asterisk's sounds for it, too.

goodbye: Thank you for calling. Goodbye.
month_1: {text: January, asterisk: digits/mon-0}
noon: {text: at noon, asterisk: digits/at digits/12 digits/p-m}      several sounds, one after the other
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from ivr.speech.meaning.tables import Table

if TYPE_CHECKING:
    from pathlib import Path

_SAFE_NAME = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*")  # a name becomes a path: no slash, no ".."
_SAFE_SOUND = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A prompt: what to say, and the sounds of Asterisk's that say much the same, or ()."""

    text: str
    asterisk: tuple[str, ...] = ()


Manifest = Mapping[str, Entry]


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


def is_safe(name: str) -> bool:
    """Whether the name can be a file's."""
    return bool(_SAFE_NAME.fullmatch(name))


def _manifest(path: Path) -> Manifest:
    table = Table(path)
    manifest = {name: _entry(table, name, node) for name, node in table.entries(table.root(), "the manifest")}
    table.finish()
    return manifest


def _entry(table: Table, name: str, node: yaml.Node) -> Entry:
    if not is_safe(name):
        table.mistake(node, f"'{name}' cannot be a prompt's name; use small letters, digits and _")
    if not isinstance(node, yaml.MappingNode):
        return Entry(table.text(node, f"'{name}'"))
    fields = {key: table.text(value, f"'{key}' of '{name}'") for key, value in table.entries(node, f"'{name}'")}
    if unknown := sorted(fields.keys() - {"text", "asterisk"}):
        table.mistake(node, f"'{unknown[0]}' of '{name}' is unknown; a prompt has 'text' and 'asterisk'")
    if "text" not in fields:
        table.mistake(node, f"'{name}' has no 'text'")
    sounds = tuple(fields.get("asterisk", "").split())
    for sound in sounds:
        if not _SAFE_SOUND.fullmatch(sound):
            table.mistake(node, f"'{sound}' of '{name}' cannot be a sound of Asterisk's")
    return Entry(fields.get("text", ""), sounds)
