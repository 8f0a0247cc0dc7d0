"""The files of a plan become one: sections grow key by key, and every value remembers the file that it is in."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from ivr.menus.mistakes import place
from ivr.menus.reading.yaml_marks import MAX_BYTES, Entry, Fault, Node, Place, Room, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INCLUDE = "include"
MAX_FILES = 100  # a file for each queue of a large practice is a third of it; a pattern must not read a whole disk
MAX_NESTED = 5  # files that include files; more is a circle by way of links
_WILD = frozenset("*?[")


class Source(NamedTuple):
    """A plan as it is written; `node` is None where the plan's own file cannot be read."""

    node: Node | None
    faults: tuple[Fault, ...]
    files: tuple[Path, ...]


def gather(path: Path) -> Source:
    """Read a plan and all that it includes. Never raises for what files may hold."""
    gathering = _Gathering(path)
    parts = gathering.parts(path.name, None, ())
    node = merged(parts, gathering.faults) if parts else None
    return Source(node, tuple(gathering.faults), tuple(path.parent / name for name in gathering.files))


def merged(parts: list[Node], faults: list[Fault]) -> Node:
    """One plan from the plan's own file, which comes first, and the included ones."""
    first = parts[0]
    if not isinstance(first.value, dict):
        return first
    sections: dict[str, Entry] = {}
    for part in parts:
        if isinstance(part.value, dict):
            for name, entry in part.value.items():
                if name != INCLUDE:
                    sections[name] = _joined(sections.get(name), entry, faults)
        elif part.value is not None:
            said = "an included file must be a mapping (keys and values), as a plan is"
            faults.append(Fault(part.mark, said, part.file))
    return Node(first.mark, sections, file=first.file)


def _joined(first: Entry | None, entry: Entry, faults: list[Fault]) -> Entry:
    if first is None:
        return entry
    grown, more = first.node.value, entry.node.value
    if not (isinstance(grown, dict) and isinstance(more, dict)):
        faults.append(_again((entry.key,), first, entry))
        return first
    faults += [_again((str(entry.key), name), grown[name], more[name]) for name in more if name in grown]
    new = {name: item for name, item in more.items() if name not in grown}
    return Entry(first.key, first.mark, Node(first.node.mark, grown | new, file=first.node.file))


def _again(path: tuple[str | int, ...], first: Entry, entry: Entry) -> Fault:
    said = f"{place(path)} is here again, first in {first.place}: keep one of them"
    return Fault(entry.mark, said, entry.place.file)


class _Gathering:
    """Files are named by their way from the plan's folder, with slashes."""

    def __init__(self, plan: Path) -> None:
        self.faults: list[Fault] = []
        self.files: dict[str, Place | None] = {}  # where each was included
        self._folder = plan.parent
        self._bytes = MAX_BYTES
        self._room = Room()

    def parts(self, name: str, included: Place | None, way: tuple[str, ...]) -> list[Node]:
        """The file and all that it includes; [] where it cannot be read. `way` are the files that led here."""
        node = self._read(name, included)
        if node is None:
            return []
        nodes, way = [node], (*way, name)
        for item in _items(node):
            for further in self._names(item, posixpath.dirname(name)):
                if self._may_follow(further, item.place, way):
                    nodes += self.parts(further, item.place, way)
        return nodes

    def _may_follow(self, name: str, at: Place, way: tuple[str, ...]) -> bool:
        if name in way:
            why = f"'{name}' includes itself: {' → '.join((*way[way.index(name) :], name))}"
        elif name in self.files:
            why = f"'{name}' is included already, at {self.files[name]}: leave one of them out"
        elif len(way) > MAX_NESTED:
            why = f"'{name}' is included by way of more than {MAX_NESTED} files: include it in the plan itself"
        elif len(self.files) >= MAX_FILES:
            why = f"'{name}' is one file too many: a plan has at most {MAX_FILES}"
        else:
            return True
        self._fault(at, why)
        return False

    def _names(self, item: Node, folder: str) -> Iterator[str]:
        """The files that an item of `include` stands for: one, or all that fit a pattern."""
        if not isinstance(item.value, str) or not item.value.strip():
            self._fault(item.place, "an included file must be a text such as people.yaml or queues/*.yaml")
            return
        name = posixpath.normpath(posixpath.join(folder, item.value))
        above, pattern = posixpath.split(name)
        if name.startswith(("/", "../")) or name == "..":
            self._fault(item.place, f"'{item.value}' is outside of the plan's folder: put the file into it")
        elif _WILD & set(above):
            self._fault(item.place, f"'{item.value}' has a pattern in a folder's name: only the file's may be one")
        elif _WILD & set(pattern):
            yield from self._fitting(item, above, pattern)
        else:
            yield name

    def _fitting(self, item: Node, folder: str, pattern: str) -> Iterator[str]:
        """Hidden files are left out: editors keep their own beside ours."""
        try:
            names = sorted(file.name for file in (self._folder / folder).iterdir())
        except (OSError, ValueError):
            names = []
        found = [name for name in names if fnmatchcase(name, pattern) and not name.startswith(".")]
        if not found:
            self._fault(item.place, f"no file fits '{item.value}'")
        yield from (posixpath.join(folder, name) for name in found)

    def _read(self, name: str, included: Place | None) -> Node | None:
        path = self._folder / name
        self.files[name] = included
        at, subject = (included, f"'{name}' ") if included else (Place(str(path), 1, 1), "")
        try:
            with path.open("rb") as file:
                data = file.read(self._bytes + 1)
        except (OSError, ValueError) as error:
            self._fault(at, f"{subject}cannot be read: {getattr(error, 'strerror', None) or error}")
            return None
        if len(data) > self._bytes:
            said = "makes the plan larger than" if included else "is larger than"
            self._fault(at, f"{subject}{said} {MAX_BYTES} bytes: this is no plan")
            return None
        self._bytes -= len(data)
        return self._understood(data, str(path))

    def _understood(self, data: bytes, file: str) -> Node | None:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            said = "holds a character that is not UTF-8: save the file as UTF-8"
            self.faults.append(Fault((line, 1), said, file))
            return None
        node, faults = read(text, file, self._room)
        self.faults += faults
        return node

    def _fault(self, at: Place, text: str) -> None:
        self.faults.append(Fault((at.line, at.column), text, at.file))


def _items(node: Node) -> tuple[Node, ...]:
    """What stands under `include`; one file may be written without a list."""
    entry = node.below(INCLUDE)
    if entry is None:
        return ()
    return entry.node.value if isinstance(entry.node.value, tuple) else (entry.node,)
