"""How to listen to the answer of a question, by what is asked: the pause that ends it, its length, its keys.

A caller who reads a number from a card pauses a second and a half between its groups; whoever says yes does not pause.
As soon as what was heard is a whole answer, a short pause is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.call import KeyRules
from ivr.menus.slots import SlotKind

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
PAUSES: Mapping[str, float] = {
    SlotKind.DATE_OF_BIRTH: 1.8,
    SlotKind.TELEPHONE: 1.8,
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
WHOLE_WHEN_READ = frozenset({SlotKind.TELEPHONE, SlotKind.CHOICE})
"""What can be no longer once it is there; "nineteen fifty" may go on with "two", "at nine" with "thirty"."""


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
    if wanted and wanted.kind in WHOLE_WHEN_READ:
        return lambda text: understanding.value(language, wanted, [text], today) is not None
    if wanted or step.closed or not step.intents:
        return None
    return lambda text: understanding.intent(language, [text], step.intents).confidence >= sure
