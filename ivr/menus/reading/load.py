"""From files to a Plan, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.menus.checking.check import SECTIONS, Names, names_of, references
from ivr.menus.checking.gaps import gaps
from ivr.menus.mistakes import KEY, Finding, Mistake, PlanErrors
from ivr.menus.reading.files import gather
from ivr.menus.reading.shape import shape
from ivr.menus.reading.stand_ins import Whole
from ivr.menus.reading.variables import filled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ivr.menus.plan.model import Plan
    from ivr.menus.reading.yaml_marks import Fault, Node, Place

LONGEST = 600  # letters of a sentence; a value that it quotes may have many thousands
LEXICON = "lexicon.yaml"
"""The practice's own words for its concepts, beside the plan; the product's without it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """All that `careline check` tells of a plan; `plan` is None when there is any mistake."""

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
    """Read a plan with its files and find all that is wrong with it. Never raises for what they may hold."""
    source = gather(path)
    if source.node is None:
        return Examined(None, _mistakes(_placed(source.faults)))
    written = filled(source.node)
    plan, findings = _findings(written.node, path)
    places = [(_where(written.node, finding), finding) for finding in findings]
    wrong = [(place, each.text) for place, each in places if not each.warning and place not in written.unsure]
    if told := [*_placed(source.faults), *_placed(written.faults), *wrong]:
        return Examined(None, _mistakes(told))
    doubts = [(place, each.text) for place, each in places]
    return Examined(plan, warnings=_mistakes([*_placed(written.warnings), *doubts]))


def files_of(path: Path) -> tuple[Path, ...]:
    """All files that a plan is made of: its own, the included ones, the red flags', and its lexicon if it has one."""
    source = gather(path)
    beside = [path.parent / LEXICON]
    if source.node and (entry := filled(source.node).node.below("red_flags")) and isinstance(entry.node.value, str):
        beside.insert(0, path.parent / entry.node.value)
    return tuple(dict.fromkeys([*source.files, *(file for file in beside if _is_file(file))]))


def _placed(faults: Iterable[Fault]) -> list[tuple[Place, str]]:
    return [(fault.place, fault.text) for fault in faults]


def _mistakes(told: Iterable[tuple[Place, str]]) -> tuple[Mistake, ...]:
    """In the order of the files; control characters and endless values of a file stay out of the terminal."""
    plain = {(place, "".join(c if c.isprintable() else "?" for c in _short(text))) for place, text in told}
    return tuple(sorted(Mistake(*place, text) for place, text in plain))


def _short(text: str) -> str:
    """The ends of a sentence tell where and what to do: what is too long is in the middle."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file system takes
        return False


def _findings(node: Node, path: Path) -> tuple[Plan | None, list[Finding]]:
    """Names are checked as far as the shape is sound, gaps as far as the names are."""
    shaped = shape(node.plain())
    plan, misshapen = shaped.plan, shaped.findings
    if plan is None:
        return None, misshapen
    unnamed = list(references(plan, _names(node) if misshapen else names_of(plan)))
    findings = [*misshapen, *(each for each in unnamed if shaped.keeps_place(each.path))]
    if not _is_file(path.parent / plan.red_flags):
        findings.append(Finding(("red_flags",), f"'{plan.red_flags}' is not a file beside the plan"))
    if not findings:
        return plan, list(gaps(plan))
    whole = Whole(plan, shaped.data, unnamed)
    unsound = {str(each.path[0]) for each in misshapen if each.path}
    further = gaps(whole.plan, unsound) if whole.plan else ()
    return plan, [*findings, *(gap for gap in further if whole.tells(gap) and shaped.keeps_place(gap.path))]


def _names(node: Node) -> Names:
    written = {section: node.below(section) for section in SECTIONS}
    sections = {section: entry.node.value if entry else {} for section, entry in written.items()}
    return {section: set(value) if isinstance(value, dict) else set() for section, value in sections.items()}


def _where(node: Node, finding: Finding) -> Place:
    at_key = finding.path[-1:] == (KEY,)
    return node.where(finding.path[:-1] if at_key else finding.path, key=at_key, column=finding.column)
