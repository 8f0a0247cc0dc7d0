"""Names that a plan uses must exist, and in every language of the practice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ivr.menus.callers import aims as known_callers_go
from ivr.menus.closures import switched_by_phone
from ivr.menus.manners import BUILT_IN
from ivr.menus.mistakes import Finding, Path, place, suggestion
from ivr.menus.model import GENERIC_PROMPTS, Choice, Menu, Plan
from ivr.menus.values import Kind, Target

if TYPE_CHECKING:
    from ivr.menus.people import Rota
    from ivr.menus.queues import Queue, Rung
    from ivr.menus.values import Words

Names = Mapping[str, Collection[str]]
"""What is written in the plan, by section, whether it is sound or not."""

SECTIONS = ("menus", "queues", "voicemail", "prompts", "intents", "people", "rotas", "hours", "slots")
_SECTION_OF = {Kind.MENU: "menus", Kind.QUEUE: "queues", Kind.VOICEMAIL: "voicemail"}
_ONE = {
    "menus": "a menu",
    "queues": "a queue",
    "voicemail": "a voicemail box",
    "prompts": "a prompt",
    "intents": "an intent",
    "people": "a person",
    "alerted": "a person or a rota",
    "sites": "a site",
    "slots": "a slot",
    "hours": "a name of hours",
}


def names_of(plan: Plan) -> Names:
    return {section: set(getattr(plan, section)) for section in SECTIONS}


def references(plan: Plan, names: Names) -> Iterator[Finding]:
    """Each name that stands for nothing. `names` may hold more than the plan, where parts of it were not sound."""
    known = {
        **names,
        "prompts": {*names["prompts"], *GENERIC_PROMPTS},
        "alerted": {*names["people"], *names["rotas"]},
        "sites": {*plan.sites, *(entry.site for entry in plan.numbers.values() if entry.site)},
    }
    for path, section, name in uses(plan):
        if name not in known[section]:
            fix = suggestion(name, known[section])
            yield Finding(path, f"{_verb(path)} '{name}', which is not {_ONE[section]}{fix}")
    yield from _kinds(plan)
    yield from _languages(plan)


def _verb(path: Path) -> str:
    """The start of a sentence about a name: "choice '1' of menu 'main' goes to"."""
    match path[-1]:
        case "go" | "to":
            return f"{place(path[:-1])} goes to"
        case "offer":
            return f"{place(path[:-1])} offers"
        case "start" | "queue":
            return f"{place(path)} is"
        case _:
            return f"{place(path)} names"


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
    for here, choice in _choices(path, menu):
        yield from _aims((*here, "go"), choice.go)
        yield from _named((*here, "intent") if here[-1] in menu.choices else here, "intents", choice.intent)
        yield from _named((*here, "say"), "prompts", choice.say)
        yield from _all(here, "collect", "slots", choice.collect)


def _choices(path: Path, menu: Menu) -> Iterator[tuple[Path, Choice]]:
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


_NOT_IN_LINE = (Kind.MENU, Kind.QUEUE, Kind.VOICEMAIL, Kind.GOODBYE)
_SENT = (Kind.QUEUE, Kind.VOICEMAIL, Kind.MENU)
_ASKED = (Kind.CALLBACK, Kind.VOICEMAIL, Kind.QUEUE)
_LEFT = (Kind.CALLBACK, Kind.VOICEMAIL, Kind.QUEUE, Kind.MENU)
_WRITTEN = {
    Kind.MENU: "a menu's name",
    Kind.QUEUE: "'queue NAME'",
    Kind.VOICEMAIL: "'voicemail NAME'",
    Kind.GOODBYE: "'goodbye'",
    Kind.CALLBACK: "'callback'",
}


def _kinds(plan: Plan) -> Iterator[Finding]:
    """Targets of the wrong kind: the lost need a person, only who waits can be called back."""
    for name, menu in plan.menus.items():
        for field, target in (("silent", menu.silent), ("unclear", menu.unclear)):
            if target is not None and target.kind is not Kind.QUEUE:
                said = f"'{field}' of menu '{name}' must lead to a person: write 'queue NAME', not '{target}'"
                yield Finding(("menus", name, field), said)
        for here, choice in _choices(("menus", name), menu):
            yield from _allowed((*here, "go"), choice.go, _NOT_IN_LINE)
    for name, queue in plan.queues.items():
        here = ("queues", name)
        for index, refusal in enumerate(queue.refuse):
            yield from _allowed((*here, "refuse", index, "to"), refusal.to, _SENT)
        for index, overflow in enumerate(queue.overflow):
            yield from _allowed((*here, "overflow", index, "to"), overflow.to, _SENT)
            yield from _allowed((*here, "overflow", index, "offer"), overflow.offer, _ASKED)
        for key, way_out in queue.exits.items():
            yield from _allowed((*here, "exits", key, "to"), way_out.to, _LEFT)


def _allowed(path: Path, target: Target | None, kinds: Sequence[Kind]) -> Iterator[Finding]:
    if target is not None and target.kind not in kinds:
        *first, last = [_WRITTEN[kind] for kind in kinds]
        yield Finding(path, f"{place(path)} must be {', '.join(first)} or {last}, not '{target}'")


def _languages(plan: Plan) -> Iterator[Finding]:
    spoken = plan.practice.languages
    for name, words in plan.prompts.items():
        yield from _missing(("prompts", name), words, spoken, f"prompt '{name}' has no text")
    for name, intent in plan.intents.items():
        if name in BUILT_IN:
            said = f"intent '{name}' is known to every plan: give yours another name"
            yield Finding(("intents", name), said)
        heard = [language for language, phrases in intent.items() if phrases]
        yield from _missing(("intents", name), heard, spoken, f"intent '{name}' has no phrases")
    for path, language in _chosen(plan):
        if language not in spoken:
            yield Finding(path, f"{place(path)} is '{language}', which is not a language of the practice")
    for path, named in _namings(plan):
        yield from _missing(path, named, spoken, f"{place(path)} has no name")


def _chosen(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Each language that a number or a key chooses."""
    for number, entry in plan.numbers.items():
        if entry.language is not None:
            yield ("numbers", number, "language"), entry.language
    for name, menu in plan.menus.items():
        for key, tongue in menu.language_keys.items():
            yield ("menus", name, "language_keys", key, "to"), tongue.to


def _namings(plan: Plan) -> Iterator[tuple[Path, Words]]:
    """What completes "…, press one"; the ways to voicemail and to a callback have names of their own."""
    for name, menu in plan.menus.items():
        yield from ((here, choice.name) for here, choice in _choices(("menus", name), menu))
    for name, queue in plan.queues.items():
        for key, way_out in queue.exits.items():
            if way_out.name is not None or way_out.to.kind in {Kind.QUEUE, Kind.MENU}:
                yield ("queues", name, "exits", key), way_out.name or {}
    for name, slot in plan.slots.items():
        for value, each in slot.values.items():
            yield ("slots", name, "values", value), each.name
    if switched_by_phone(plan):
        for name, closure in plan.closures.items():
            yield ("closures", name), closure.name


def _missing(path: Path, has: Collection[str], spoken: Collection[str], said: str) -> Iterator[Finding]:
    for language in spoken:
        if language not in has:
            yield Finding(path, f"{said} in '{language}', a language of the practice")
