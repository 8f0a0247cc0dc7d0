"""The plan's language model and dictionary as files, made once and kept by the hash of all that goes into them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.speech.hearing import dictionary, language_model
from ivr.speech.hearing.recognizer import CLOSED_WEIGHT
from ivr.speech.hearing.templates import SENTENCES, Templates, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FORM = "2"  # changes when the files are made in another way
AROUND_A_CLOSED_LIST = 1500  # sentences of the whole plan behind a closed list: it is made while a call runs
MOST_AS_SAID = 20  # how often a whole sentence counts, and yet all of them no more than what the templates make
KEPT_MODELS = 64  # half a megabyte each
SAID_BEFORE = ("", "", "", "um", "a", "the", "my", "yes")
SAID_AFTER = ("", "", "please")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    language_model: Path
    dictionary: Path


class PlanModel:
    """One language of one plan. `dictionary_file` says how words are spoken; `cache` is a folder, made when missing."""

    def __init__(self, language: str, phrases: Sequence[str], dictionary_file: Path, cache: Path) -> None:
        self._language = language
        self._templates = Templates.of(language)
        self._phrases = tuple(phrases)
        self._dictionary_file = dictionary_file
        self._cache = cache

    def files(self, grammar: tuple[str, ...] | None) -> ModelFiles:
        """The files for free speech, or for a closed list with the plan behind it. Raises ValueError for no words."""
        key = self._key(grammar)
        files = ModelFiles(self._cache / f"{key}.lm", self._cache / f"{key}.dict")
        if not (files.language_model.exists() and files.dictionary.exists()):
            self._make(files, grammar)
        return files

    def _key(self, grammar: tuple[str, ...] | None) -> str:
        every = (FORM, self._dictionary_file, self._templates, self._phrases, grammar)
        return hashlib.sha256(repr(every).encode()).hexdigest()[:32]

    def _make(self, files: ModelFiles, grammar: tuple[str, ...] | None) -> None:
        sentences = self._sentences(grammar)
        spoken = self._pronunciations({word for sentence in sentences for word in sentence})
        known = ([word for word in sentence if word in spoken] for sentence in sentences)
        model = language_model.arpa(known)
        self._cache.mkdir(parents=True, exist_ok=True)
        _write(files.dictionary, dictionary.text(spoken))
        _write(files.language_model, model)
        self._forget_oldest()

    def _sentences(self, grammar: tuple[str, ...] | None) -> list[list[str]]:
        if grammar is None:
            return self._around(SENTENCES)
        around = self._around(AROUND_A_CLOSED_LIST)
        closed = list(_closed(grammar))
        return around + closed * max(1, CLOSED_WEIGHT * len(around) // max(1, len(closed)))

    def _around(self, carried: int) -> list[list[str]]:
        """The phrases in the sentences of the carriers, and as they stand: so callers in danger say them."""
        sentences = list(self._templates.expand(self._phrases, carried))
        plain = [words(phrase) for phrase in (*self._phrases, *self._templates.spoken)]
        return sentences + plain * min(MOST_AS_SAID, -(-len(sentences) // max(1, len(plain))))

    def _pronunciations(self, wanted: set[str]) -> dict[str, tuple[str, ...]]:
        own = {word: tuple(ways) for word, ways in self._templates.pronunciations.items() if word in wanted}
        return {**own, **dictionary.spoken(self._language, self._dictionary_file, wanted)}

    def _forget_oldest(self) -> None:
        models = sorted(self._cache.glob("*.lm"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in models[KEPT_MODELS:]:
            old.unlink(missing_ok=True)
            old.with_suffix(".dict").unlink(missing_ok=True)


def _closed(grammar: Iterable[str]) -> Iterable[list[str]]:
    for phrase in grammar:
        for before in SAID_BEFORE:
            for after in SAID_AFTER:
                yield words(f"{before} {phrase} {after}")


def _write(file: Path, text: str) -> None:
    """Whole or not at all, also when several workers make the same file at once."""
    half = file.with_name(f"{file.name}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    half.replace(file)
