"""The concept lexicon: which words mean the same to a practice (dialplans/lexicon.yaml), and which mean nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.speech.meaning.tables import Table
from ivr.speech.meaning.text import stem, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import yaml


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's. Keys of `concepts` are stems of a word or short phrase, values the concepts that it means."""

    language: str
    fillers: frozenset[str] = frozenset()
    concepts: Mapping[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    def stems(self, text_words: Sequence[str]) -> tuple[str, ...]:
        return tuple(stem(self.language, word) for word in text_words)

    def find(self, stems: Sequence[str]) -> Iterator[tuple[str, range]]:
        """The concepts in the words, each with the places of the words that mean it."""
        longest = max(map(len, self.concepts), default=0)
        for start in range(len(stems)):
            for end in range(start + 1, min(start + longest, len(stems)) + 1):
                for concept in sorted(self.concepts.get(tuple(stems[start:end]), ())):
                    yield concept, range(start, end)


def load_lexicons(path: Path) -> Mapping[str, Lexicon]:
    """By language. Raises BadTable."""
    table = Table(path)
    lexicons = {
        language: _lexicon(table, language, dict(table.entries(node, f"language '{language}'")))
        for language, node in table.entries(table.root(), "the lexicon")
    }
    table.finish()
    return lexicons


def _lexicon(table: Table, language: str, parts: Mapping[str, yaml.Node]) -> Lexicon:
    for name, node in parts.items():
        if name not in {"fillers", "concepts"}:
            table.mistake(node, f"'{name}' is unknown here; a language has 'fillers' and 'concepts'")
    fillers = table.texts(parts["fillers"], "the fillers") if "fillers" in parts else ()
    meanings: dict[tuple[str, ...], frozenset[str]] = {}
    for concept, node in table.entries(parts["concepts"], "the concepts") if "concepts" in parts else ():
        for phrase in table.texts(node, f"the words of '{concept}'"):
            key = tuple(stem(language, word) for word in words(phrase))
            meanings[key] = meanings.get(key, frozenset()) | {concept}
    return Lexicon(language, frozenset(word for filler in fillers for word in words(filler)), meanings)
