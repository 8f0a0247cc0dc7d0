"""What a plan whose names are all right can still get wrong: callers who go round for ever, or wait for nobody."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from ivr.menus.checking.clinical import clinical
from ivr.menus.checking.closing_checks import closing
from ivr.menus.checking.coverage import coverage
from ivr.menus.checking.known_callers import known_callers
from ivr.menus.checking.leaving import ways_out
from ivr.menus.checking.reach import reach
from ivr.menus.checking.slot_checks import slot_mistakes
from ivr.menus.checking.staffing import staffing
from ivr.menus.mistakes import Finding, suggestion
from ivr.menus.plan import offers
from ivr.menus.plan.generic_prompts import GENERIC_PROMPTS
from ivr.menus.plan.model import Plan
from ivr.menus.plan.values import Kind
from ivr.menus.words import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping


def gaps(plan: Plan, unsound: Collection[str] = ()) -> Iterator[Finding]:
    """Mistakes and warnings of a plan without dangling names.

    Of `unsound` sections only parts are there: who must see the whole of one does not look.
    """
    for look in _LOOKS:
        if not unsound or not _NEEDS_WHOLE.get(look, ALL_SECTIONS).intersection(unsound):
            yield from look(plan)


def _time_zone(plan: Plan) -> Iterator[Finding]:
    """A host without a time zone database cannot tell, so it does not."""
    zone, known = plan.practice.timezone, available_timezones()
    if known and zone not in known:
        yield Finding(("practice", "timezone"), f"'{zone}' is not a time zone{suggestion(zone, known)}")


# ---- menus ----------------------------------------------------------------------------------------------------------


def _key_twice(plan: Plan) -> Iterator[Finding]:
    for name, menu in plan.menus.items():
        for key in menu.language_keys.keys() & menu.choices.keys():
            said = f"key {key} of menu '{name}' is a choice and changes the language: give one of them another key"
            yield Finding(("menus", name, "language_keys", key), said)


def _same_words(plan: Plan) -> Iterator[Finding]:
    """Two intents of one question that share a phrase: nobody could tell which is meant."""
    told: set[tuple[str, ...]] = set()
    for name, menu in plan.menus.items():
        own = [choice.intent for choice in menu.ways.values() if choice.intent]
        for intent in {intent for intent in own if own.count(intent) > 1}:
            yield Finding(("menus", name, "choices"), f"two choices of menu '{name}' have the intent '{intent}'")
        asked = {intent for language in plan.practice.languages for intent in offers.intents(plan, name, language)}
        for pair in combinations(sorted(asked), 2):
            if pair not in told:
                told.add(pair)
                yield from _shared(plan, *pair, "asked in the same menu")
    for name, queue in plan.queues.items():
        heard = sorted({each.intent for each in queue.exits.values() if each.intent})
        for pair in combinations(heard, 2):
            yield from _shared(plan, *pair, f"both exits of queue '{name}'")


def _shared(plan: Plan, one: str, other: str, where: str) -> Iterator[Finding]:
    for language, phrases in plan.intents[other].items():
        known = {_plain(phrase) for phrase in plan.intents[one].get(language, ())}
        for index, phrase in enumerate(phrases):
            if _plain(phrase) in known:
                said = f"'{phrase}' is a phrase of intent '{one}' and of intent '{other}', {where}"
                yield Finding(("intents", other, language, index), f"{said}: keep it in one")


def _plain(phrase: str) -> str:
    return " ".join(phrase.casefold().split())


# ---- the rest -------------------------------------------------------------------------------------------------------


def _reserved(plan: Plan) -> Iterator[Finding]:
    for name in plan.menus.keys() & set(Kind):
        yield Finding(("menus", name), f"'{name}' means something else where callers go: give the menu another name")


def _unused(plan: Plan) -> Iterator[Finding]:
    played = {menu.ask for menu in plan.menus.values()} | {menu.say for menu in plan.menus.values()}
    played |= {slot.ask for slot in plan.slots.values()}
    played |= {choice.say for menu in plan.menus.values() for choice in menu.ways.values()}
    played |= {box.greeting for box in plan.voicemail.values()}
    played |= {menu.closed.say for menu in plan.menus.values() if menu.closed}
    played |= {queue.closed.say for queue in plan.queues.values() if queue.closed}
    played |= {closure.say for closure in plan.closures.values()} | {plan.urgent.say, plan.urgent.crisis}
    played |= {plan.callers.blocked.say} if plan.callers.blocked else set()
    played |= {prompt for queue in plan.queues.values() if queue.announce for prompt in queue.announce.also}
    for name in plan.prompts.keys() - played - GENERIC_PROMPTS - wording.MADE_PROMPTS:
        yield Finding(("prompts", name), f"prompt '{name}' is never played", warning=True)
    asked = {i for name in plan.menus for lang in plan.practice.languages for i in offers.intents(plan, name, lang)}
    asked |= {each.intent for queue in plan.queues.values() for each in queue.exits.values() if each.intent}
    for name in plan.intents.keys() - asked:
        yield Finding(("intents", name), f"no menu asks for intent '{name}'", warning=True)


def _unheard_music(plan: Plan) -> Iterator[Finding]:
    for name, queue in plan.queues.items():
        if queue.music and not queue.listens:
            said = f"queue '{name}' has music of its own, but the PBX plays its music there: add 'listens: yes'"
            yield Finding(("queues", name, "music"), said, warning=True)


_LOOKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    _time_zone,
    reach,
    coverage,
    clinical,
    _key_twice,
    _same_words,
    _reserved,
    ways_out,
    staffing,
    closing,
    known_callers,
    _unheard_music,
    slot_mistakes,
    _unused,
)
ALL_SECTIONS = frozenset(Plan.model_fields)
_NEEDS_WHOLE: Mapping[Callable[[Plan], Iterator[Finding]], frozenset[str]] = {
    _time_zone: frozenset(),
    coverage: frozenset({"menus", "queues", "hours"}),
    clinical: frozenset({"queues", "hours", "urgent"}),
    _key_twice: frozenset(),
    _same_words: frozenset(),
    _reserved: frozenset(),
    ways_out: frozenset({"queues", "outside"}),
    staffing: frozenset({"people", "rotas"}),
}
"""Who tells of something that is missing must see all of what could be it; who is not named here, everything."""
