"""Signs of an emergency in what a caller says: the clinician's list, word by word, before any guess at meaning.

A wording in the list is a sequence of words. In the caller's words they come in this order, with small gaps:

    chest PAIN         up to two other words between     "my chest really hurts"
    pain ... chest     up to seven other words between   "a pain in the left side of my chest"
    just+pain          directly one after the other      "just pain", not "just a little pain"
    = emergency        nothing else is said              "emergency"
    lips/face BLUE     alternatives; a name in capitals is one of the list's sets of words

Negation and other people's troubles raise as well ("no chest pain now", "my mother"): urgency only rises.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from ivr.services import RedFlag
from ivr.speech.tables import Table
from ivr.speech.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_GAP, _WIDE_GAP = 2, 7
_TOKEN = re.compile(r"\.\.\.|\+|[^\s+]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who answers for the list, when it was signed, and which version of it."""

    by: str
    date: dt.date
    version: str

    @property
    def is_example(self) -> bool:
        """True for the list that comes with the product: no clinician of this practice has signed it."""
        return self.by.startswith("EXAMPLE")


@dataclass(frozen=True, slots=True)
class Step:
    """The next word of a wording: any of `words`, after at most `gap` others."""

    words: frozenset[str]
    gap: int


@dataclass(frozen=True, slots=True)
class Wording:
    sign: str
    steps: tuple[Step, ...]
    alone: bool = False


class RedFlags:
    """The signed list, ready to match. One look at an utterance takes microseconds, so every partial gets one.

    `examples` are whole sentences by language, as callers say them: what a recogniser must be able to hear.
    """

    def __init__(
        self, signature: Signature, wordings: Sequence[Wording], examples: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.signature = signature
        self.examples = examples or {}
        self.signs = tuple(dict.fromkeys(wording.sign for wording in wordings))
        self._starting_with: dict[str, list[Wording]] = {}
        for wording in wordings:
            for word in sorted(wording.steps[0].words):
                self._starting_with.setdefault(word, []).append(wording)

    def find(self, readings: Sequence[str]) -> RedFlag | None:
        """The gravest sign (the list's order) in the first reading that has any. Every language's wordings count."""
        for reading in readings:
            found = list(self._in(words(reading)))
            if found:
                return min(found, key=lambda flag: self.signs.index(flag.sign))
        return None

    def signs_in(self, text: str) -> frozenset[str]:
        return frozenset(flag.sign for flag in self._in(words(text)))

    def _in(self, said: tuple[str, ...]) -> Iterator[RedFlag]:
        for start, word in enumerate(said):
            for wording in self._starting_with.get(word, ()):
                places = _places(wording.steps[1:], said, start)
                if places and not (wording.alone and len(said) > len(wording.steps)):
                    yield RedFlag(wording.sign, tuple(said[place] for place in places))


def _places(steps: Sequence[Step], said: Sequence[str], last: int) -> tuple[int, ...] | None:
    """Where the words of a wording are, the word at `last` being its first; None when the rest does not follow."""
    if not steps:
        return (last,)
    for place in range(last + 1, min(last + 2 + steps[0].gap, len(said))):
        if said[place] in steps[0].words and (rest := _places(steps[1:], said, place)):
            return (last, *rest)
    return None


# ---- the file ------------------------------------------------------------------------------------------------------


def load_red_flags(path: Path) -> RedFlags:
    """Raises tables.BadTable with file:line:column for each mistake."""
    table = Table(path)
    root = table.root()
    parts = dict(table.entries(root, "the list of red flags"))
    for name in ("signed", "signs"):
        if name not in parts:
            table.mistake(root, f"'{name}' is missing")
    for name in parts.keys() - {"signed", "words", "signs", "examples"}:
        table.mistake(parts[name], f"'{name}' is unknown; the list has 'signed', 'words', 'signs' and 'examples'")
    table.finish()
    sets = {
        language: {name: _plain(table, node, name) for name, node in table.entries(by_name, "the sets of words")}
        for language, by_name in (table.entries(parts["words"], "'words'") if "words" in parts else ())
    }
    signature = _signature(table, parts["signed"])
    wordings = tuple(_wordings(table, parts["signs"], sets))
    examples = _examples(table, parts["examples"], RedFlags(signature, wordings)) if "examples" in parts else {}
    table.finish()
    return RedFlags(signature, wordings, examples)


def _examples(table: Table, node: yaml.Node, flags: RedFlags) -> Mapping[str, Sequence[str]]:
    """By language; an example that does not raise its sign is a mistake of the list."""
    examples: dict[str, list[str]] = {}
    for sign, by_language in table.entries(node, "'examples'"):
        for language, listed in table.entries(by_language, f"the examples of '{sign}'"):
            for example in table.texts(listed, f"the examples of '{sign}'"):
                if sign not in flags.signs_in(example):
                    table.mistake(listed, f"'{example}' raises no '{sign}': add a wording that finds it")
                examples.setdefault(language, []).append(example)
    return examples


def _signature(table: Table, node: yaml.Node) -> Signature:
    fields = {name: table.text(value, f"'{name}'") for name, value in table.entries(node, "'signed'")}
    for name in ("by", "date", "version"):
        if name not in fields:
            table.mistake(node, f"'{name}' is missing: a list of red flags is signed by a clinician")
    try:
        date = dt.date.fromisoformat(fields.get("date", "0001-01-01"))
    except ValueError:
        table.mistake(node, f"date '{fields['date']}' is no date; write it as 2026-01-31")
        date = dt.date.min
    return Signature(fields.get("by", ""), date, fields.get("version", ""))


def _plain(table: Table, node: yaml.Node, name: str) -> frozenset[str]:
    return frozenset(word for text in table.texts(node, f"the words of {name}") for word in words(text))


def _wordings(table: Table, node: yaml.Node, sets: Mapping[str, Mapping[str, frozenset[str]]]) -> Iterator[Wording]:
    for sign, by_language in table.entries(node, "'signs'"):
        for language, listed in table.entries(by_language, f"sign '{sign}'"):
            if not isinstance(listed, yaml.SequenceNode):
                table.mistake(listed, f"the wordings of '{sign}' must be a list")
                continue
            for item in listed.value:
                if wording := _wording(table, item, sign, sets.get(language, {})):
                    yield wording


def _wording(table: Table, node: yaml.Node, sign: str, sets: Mapping[str, frozenset[str]]) -> Wording | None:
    text = table.text(node, f"a wording of '{sign}'")
    alone = text.startswith("=")
    steps: list[Step] = []
    gap = _GAP
    for token in _TOKEN.findall(text.removeprefix("=")):
        if token == "...":  # noqa: S105 - a token of the wording, no secret
            gap = _WIDE_GAP
        elif token == "+":  # noqa: S105
            gap = 0
        else:
            steps.append(Step(_alternatives(table, node, token, sets), 0 if alone else gap))
            gap = _GAP
    if not all(step.words for step in steps) or not steps:
        if text:
            table.mistake(node, f"'{text}' of '{sign}' has no words")
        return None
    return Wording(sign, tuple(steps), alone)


def _alternatives(table: Table, node: yaml.Node, token: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    meant: set[str] = set()
    for option in token.split("/"):
        if not option.isupper():
            meant.update(words(option))
        elif option in sets:
            meant |= sets[option]
        else:
            near = difflib.get_close_matches(option, sets, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            table.mistake(node, f"{option} is no set of words in this language{hint}")
            meant.add(option)
    return frozenset(meant)
