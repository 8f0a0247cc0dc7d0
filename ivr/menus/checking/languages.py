"""What is said and heard must be there in every language of the practice, and in no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.checking.uses import choices_of
from ivr.menus.mistakes import Finding, Path, place
from ivr.menus.plan.manners import BUILT_IN
from ivr.menus.plan.values import Kind
from ivr.menus.words.closure_wording import switched_by_phone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.values import Words


def missing_languages(plan: Plan) -> Iterator[Finding]:
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
        yield from ((here, choice.name) for here, choice in choices_of(("menus", name), menu))
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
