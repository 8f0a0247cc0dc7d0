"""Numbers in what callers say, as the digits that they stand for: "nineteen fifty two" is 19 and 52, "oh three" is 03.

Callers read numbers in groups of any size, and recognisers write words, figures or both. So a number is read as far as
one number goes ("five hundred fifty five" is 555), and whoever asked joins the groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ivr.menus.words.vocabulary import VOCABULARIES, Vocabulary
from ivr.speech.meaning.text import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_DIGITS = 20  # a longer run of figures is no date, time or telephone number
_AND = {"en": ("and",), "es": ("y",)}
_TABLES = ("units", "teens", "tens", "hundreds", "ordinals", "months", "weekdays", "near")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that were said as one number, and the places of its words; `ordinal` is that of a day."""

    digits: str
    first: int
    after: int
    ordinal: bool = False

    @property
    def value(self) -> int:
        return int(self.digits)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one language; `vocabulary` with its words made plain."""

    vocabulary: Vocabulary
    joins: tuple[str, ...]

    def groups(self, said: Sequence[str]) -> tuple[Group, ...]:
        """All numbers in the words, in order."""
        found: list[Group] = []
        at = 0
        while at < len(said):
            group = self._group(said, at)
            if group:
                _add(found, group)
            at = group.after if group else at + 1
        return tuple(found)

    def _group(self, said: Sequence[str], at: int) -> Group | None:
        word = said[at]
        if word.isdecimal() and len(word) <= MOST_DIGITS:
            return Group(word, at, at + 1)
        for read in (self._repeated, self._ordinal, self._cardinal):
            if group := read(said, at):
                return group
        return None

    def _repeated(self, said: Sequence[str], at: int) -> Group | None:
        """ "Double five", "triple cero"."""
        times = 2 if said[at] in self.vocabulary.twice else 3 if said[at] in self.vocabulary.thrice else 0
        digit = self._digit(said, at + 1)
        return Group(digit * times, at, at + 2) if times and digit else None

    def _digit(self, said: Sequence[str], at: int) -> str:
        word = said[at] if at < len(said) else ""
        if word in self.vocabulary.units:
            return str(self.vocabulary.units[word])
        return word if word.isdecimal() and len(word) == 1 else ""

    def _ordinal(self, said: Sequence[str], at: int) -> Group | None:
        """ "Third", "twenty third": a day of a month."""
        ordinals = self.vocabulary.ordinals
        if said[at] in ordinals:
            return Group(str(ordinals[said[at]]), at, at + 1, ordinal=True)
        ten = self.vocabulary.tens.get(said[at])
        after = at + 1
        if ten and after < len(said) and 0 < ordinals.get(said[after], 0) < 10:  # noqa: PLR2004 - one digit
            return Group(str(ten + ordinals[said[after]]), at, at + 2, ordinal=True)
        return None

    def _cardinal(self, said: Sequence[str], at: int) -> Group | None:
        """ "Two thousand five", "mil novecientos cincuenta y dos", "five hundred", "fifty two", "nine"."""
        value, after = self._thousands(said, at)
        rest, end = self._below_thousand(said, self._past_and(said, after) if value else at)
        if end and (rest or not value):
            return Group(str(value + rest), at, end)
        return Group(str(value), at, after) if value else None

    def _thousands(self, said: Sequence[str], at: int) -> tuple[int, int]:
        """One or two thousand: the years of callers; more is said digit by digit."""
        if said[at] == self.vocabulary.thousand and said[at] == "mil":
            return 1000, at + 1
        unit = self.vocabulary.units.get(said[at], 0)
        if unit in {1, 2} and self._is(said, at + 1, self.vocabulary.thousand):
            return unit * 1000, at + 2
        return 0, at

    def _below_thousand(self, said: Sequence[str], at: int) -> tuple[int, int]:
        """The number, and the place after it; 0 where there is none."""
        hundreds, after = self._hundreds(said, at)
        if not hundreds:
            return self._below_hundred(said, at)
        rest, end = self._below_hundred(said, self._past_and(said, after))
        if rest and not (rest in range(10) and self._digit(said, end)):  # "eight hundred, five five five"
            return hundreds + rest, end
        return hundreds, after

    def _hundreds(self, said: Sequence[str], at: int) -> tuple[int, int]:
        if at >= len(said):
            return 0, at
        if said[at] in self.vocabulary.hundreds:
            return self.vocabulary.hundreds[said[at]], at + 1
        small = self.vocabulary.units.get(said[at], 0) or self.vocabulary.teens.get(said[at], 0)
        return (small * 100, at + 2) if small and self._is(said, at + 1, "hundred") else (0, at)

    def _below_hundred(self, said: Sequence[str], at: int) -> tuple[int, int]:
        """A ten takes the unit after it, unless that begins a number of its own: twenty | two thousand five."""
        if at >= len(said):
            return 0, 0
        known = self.vocabulary
        if said[at] not in known.tens:
            small = known.units.get(said[at], known.teens.get(said[at]))
            return (0, 0) if small is None else (small, at + 1)
        next_at = self._past_and(said, at + 1)
        unit = known.units.get(said[next_at], 0) if next_at < len(said) else 0
        if unit and not self._is(said, next_at + 1, known.thousand) and not self._is(said, next_at + 1, "hundred"):
            return known.tens[said[at]] + unit, next_at + 1
        return known.tens[said[at]], at + 1

    def _past_and(self, said: Sequence[str], at: int) -> int:
        return at + 1 if at < len(said) and said[at] in self.joins else at

    @staticmethod
    def _is(said: Sequence[str], at: int, word: str) -> bool:
        return at < len(said) and said[at] == word


def _add(groups: list[Group], group: Group) -> None:
    """ "Oh three" is one number of two digits."""
    before = groups[-1] if groups else None
    if before and before.digits == "0" and len(group.digits) == 1 and before.after == group.first:
        groups[-1] = Group("0" + group.digits, before.first, group.after)
    else:
        groups.append(group)


@cache
def reader(language: str) -> Reader:
    """The reader of a language; a language without a vocabulary reads English."""
    known = language if language in VOCABULARIES else "en"
    return Reader(_plain(VOCABULARIES[known]), _AND[known])


def _plain(vocabulary: Vocabulary) -> Vocabulary:
    """As `ivr.speech.meaning.text.words` writes them: without accents."""
    tables: dict[str, Any] = {name: _keyed_plainly(getattr(vocabulary, name)) for name in _TABLES}
    return replace(vocabulary, **tables)


def _keyed_plainly(table: Mapping[str, int]) -> Mapping[str, int]:
    return {words(word)[0]: number for word, number in table.items()}
