"""The clinician's list of red flags as a file: `signed`, `words`, `signs`, `ordinary`, `skip`, `examples`.

A wording is a sequence of words. In the caller's words they come in this order, with small gaps:

    chest PAIN         up to two other words between     "my chest really hurts"
    pain ... chest     up to seven other words between   "a pain in the left side of my chest"
    just+pain          directly one after the other      "just pain", not "just a little pain"
    chest & PAIN       in any order, up to four between  "it hurts in my chest"
    = emergency        nothing else is said              "emergency"
    lips/face BLUE     alternatives; a name in capitals is one of the list's sets of words
    bleed*             every word that begins so         "bleeds", "bleeding"
    180-260            a number from 180 to 260          "my blood pressure is 210"
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING

import yaml

from ivr.speech.meaning.red_flags import SHORTEST_BEGINNING, RedFlagList, RedFlags, Sign, Signature, Step, Wording
from ivr.speech.meaning.tables import Table
from ivr.speech.meaning.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_GAP, _NEAR_GAP, _WIDE_GAP = 2, 4, 7
_TOKEN = re.compile(r"\.\.\.|\+|[^\s+]+")
_RANGE = re.compile(r"(\d{1,4})-(\d{1,4})")
_PARTS = ("signed", "words", "signs", "ordinary", "skip", "examples")
_LANGUAGES = ("en", "es")
_YES = ("yes", "true")

_Sets = dict[str, dict[str, Step]]


def load_red_flags(path: Path) -> RedFlags:
    """Raises tables.BadTable with file:line:column for each mistake."""
    table = Table(path)
    root = table.root()
    parts = dict(table.entries(root, "the list of red flags"))
    for name in ("signed", "signs"):
        if name not in parts:
            table.mistake(root, f"'{name}' is missing")
    for name in parts.keys() - set(_PARTS):
        listed = ", ".join(f"'{part}'" for part in _PARTS[:-1])
        table.mistake(parts[name], f"'{name}' is unknown; the list has {listed} and '{_PARTS[-1]}'")
    table.finish()
    flags = RedFlags(_File(table, parts).read())
    table.finish()
    return flags


@dataclass(frozen=True, slots=True)
class _File:
    table: Table
    parts: Mapping[str, yaml.Node]

    def read(self) -> RedFlagList:
        sets: _Sets = {}
        for language, by_name in self._entries("words"):
            self._sets(language, by_name, sets)
        signs = [self._sign(name, node, sets) for name, node in self._entries("signs")]
        listed = RedFlagList(
            self._signature(self.parts["signed"]),
            tuple(sign for sign, _ in signs),
            tuple(wording for _, wordings in signs for wording in wordings),
            tuple(self._ordinary(sets)),
            frozenset(self._skipped()),
        )
        return replace(listed, examples=self._examples(RedFlags(listed)))

    def _entries(self, part: str) -> Iterator[tuple[str, yaml.Node]]:
        if part in self.parts:
            yield from self.table.entries(self.parts[part], f"'{part}'")

    # ---- the signature ----------------------------------------------------------------------------------------

    def _signature(self, node: yaml.Node) -> Signature:
        table = self.table
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

    # ---- signs ------------------------------------------------------------------------------------------------

    def _sign(self, name: str, node: yaml.Node, sets: _Sets) -> tuple[Sign, Sequence[Wording]]:
        called, crisis = {"en": name}, False
        wordings: list[Wording] = []
        for key, value in self.table.entries(node, f"sign '{name}'"):
            match key:
                case "called":
                    called |= self._called(value)
                case "crisis":
                    crisis = self.table.text(value, "'crisis'") in _YES
                case _ if key in _LANGUAGES:
                    wordings += self._wordings(value, name, sets.get(key, {}))
                case _:
                    self.table.mistake(value, f"'{key}' of sign '{name}' is unknown; write en, es, called or crisis")
        return Sign(name, called, crisis), wordings

    def _called(self, node: yaml.Node) -> dict[str, str]:
        return {language: self.table.text(said, "a name") for language, said in self.table.entries(node, "'called'")}

    def _ordinary(self, sets: _Sets) -> Iterator[Wording]:
        for language, node in self._entries("ordinary"):
            yield from self._wordings(node, "ordinary", sets.get(language, {}))

    def _skipped(self) -> Iterator[str]:
        for _, node in self._entries("skip"):
            for text in self.table.texts(node, "'skip'"):
                yield from words(text)

    def _examples(self, flags: RedFlags) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """An example that does not raise its sign is a mistake of the list."""
        examples: dict[str, dict[str, Sequence[str]]] = {}
        for sign, by_language in self._entries("examples"):
            for language, listed in self.table.entries(by_language, f"the examples of '{sign}'"):
                texts = self.table.texts(listed, f"the examples of '{sign}'")
                for example in texts:
                    if sign not in flags.signs_in(example):
                        self.table.mistake(listed, f"'{example}' raises no '{sign}': add a wording that finds it")
                examples.setdefault(sign, {})[language] = texts
        return examples

    # ---- wordings ---------------------------------------------------------------------------------------------

    def _sets(self, language: str, node: yaml.Node, sets: _Sets) -> None:
        """A set may name those above it."""
        known = sets.setdefault(language, {})
        for name, listed in self.table.entries(node, "the sets of words"):
            options = self.table.texts(listed, f"the words of {name}")
            known[name] = self._one_of(listed, options, known)

    def _wordings(self, node: yaml.Node, sign: str, sets: Mapping[str, Step]) -> Iterator[Wording]:
        if not isinstance(node, yaml.SequenceNode):
            self.table.mistake(node, f"the wordings of '{sign}' must be a list")
            return
        for item in node.value:
            yield from self._wording(item, sign, sets)

    def _wording(self, node: yaml.Node, sign: str, sets: Mapping[str, Step]) -> Iterator[Wording]:
        text = self.table.text(node, f"a wording of '{sign}'")
        alone = text.startswith("=")
        if "&" in text:
            parts = [self._one_of(node, part.strip().split("/"), sets) for part in text.split("&")]
            steps = tuple(replace(part, gap=_NEAR_GAP) for part in parts)
            orders = list(permutations(steps))
        else:
            steps = tuple(self._steps(node, text.removeprefix("="), sets, alone=alone))
            orders = [steps]
        if text and not (steps and all(step.words or step.beginnings for step in steps)):
            self.table.mistake(node, f"'{text}' of '{sign}' has no words")
        elif text:
            yield from (Wording(sign, order, alone) for order in orders)

    def _steps(self, node: yaml.Node, text: str, sets: Mapping[str, Step], *, alone: bool) -> Iterator[Step]:
        gap = _GAP
        for token in _TOKEN.findall(text):
            if token == "...":  # noqa: S105 - a token of the wording, no secret
                gap = _WIDE_GAP
            elif token == "+":  # noqa: S105
                gap = 0
            else:
                yield replace(self._one_of(node, token.split("/"), sets), gap=0 if alone else gap)
                gap = _GAP

    def _one_of(self, node: yaml.Node, options: Sequence[str], sets: Mapping[str, Step]) -> Step:
        meant: set[str] = set()
        beginnings: set[str] = set()
        for option in options:
            if option in sets:
                meant |= sets[option].words
                beginnings.update(sets[option].beginnings)
            elif option.isupper():
                self.table.mistake(node, f"{option} is no set of words in this language{_hint(option, sets)}")
                meant.add(option)
            elif bounds := _RANGE.fullmatch(option):
                meant.update(str(number) for number in range(int(bounds[1]), int(bounds[2]) + 1))
            elif option.endswith("*"):
                beginnings.add(self._beginning(node, option))
            else:
                meant.update(words(option))
        return Step(frozenset(meant), _GAP, tuple(sorted(beginnings)))

    def _beginning(self, node: yaml.Node, option: str) -> str:
        beginning = "".join(words(option.removesuffix("*")))
        if len(beginning) < SHORTEST_BEGINNING:
            self.table.mistake(node, f"'{option}' fits too many words: write {SHORTEST_BEGINNING} letters or more")
            return option
        return beginning


def _hint(option: str, sets: Mapping[str, Step]) -> str:
    near = difflib.get_close_matches(option, sets, 1)
    return f"; did you mean {near[0]}?" if near else ""
