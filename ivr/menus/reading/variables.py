"""`${clinic}` in any text of a plan is what `variables` says of it, and `$$` is a dollar.

A text that is a variable and nothing else is the variable's value: a number stays a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ivr.menus.mistakes import suggestion
from ivr.menus.reading.yaml_marks import MAX_BYTES, Entry, Fault, Node, Place, Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES = "variables"
MAX_NESTED = 5  # variables in variables: more than a name, an address and a sentence with both is hard to follow
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_USE = re.compile(r"\$(?:\$|\{(?P<name>[^{}]*)(?P<end>\}?))")


@dataclass(slots=True)
class Filled:
    """A plan without variables. `unsure` are the texts in which one is wrong: what they hold is not known."""

    node: Node
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    unsure: set[Place] = field(default_factory=set)


def filled(plan: Node) -> Filled:
    """The plan with every variable in its place."""
    result = Filled(plan)
    if isinstance(plan.value, dict):
        filling = _Filling(_written(plan, result.faults), result)
        for name in filling.written:
            filling.value(name)
        sections = {name: entry for name, entry in plan.value.items() if name != VARIABLES}
        result.node = filling.node(replace(plan, value=sections))
        for name, entry in filling.written.items():
            if name not in filling.used:
                said = f"variable '{name}' is never used"
                result.warnings.append(Fault(entry.mark, said, entry.place.file))
    return result


def _written(plan: Node, faults: list[Fault]) -> dict[str, Entry]:
    """The plan's variables, without those that are none."""
    section = plan.below(VARIABLES)
    if section is None or section.node.value is None:
        return {}
    if not isinstance(section.node.value, dict):
        said = "'variables' must be a mapping such as {clinic: Riverside}"
        faults.append(Fault(section.mark, said, section.place.file))
        return {}
    good = {}
    for name, entry in section.node.value.items():
        if not _NAME.fullmatch(name):
            said = f"variable '{name}' must be a name of lower-case letters, digits and _ that begins with a letter"
        elif entry.node.value is None or isinstance(entry.node.value, tuple | dict):
            said = f"variable '{name}' must be a text or a number"
        else:
            good[name] = entry
            continue
        faults.append(Fault(entry.mark, said, entry.place.file))
    return good


class _Filling:
    def __init__(self, written: Mapping[str, Entry], result: Filled) -> None:
        self.written = written
        self.used: set[str] = set()
        self._result = result
        self._values: dict[str, Scalar] = {}  # None for a variable in which something is wrong
        self._letters = MAX_BYTES  # that variables may make in all: a few lines of them could make a billion

    def value(self, name: str, way: tuple[str, ...] = ()) -> Scalar:
        """What a variable stands for; `way` are the variables that led to it."""
        if name not in self._values:
            node = self.written[name].node
            self._values[name] = self._text(node, (*way, name)) if isinstance(node.value, str) else _scalar(node)
        return self._values[name]

    def node(self, node: Node) -> Node:
        if isinstance(node.value, tuple):
            return replace(node, value=tuple(self.node(item) for item in node.value))
        if isinstance(node.value, dict):
            return replace(node, value=self._entries(node.value))
        if not isinstance(node.value, str) or "$" not in node.value:
            return node
        value = self._text(node, ())
        if value is None:
            self._result.unsure.add(node.place)
            return node
        return replace(node, value=value, quotes=None)  # columns inside of the text are others now

    def _entries(self, entries: Mapping[str, Entry]) -> dict[str, Entry]:
        """Keys may have variables, too."""
        filled_entries: dict[str, Entry] = {}
        for entry in entries.values():
            key = entry.key
            if isinstance(key, str) and "$" in key:
                value = self._text(Node(entry.mark, key, file=entry.place.file), ())
                key = key if value is None else str(value)
            if first := filled_entries.get(str(key)):
                said = f"'{key}' is here twice, first in line {first.mark[0]}: keep one of them"
                self._fault(entry.place, said)
            else:
                filled_entries[str(key)] = Entry(key, entry.mark, self.node(entry.node))
        return filled_entries

    def _text(self, node: Node, way: tuple[str, ...]) -> Scalar:
        """The text with its variables; None when one of them is wrong."""
        text = str(node.value)
        found = list(_USE.finditer(text))
        values = [self._use(node, each, way) for each in found]
        if any(value is None for value in values):
            return None
        if len(found) == 1 and found[0][0] == text:
            return values[0]
        parts, at = list[str](), 0
        for each, value in zip(found, values, strict=True):
            parts += [text[at : each.start()], str(value)]
            at = each.end()
        return self._counted(node, "".join([*parts, text[at:]]))

    def _counted(self, node: Node, text: str) -> str | None:
        if self._letters < 0:
            return None
        self._letters -= len(text)
        if self._letters < 0:
            self._fault(node.place, f"variables make more than {MAX_BYTES} letters of text: no plan has so many")
            return None
        return text

    def _use(self, node: Node, found: re.Match[str], way: tuple[str, ...]) -> Scalar:
        if found[0] == "$$":
            return "$"
        name = found["name"]
        if not found["end"]:
            said = "'${' has no '}' in the same text; write $$ for a dollar that is no variable"
        elif name not in self.written:
            said = f"'{name}' is not a variable{suggestion(name, self.written)}"
        elif name in way:
            said = f"variable '{name}' stands for itself: {' → '.join((*way[way.index(name) :], name))}"
        elif len(way) >= MAX_NESTED:
            said = f"variable '{name}' stands in variables in variables, more than {MAX_NESTED} deep: write it out"
        else:
            self.used.add(name)
            return self.value(name, way)
        line, column = node.mark
        inside = 0 if node.quotes is None else node.quotes + found.start()
        self._fault(Place(node.file, line, column + inside), said)
        return None

    def _fault(self, at: Place, text: str) -> None:
        self._result.faults.append(Fault((at.line, at.column), text, at.file))


def _scalar(node: Node) -> Scalar:
    assert not isinstance(node.value, tuple | dict), "_written leaves them out"
    return node.value
