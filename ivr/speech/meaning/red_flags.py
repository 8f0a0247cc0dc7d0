"""Signs of an emergency in what a caller says: the clinician's list, word by word, before any guess at meaning.

    said ── words ── without fillers ── misspelt words read as the list's ──> wordings that fit ── but ordinary ones

Negation and other people's troubles raise as well ("no chest pain now", "my mother"): urgency only rises. The list as
a file is red_flag_list.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ivr.services import RedFlag
from ivr.speech.meaning.text import words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

SHORTEST_MISSPELT = 6  # letters; shorter words have too many neighbours that mean something else
SHORTEST_BEGINNING = 3
WORDS_READ = 8192  # kept: callers use the same few thousand words

Places = tuple[int, ...]


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
class Sign:
    """What is the matter. `called` is its name by language, as it is said to whoever picks up.

    `crisis` is for who may harm themselves or is harmed by others: they are told of the line 988.
    """

    name: str
    called: Mapping[str, str] = field(default_factory=dict)
    crisis: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The next word of a wording: any of `words`, or one with any of these `beginnings`, after at most `gap` others."""

    words: frozenset[str]
    gap: int
    beginnings: tuple[str, ...] = ()

    def fits(self, word: str) -> bool:
        return word in self.words or word.startswith(self.beginnings)


@dataclass(frozen=True, slots=True)
class Wording:
    """`alone`: nothing else is said."""

    sign: str
    steps: tuple[Step, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class RedFlagList:
    """A file's content. `examples` are whole sentences by sign and language, as callers say them.

    `ordinary` are wordings whose words are no sign ("a bill for a heart attack"); `skipped` words count for nothing.
    """

    signature: Signature
    signs: Sequence[Sign]
    wordings: Sequence[Wording]
    ordinary: Sequence[Wording] = ()
    skipped: frozenset[str] = frozenset()
    examples: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


class RedFlags:
    """The signed list, ready to match. One look at an utterance takes microseconds, so every partial gets one."""

    def __init__(self, listed: RedFlagList) -> None:
        self.listed = listed
        self.signature = listed.signature
        self.signs = {sign.name: sign for sign in listed.signs}
        self._gravity = {name: place for place, name in enumerate(self.signs)}
        self._wordings = _Index(listed.wordings)
        self._ordinary = _Index(listed.ordinary)
        spelt = {word for sentence in self._examples() for word in words(sentence) if self._wordings.knows(word)}
        self._spelling = _Spelling(spelt | self._wordings.words)
        self._read = lru_cache(WORDS_READ)(self._as_listed)

    @property
    def examples(self) -> Mapping[str, Sequence[str]]:
        """Whole sentences by language: what a recogniser must be able to hear."""
        found: dict[str, list[str]] = {}
        for by_language in self.listed.examples.values():
            for language, sentences in by_language.items():
                found.setdefault(language, []).extend(sentences)
        return found

    def find(self, readings: Sequence[str]) -> RedFlag | None:
        """The gravest sign (the list's order) in the first reading that has any. Every language's wordings count."""
        for reading in readings:
            found = list(self._in(reading))
            if found:
                return min(found, key=lambda flag: self._gravity[flag.sign])
        return None

    def signs_in(self, text: str) -> frozenset[str]:
        return frozenset(flag.sign for flag in self._in(text))

    def _in(self, text: str) -> Iterator[RedFlag]:
        said = [word for word in words(text) if word not in self.listed.skipped]
        read = [self._read(word) for word in said]
        found = list(self._wordings.fitting(read))
        ordinary = [set(places) for _, places in self._ordinary.fitting(read)] if found else []
        for wording, places in found:
            if not any(_is_ordinary(set(places), phrase) for phrase in ordinary):
                crisis = self.signs[wording.sign].crisis
                yield RedFlag(wording.sign, tuple(said[place] for place in places), crisis)

    def _as_listed(self, word: str) -> str:
        return word if self._wordings.knows(word) else self._spelling.meant(word)

    def _examples(self) -> Iterable[str]:
        return (sentence for sentences in self.examples.values() for sentence in sentences)


class _Index:
    """Wordings by their first word, so that a word of a caller meets only those that it may begin."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        self._by_word: dict[str, list[Wording]] = {}
        self._by_beginning: dict[str, list[Wording]] = {}
        steps: list[Step] = []
        for wording in wordings:
            first = wording.steps[0]
            for word in sorted(first.words):
                self._by_word.setdefault(word, []).append(wording)
            for start in sorted({beginning[:SHORTEST_BEGINNING] for beginning in first.beginnings}):
                self._by_beginning.setdefault(start, []).append(wording)
            steps += wording.steps
        self.words = frozenset(word for step in steps for word in step.words)
        self._beginnings = tuple({beginning for step in steps for beginning in step.beginnings})

    def knows(self, word: str) -> bool:
        return word in self.words or word.startswith(self._beginnings)

    def fitting(self, said: Sequence[str]) -> Iterator[tuple[Wording, Places]]:
        for start, word in enumerate(said):
            begun = self._by_beginning.get(word[:SHORTEST_BEGINNING], ())
            for wording in (*self._by_word.get(word, ()), *(each for each in begun if each.steps[0].fits(word))):
                places = _places(wording.steps[1:], said, start)
                if places and not (wording.alone and len(said) > len(wording.steps)):
                    yield wording, places


def _places(steps: Sequence[Step], said: Sequence[str], last: int) -> Places | None:
    """Where the words of a wording are, the word at `last` being its first; None when the rest does not follow."""
    if not steps:
        return (last,)
    for place in range(last + 1, min(last + 2 + steps[0].gap, len(said))):
        if steps[0].fits(said[place]) and (rest := _places(steps[1:], said, place)):
            return (last, *rest)
    return None


def _is_ordinary(sign: set[int], phrase: set[int]) -> bool:
    """Whether an ordinary phrase takes a sign's words away; not when it is but a part of the sign."""
    return not (phrase.isdisjoint(sign) or phrase <= sign)


class _Spelling:
    """Reads a long word that is one letter away from one of the list's as that word: "siezure", "unconcious".

    The first letter must be right: people err elsewhere, and "painting" is no "fainting".
    """

    def __init__(self, known: Collection[str]) -> None:
        self._by_rest: dict[str, str] = {}
        for word in sorted(known):
            if len(word) >= SHORTEST_MISSPELT:
                for rest in _one_less(word):
                    self._by_rest.setdefault(rest, word)

    def meant(self, word: str) -> str:
        if len(word) < SHORTEST_MISSPELT - 1:
            return word
        near = (self._by_rest[rest] for rest in _one_less(word) if rest in self._by_rest)
        return next((known for known in near if _one_letter_apart(word, known)), word)


def _one_letter_apart(one: str, other: str) -> bool:
    """A letter too many, too few, another one, or two that changed places."""
    short, long = sorted((one, other), key=len)
    first = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[first:] == long[first + 1 :]
    swapped = short[first : first + 2] == long[first : first + 2][::-1] and short[first + 2 :] == long[first + 2 :]
    return swapped or short[first + 1 :] == long[first + 1 :]


def _one_less(word: str) -> Iterator[str]:
    """The word, and the word without one of its letters after the first."""
    yield word
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
