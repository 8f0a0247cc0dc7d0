"""New phrases for the plan's intents, from calls of which somebody noted what they were about in truth.

A person decides which are good: a phrase teaches every later caller's way. Names and numbers are masked: only words are
shown that the plan, the lexicon or the language's templates know.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.record import HeardSpeech, Misrouted, Understood
from ivr.speech.hearing.templates import Templates
from ivr.speech.meaning.text import stem, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ivr.record import CallRecord

MASK = "…"
NAMES = ("surname",)  # the templates' slots whose words are somebody's name


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`phi_text` is what callers said, masked; it was taken for `taken` ("" for nothing) and was about `meant`."""

    language: str
    phi_text: str
    taken: str
    meant: str
    times: int


def suggestions(calls: Iterable[CallRecord], known: Mapping[str, Sequence[str]]) -> list[Suggestion]:
    """The most frequent first. `known` are texts by language whose words may be shown."""
    shown = {language: _Shown(language, texts) for language, texts in known.items()}
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for call in calls:
        language = call.summary.language
        for said, taken, meant in _misunderstood(call):
            text = shown[language].masked(said) if language in shown else MASK
            seen[language, text, taken, meant] += 1
    return [Suggestion(*what, times) for what, times in seen.most_common()]


def _misunderstood(call: CallRecord) -> list[tuple[str, str, str]]:
    """What was said and taken for something else than the last note says."""
    noted = [line.entry for line in call.timeline]
    meant = next(entry.intent for entry in reversed(noted) if isinstance(entry, Misrouted))
    found, said = [], ""
    for entry in noted:
        if isinstance(entry, HeardSpeech):
            said = entry.phi_text
        elif isinstance(entry, Understood) and said and entry.intent != meant and entry.intent not in {"yes", "no"}:
            found.append((said, entry.intent, meant))
            said = ""
    return found


class _Shown:
    """The words of one language that are nobody's name and no number."""

    def __init__(self, language: str, texts: Iterable[str]) -> None:
        templates = Templates.of(language)
        slots = [texts for slot, texts in templates.slots.items() if slot not in NAMES]
        every = [*texts, *templates.sentences, *(text for each in slots for text in each)]
        self._language = language
        self._stems = {stem(language, word) for text in every for word in words(text) if not word.isdigit()}

    def masked(self, text: str) -> str:
        return " ".join(word if stem(self._language, word) in self._stems else MASK for word in words(text))


def as_yaml(suggestion: Suggestion) -> str:
    """The lines to paste into the plan."""
    return f"intents:\n  {suggestion.meant}:\n    {suggestion.language}:\n      - {suggestion.phi_text}"
