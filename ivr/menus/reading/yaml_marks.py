"""YAML 1.2 that knows where everything stands. PyYAML reads the events; the scalars' meaning is ours.

YAML 1.1 would read 13:30 as 810, 0123 as 83 and `on` as true. Here the core schema of YAML 1.2 holds: true, false,
null, decimal, octal and hexadecimal numbers; all else is text. Tags are refused, duplicate keys are mistakes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.menus.mistakes import Path

MAX_BYTES = 1_000_000  # the largest practice's plan is a tenth of it; more is a wrong file
MAX_DEPTH = 20  # a plan nests eight deep; more would exhaust the stack
MAX_NODES = 100_000  # in all files, counted with aliases written out: nine lines of them can stand for a billion values

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}|0x[0-9a-fA-F]{1,15}|0o[0-7]{1,20}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,50}|[0-9]{1,50}(\.[0-9]{0,50})?)([eE][-+]?[0-9]{1,3})?")

_ADVICE = {
    "mapping values are not allowed": "text that holds ': ' needs quotes around it",
    "cannot start any token": "indent with spaces, not tabs, and put quotes around text that begins with @, % or `",
    "could not find expected ':'": "a ':' is missing, or the line is not indented like its neighbours",
    "did not find expected key": "the line is not indented like its neighbours",
    "did not find expected ',' or": "a bracket or brace is not closed, or a ${variable} inside of them has no quotes",
    "unexpected end of stream": "quotes are not closed",
}

Scalar = str | int | float | bool | None
Mark = tuple[int, int]  # line and column, from 1


class Place(NamedTuple):
    """A mark and the file that it is in."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(slots=True)
class Room:
    """How many values more may be read: the files of one plan share it."""

    values: int = MAX_NODES


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place. A mapping's entries are kept by their key's text.

    `quotes` are the columns before a text of one line begins; None for a text of several.
    """

    mark: Mark
    value: Scalar | tuple[Node, ...] | dict[str, Entry]
    quotes: int | None = None
    file: str = ""

    @property
    def place(self) -> Place:
        return Place(self.file, *self.mark)

    def plain(self) -> object:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {entry.key: entry.node.plain() for entry in self.value.values()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value

    def below(self, step: str | int) -> Entry | None:
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, tuple) and isinstance(step, int) and step < len(self.value):
            return Entry(step, self.value[step].mark, self.value[step])
        return None

    def at(self, path: Path, *, key: bool = False, column: int = 1) -> Mark:
        """The mark of `where`."""
        place = self.where(path, key=key, column=column)
        return place.line, place.column

    def where(self, path: Path, *, key: bool = False, column: int = 1) -> Place:
        """The place of the value at `path`, as far as it exists; of its key with `key` or when it is no scalar.

        A list of one may be written as its item. `column`, from 1, is inside of the text that stands there.
        """
        node, mark = self, self.mark
        for step in path:
            entry = node.below(step)
            if entry is None and isinstance(step, int) and not isinstance(node.value, tuple):
                continue
            if entry is None:
                return Place(node.file, *mark)
            node = entry.node
            mark = entry.mark if key or isinstance(node.value, dict | tuple) else node.mark
        inside = node.quotes + column - 1 if node.quotes is not None and column > 1 else 0
        return Place(node.file, mark[0], mark[1] + inside)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its mark, and what it stands for, in the same file."""

    key: str | int
    mark: Mark
    node: Node

    @property
    def place(self) -> Place:
        return Place(self.node.file, *self.mark)


@dataclass(frozen=True, slots=True)
class Fault:
    mark: Mark
    text: str
    file: str = ""

    @property
    def place(self) -> Place:
        return Place(self.file, *self.mark)


class _Stop(Exception):  # noqa: N818 - control flow inside this module
    """Reading cannot go on."""

    def __init__(self, event: yaml.Event, text: str, file: str) -> None:
        self.fault = Fault(_mark(event), text, file)


def _mark(event: yaml.Event) -> Mark:
    assert event.start_mark is not None
    return event.start_mark.line + 1, event.start_mark.column + 1


def read(text: str, file: str = "", room: Room | None = None) -> tuple[Node | None, list[Fault]]:
    """Read one document; None where it cannot be read at all. Syntax mistakes end the reading, others are collected.

    `file` is what the places of the document name; `room` counts over several documents.
    """
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        said = f"the character U+{ord(found[0]):04X} cannot be in a plan: remove it"
        return None, [Fault((line, column), said, file)]
    reader = _Reader(text, file, room or Room())
    try:
        return reader.document(), reader.faults
    except _Stop as stop:
        return None, [*reader.faults, stop.fault]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, [*reader.faults, Fault(place, _syntax(error.problem or "cannot be read"), file)]


def _syntax(problem: str) -> str:
    advice = next((text for sign, text in _ADVICE.items() if sign in problem), "look at this line and the one above")
    return f"this is not YAML ({problem}): {advice}"


class _Reader:
    def __init__(self, text: str, file: str, room: Room) -> None:
        self.faults: list[Fault] = []
        self._file = file
        self._room = room
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, tuple[Node, int]] = {}  # with the number of values within

    def document(self) -> Node:
        root = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._stop(event, "a plan is one document: remove the '---' before this")
                root = self._node(next(self._events), 0)
        return root or Node((1, 1), None, file=self._file)

    def _stop(self, event: yaml.Event, text: str) -> _Stop:
        return _Stop(event, text, self._file)

    def _fault(self, event: yaml.Event, text: str) -> None:
        self.faults.append(Fault(_mark(event), text, self._file))

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._stop(event, f"nested deeper than {MAX_DEPTH}: no part of a plan is")
        if not isinstance(event, yaml.AliasEvent):
            return self._fresh(event, depth)
        if event.anchor not in self._anchors:
            raise self._stop(event, f"*{event.anchor} stands for nothing that was written above it")
        node, size = self._anchors[event.anchor]
        self._count(event, size)
        return node

    def _count(self, event: yaml.Event, nodes: int) -> None:
        self._room.values -= nodes
        if self._room.values < 0:
            raise self._stop(event, f"more than {MAX_NODES} values, aliases written out: no plan has so many")

    def _fresh(self, event: yaml.Event, depth: int) -> Node:
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.tag not in {None, "!"}:
            raise self._stop(event, f"the tag {event.tag} cannot be in a plan: remove it")
        before = self._room.values
        self._count(event, 1)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(event, depth)
        else:
            node = self._mapping(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = node, before - self._room.values
        return node

    def _sequence(self, start: yaml.Event, depth: int) -> Node:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Node(_mark(start), tuple(items), file=self._file)

    def _mapping(self, start: yaml.Event, depth: int) -> Node:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1).value
            value = self._node(next(self._events), depth + 1)
            if isinstance(key, bool) or not isinstance(key, str | int):
                self._fault(event, "a key must be text or a whole number: put it in quotes")
            elif first := entries.get(str(key)):  # 1 and "1" are the same key to a caller
                self._fault(event, f"'{key}' is here twice, first in line {first.mark[0]}: keep one of them")
            else:
                entries[str(key)] = Entry(key, _mark(event), value)
        return Node(_mark(start), entries, file=self._file)

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        assert event.start_mark is not None
        assert event.end_mark is not None
        one_line = event.start_mark.line == event.end_mark.line
        quotes = (1 if event.style else 0) if one_line else None
        value = _meaning(event.value) if event.implicit[0] else event.value
        return Node(_mark(event), value, quotes, self._file)


def _meaning(text: str) -> Scalar:
    """The value of a plain scalar by YAML 1.2's core schema; a number that none of ours can be stays text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text, {"0x": 16, "0o": 8}.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
