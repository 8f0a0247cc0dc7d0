"""What callers of a practice say: sentences expanded from templates and the plan's own phrases.

A template is a sentence with `{slot}`s; a slot's alternatives may hold slots again; "" is nothing said. Every template
gives at most an equal share of the sentences, picked evenly over all its combinations, so the result is the same on
every run. The templates of a language are `carriers/<language>.yaml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import resources
from math import gcd, prod
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SENTENCES = 16_000  # more makes the model no better, only slower to build
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SLOT = re.compile(r"\{(\w+)\}")
SAID_AS = {"dr": "doctor", "mr": "mister", "mrs": "missus"}


def words(text: str) -> list[str]:
    """The words as the dictionaries spell them: lower case, plain apostrophes, no marks; numerals are left out."""
    found = (word.replace("’", "'") for word in WORD.findall(text.lower()))
    return [SAID_AS.get(word, word) for word in found]


@dataclass(frozen=True)
class Templates:
    """`slots` without the plan's three (action, thing, statement); `spoken` are whole sentences of callers."""

    slots: Mapping[str, Sequence[str]]
    sentences: Sequence[str]
    action_verbs: Sequence[str] = ()
    statement_openers: Sequence[str] = ()
    pronunciations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    spoken: Sequence[str] = ()

    @staticmethod
    def of(language: str) -> Templates:
        """The shipped carriers; a language without any gets the phrases as they stand."""
        file = resources.files("ivr.speech") / "carriers" / f"{language}.yaml"
        if not file.is_file():
            return Templates({}, ("{action}", "{thing}", "{statement}"))
        # The base loader keeps "yes", "no" and "on" the words that they are.
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - yields strings only
        return Templates(
            data["slots"],
            data["sentences"],
            tuple(data["action_verbs"]),
            tuple(data["statement_openers"]),
            data.get("pronunciations", {}),
            tuple(data.get("spoken", ())),
        )

    def expand(self, phrases: Iterable[str], at_most: int = SENTENCES) -> Iterator[list[str]]:
        """The sentences as lists of words; a template whose slot is empty is left out."""
        grammar = _Grammar({**self.slots, **self._sorted(phrases)})
        usable = [template for template in self.sentences if grammar.size(template)]
        for template in usable:
            yield from grammar.sample(template, max(1, at_most // len(usable)))

    def _sorted(self, phrases: Iterable[str]) -> dict[str, list[str]]:
        slots: dict[str, list[str]] = {"action": [], "thing": [], "statement": []}
        for phrase in phrases:
            said = words(phrase)
            if said:
                slots[self._kind(said[0])].append(" ".join(said))
        return slots

    def _kind(self, first: str) -> str:
        if first in self.action_verbs:
            return "action"
        return "statement" if first in self.statement_openers else "thing"


class _Grammar:
    """Counts and picks the combinations of a template: number `index` of `size` is one sentence."""

    def __init__(self, slots: Mapping[str, Sequence[str]]) -> None:
        self._slots = slots
        self._sizes: dict[str, int] = {}

    def size(self, template: str) -> int:
        """How many sentences the template can make; 0 when one of its slots is empty."""
        return prod(self._slot_size(slot) for slot in SLOT.findall(template))

    def _slot_size(self, slot: str) -> int:
        if slot not in self._sizes:
            self._sizes[slot] = sum(self.size(alternative) for alternative in self._slots[slot])
        return self._sizes[slot]

    def sample(self, template: str, count: int) -> Iterator[list[str]]:
        """At most `count` sentences, spread evenly; fewer when the template cannot make as many."""
        size = self.size(template)
        # A stride without a common factor visits other alternatives of *every* slot, not of the first one only.
        stride = next(n for n in range(int(size * 0.618) | 1, 2 * size + 2) if gcd(n, size) == 1)
        for step in range(min(count, size)):
            yield words(self._pick(template, step * stride % size))

    def _pick(self, template: str, index: int) -> str:
        parts = SLOT.split(template)  # text, slot, text, slot, … text
        for at in range(1, len(parts), 2):
            index, inner = divmod(index, self._slot_size(parts[at]))
            parts[at] = self._alternative(parts[at], inner)
        return "".join(parts)

    def _alternative(self, slot: str, index: int) -> str:
        """Each alternative is as likely as its siblings, however many sentences it makes.

        So a slot full of names drowns nothing, and few combinations of it may be made twice and others not at all.
        """
        alternatives = self._slots[slot]
        rest, chosen = divmod(index, len(alternatives))
        size = self.size(alternatives[chosen])
        return self._pick(alternatives[chosen], rest % size) if size else self._alternative(slot, rest)
