"""What a caller may do at each point of a path, so that everything a plan offers there is done once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.checking.leaving import ACCEPT_KEY
from ivr.menus.paths.nouns import TWO_MATTERS, Act, How, press
from ivr.menus.plan import offers
from ivr.menus.plan.model import NO, OPERATOR_KEY, YES
from ivr.menus.plan.values import Kind, Target
from ivr.menus.words.wording import exit_prompt, intents_of, suggestion_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.queues import Queue
    from ivr.menus.steps import Ask

Acts = tuple[Act, ...]

SILENT, UNCLEAR, UNHEARD, DANGER = (Act(how) for how in (How.SILENT, How.UNCLEAR, How.UNHEARD, How.DANGER))
MUSIC = "music"
CONFIRMATION = ".confirm"
"""The end of every prompt of `wording.confirm_prompt`."""
OFFERS = frozenset(suggestion_prompt(Target(kind)) for kind in (Kind.CALLBACK, Kind.VOICEMAIL, Kind.QUEUE))
"""The prompts that ask who waits whether they want something else."""
_DIGITS = "123456789"


def is_confirmation(question: Ask) -> bool:
    """Whether the caller is asked if something was meant."""
    return question.prompts[-1].endswith(CONFIRMATION)


def everything(plan: Plan, menu: str, question: Ask) -> Iterator[Act]:
    """All that can be done at a question that is put for the first time."""
    yield from (press(key) for key in (*sorted(question.keys), _wrong(question)) if key)
    for intent in question.intents:
        yield from _said(plan, menu, intent, question.language)
    yield from [SILENT, UNCLEAR, UNHEARD, DANGER] if question.intents else [SILENT, DANGER]


def again(question: Ask, last: Act) -> Act:
    """The same failure once more; where only keys are listened to, who is not understood presses a wrong one."""
    wrong = _wrong(question)
    return press(wrong) if last.how is How.UNCLEAR and not question.intents and wrong else last


def onward(plan: Plan, menu: str, question: Ask) -> Act:
    """A short way to an end: the first choice that is no further menu, or a person."""
    choices = plan.menus[menu].choices if menu in plan.menus else {}
    keys = [key for key, choice in choices.items() if choice.go.kind is not Kind.MENU and key in question.keys]
    return press(keys[0] if keys else OPERATOR_KEY)


def yes_or_no(plan: Plan, question: Ask) -> list[Act]:
    if not question.intents:
        return [press("1")]
    return [say(plan, answer, question.language) for answer in (YES, NO)]


def on_offer(to: Target) -> list[Acts]:
    """What is offered to who waits is declined, and taken."""
    prompt = suggestion_prompt(to)
    return [(Act(How.SILENT, on=prompt),), (press(ACCEPT_KEY, on=prompt),)]


def leaving(plan: Plan, name: str, language: str) -> Iterator[Act]:
    """Each way out of a queue that works at any moment of the wait."""
    queue = plan.queues[name]
    for key, way in queue.exits.items():
        told = exit_prompt(name, key)
        yield press(key, on=told)
        if queue.listens and way.intent and (words := _phrases(plan, way.intent, language)):
            yield Act(How.SAY, way.intent, words[0], told)
    if queue.listens:
        yield Act(How.DANGER, on=MUSIC)


def agreeing(queue: Queue) -> Acts:
    """The caller's part of agreeing on a callback: the number is right, and it may be at once."""
    confirmed = press("1", on="callback_confirm")
    return (
        (confirmed, press("1", on="callback_when")) if queue.callback and queue.callback.per_half_hour else (confirmed,)
    )


def _said(plan: Plan, menu: str, intent: str, language: str) -> Iterator[Act]:
    offer = offers.spoken(plan, menu).get(intent) if menu in plan.menus else None
    phrases = _phrases(plan, intent, language)
    if not phrases:
        return
    yield Act(How.SAY, intent, phrases[0])
    if offer is None:
        return
    if plan.confidence.confirm < plan.confidence.route:
        yield Act(How.MUMBLE, intent, phrases[0])
    if offer.choice.go.kind is Kind.MENU:
        for other in offers.spoken(plan, offer.choice.go.name):
            both = {*_phrases(plan, other, language)} & {*phrases[1:]}
            if both and other != intent:
                yield Act(How.SAY, f"{intent}{TWO_MATTERS}{other}", max(sorted(both), key=len))


def say(plan: Plan, intent: str, language: str) -> Act:
    return Act(How.SAY, intent, _phrases(plan, intent, language)[0])


def _phrases(plan: Plan, intent: str, language: str) -> Sequence[str]:
    return intents_of(plan)[language].get(intent, ())


def _wrong(question: Ask) -> str:
    """A key that is no choice; "" where all of them are."""
    return next((key for key in _DIGITS if key not in question.keys), "")
