"""Skill expressions: what a person must know to be rung for a caller.

    cardiology >= 3 and nurse and (english or spanish) and not trainee

    any   = all ("or" all)*                        a skill: a small letter, then small letters, digits, _
    all   = one ("and" one)*                       a level: 0 to 5; who does not have the skill has level 0
    one   = "not" one | "(" any ")" | level        `nurse` says `nurse >= 1`
    level = skill [(">=" | ">" | "<=" | "<" | "=") digit]

The words and, or, not may be in any case. The empty text asks for nobody in particular.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from acd.skill_tree import NO_TOP, All, Any, Level, Node, joined, listed, negated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_LEVEL = 5
MAX_LENGTH = 1000  # characters; a queue's needs are one line, and what is longer is a mistake or an attack
MAX_DEPTH = 20  # parentheses within parentheses; the parser and the evaluation recurse as deep
REMEMBERED = 1024  # parsed texts that are kept: a practice has dozens, and each call repeats one of them

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TOKEN = re.compile(r"\s*([A-Za-z0-9_]+|[<>]=?|=|[()])")
_WORDS = frozenset({"and", "or", "not"})


class NeedsError(ValueError):
    """What is wrong with a skill expression; `column` is where, from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} at column {column}")
        self.column = column


# ---- the parser: one function per line of the grammar ---------------------------------------------------------------


class _Token(NamedTuple):
    text: str
    column: int

    @property
    def word(self) -> str:
        """and, or, not, however they are written; anything else as it stands."""
        return self.text.lower() if self.text.lower() in _WORDS else self.text


def _tokens(text: str) -> list[_Token]:
    """The last token is empty and stands where the next word would."""
    tokens, at, end = list[_Token](), 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise NeedsError(f"expected a skill, 'and', 'or', 'not' or parentheses instead of '{text[at]}'", at + 1)
        tokens.append(_Token(found[1], found.start(1) + 1))
        at = found.end()
    return [*tokens, _Token("", len(text) + 1)]


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._any()
        left = self._tokens[self._at]
        if left.text == ")":
            raise NeedsError("no '(' belongs to the ')'", left.column)
        if left.text:
            raise NeedsError(f"expected 'and', 'or' or a comparison like '>= 3' before '{left.text}'", left.column)
        return node

    def _any(self) -> Node:
        nodes = [self._all()]
        while self._took("or"):
            nodes.append(self._all())
        return joined(Any, nodes)

    def _all(self) -> Node:
        nodes = [self._one()]
        while self._took("and"):
            nodes.append(self._one())
        return joined(All, nodes)

    def _one(self) -> Node:
        unwanted = False
        while self._took("not"):
            unwanted = not unwanted
        node = self._group() if self._took("(") else self._level()
        return negated(node) if unwanted else node

    def _group(self) -> Node:
        opened = self._tokens[self._at - 1]
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NeedsError(f"use at most {MAX_DEPTH} parentheses within each other: one more", opened.column)
        node = self._any()
        if not self._took(")"):
            found = self._tokens[self._at]
            before = f" before '{found.text}'" if found.text else ""
            raise NeedsError(f"expected 'and', 'or' or the ')' of column {opened.column}{before}", found.column)
        self._depth -= 1
        return node

    def _level(self) -> Node:
        name = self._next()
        if not _is_skill(name.text):
            raise NeedsError(f"expected {self._wanted_here(name)}", name.column)
        compared = self._tokens[self._at]
        if compared.text not in _COMPARISONS:
            return Level(name.text)
        self._at += 1
        level = self._next()
        if not re.fullmatch(rf"[0-{MAX_LEVEL}]", level.text):
            raise NeedsError(f"expected a level from 0 to {MAX_LEVEL} after '{compared.text}'", level.column)
        return _compared(name.text, compared, int(level.text))

    def _wanted_here(self, found: _Token) -> str:
        after = f" after '{self._tokens[self._at - 2].text}'" if self._at > 1 else ""
        if re.fullmatch(_NAME, found.text.lower()) and found.word not in _WORDS:
            return f"a skill in small letters, '{found.text.lower()}' instead of '{found.text}',"
        return f"a skill or '('{after}" + (f" instead of '{found.text}'" if found.text else "")

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _took(self, word: str) -> bool:
        if self._tokens[self._at].word != word:
            return False
        self._at += 1
        return True


_COMPARISONS: Mapping[str, Callable[[int], tuple[int, int]]] = {
    ">=": lambda level: (level, NO_TOP),
    ">": lambda level: (level + 1, NO_TOP),
    "<=": lambda level: (0, level),
    "<": lambda level: (0, level - 1),
    "=": lambda level: (level, level),
}


def _compared(name: str, comparison: _Token, level: int) -> Node:
    """Raises NeedsError for what everybody meets, and for what nobody could."""
    low, high = _COMPARISONS[comparison.text](level)
    if low > MAX_LEVEL or high < 0:
        raise NeedsError(f"nobody can have '{name} {comparison.text} {level}': levels are 0 to 5", comparison.column)
    if low == 0 and high >= MAX_LEVEL:
        raise NeedsError(f"everybody has '{name} {comparison.text} {level}': leave it out", comparison.column)
    return negated(Level(name)) if high == 0 else Level(name, low, high)


def _is_skill(text: str) -> bool:
    return re.fullmatch(_NAME, text) is not None and text not in _WORDS


# ---- what others use ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Needs:
    """What a caller needs of a person. `text` is canonical: equal needs have equal texts, and parse(text) is the same.

    "Equal" is about order, repetition, parentheses and `not not`; it is no proof of logic. `skills` are all that are
    named. Levels by skill, as everywhere in this package, are {"nurse": 3}.
    """

    text: str
    skills: frozenset[str]
    _root: Node

    @classmethod
    def parse(cls, text: str) -> Needs:
        """Raises NeedsError with the column."""
        return _parsed(text)

    @classmethod
    def all_of(cls, *skills: str) -> Needs:
        """Each of these skills, at any level. Raises NeedsError for what is no skill's name."""
        for name in skills:
            if not _is_skill(name):
                raise NeedsError(f"'{name}' is no name of a skill, like nurse or family_medicine,", 1)
        return _needs(joined(All, map(Level, skills)))

    def and_also(self, other: Needs) -> Needs:
        """Both together. Raises NeedsError when that is longer than MAX_LENGTH or deeper than MAX_DEPTH."""
        return _both(self, other)

    def met_by(self, skills: Mapping[str, int]) -> bool:
        return self._root.met_by(skills)

    def missing(self, skills: Mapping[str, int]) -> str:
        """Why a person with these levels does not fit, as a phrase after the name: "lacks nurse"; "" for who does."""
        gaps = self._root.gaps(skills)
        absent = [gap.words for gap in gaps if gap.absent]
        phrases = [f"lacks {listed(absent, 'and')}"] if absent else []
        return "; ".join([*phrases, *(gap.words for gap in gaps if not gap.absent)])

    def strength(self, skills: Mapping[str, int]) -> int:
        """The sum of the person's levels in the skills that are named outside of every `not`."""
        total = 0
        for name in self._root.wanted:
            total += skills.get(name, 0)
        return total

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Needs.parse({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Needs) and self.text == other.text)

    def __hash__(self) -> int:
        return hash(self.text)  # a str keeps its hash


def _needs(root: Node) -> Needs:
    if len(root.text) > MAX_LENGTH:
        raise NeedsError(f"use at most {MAX_LENGTH} characters: the expression goes on", MAX_LENGTH + 1)
    depth = 0
    for at, character in enumerate(root.text, start=1):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth > MAX_DEPTH:
            raise NeedsError(f"use at most {MAX_DEPTH} parentheses within each other: one more", at)
    return Needs(root.text, root.names, root)


@lru_cache(maxsize=REMEMBERED)
def _parsed(text: str) -> Needs:
    if len(text) > MAX_LENGTH:
        raise NeedsError(f"use at most {MAX_LENGTH} characters: the expression goes on", MAX_LENGTH + 1)
    return _needs(_Parser(_tokens(text)).whole() if text.strip() else All(()))


@lru_cache(maxsize=REMEMBERED)
def _both(one: Needs, other: Needs) -> Needs:
    return _needs(joined(All, (one._root, other._root)))  # noqa: SLF001 - the same module


ANYBODY = Needs.parse("")
