"""Each name that a plan uses, and where: what leads to a menu, who plays a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.checking.known_callers import aims as known_callers_go
from ivr.menus.mistakes import Path
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.menus.plan.model import Choice, Menu, Plan
    from ivr.menus.plan.people import Rota
    from ivr.menus.plan.queues import Queue, Rung

_SECTION_OF = {Kind.MENU: "menus", Kind.QUEUE: "queues", Kind.VOICEMAIL: "voicemail"}

Use = tuple[Path, str, str]


def uses(plan: Plan) -> Iterator[Use]:
    """Each name in use: where, of which section, the name."""
    yield ("start",), "menus", plan.start
    yield ("operator", "queue"), "queues", plan.operator.queue
    yield from _named(("operator", "intent"), "intents", plan.operator.intent)
    yield ("urgent", "queue"), "queues", plan.urgent.queue
    yield from _named(("urgent", "say"), "prompts", plan.urgent.say)
    yield from _named(("urgent", "crisis"), "prompts", plan.urgent.crisis)
    yield from _told(("urgent", "alert"), plan.urgent.alert)
    for number, entry in plan.numbers.items():
        yield ("numbers", number, "start"), "menus", entry.start
    for name, menu in plan.menus.items():
        yield from _in_menu(("menus", name), menu)
    for name, queue in plan.queues.items():
        yield from _in_queue(("queues", name), queue)
    for name, person in plan.people.items():
        yield from _named(("people", name, "site"), "sites", person.site)
    for name, others in plan.sites.items():
        yield from ((("sites", name, index), "sites", other) for index, other in enumerate(others))
    for name, rota in plan.rotas.items():
        yield from _in_rota(("rotas", name), rota)
    for name, box in plan.voicemail.items():
        yield from _named(("voicemail", name, "greeting"), "prompts", box.greeting)
        yield from _named(("voicemail", name, "queue"), "queues", box.queue)
        yield from _told(("voicemail", name, "alert"), box.alert)
    for name, slot in plan.slots.items():
        yield ("slots", name, "ask"), "prompts", slot.ask
    yield from _at_the_door(plan)


def _in_menu(path: Path, menu: Menu) -> Iterator[Use]:
    yield (*path, "ask"), "prompts", menu.ask
    yield from _named((*path, "say"), "prompts", menu.say)
    yield from _aims((*path, "silent"), menu.silent)
    yield from _aims((*path, "unclear"), menu.unclear)
    yield from _when_closed(path, menu)
    for key, tongue in menu.language_keys.items():
        yield from _named((*path, "language_keys", key, "intent"), "intents", tongue.intent)
    for here, choice in choices_of(path, menu):
        yield from _aims((*here, "go"), choice.go)
        yield from _named((*here, "intent") if here[-1] in menu.choices else here, "intents", choice.intent)
        yield from _named((*here, "say"), "prompts", choice.say)
        yield from _all(here, "collect", "slots", choice.collect)


def choices_of(path: Path, menu: Menu) -> Iterator[tuple[Path, Choice]]:
    yield from (((*path, "choices", key), choice) for key, choice in menu.choices.items())
    yield from (((*path, "said", intent), choice) for intent, choice in menu.said.items())


def _when_closed(path: Path, place: Menu | Queue) -> Iterator[Use]:
    yield from _named((*path, "hours"), "hours", place.hours)
    if place.closed:
        yield from _aims((*path, "closed", "to"), place.closed.to)
        yield from _named((*path, "closed", "say"), "prompts", place.closed.say)


def _in_queue(path: Path, queue: Queue) -> Iterator[Use]:
    yield from _when_closed(path, queue)
    for index, refusal in enumerate(queue.refuse):
        yield from _aims((*path, "refuse", index, "to"), refusal.to)
    for index, overflow in enumerate(queue.overflow):
        yield from _aims((*path, "overflow", index, "to"), overflow.to)
        yield from _aims((*path, "overflow", index, "offer"), overflow.offer)
    for index, alert in enumerate(queue.alert):
        yield from _told((*path, "alert", index, "ladder"), alert.ladder)
    if queue.announce:
        yield from _all((*path, "announce"), "also", "prompts", queue.announce.also)
    for key, way_out in queue.exits.items():
        yield from _aims((*path, "exits", key, "to"), way_out.to)
        yield from _named((*path, "exits", key, "intent"), "intents", way_out.intent)


def _told(path: Path, ladder: Iterable[Rung]) -> Iterator[Use]:
    for number, rung in enumerate(ladder):
        yield from _all((*path, number), "who", "alerted", rung.who)


def _at_the_door(plan: Plan) -> Iterator[Use]:
    """Closures and codes, and callers known by their numbers."""
    for name, closure in plan.closures.items():
        yield from _named(("closures", name, "say"), "prompts", closure.say)
        yield from _all(("closures", name), "closes", "hours", closure.closes or ())
    for extension, code in plan.codes.items():
        yield from _all(("codes", extension), "who", "people", code.who)
    if blocked := plan.callers.blocked:
        yield from _named(("callers", "blocked", "say"), "prompts", blocked.say)
    for name, each in plan.callers.preferred.items():
        yield from _named(("callers", "preferred", name, "start"), "menus", each.start)
    for path, target in known_callers_go(plan):
        yield from _aims(path, target)


def _in_rota(path: Path, rota: Rota) -> Iterator[Use]:
    for index, shift in enumerate(rota.shifts):
        yield from _all((*path, "shifts", index), "who", "people", shift.who)
    for index, week in enumerate(rota.weekly):
        yield from _all(path, "weekly", "people", week, index)
    for index, swap in enumerate(rota.swaps):
        yield (*path, "swaps", index, "instead_of"), "people", swap.instead_of
        yield (*path, "swaps", index, "who"), "people", swap.who


def _all(path: Path, key: str, section: str, names: Iterable[str], *deeper: int) -> Iterator[Use]:
    for index, name in enumerate(names):
        yield (*path, key, *deeper, index), section, name


def _named(path: Path, section: str, name: str | None) -> Iterator[Use]:
    if name is not None:
        yield path, section, name


def _aims(path: Path, target: Target | None) -> Iterator[Use]:
    if target is not None and target.kind in _SECTION_OF:
        yield path, _SECTION_OF[target.kind], target.name
