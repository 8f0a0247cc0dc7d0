"""An unwanted caller: hears a sentence, is listened to for danger all the while, and has key 0 for a person.

sentence ── danger ──> the urgent queue           a blocked number is no bar for somebody who is ill
    ├────── 0, or "a person" ──> the operator
    └────── silence, or anything else twice ──> where the plan's `blocked` leads
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ivr.menus.plan.model import NO, OPERATOR_KEY, YES, Plan
from ivr.menus.plan.values import Kind, Target
from ivr.menus.steps import Answer, Ask, CannotHear, Key, Meant, Silent

BLOCKED_PROMPT = "blocked_caller"
TURNS = 2
LISTENED_SECONDS = 5.0  # after the sentence: time to begin to speak, and a robot's line is free again


@dataclass(frozen=True, slots=True)
class Barred:
    """The sentence, for the so manieth time; without `speech` there is nobody to listen."""

    turn: int = 1
    speech: bool = True


def sentence(plan: Plan, language: str, barred: Barred) -> Ask:
    """An Ask is listened to when it has intents: yes and no mean nothing here, and every plan knows them."""
    blocked = plan.callers.blocked
    said = (blocked.say if blocked else None) or BLOCKED_PROMPT
    wanted = plan.operator.intent
    intents = ((wanted,) if wanted else (YES, NO)) if barred.speech else ()
    return Ask(language, (said,), frozenset({OPERATOR_KEY}), intents, silence_seconds=LISTENED_SECONDS)


def after(plan: Plan, barred: Barred, answer: Answer) -> Barred | Target:
    """Where the caller goes, or the sentence again."""
    blocked = plan.callers.blocked
    assert blocked, "nobody is barred in this plan"
    match answer:
        case Key(digits) if digits == OPERATOR_KEY:
            return Target(Kind.QUEUE, plan.operator.queue)
        case Meant(intent, confidence) if intent == plan.operator.intent and confidence >= plan.confidence.confirm:
            return Target(Kind.QUEUE, plan.operator.queue)
        case CannotHear() if barred.speech:
            return replace(barred, speech=False)
        case Silent():
            return blocked.to
    return replace(barred, turn=barred.turn + 1) if barred.turn < TURNS else blocked.to
