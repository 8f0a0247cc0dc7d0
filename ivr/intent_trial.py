"""A menu's intents tried on sentences, typed or recorded: what is understood, how surely, what is mistaken for what.

    sentence ─▶ a menu's open question, as in a call: danger first, then intents ─▶ routed, confirmed or asked again

A sentence's label is one of the menu's intents, `none` for what is none of them, or `danger` for a red flag.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal

from ivr import sentences
from ivr.call import Hearing
from ivr.conversation.asking import UNSURE_HEARING
from ivr.conversation.listening_rules import enough, pause_seconds
from ivr.menus.plan import offers
from ivr.menus.plan.manners import PERSON
from ivr.menus.plan.values import Kind, Target
from ivr.menus.walking.questions import Asking, question
from ivr.sentences import BadTrial, in_turns, listened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ivr.call import Spoke
    from ivr.menus.plan.model import Plan
    from ivr.menus.steps import Ask
    from ivr.sentences import Sentence
    from ivr.services import Ears
    from ivr.speech.meaning.understanding import PlanUnderstanding

NONE, DANGER = "none", "danger"
BEARABLE_ERROR = 0.05  # of what is acted on: the headline is how much can be acted on within it

What = Literal["route", "confirm", "ask"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`readings` is what was looked at: the text, or what the recogniser made of the recording.

    `intent` is the best guess, and `what` the call would have done about it. A guess that nobody acts on is as right as
    none for what is none of the intents.
    """

    sentence: Sentence
    intent: str = NONE
    confidence: float = 0.0
    what: What = "ask"
    evidence: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """`count` sentences of `of`, `wrong` of them understood as something else."""

    count: int
    wrong: int
    of: int

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0

    @property
    def error(self) -> float:
        return self.wrong / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What can be acted on when everything at or above `threshold` is, with at most BEARABLE_ERROR of it wrong."""

    share: float
    threshold: float


def accuracy(outcomes: Sequence[Outcome]) -> float:
    """The share whose best guess is right, however unsure; 1.0 where there are none."""
    return sum(each.is_right for each in outcomes) / len(outcomes) if outcomes else 1.0


def coverage(outcomes: Sequence[Outcome]) -> Coverage:
    """The lowest threshold that keeps to BEARABLE_ERROR; a share of 0 at a threshold of 1 when there is none.

    Red flags have no threshold: sentences that raise one are left out.
    """
    outcomes = [each for each in outcomes if each.intent != DANGER]
    found = sorted((each for each in outcomes if each.intent != NONE), key=lambda each: -each.confidence)
    best, wrong = Coverage(0.0, 1.0), 0
    for count, outcome in enumerate(found, start=1):
        wrong += not outcome.is_right
        is_last = count == len(found) or found[count].confidence < outcome.confidence
        if is_last and wrong <= BEARABLE_ERROR * count:
            best = Coverage(count / len(outcomes), outcome.confidence)
    return best


def shares(outcomes: Sequence[Outcome]) -> Mapping[What, Share]:
    """What the plan's thresholds make of them."""
    done: dict[What, list[Outcome]] = {"route": [], "confirm": [], "ask": []}
    for each in outcomes:
        done[each.what].append(each)
    return {what: Share(len(of), sum(not each.is_right for each in of), len(outcomes)) for what, of in done.items()}


def read(file: Path, plan: Plan, menu: str, renamed: Mapping[str, str]) -> tuple[Sentence, ...]:
    """The sentences, foreign labels `renamed`. Raises BadTrial with file:line for each mistake."""
    known = [*labels(plan, menu), NONE, DANGER]

    def mistaken(label: str) -> str:
        if renamed.get(label, label) in known:
            return ""
        return f"{label!r} is no intent of menu '{menu}' ({', '.join(known)}); say --map {label}=INTENT"

    found = sentences.read(file, plan.practice.languages, mistaken)
    return tuple(replace(each, label=renamed.get(each.label, each.label)) for each in found)


def labels(plan: Plan, menu: str) -> tuple[str, ...]:
    """The intents that may be said on a menu in some language, without what is said of the talk itself."""
    asked = [intent for language in plan.practice.languages for intent in opened(plan, menu, language).intents]
    return tuple(dict.fromkeys(asked))


def opened(plan: Plan, menu: str, language: str) -> Ask:
    """A menu's open question. Raises BadTrial."""
    if menu not in plan.menus:
        raise BadTrial(f"there is no menu '{menu}'; the plan has {', '.join(plan.menus)}")
    return question(plan, language, Asking(menu))


@dataclass(frozen=True)
class IntentTrial:
    """One menu of a plan, and what its words mean. `ears` may be None where nothing is recorded."""

    plan: Plan
    menu: str
    understanding: PlanUnderstanding
    today: date
    ears: Ears | None = None

    async def tried(self, said: Sequence[Sentence]) -> tuple[Outcome, ...]:
        """In the file's order. Raises BadTrial."""
        return await in_turns(said, self._one)

    async def _one(self, sentence: Sentence) -> Outcome:
        ask = opened(self.plan, self.menu, sentence.language)
        if sentence.recording is None:
            return self.understood(sentence, (sentence.text,))
        hearing = Hearing(
            sentence.language,
            urgent=lambda text: self.understanding.red_flag(sentence.language, [text]) is not None,
            pause_seconds=pause_seconds(ask),
            enough=enough(ask, self.plan.confidence.route, self.understanding, self.today),
        )
        return await listened(self.ears, hearing, sentence.recording, partial(self._heard, sentence))

    async def _heard(self, sentence: Sentence, spoken: AsyncIterator[Spoke]) -> Outcome:
        """As in a call: the first words answer the question."""
        async for spoke in spoken:
            readings = tuple(each.text for each in spoke.hypotheses)
            return self.understood(sentence, readings, spoke.hypotheses[0].confidence)
        return Outcome(sentence)

    def understood(self, sentence: Sentence, readings: tuple[str, ...], heard: float = 1.0) -> Outcome:
        """What the readings mean at the menu; words that were `heard` badly are never sure."""
        language, label = sentence.language, sentence.label
        if flag := self.understanding.red_flag(language, readings):
            is_right = label == DANGER or label in self._clinical
            return Outcome(sentence, DANGER, 1.0, "route", flag.evidence, readings, is_right)
        found = self.understanding.intent(language, readings, opened(self.plan, self.menu, language).intents)
        sure = found.confidence * (1.0 if heard >= UNSURE_HEARING else UNSURE_HEARING)
        intent, what = self._named(found.intent or NONE), self._what(sure)
        is_right = intent == label or (label == NONE and what == "ask")
        return Outcome(sentence, intent, sure, what, found.evidence, readings, is_right)

    @cached_property
    def _clinical(self) -> frozenset[str]:
        """The intents that lead where red flags lead: whoever raises one with them comes to the right people."""
        known = offers.spoken(self.plan, self.menu)
        nurses = Target(Kind.QUEUE, self.plan.urgent.queue)
        return frozenset(intent for intent, offer in known.items() if offer.choice.go == nurses)

    def _what(self, confidence: float) -> What:
        limits = self.plan.confidence
        if confidence < limits.confirm:
            return "ask"
        return "route" if confidence >= limits.route else "confirm"

    def _named(self, intent: str) -> str:
        """A person is a person: by the built-in words or the plan's own."""
        return self.plan.operator.intent or PERSON if intent == PERSON else intent
