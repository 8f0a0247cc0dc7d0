"""What callers say as plain words: one spelling for what a recogniser, a keyboard and a plan's author write."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r"[a-z0-9]+")
_IN_WORD = str.maketrans("", "", "'’`´")  # can't -> cant: recognisers write it with or without
_NOT_WORDS = re.compile(r"\[[^\]]*\]|<[^>]*>|\+\+[^+]*\+\+")  # [unk], <sil>, ++noise++ of recognisers

_SHORTEST_STEM = 3
_JOINTS = {
    "en": frozenset({"and", "also", "but", "plus"}),
    "es": frozenset({"y", "e", "tambien", "pero", "ademas"}),
}


def words(text: str) -> tuple[str, ...]:
    """Lower case, without accents, apostrophes, punctuation and a recogniser's marks for noise."""
    plain = unicodedata.normalize("NFKD", _NOT_WORDS.sub(" ", text.lower()))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(_WORD.findall(bare.translate(_IN_WORD)))


def clauses(language: str, text: str) -> tuple[str, ...]:
    """The parts of a sentence that joins several: "a refill, and I have a bill question"."""
    joints, parts = _JOINTS.get(language, frozenset()), [list[str]()]
    for word in words(text):
        if word in joints:
            parts.append([])
        else:
            parts[-1].append(word)
    return tuple(" ".join(part) for part in parts if part)


@lru_cache(maxsize=8192)  # a plan has some thousand words; what callers say must not grow our memory
def stem(language: str, word: str) -> str:
    """A crude stem, the same for most forms of a word: appointments, appointment; pagar, pagando.

    A language without rules here keeps its words whole.
    """
    for endings in _ENDINGS.get(language, ()):
        word = _without(word, endings)
    return word


def _without(word: str, endings: Mapping[str, str]) -> str:
    for ending, instead in endings.items():
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: len(word) - len(ending)] + instead
    return word


# Per language one table after the other; in each the first ending that fits is replaced.
_ENDINGS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "en": (
        {"ies": "y", "sses": "ss", "ss": "ss", "us": "us", "s": ""},
        {"ing": "", "ied": "y", "ed": "", "ly": ""},
        {
            "ll": "ll",
            "ss": "ss",
            "bb": "b",
            "dd": "d",
            "gg": "g",
            "mm": "m",
            "nn": "n",
            "pp": "p",
            "rr": "r",
            "tt": "t",
        },
        {"e": ""},
    ),
    "es": (
        {"es": "", "s": ""},
        {
            "andome": "",
            "iendome": "",
            "ando": "",
            "iendo": "",
            "arme": "",
            "erme": "",
            "irme": "",
            "arla": "",
            "arlo": "",
        },
        {"ciones": "cion", "adas": "", "ados": "", "ada": "", "ado": "", "idas": "", "idos": "", "ida": "", "ido": ""},
        {"aron": "", "ieron": "", "aba": "", "ar": "", "er": "", "ir": "", "o": "", "a": "", "e": "", "n": ""},
    ),
}
