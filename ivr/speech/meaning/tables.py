"""Small YAML files of words, read with their places: each mistake is reported as file:line:column, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


MAX_BYTES = 1_000_000  # the product's longest list is a tenth of it; more is a wrong file
MAX_DEPTH = 20  # a table nests four deep; PyYAML's composer recurses in C, and many thousands crash the process


class BadTable(UserError):  # noqa: N818 - says what the file is
    """The file cannot be used; the message has one line for each mistake in it."""


class Table:
    """One YAML file of mappings, lists and plain text. `no`, `on` and `0123` are words here, as everywhere in speech.

    The readers report what they cannot use and go on with nothing; `finish` raises BadTable if there was any mistake.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mistakes: list[str] = []

    def root(self) -> yaml.Node:
        """Raises BadTable at once when the file cannot be read or is no YAML: there is nothing to go on with."""
        text = self._text()
        try:
            self._refuse_depth(text)
            node = yaml.compose(text, Loader=yaml.CBaseLoader)
        except yaml.MarkedYAMLError as error:
            raise BadTable(self._at(error.problem_mark, f"{error.problem}")) from error
        except yaml.YAMLError as error:
            raise BadTable(f"{self._path}: {error}") from error
        if node is None:
            raise BadTable(f"{self._path}: empty")
        return node

    def _text(self) -> str:
        try:
            with self._path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                raise BadTable(f"{self._path}: larger than {MAX_BYTES} bytes; this is no table")
            return data.decode("utf-8")
        except OSError as error:
            raise BadTable(f"{self._path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise BadTable(f"{self._path}: not in UTF-8; save it as UTF-8") from error

    def _refuse_depth(self, text: str) -> None:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise BadTable(self._at(event.start_mark, f"nested deeper than {MAX_DEPTH}; no table is"))

    def entries(self, node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node]]:
        """The keys and values of a mapping; a key that stands there twice is a mistake."""
        if not isinstance(node, yaml.MappingNode):
            self.mistake(node, f"{what} must be a mapping (name: …)")
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = self.text(key, f"a name in {what}")
            if name in seen:
                self.mistake(key, f"'{name}' is there twice in {what}")
            seen.add(name)
            yield name, value

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """A list of texts."""
        if not isinstance(node, yaml.SequenceNode):
            self.mistake(node, f"{what} must be a list")
            return ()
        return tuple(self.text(item, f"each of {what}") for item in node.value)

    def text(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.mistake(node, f"{what} must be a text")
            return ""
        return str(node.value).strip()

    def mistake(self, node: yaml.Node, what: str) -> None:
        self._mistakes.append(self._at(node.start_mark, what))

    def finish(self) -> None:
        if self._mistakes:
            raise BadTable("\n".join(self._mistakes))

    def _at(self, mark: Any, what: str) -> str:
        """`mark` is one of PyYAML's two kinds, or None."""
        plain = "".join(c if c.isprintable() else "?" for c in what)  # what a file holds moves no cursor
        return f"{self._path}:{mark.line + 1}:{mark.column + 1}: {plain}" if mark else f"{self._path}: {plain}"
