"""A plan with wrong names in it, made whole: so that its gaps are told in the same round as its names.

What a name should stand for is not known, so something stands in that nothing is wrong with: a queue that anybody may
answer, a menu with a way out, a person with a phone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.menus.checking.uses import uses
from ivr.menus.plan.values import Target
from ivr.menus.reading.shape import kind_at, shape

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ivr.menus.mistakes import Finding, Path
    from ivr.menus.plan.model import Plan

STAND_IN = "stand_in_for_a_name"
_ANYBODYS: dict[str, Any] = {}
_WAY_OUT = {"ask": "please_press", "choices": {"1": {"name": {}, "go": "goodbye"}}}
_MADE: dict[str, Any] = {
    "menus": _WAY_OUT,
    "sites": [],
    "prompts": {},
    "intents": {},
    "hours": {"mon-sun": "00:00-00:00"},
}


class Whole:
    """`plan` is None where too little is sound. `names` are the stand-ins, `aims` where callers go somewhere else."""

    def __init__(self, plan: Plan, data: Any, findings: Collection[Finding]) -> None:
        """From what is sound of a plan, the data that it was made from (it is changed), and its wrong names."""
        self.names = {
            (_section(section), name) for _, section, name in uses(plan) if not _is_there(plan, section, name)
        }
        self.names.add(("queues", STAND_IN))
        self.aims = {finding.path[:3] for finding in findings if kind_at(finding.path) is Target}
        for finding in findings:
            if kind_at(finding.path) is Target:
                _put(data, finding.path, f"queue {STAND_IN}")
        for section, name in self.names:
            written = data.get(section)
            data[section] = (written if isinstance(written, dict) else {}) | {name: _stand_in(section, name)}
        whole = shape(data).plan
        self.plan = whole if whole and all(_is_there(whole, *use[1:]) for use in uses(whole)) else None

    def tells(self, finding: Finding) -> bool:
        """Whether a gap is one of the plan itself, and not of what stands in."""
        strange = finding.path[:2] in self.names or finding.path[:3] in self.aims or STAND_IN in finding.text
        return not (finding.warning or strange)


def _section(section: str) -> str:
    return "people" if section == "alerted" else section


def _is_there(plan: Plan, section: str, name: str) -> bool:
    sections: Sequence[str] = ("people", "rotas") if section == "alerted" else (section,)
    return section == "prompts" or any(name in getattr(plan, each) for each in sections)


def _stand_in(section: str, name: str) -> Any:
    return {"phone": f"Nobody/{name}"} if section == "people" else _MADE.get(section, _ANYBODYS)


def _put(data: Any, path: Path, value: str) -> None:
    """Replace what stands at `path`, or the short form of it."""
    for step in path:
        if isinstance(step, int) and not isinstance(data, list):
            continue  # a list of one may be written as its item
        key = step if isinstance(data, list) else next(key for key in data if str(key) == str(step))
        if step == path[-1] or not isinstance(data[key], dict | list):
            data[key] = value
            return
        data = data[key]
