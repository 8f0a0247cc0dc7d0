"""What can be wrong with closures, and with the extensions at which they are switched."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from ivr.menus.mistakes import Finding, Path
from ivr.menus.plan.closures import MOST_BY_PHONE, Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.plan.model import Plan


def closing(plan: Plan) -> Iterator[Finding]:
    """Mistakes and warnings of a plan without dangling names."""
    yield from _closes_nothing(plan)
    for code, each in plan.codes.items():
        here: Path = ("codes", code)
        if code in plan.numbers:
            yield Finding(here, f"'{code}' is a code and a number: callers would be asked for a PIN")
        yield from _pins(plan, here, each)
        if each.does == "closures":
            yield from _by_phone(plan, here)


def _closes_nothing(plan: Plan) -> Iterator[Finding]:
    used = {menu.hours for menu in plan.menus.values()} | {queue.hours for queue in plan.queues.values()}
    for name, closure in plan.closures.items():
        if closure.closes != () and not any(closure.shuts(hours) for hours in used if hours):
            said = f"closure '{name}' closes nothing: no menu and no queue has these hours"
            yield Finding(("closures", name), said, warning=True)


def _pins(plan: Plan, here: Path, code: Code) -> Iterator[Finding]:
    """Who may use it is known by the PIN: so everybody has one, and no two the same."""
    for index, name in enumerate(code.who):
        if plan.people[name].pin is None:
            said = f"{name} has no 'pin', which code '{here[-1]}' asks for: add one to person '{name}'"
            yield Finding((*here, "who", index), said)
    for one, other in combinations(dict.fromkeys(code.who), 2):
        if plan.people[one].pin is not None and plan.people[one].pin == plan.people[other].pin:
            said = f"{one} and {other} have the same PIN, so code '{here[-1]}' cannot tell them apart: change one"
            yield Finding((*here, "who"), said)
    for name, times in Counter(code.who).items():
        if times > 1:
            yield Finding((*here, "who"), f"{name} is named twice", warning=True)


def _by_phone(plan: Plan, here: Path) -> Iterator[Finding]:
    if not plan.closures:
        yield Finding((*here, "does"), f"code '{here[-1]}' switches closures, but the plan has none: add 'closures'")
    if len(plan.closures) > MOST_BY_PHONE:
        said = f"code '{here[-1]}' has a key for {MOST_BY_PHONE} closures, and the plan has more: take some together"
        yield Finding((*here, "does"), said)
