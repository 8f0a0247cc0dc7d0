"""What "100 % of the paths" means: everything of the plan that a caller can meet is on at least one path.

That is every number, list of callers, language, choice (by key and by word), way out of a menu, exit (by key and by
word), rule of overflow, refusal and closing, callback, queue, voicemail box and closure; and each slot that a choice
collects: given, refused when it is read back, and gone on without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.paths import giving
from ivr.menus.paths.conditions import doorways

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ivr.menus.paths.nouns import Path, Place
    from ivr.menus.plan.model import Menu, Plan
    from ivr.menus.plan.queues import Queue


def places(plan: Plan, since: datetime) -> frozenset[Place]:
    """All that the plan has. The year of hours and holidays begins at `since`, as for the paths."""
    return frozenset(_places(plan, since))


def missed(plan: Plan, since: datetime, paths: Iterable[Path]) -> list[Place]:
    """What is on no path."""
    return sorted(places(plan, since).difference(*(path.places for path in paths)))


def in_words(place: Place) -> str:
    """As one looks for it in the plan: menus.main.choices.1"""
    return ".".join(place)


def _places(plan: Plan, since: datetime) -> Iterator[Place]:
    yield from (("doors", doors.name) for doors in doorways(plan, since))
    yield from (("numbers", number) for number in plan.numbers)
    yield from [("callers", "blocked")] if plan.callers.blocked else []
    yield from (("callers", "preferred", name) for name in plan.callers.preferred)
    yield from (("languages", language) for language in plan.practice.languages)
    yield from [("operator",), ("urgent",), *([("operator", "intent")] if plan.operator.intent else [])]
    yield from giving.places(plan)
    yield from (("voicemail", box) for box in plan.voicemail)
    for name, menu in plan.menus.items():
        yield from _in_menu(("menus", name), menu)
    for name, queue in plan.queues.items():
        yield from _in_queue(("queues", name), queue)


def _in_menu(here: Place, menu: Menu) -> Iterator[Place]:
    yield from [(*here, "silent"), (*here, "unclear"), *([(*here, "closed")] if menu.closed else [])]
    for section, entries in (("choices", menu.choices), ("language_keys", menu.language_keys)):
        for key, entry in entries.items():
            yield (*here, section, key)
            if entry.intent:
                yield (*here, section, key, "intent")
    yield from ((*here, "said", intent) for intent in menu.said)


def _in_queue(here: Place, queue: Queue) -> Iterator[Place]:
    yield from [
        here,
        *([(*here, "closed")] if queue.closed else []),
        *([(*here, "callback")] if queue.callback else []),
    ]
    yield from ((*here, "refuse", str(index)) for index in range(len(queue.refuse)))
    yield from ((*here, "overflow", str(index)) for index in range(len(queue.overflow)))
    for key, way in queue.exits.items():
        yield (*here, "exits", key)
        if way.intent and queue.listens:
            yield (*here, "exits", key, "intent")
    if queue.listens:
        yield (*here, "listens")
