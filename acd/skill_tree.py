"""Parsed skill expressions: a tree that says whether a person's levels meet it, and what they lack.

Each node knows its canonical `text`, the `names` of all its skills, and those `wanted`: named outside of every `not`.
Levels by skill are {"nurse": 3}; who does not have a skill has level 0.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NO_TOP = sys.maxsize


class Gap(NamedTuple):
    """Why a person does not fit: the name of a skill that is wholly absent, or a phrase."""

    words: str
    absent: bool = False


class Level:
    """A skill's level from `low` to `high`, both included."""

    __slots__ = ("high", "low", "name", "names", "text", "wanted")
    names: frozenset[str]
    text: str
    wanted: frozenset[str]

    def __init__(self, name: str, low: int = 1, high: int = NO_TOP) -> None:
        self.name, self.low, self.high = name, low, high
        self.names = self.wanted = frozenset({name})
        self.text = name + _range_text(low, high)

    def met_by(self, skills: Mapping[str, int]) -> bool:
        return self.low <= skills.get(self.name, 0) <= self.high

    def gaps(self, skills: Mapping[str, int]) -> list[Gap]:
        level = skills.get(self.name, 0)
        if level > self.high:
            return [Gap(f"has {self.name} {level}, above {self.high}")]
        if level >= self.low:
            return []
        return [Gap(f"has {self.name} {level}, below {self.low}") if level else Gap(self.name, absent=True)]


class Not:
    """A part that is no Not."""

    __slots__ = ("names", "part", "text", "wanted")
    names: frozenset[str]
    text: str
    wanted: frozenset[str]

    def __init__(self, part: Level | All | Any) -> None:
        self.part = part
        self.names, self.wanted = part.names, frozenset[str]()
        self.text = f"not {part.text}" if isinstance(part, Level) else f"not ({part.text})"

    def met_by(self, skills: Mapping[str, int]) -> bool:
        return not self.part.met_by(skills)

    def gaps(self, skills: Mapping[str, int]) -> list[Gap]:
        return [] if self.met_by(skills) else [Gap(f"has {self.part.text}, which is not wanted")]


class All:
    """Parts that are no All; none at all is met by everybody."""

    __slots__ = ("names", "parts", "text", "wanted")
    names: frozenset[str]
    text: str
    wanted: frozenset[str]

    def __init__(self, parts: tuple[Node, ...]) -> None:
        self.parts = parts
        self.names, self.wanted = _union(part.names for part in parts), _union(part.wanted for part in parts)
        self.text = " and ".join(f"({part.text})" if isinstance(part, Any) else part.text for part in parts)

    def met_by(self, skills: Mapping[str, int]) -> bool:
        for part in self.parts:  # noqa: SIM110 - all() takes twice as long, and this runs for each person of the plan
            if not part.met_by(skills):
                return False
        return True

    def gaps(self, skills: Mapping[str, int]) -> list[Gap]:
        return [gap for part in self.parts for gap in part.gaps(skills)]


class Any:
    """Two parts or more that are no Any."""

    __slots__ = ("names", "parts", "text", "wanted")
    names: frozenset[str]
    text: str
    wanted: frozenset[str]

    def __init__(self, parts: tuple[Node, ...]) -> None:
        self.parts = parts
        self.names, self.wanted = _union(part.names for part in parts), _union(part.wanted for part in parts)
        self.text = " or ".join(part.text for part in parts)

    def met_by(self, skills: Mapping[str, int]) -> bool:
        for part in self.parts:  # noqa: SIM110 - as in All
            if part.met_by(skills):
                return True
        return False

    def gaps(self, skills: Mapping[str, int]) -> list[Gap]:
        if self.met_by(skills):
            return []
        gaps = [part.gaps(skills) for part in self.parts]
        if all(len(each) == 1 and each[0].absent for each in gaps):
            return [Gap(f"lacks {listed((each[0].words for each in gaps), 'or')}")]
        return [Gap(f"fits no part of '{self.text}'")]


Node = Level | Not | All | Any


def _range_text(low: int, high: int) -> str:
    if high == NO_TOP:
        return "" if low == 1 else f" >= {low}"
    return f" = {low}" if low == high else f" <= {high}"


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def listed(words: Iterable[str], conjunction: str) -> str:
    """a; a and b; a, b and c."""
    *first, last = dict.fromkeys(words)
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _order(node: Node) -> tuple[int, str]:
    """Skills first, then what is in parentheses, then what is not wanted."""
    return (0 if isinstance(node, Level) else 2 if isinstance(node, Not) else 1), node.text


def negated(node: Node) -> Node:
    return node.part if isinstance(node, Not) else Not(node)


def joined(kind: type[All | Any], nodes: Iterable[Node]) -> Node:
    """The nodes as one of this kind: flat, sorted, each once."""
    parts: dict[str, Node] = {}
    for node in nodes:
        for part in node.parts if isinstance(node, kind) else (node,):
            parts[part.text] = part
    return next(iter(parts.values())) if len(parts) == 1 else kind(tuple(sorted(parts.values(), key=_order)))
