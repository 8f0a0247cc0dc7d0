"""How words are spoken: lines of `word phone phone …` in CMU's form; `word(2)` is another way to say `word`."""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterator, Mapping
from typing import IO, TYPE_CHECKING

from ivr.speech.hearing import spanish

if TYPE_CHECKING:
    from pathlib import Path

Pronunciations = Mapping[str, tuple[str, ...]]


def look_up(file: Path, wanted: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The pronunciations of the wanted words that the dictionary knows, each at least one, in the file's order."""
    found: dict[str, list[str]] = {}
    for entry, phones in _entries(file):
        word = entry.partition("(")[0]
        if word in wanted:
            found.setdefault(word, []).append(phones)
    return {word: tuple(ways) for word, ways in found.items()}


def spoken(language: str, file: Path, wanted: Collection[str]) -> dict[str, tuple[str, ...]]:
    """As `look_up`; in Spanish also what it lacks, by its spelling, where its phones are those of the rules."""
    found = look_up(file, wanted)
    if (
        language != "es"
        or not {phone for ways in found.values() for way in ways for phone in way.split()} <= spanish.PHONES
    ):
        return found
    listed = {
        word: tuple(way for given in ways for way in spanish.with_americas(given)) for word, ways in found.items()
    }
    spelt = {word: ways for word in wanted if word not in found and (ways := spanish.ways(word))}
    return {**listed, **spelt}


def text(pronunciations: Pronunciations) -> str:
    """A dictionary file of these words alone."""
    return "".join(
        f"{numbered(word, number)} {phones}\n"
        for word, ways in sorted(pronunciations.items())
        for number, phones in enumerate(ways, start=1)
    )


def numbered(word: str, number: int) -> str:
    return word if number == 1 else f"{word}({number})"


def _entries(file: Path) -> Iterator[tuple[str, str]]:
    with _opened(file) as lines:
        for line in lines:
            entry, _, phones = line.strip().partition(" ")
            if phones:
                yield entry, phones.strip()


def _opened(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8")
    return file.open(encoding="utf-8")
