"""Names that a plan uses must exist, and in every language of the practice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from ivr.menus.checking.languages import missing_languages
from ivr.menus.checking.target_kinds import wrong_kinds
from ivr.menus.checking.uses import uses
from ivr.menus.mistakes import Finding, Path, place, suggestion
from ivr.menus.plan.generic_prompts import GENERIC_PROMPTS

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan

Names = Mapping[str, Collection[str]]
"""What is written in the plan, by section, whether it is sound or not."""

SECTIONS = ("menus", "queues", "voicemail", "prompts", "intents", "people", "rotas", "hours", "slots")
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
    yield from wrong_kinds(plan)
    yield from missing_languages(plan)


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
