"""What callers say of the talk itself ("repeat that", "go back"), found by its phrases.

Not learned: these phrases are few and the same in every practice, and as examples they would blur the plan's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.plan.manners import MANNERS
from ivr.services import Understood
from ivr.speech.meaning.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SPARE_WORDS = 3  # beside the phrase: "could you please …"; whoever says more than that speaks of something else
CONFIDENCE = 0.9


def manner_of(language: str, readings: Sequence[str], among: Sequence[str]) -> Understood | None:
    """The first reading that has one decides; None where none has."""
    for reading in readings:
        said = words(reading)
        for intent, phrase in _phrases(language, among):
            if len(said) - len(phrase) <= SPARE_WORDS and f" {' '.join(phrase)} " in f" {' '.join(said)} ":
                return Understood(intent, CONFIDENCE, phrase)
    return None


def _phrases(language: str, among: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for intent, by_language in MANNERS.items():
        for tongue, phrases in by_language.items():
            if intent in among and tongue == language:
                yield from ((intent, words(phrase)) for phrase in phrases)
