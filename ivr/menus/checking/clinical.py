"""Whoever is ill reaches a person at every hour: no rule, no key and no closed door leads them to voicemail.

A menu is not looked behind: there the caller decides anew, and key 0 and silence lead to a person.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from ivr.menus.checking.leaving import is_clinical, moves
from ivr.menus.checking.week import State, states
from ivr.menus.mistakes import Finding, Path
from ivr.menus.plan.doors import past_closed
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.plan.model import Plan


class _Way(NamedTuple):
    """A way out of a queue; `verb` tells it: "queue 'nurse' overflows to"."""

    path: Path
    to: Target
    verb: str


def clinical(plan: Plan) -> Iterator[Finding]:
    told: set[Path] = set()
    for state in states(plan):
        for finding in (*_voicemail(plan, state), *_hung_up(plan, state), *_danger(plan, state)):
            if finding.path not in told:
                told.add(finding.path)
                yield finding


def _ways(plan: Plan, name: str, state: State) -> Iterator[_Way]:
    """Whoever waits while a queue closes goes on waiting by its rules."""
    queue, here = plan.queues[name], ("queues", name)
    if queue.hours and queue.closed and not state.is_open(queue.hours):
        yield _Way((*here, "closed", "to"), queue.closed.to, "leads to")
    for move in moves(plan, name):
        yield _Way(move.path, move.to, "overflows to" if "overflow" in move.path else "sends callers to")
    for index, rule in enumerate(queue.overflow):
        if rule.offer:
            yield _Way((*here, "overflow", index, "offer"), rule.offer, "offers")
    for key, way_out in queue.exits.items():
        yield _Way((*here, "exits", key, "to"), way_out.to, "lets callers go to")


def _voicemail(plan: Plan, state: State) -> Iterator[Finding]:
    for name in plan.queues:
        if is_clinical(plan, name):
            for way in _ways(plan, name, state):
                yield from _meets_voicemail(plan, name, way, state)


def _meets_voicemail(plan: Plan, name: str, first: _Way, state: State) -> Iterator[Finding]:
    """The shortest way on from the first one."""
    ahead, seen = deque([(first, list[str](), "closed" in first.path)]), {name}
    while ahead:
        way, passed, is_closed = ahead.popleft()
        if way.to.kind is Kind.VOICEMAIL:
            through = f" by way of {' and '.join(passed)}" if passed else ""
            when = f" ({state.when})" if is_closed else ""
            said = f"queue '{name}' is clinical but {first.verb} {way.to}{through}{when}"
            yield Finding(first.path, f"{said}: somebody ill must never meet voicemail")
            return
        if way.to.kind is Kind.QUEUE and way.to.name not in seen:
            seen.add(way.to.name)
            further = _ways(plan, way.to.name, state)
            ahead += [(each, [*passed, way.to.name], is_closed or "closed" in each.path) for each in further]


def _hung_up(plan: Plan, state: State) -> Iterator[Finding]:
    for name, queue in plan.queues.items():
        arrived, passed = past_closed(plan, Target(Kind.QUEUE, name), state.is_open)
        if queue.closed and passed and is_clinical(plan, name) and arrived.kind is Kind.GOODBYE:
            said = f"queue '{name}' is clinical but hangs up on callers ({state.when}): let it lead to a queue"
            yield Finding(("queues", name, "closed", "to"), said)


def _danger(plan: Plan, state: State) -> Iterator[Finding]:
    """Who has no time to listen to a menu."""
    name = plan.urgent.queue
    arrived, passed = past_closed(plan, Target(Kind.QUEUE, name), state.is_open)
    if passed and arrived.kind is Kind.MENU:
        said = f"callers in danger would come to menu '{arrived}' ({state.when}): let queue '{name}' lead to a queue"
        yield Finding(("queues", name, "closed", "to"), said)
