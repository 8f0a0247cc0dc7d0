"""Which words of a plan a recogniser can never hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.speech.hearing import dictionary
from ivr.speech.hearing.models import recognizer_of
from ivr.speech.hearing.templates import Templates, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def unknown_words(
    language: str, phrases: Iterable[str], chosen: Mapping[str, Path], environ: Mapping[str, str]
) -> set[str]:
    """The words that the language's recogniser does not know; it skips them. Raises ModelError.

    Empty where nobody hears the language, and for a Vosk model that keeps its words to itself.
    """
    wanted = {word for phrase in phrases for word in words(phrase)}
    recognizer = recognizer_of(language, chosen, environ)
    if recognizer is None:
        return set()
    if recognizer.dictionary is not None:
        own = Templates.of(language).pronunciations
        return wanted - own.keys() - dictionary.spoken(language, recognizer.dictionary, wanted).keys()
    listed = recognizer.model / "graph" / "words.txt"
    if not listed.is_file():
        return set()
    return wanted - {line.partition(" ")[0] for line in listed.read_text("utf-8").splitlines()}
