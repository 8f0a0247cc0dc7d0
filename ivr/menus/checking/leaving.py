"""How callers leave a queue other than by a person, and what is wrong with it."""

from __future__ import annotations

from collections import deque
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from ivr.menus.callbacks import windows
from ivr.menus.mistakes import Finding, Path, place
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.queues import Queue

ACCEPT_KEY = "1"  # takes what is offered to a waiting caller


class Move(NamedTuple):
    """A rule that sends callers away; `waits`: nobody who has just come."""

    path: Path
    to: Target
    waits: bool


def moves(plan: Plan, name: str) -> list[Move]:
    queue, here = plan.queues[name], ("queues", name)
    refused = [Move((*here, "refuse", n, "to"), rule.to, waits=False) for n, rule in enumerate(queue.refuse)]
    sent = [Move((*here, "overflow", n, "to"), rule.to, rule.waits) for n, rule in enumerate(queue.overflow) if rule.to]
    return refused + sent


def onward(plan: Plan, name: str) -> list[str]:
    """The queue, and all that its callers may be moved to, go to by key or meet while it is closed, nearest first."""
    reached = [name]
    for queue in reached:
        targets = [move.to for move in moves(plan, queue)] + [each.to for each in plan.queues[queue].exits.values()]
        targets += [closed.to] if (closed := plan.queues[queue].closed) else []
        reached += [to for to in dict.fromkeys(_queues(targets)) if to not in reached]
    return reached


def ways_out(plan: Plan) -> Iterator[Finding]:
    for look in _LOOKS:
        yield from look(plan)


def is_clinical(plan: Plan, name: str) -> bool:
    queue = plan.queues[name]
    return queue.clinical or queue.priority == "urgent" or name == plan.urgent.queue


def _queues(targets: Collection[Target]) -> list[str]:
    return [to.name for to in targets if to.kind is Kind.QUEUE]


# ---- where the rules lead -------------------------------------------------------------------------------------------


def _itself(plan: Plan) -> Iterator[Finding]:
    for name, queue in plan.queues.items():
        exits = [(("queues", name, "exits", key, "to"), each.to) for key, each in queue.exits.items()]
        offers = [(("queues", name, "overflow", n, "offer"), rule.offer) for n, rule in enumerate(queue.overflow)]
        for path, to in [*((move.path, move.to) for move in moves(plan, name)), *exits, *offers]:
            if to == Target(Kind.QUEUE, name):
                yield Finding(path, f"{place(path[:-1])} leads back into the same queue: leave it out")


def _circles(plan: Plan) -> Iterator[Finding]:
    """Queues that hand callers on and on: at once it is a mistake, after waits somebody may come free."""
    told: list[set[str]] = []
    for at_once in (True, False):
        for name in plan.queues:
            circle = _circle(plan, name, at_once=at_once)
            if len(circle) > 1 and set(circle) not in told:
                told.append(set(circle))
                way = " → ".join(circle)
                path: Path = ("queues", name, "overflow")
                if at_once:
                    yield Finding(path, f"callers would be sent round for ever, without a wait: {way}")
                else:
                    yield Finding(path, f"callers are sent round and round: {way}", warning=True)


def _circle(plan: Plan, name: str, *, at_once: bool) -> list[str]:
    """The shortest way from a queue back to itself, over others; [] where there is none."""
    ahead = deque([[name]])
    seen = {name}
    while ahead:
        way = ahead.popleft()
        for move in moves(plan, way[-1]):
            to = move.to.name if move.to.kind is Kind.QUEUE and not (at_once and move.waits) else ""
            if to == name and len(way) > 1:
                return [*way, to]
            if to and to not in seen:
                seen.add(to)
                ahead.append([*way, to])
    return []


def _never(plan: Plan) -> Iterator[Finding]:
    """Rules that come too late, and conditions that nobody who joins can meet."""
    for name, queue in plan.queues.items():
        gone = min((rule.after for rule in queue.overflow if rule.to and rule.after is not None), default=None)
        for index, rule in enumerate(queue.overflow):
            if gone is not None and rule.after is not None and rule.after > gone:
                said = (
                    f"overflow {index + 1} of queue '{name}' comes too late: after {gone:g} s nobody is there any more"
                )
                yield Finding(("queues", name, "overflow", index, "after"), said, warning=True)
        for index, refusal in enumerate(queue.refuse):
            if refusal.when.waited is not None:
                said = f"refusal {index + 1} of queue '{name}' is for who joins, and has not waited: use 'overflow'"
                yield Finding(("queues", name, "refuse", index, "when", "waited"), said)


# ---- exits and callbacks --------------------------------------------------------------------------------------------


def _exits(plan: Plan) -> Iterator[Finding]:
    for name, queue in plan.queues.items():
        here = ("queues", name, "exits")
        taken = queue.exits.get(ACCEPT_KEY)
        offered = [str(rule.target) for rule in queue.offers if taken and rule.target != taken.to]
        if offered:
            said = (
                f"key {ACCEPT_KEY} of queue '{name}' takes what is offered ({offered[0]}): give this exit another key"
            )
            yield Finding((*here, ACCEPT_KEY), said)
        for key, each in queue.exits.items():
            if each.intent and not queue.listens:
                said = f"exit '{key}' of queue '{name}' has an intent, but nobody listens there: add 'listens: yes'"
                yield Finding((*here, key, "intent"), said)
        for one, other in combinations(queue.exits, 2):
            if queue.exits[one].intent and queue.exits[one].intent == queue.exits[other].intent:
                said = f"exits '{one}' and '{other}' of queue '{name}' have the same intent"
                yield Finding((*here, other, "intent"), said)


def _callbacks(plan: Plan) -> Iterator[Finding]:
    for name, queue in plan.queues.items():
        asked = list(_asked_for(name, queue))
        if queue.callback is None:
            for path in asked:
                yield Finding(path, f"{place(path)} is 'callback', but queue '{name}' has no 'callback:': add it")
            continue
        path = ("queues", name, "callback")
        if plan.outside is None:
            yield Finding(path, f"queue '{name}' calls back, but the plan has no 'outside', which says how: add it")
        if not asked:
            yield Finding(path, f"queue '{name}' calls back, but no exit and no 'offer' says so", warning=True)
        if (queue.callback.hours or queue.callback.quiet) and not windows(queue.callback, 0.0, _zone(plan)):
            yield Finding(path, f"queue '{name}' may call back at no hour of the week: the quiet hours take them all")


def _asked_for(name: str, queue: Queue) -> Iterator[Path]:
    """Where a queue lets callers have a callback."""
    for key, each in queue.exits.items():
        if each.to.kind is Kind.CALLBACK:
            yield ("queues", name, "exits", key, "to")
    for index, rule in enumerate(queue.overflow):
        if rule.offer and rule.offer.kind is Kind.CALLBACK:
            yield ("queues", name, "overflow", index, "offer")


def _zone(plan: Plan) -> ZoneInfo:
    known = plan.practice.timezone in available_timezones()
    return ZoneInfo(plan.practice.timezone if known else "UTC")


_LOOKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (_itself, _circles, _never, _exits, _callbacks)
