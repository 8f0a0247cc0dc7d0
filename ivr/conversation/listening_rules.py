"""How to listen to the answer of a question, by what is asked: the pause that ends it, its length, its keys.

A caller who reads a number from a card pauses a second and a half between its groups; whoever says yes does not pause.
As soon as what was heard is a whole answer, a short pause is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.call import KeyRules
from ivr.menus.plan.slots import SlotKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from ivr.menus import steps
    from ivr.services import Understanding

STORY_SECONDS = 15.0  # how long the answer to an open question may be
WORD_SECONDS = 6.0  # and to any other: whoever is louder for longer is in a noisy place, and needs the keys soon
NUMBER_SECONDS = 25.0  # ten digits, each after a pause

STORY_PAUSE = 0.8  # a sentence that is looked for
WORD_PAUSE = 0.4
NUMBER_PAUSE = 2.2  # a second and a half of silence, and around it the consonants that have no voice: "six … seven"
PAUSES: Mapping[str, float] = {
    SlotKind.DATE_OF_BIRTH: NUMBER_PAUSE,
    SlotKind.TELEPHONE: NUMBER_PAUSE,
    SlotKind.DAY: 1.0,
    SlotKind.TIME_OF_DAY: 1.0,
    SlotKind.CHOICE: 0.6,
}

KEYS: Mapping[str, KeyRules] = {
    SlotKind.DATE_OF_BIRTH: KeyRules(longest=8),
    SlotKind.TELEPHONE: KeyRules(longest=10),
    SlotKind.DAY: KeyRules(longest=4),
    SlotKind.TIME_OF_DAY: KeyRules(longest=4),
}
COMPLETED = frozenset({SlotKind.DATE_OF_BIRTH, SlotKind.TELEPHONE, SlotKind.CHOICE})
"""What is whole once nothing can follow; a day may be followed by a time, and a time by almost anything."""
MORE: Mapping[str, tuple[str, ...]] = {"en": ("two", "fifty two"), "es": ("dos", "y dos", "cincuenta y dos")}
"""What may follow "march third nineteen", or "nineteen fifty": where it makes another date, the first was not whole."""


def longest_seconds(step: steps.Ask) -> float:
    """Of speech."""
    if step.wanted and step.wanted.kind in KEYS:
        return NUMBER_SECONDS
    return STORY_SECONDS if step.intents and not step.closed else WORD_SECONDS


def pause_seconds(step: steps.Ask) -> float:
    """The silence after speech that ends the answer, as long as it is not a whole one."""
    if step.wanted:
        return PAUSES[step.wanted.kind]
    return WORD_PAUSE if step.closed else STORY_PAUSE


def enough(step: steps.Ask, sure: float, understanding: Understanding, today: date) -> Callable[[str], bool] | None:
    """Whether a partial result is a whole answer; None where nothing is waited for."""
    language, wanted = step.language, step.wanted
    if wanted and wanted.kind in COMPLETED:
        return lambda text: _is_whole(text, language, lambda said: understanding.value(language, wanted, [said], today))
    if wanted or step.closed or not step.intents:
        return None
    return lambda text: understanding.intent(language, [text], step.intents).confidence >= sure


def _is_whole(text: str, language: str, value: Callable[[str], str | None]) -> bool:
    found = value(text)
    return found is not None and all(value(f"{text} {more}") in {None, found} for more in MORE.get(language, ()))
