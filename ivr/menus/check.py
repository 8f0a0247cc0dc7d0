"""Names that a plan uses must exist, and in every language of the practice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ivr.menus.mistakes import Finding, Path, place, suggestion
from ivr.menus.model import ANSWERS, GENERIC_PROMPTS, Choice, Kind, Menu, Plan, Target

Names = Mapping[str, Collection[str]]
"""What is written in the plan, by section, whether it is sound or not."""

SECTIONS = ("menus", "queues", "voicemail", "prompts", "intents")
_SECTION_OF = {Kind.MENU: "menus", Kind.QUEUE: "queues", Kind.VOICEMAIL: "voicemail"}
_ONE = {
    "menus": "a menu",
    "queues": "a queue",
    "voicemail": "a voicemail box",
    "prompts": "a prompt",
    "intents": "an intent",
}


def names_of(plan: Plan) -> Names:
    return {section: set(getattr(plan, section)) for section in SECTIONS}


def references(plan: Plan, names: Names) -> Iterator[Finding]:
    """Each name that stands for nothing. `names` may hold more than the plan, where parts of it were not sound."""
    known = {**names, "prompts": {*names["prompts"], *GENERIC_PROMPTS}}
    for path, section, name in _uses(plan):
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
        case "start" | "queue":
            return f"{place(path)} is"
        case _:
            return f"{place(path)} names"


Use = tuple[Path, str, str]


def _uses(plan: Plan) -> Iterator[Use]:
    """Each name in use: where, of which section, the name."""
    yield ("start",), "menus", plan.start
    yield ("operator", "queue"), "queues", plan.operator.queue
    yield from _named(("operator", "intent"), "intents", plan.operator.intent)
    yield ("urgent", "queue"), "queues", plan.urgent.queue
    for number, entry in plan.numbers.items():
        yield ("numbers", number, "start"), "menus", entry.start
    for name, menu in plan.menus.items():
        yield from _in_menu(("menus", name), menu)
    for name, queue in plan.queues.items():
        yield from _aims(("queues", name, "overflow", "to"), queue.overflow.to if queue.overflow else None)
    for name, box in plan.voicemail.items():
        yield from _named(("voicemail", name, "greeting"), "prompts", box.greeting)


def _in_menu(path: Path, menu: Menu) -> Iterator[Use]:
    yield (*path, "ask"), "prompts", menu.ask
    yield from _named((*path, "say"), "prompts", menu.say)
    yield from _aims((*path, "silent"), menu.silent)
    yield from _aims((*path, "unclear"), menu.unclear)
    for key, tongue in menu.language_keys.items():
        yield from _named((*path, "language_keys", key, "intent"), "intents", tongue.intent)
    for key, choice in menu.choices.items():
        here = (*path, "choices", key)
        yield from _aims((*here, "go"), choice.go)
        yield from _named((*here, "intent"), "intents", choice.intent)
        yield from _named((*here, "say"), "prompts", choice.say)


def _named(path: Path, section: str, name: str | None) -> Iterator[Use]:
    if name is not None:
        yield path, section, name


def _aims(path: Path, target: Target | None) -> Iterator[Use]:
    if target is not None and target.kind in _SECTION_OF:
        yield path, _SECTION_OF[target.kind], target.name


def _kinds(plan: Plan) -> Iterator[Finding]:
    """Targets of the wrong kind: the lost need a person, an overflow is no menu."""
    for name, menu in plan.menus.items():
        for field, target in (("silent", menu.silent), ("unclear", menu.unclear)):
            if target is not None and target.kind is not Kind.QUEUE:
                said = f"'{field}' of menu '{name}' must lead to a person: write 'queue NAME', not '{target}'"
                yield Finding(("menus", name, field), said)
    for name, queue in plan.queues.items():
        if queue.overflow and queue.overflow.to.kind not in {Kind.QUEUE, Kind.VOICEMAIL}:
            said = f"the overflow of queue '{name}' must be 'queue NAME' or 'voicemail NAME', not '{queue.overflow.to}'"
            yield Finding(("queues", name, "overflow", "to"), said)


def _languages(plan: Plan) -> Iterator[Finding]:
    spoken = plan.practice.languages
    for name, words in plan.prompts.items():
        yield from _missing(("prompts", name), words, spoken, f"prompt '{name}' has no text")
    for name, intent in plan.intents.items():
        if name in ANSWERS:
            said = f"intent '{name}' is known to every plan for confirmations: give yours another name"
            yield Finding(("intents", name), said)
        yield from _missing(
            ("intents", name),
            [lang for lang, some in intent.items() if some],
            spoken,
            f"intent '{name}' has no phrases",
        )
    for number, entry in plan.numbers.items():
        if entry.language is not None:
            yield from _spoken(("numbers", number, "language"), entry.language, spoken)
    for name, menu in plan.menus.items():
        for key, tongue in menu.language_keys.items():
            yield from _spoken(("menus", name, "language_keys", key, "to"), tongue.to, spoken)
        for key, choice in menu.choices.items():
            yield from _choice_words(("menus", name, "choices", key), choice, spoken)


def _choice_words(path: Path, choice: Choice, spoken: Collection[str]) -> Iterator[Finding]:
    yield from _missing((*path, "name"), choice.name, spoken, f"{place(path)} has no name")


def _missing(path: Path, has: Collection[str], spoken: Collection[str], said: str) -> Iterator[Finding]:
    for language in spoken:
        if language not in has:
            yield Finding(path, f"{said} in '{language}', a language of the practice")


def _spoken(path: Path, language: str, spoken: Collection[str]) -> Iterator[Finding]:
    if language not in spoken:
        yield Finding(path, f"{place(path)} is '{language}', which is not a language of the practice")
