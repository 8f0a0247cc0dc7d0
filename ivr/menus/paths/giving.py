"""What a caller does who is asked for a slot: gives it, by keys where there are any, or by the plan's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus import steps
from ivr.menus.paths.edges import DANGER, SILENT, UNCLEAR, UNHEARD, say
from ivr.menus.paths.nouns import SURE, Act, How, press
from ivr.menus.plan.model import NO, OPERATOR_KEY, REPEAT_KEY, YES
from ivr.menus.plan.slots import SlotKind
from ivr.menus.walking.collecting import READ_BACK
from ivr.menus.words.slot_wording import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.menus.paths.nouns import Place
    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.slots import Slot
    from ivr.menus.steps import Ask

KEYS: Mapping[SlotKind, str] = {
    SlotKind.DATE_OF_BIRTH: "03031952",
    SlotKind.TELEPHONE: "6175550111",  # 555-01xx numbers are nobody's
    SlotKind.DAY: "0302",
    SlotKind.TIME_OF_DAY: "1430",
    SlotKind.YES_NO: "1",
}
"""A value of each kind as it is entered; a choice has keys of its own."""
NO_VALUE = "99"
"""Keys that are a value of no kind, and no key of a choice: those have one digit."""


def is_check(question: Ask) -> bool:
    """Whether a value is read back."""
    return question.prompts[-1] == "slot_right"


def everything(plan: Plan, slot: str, question: Ask) -> Iterator[Act]:
    """All that can be done when a slot is asked for, or read back, for the first time."""
    if is_check(question):
        yield from [press("1"), press("2"), *_yes_or_no(plan, question)]
    else:
        yield from _values(plan, slot, question)
    yield from [press(OPERATOR_KEY), press(REPEAT_KEY), SILENT, UNCLEAR]
    yield from [UNHEARD, DANGER] if question.intents else [DANGER]


def onward(plan: Plan, slot: str, question: Ask) -> Act:
    """The short way to the next question: the value by its keys; a person, where a choice has none."""
    if is_check(question):
        return press("1")
    keys = [each.key for each in plan.slots[slot].values.values() if each.key]
    return press(KEYS.get(plan.slots[slot].kind) or next(iter(keys), OPERATOR_KEY))


def again(question: Ask, last: Act) -> Act:
    """The same failure once more; where only keys are listened to, who is not understood presses wrong ones."""
    return press(NO_VALUE) if last in {UNCLEAR, press(NO_VALUE)} and not question.intents else last


def is_failure(act: Act) -> bool:
    return act in {SILENT, UNCLEAR, press(NO_VALUE)}


def answer(slot: Slot, question: Ask, act: Act, half: float) -> steps.Answer:
    """As the walk gets it: what fits the slot is its value."""
    if is_check(question):
        return act.answer(half)
    if act.how is How.SAY and act.what in slot.values:
        return steps.Given(act.what, confidence=SURE, readings=(act.words,))
    if act.how is How.PRESS and act.what == KEYS.get(slot.kind) and slot.kind is not SlotKind.YES_NO:
        return steps.Given(act.what)
    return act.answer(half)


def met(slot: str, question: Ask, act: Act) -> Iterator[Place]:
    """What of the plan the caller chose."""
    here = ("slots", slot)
    if is_check(question):
        yield from [(*here, "refused")] if act.what in {"2", NO} else []
    elif act.how in {How.PRESS, How.SAY} and act.what not in {OPERATOR_KEY, REPEAT_KEY, NO_VALUE}:
        yield here


def places(plan: Plan) -> Iterator[Place]:
    """All that can be met of the slots that some choice collects: given, refused when read back, gone on without."""
    for name in dict.fromkeys(
        name for menu in plan.menus.values() for way in menu.ways.values() for name in way.collect
    ):
        yield from [("slots", name), ("slots", name, "skipped")]
        if plan.slots[name].kind in READ_BACK:
            yield ("slots", name, "refused")


def _values(plan: Plan, name: str, question: Ask) -> Iterator[Act]:
    """By keys; by words where it is the plan that words them."""
    slot = plan.slots[name]
    if slot.kind is SlotKind.YES_NO:
        yield from [press("1"), press("2"), *_yes_or_no(plan, question)]
    elif slot.kind in KEYS:
        yield press(KEYS[slot.kind])
    yield from (press(each.key) for each in slot.values.values() if each.key)
    for value, phrases in wanted(slot, question.language).phrases if question.intents else ():
        yield Act(How.SAY, value, phrases[0])


def _yes_or_no(plan: Plan, question: Ask) -> list[Act]:
    return [say(plan, each, question.language) for each in (YES, NO)] if question.intents else []
