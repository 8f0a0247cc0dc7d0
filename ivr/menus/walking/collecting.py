"""The slots of one choice, asked for one after the other before a caller goes on.

    said already? ── yes ──> read back ── yes ──> kept, the next slot
        │ no                  ^      └─ no ─┐
        └──> ask ── a value ──┘             │
              ^  └── failure ──> ask again, with how to enter it ──> ask for keys ──> go on without: a person will ask
              └─────────────────────────────┘

Numbers and dates are read back, pressed ones, too: a digit that is wrong is worse than none. A choice is read back
where the recogniser was not sure.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from ivr.menus.plan.manners import BACK, CHOICES, PERSON, REPEAT, manners
from ivr.menus.plan.model import NO, OPERATOR_KEY, REPEAT_KEY, YES, Plan
from ivr.menus.plan.slots import SlotKind
from ivr.menus.steps import Answer, Ask, CannotHear, Given, Key, Meant, NoSign, Reason, Recall, Silent
from ivr.menus.walking.questions import BACK_KEY, BY_KEYS, CONFIRMING_KEYS, OPEN
from ivr.menus.walking.wishes import reply
from ivr.menus.words.slot_wording import keys_prompt, press_value_prompt, value_prompt, wanted

if TYPE_CHECKING:
    from collections.abc import Collection

    from ivr.menus.plan.slots import Slot

WAIT_SECONDS = 8.0  # to find the number on a card
READ_BACK = frozenset({SlotKind.DATE_OF_BIRTH, SlotKind.TELEPHONE, SlotKind.DAY, SlotKind.TIME_OF_DAY})


class Way(Enum):
    """How the questions ended."""

    ON = auto()
    PERSON = auto()
    BACK = auto()


@dataclass(frozen=True, slots=True)
class _Asked:
    slot: str
    attempt: int = OPEN
    speech: bool = True


@dataclass(frozen=True, slots=True)
class _Recalled:
    asked: _Asked


@dataclass(frozen=True, slots=True)
class _Checking:
    asked: _Asked
    given: Given


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was given, and how it came: written at once, for danger may end the questions at any moment."""

    values: dict[str, str] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)


class Questions:
    """`readings` are what the caller said before. What was gathered already is not asked for.

    `needs` is what was chosen requires of a person; `lead` are prompts that are still to be said when the questions are
    over.
    """

    def __init__(
        self,
        plan: Plan,
        language: str,
        slots: Collection[str],
        readings: tuple[str, ...] = (),
        into: Gathered | None = None,
        *,
        speech: bool = True,
    ) -> None:
        self.needs: frozenset[str] = frozenset()
        self.lead: tuple[str, ...] = ()
        self._plan = plan
        self._language = language
        self._into = into or Gathered()
        self._left = [slot for slot in slots if slot not in self._into.values]
        self._readings = readings
        self._speech = speech
        self._kinds: set[SlotKind] = set()
        self._state: _Asked | _Recalled | _Checking | None = None

    @property
    def slot(self) -> str:
        """The one that is asked for, or read back; "" when the questions are over."""
        return self._left[0] if self._left else ""

    def next(self) -> Ask | Recall | Way:
        """The first question, or nothing to ask. What answered one slot is no answer to another of its kind."""
        if not self._left:
            return Way.ON
        asked = _Asked(self._left[0], speech=self._speech)
        kind = self._slot(asked).kind
        if self._readings and kind is not SlotKind.YES_NO and kind not in self._kinds:
            self._state = _Recalled(asked)
            return Recall(self._language, self._readings, (), wanted(self._slot(asked), self._language))
        return self._ask(asked)

    def answered(self, answer: Answer) -> Ask | Recall | Way:
        match self._state:
            case _Recalled(asked):
                return self._given(asked, answer) if isinstance(answer, Given) else self._ask(asked)
            case _Checking() as checking:
                return self._after_check(checking, answer)
            case _Asked() as asked:
                return self._after_ask(asked, answer)
            case None:
                raise AssertionError(answer)

    # ---- the questions ----------------------------------------------------------------------------------------------

    def _ask(self, asked: _Asked, *lead: str, told: bool = False) -> Ask:
        """`told`: with how to answer, which a first question leaves out."""
        self._state = asked
        slot = self._slot(asked)
        speech = asked.speech and asked.attempt != BY_KEYS
        lead, self.lead = (*self.lead, *lead), ()
        return Ask(
            self._language,
            (*lead, *self._prompts(asked, speech=speech, told=told or asked.attempt != OPEN or not speech)),
            frozenset("0123456789*"),
            self._intents(slot) if speech else (),
            closed=speech,
            silence_seconds=WAIT_SECONDS,
            wanted=None if slot.kind is SlotKind.YES_NO else wanted(slot, self._language),
        )

    def _prompts(self, asked: _Asked, *, speech: bool, told: bool) -> tuple[str, ...]:
        slot = self._slot(asked)
        if slot.kind is SlotKind.CHOICE:
            press = tuple(press_value_prompt(asked.slot, name) for name, each in slot.values.items() if each.key)
            return (slot.ask, *press) if speech or not press else (slot.ask, "please_press", *press)
        return (slot.ask, keys_prompt(slot.kind)) if told else (slot.ask,)

    def _intents(self, slot: Slot) -> tuple[str, ...]:
        return (*((YES, NO) if slot.kind is SlotKind.YES_NO else ()), *manners(self._plan))

    def _check(self, checking: _Checking) -> Ask:
        self._state = checking
        speech = checking.asked.speech
        said_as = checking.given.said_as or (value_prompt(checking.asked.slot, checking.given.value),)
        return Ask(
            self._language,
            ("slot_right",),
            frozenset({*CONFIRMING_KEYS, OPERATOR_KEY, REPEAT_KEY}),
            (YES, NO, *manners(self._plan)) if speech else (),
            closed=speech,
            value=said_as,
        )

    # ---- the answers ------------------------------------------------------------------------------------------------

    def _after_ask(self, asked: _Asked, answer: Answer) -> Ask | Recall | Way:
        match answer:
            case Given():
                return self._given(asked, answer)
            case Key(digits):
                return self._pressed(asked, digits)
            case Meant(intent, confidence) if confidence >= self._plan.confidence.confirm:
                return self._meant(asked, intent, answer)
            case CannotHear():
                self._because(asked, "speech could not be heard, so keys were asked for")
                return self._ask(replace(asked, speech=False))
            case Silent() | NoSign():
                return self._failed(asked, "was silent", "still_there")
        return self._failed(asked, "gave nothing that was understood")

    def _pressed(self, asked: _Asked, digits: str) -> Ask | Recall | Way:
        slot = self._slot(asked)
        if digits == OPERATOR_KEY:
            return Way.PERSON
        if digits == BACK_KEY:
            return Way.BACK
        if REPEAT_KEY in digits:
            return self._ask(asked)
        chosen = next((name for name, each in slot.values.items() if each.key == digits), "")
        if slot.kind is SlotKind.YES_NO:
            chosen = CONFIRMING_KEYS.get(digits, "")
        return self._keep(asked, Given(chosen)) if chosen else self._failed(asked, "pressed keys that are no answer")

    def _meant(self, asked: _Asked, intent: str, meant: Meant) -> Ask | Recall | Way:
        if intent in {YES, NO}:
            return self._keep(asked, Given(intent, confidence=meant.confidence, readings=meant.readings))
        if intent in {REPEAT, CHOICES}:
            return self._ask(asked, told=intent == CHOICES)
        return Way.BACK if intent == BACK else Way.PERSON

    def _given(self, asked: _Asked, given: Given) -> Ask | Recall | Way:
        unsure = given.confidence < self._plan.confidence.route
        if self._slot(asked).kind in READ_BACK or unsure:
            return self._check(_Checking(asked, given))
        return self._keep(asked, given)

    def _after_check(self, checking: _Checking, answer: Answer) -> Ask | Recall | Way:
        """Some press the pound key after every number: here it leads nowhere."""
        asked = checking.asked
        match answer:
            case Key(digits) if digits == BACK_KEY:
                return self._check(checking)
            case CannotHear():
                return self._check(replace(checking, asked=replace(asked, speech=False)))
            case Silent() | NoSign():
                return self._failed(asked, "was silent when it was read back", "still_there")
        return self._checked(checking, reply(self._plan, answer))

    def _checked(self, checking: _Checking, said: str) -> Ask | Recall | Way:
        asked = checking.asked
        if said == YES:
            return self._keep(asked, checking.given)
        if said in {REPEAT, CHOICES}:
            return self._check(checking)
        if said == PERSON:
            return Way.PERSON
        if said == BACK:
            return self._ask(asked)
        return self._failed(asked, "said no when it was read back" if said == NO else "neither yes nor no")

    # ---- what becomes of a slot -------------------------------------------------------------------------------------

    def _keep(self, asked: _Asked, given: Given) -> Ask | Recall | Way:
        slot, how = self._slot(asked), "said" if given.readings else "pressed"
        checked = ", read back and confirmed" if isinstance(self._state, _Checking) else ""
        self._into.reasons.append(Reason(f"Slot '{asked.slot}': {how}{checked}.", given.value))
        self._into.values[asked.slot] = given.value
        self._kinds.add(slot.kind)
        if chosen := slot.values.get(given.value):
            self.needs |= chosen.needs
        self._readings = (*given.readings, *self._readings) if given.readings != self._readings else self._readings
        return self._leave(asked)

    def _failed(self, asked: _Asked, what: str, prompt: str = "not_understood") -> Ask | Recall | Way:
        self._because(asked, f"attempt {asked.attempt} of {BY_KEYS}, {what}")
        if asked.attempt < BY_KEYS:
            return self._ask(replace(asked, attempt=asked.attempt + 1), prompt)
        self._because(asked, "not given, so the caller went on without it: a person will ask")
        self.lead = ("slot_skipped",)
        return self._leave(asked)

    def _leave(self, asked: _Asked) -> Ask | Recall | Way:
        self._left.remove(asked.slot)
        self._state = None
        return self.next()

    def _slot(self, asked: _Asked) -> Slot:
        return self._plan.slots[asked.slot]

    def _because(self, asked: _Asked, what: str) -> None:
        self._into.reasons.append(Reason(f"Slot '{asked.slot}': {what}."))
