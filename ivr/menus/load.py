"""From a file to a Plan, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.menus.check import SECTIONS, Names, names_of, references
from ivr.menus.gaps import gaps
from ivr.menus.mistakes import Finding, Mistake, PlanErrors
from ivr.menus.shape import KEY, shape
from ivr.menus.yaml_marks import MAX_BYTES, Mark, Node, read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ivr.menus.model import Plan


@dataclass(frozen=True, slots=True)
class Examined:
    """All that `careline check` tells of a file; `plan` is None when there is any mistake."""

    plan: Plan | None
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()


def load(path: Path) -> Plan:
    """Read a plan; raises PlanErrors with every mistake when there is any."""
    examined = examine(path)
    if examined.plan is None:
        raise PlanErrors(examined.mistakes)
    return examined.plan


def examine(path: Path) -> Examined:
    """Read a plan and find all that is wrong with it. Never raises for what a file may hold."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _failed(path, ((1, 1), f"cannot be read: {error.strerror or error}"))
    if len(data) > MAX_BYTES:
        return _failed(path, ((1, 1), f"is larger than {MAX_BYTES} bytes: this is no plan"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _failed(path, ((line, 1), "holds a character that is not UTF-8: save the file as UTF-8"))
    node, faults = read(text)
    told = [(fault.mark, fault.text) for fault in faults]
    if node is None:
        return _failed(path, *told)
    plan, findings = _findings(node, path)
    mistakes = [(_mark(node, finding), finding.text) for finding in findings if not finding.warning]
    if told or mistakes:
        return _failed(path, *told, *mistakes)
    return Examined(plan, warnings=_mistakes(path, [(_mark(node, finding), finding.text) for finding in findings]))


def _failed(path: Path, *told: tuple[Mark, str]) -> Examined:
    return Examined(None, _mistakes(path, told))


def _mistakes(path: Path, told: Iterable[tuple[Mark, str]]) -> tuple[Mistake, ...]:
    """In the order of the file; a control character that the file names itself by stays out of the terminal."""
    plain = {(mark, "".join(c if c.isprintable() else "?" for c in text)) for mark, text in told}
    return tuple(sorted(Mistake(str(path), *mark, text) for mark, text in plain))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file system takes
        return False


def _findings(node: Node, path: Path) -> tuple[Plan | None, list[Finding]]:
    """Names are checked as far as the shape is sound; gaps only in a plan that is right so far."""
    plan, findings = shape(node.plain())
    if plan is None:
        return None, findings
    findings += references(plan, _names(node) if findings else names_of(plan))
    if not _is_file(path.parent / plan.red_flags):
        findings.append(Finding(("red_flags",), f"'{plan.red_flags}' is not a file beside the plan"))
    if not findings:
        findings += gaps(plan)
    return plan, findings


def _names(node: Node) -> Names:
    written = {section: node.below(section) for section in SECTIONS}
    sections = {section: entry.node.value if entry else {} for section, entry in written.items()}
    return {section: set(value) if isinstance(value, dict) else set() for section, value in sections.items()}


def _mark(node: Node, finding: Finding) -> Mark:
    at_key = finding.path[-1:] == (KEY,)
    return node.at(finding.path[:-1] if at_key else finding.path, key=at_key, column=finding.column)
