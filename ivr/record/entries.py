"""What is noted of a call, in the order in which it happens: one noun per kind of entry.

A field whose name begins with `phi_` holds patient data: it is sealed at rest, shown only on request, and never logged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Where(StrEnum):
    """Where a call was when it ended."""

    MENU = "menu"
    QUEUE = "queue"
    TALK = "talk"
    VOICEMAIL = "voicemail"


@dataclass(frozen=True, slots=True)
class Because:
    """One link of the chain that led to a route; `phi` holds the caller's own words, if any."""

    text: str
    phi: str = ""


@dataclass(frozen=True, slots=True)
class Greeted:
    """The call was answered in the practice's name, by this version of the plan; 0 is not known."""

    practice: str
    language: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The named prompts were played and an answer awaited."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeardSpeech:
    """Speech; an empty text is sound without words."""

    phi_text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardKeys:
    phi_digits: str


@dataclass(frozen=True, slots=True)
class HeardNothing:
    """The time to answer passed in silence."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words mean; intent "" when nothing fits."""

    intent: str
    confidence: float
    phi_evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RedFlagRaised:
    """A sign of an emergency: the call is urgent from here on."""

    sign: str
    phi_evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SoundsDistressed:
    """By voice or words; `signs` complete "The caller …"."""

    signs: tuple[str, ...]
    phi_words: str = ""


@dataclass(frozen=True, slots=True)
class RoutedTo:
    """The decision to queue the call; `intent` as far as one is known, by speech or by keys; `also` further matters."""

    queue: str
    needs: tuple[str, ...] = ()
    urgent: bool = False
    intent: str = ""
    phi_reasons: tuple[Because, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotGiven:
    """What the caller gave for one of the plan's slots: a date of birth, a number, a choice."""

    slot: str
    phi_value: str


@dataclass(frozen=True, slots=True)
class SentToVoicemail:
    """The menus' decision to take a message instead of queueing the call; `also` are further matters, by intent."""

    box: str
    intent: str = ""
    phi_reasons: tuple[Because, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidGoodbye:
    """The menus' decision to end the call."""

    phi_reasons: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """The caller waits; `position` 1 is next, 0 is not known."""

    queue: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class ToldPosition:
    position: int


@dataclass(frozen=True, slots=True)
class ToldWait:
    """The caller was told how long it will be about; `longer` than told before, and that was said."""

    seconds: float
    longer: bool = False


@dataclass(frozen=True, slots=True)
class PlaceRestored:
    """The caller's line had dropped; rung again in time, and got the place back: as waiting for `waited_seconds`."""

    waited_seconds: float


@dataclass(frozen=True, slots=True)
class Stepped:
    """Less is required of a person from here on; `step` counts from 1, `why` is the rule in words."""

    queue: str
    step: int
    why: str


@dataclass(frozen=True, slots=True)
class PriorityChanged:
    """Somebody of the practice changed the caller's priority; None is as it was."""

    urgent: bool = False
    head_start_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A person's phone rings. `decision` is the engine's own account: JSON of acd.explain.Decision."""

    person: str
    decision: Mapping[str, Any] = field(default_factory=dict)
    ring_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """The phone was not answered; `cause` as in acd.events.Cause: "no answer", "refused", "busy", ..."""

    person: str
    cause: str


@dataclass(frozen=True, slots=True)
class AnsweredElsewhere:
    """Several phones rang, and somebody else was faster."""

    person: str


@dataclass(frozen=True, slots=True)
class Connected:
    """The caller and the person talk."""

    person: str
    waited_seconds: float


@dataclass(frozen=True, slots=True)
class TalkEnded:
    person: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Overflowed:
    """The queue's rule sent the caller away; `to` as the plan says it, e.g. "voicemail scheduling"; `why` in words."""

    to: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """The caller was asked whether they want `to` instead, the place kept."""

    to: str
    why: str


@dataclass(frozen=True, slots=True)
class WentByChoice:
    """The caller left the line for `to`; `how` tells the key, or that a word was said."""

    to: str
    how: str


@dataclass(frozen=True, slots=True)
class CallbackAgreed:
    """The caller confirmed the number and hung up, the place kept. `not_before` is the time agreed upon, 0 for none;
    `own_number` says whether it is the one that the caller rang from.
    """

    phi_number: str
    own_number: bool
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class CallbackDialled:
    attempt: int


@dataclass(frozen=True, slots=True)
class CallbackReached:
    """Somebody picked up, and pressed the key."""


@dataclass(frozen=True, slots=True)
class CallbackNotReached:
    """`cause` as in acd.events.Cause."""

    cause: str


@dataclass(frozen=True, slots=True)
class CallbackGivenUp:
    """No further attempt is made."""

    attempts: int


@dataclass(frozen=True, slots=True)
class CallbackOver:
    """The callback is not wanted any more; `why` in words."""

    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The queue's rule sent the caller to another queue, the place there by age; `why` is the rule, in words."""

    queue: str
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A message was taken; 0 seconds is none."""

    box: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CameBack:
    """The call entered again after an outage, and goes by this version of the plan; 0 is not known."""

    version: int = 0


@dataclass(frozen=True, slots=True)
class Misrouted:
    """What the call was about in truth, told by somebody of the practice, usually when it is over."""

    intent: str
    by: str


@dataclass(frozen=True, slots=True)
class RecognizerLost:
    """Speech did not work for a turn: keys were asked for."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The end; `by_us` when the call was ended by the plan and not by the caller."""

    where: Where
    by_us: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something of ours failed while the call lived; `text` is static, without patient data."""

    text: str


Entry = (
    Greeted
    | LanguageChosen
    | Asked
    | HeardSpeech
    | HeardKeys
    | HeardNothing
    | Understood
    | RedFlagRaised
    | SoundsDistressed
    | RoutedTo
    | SlotGiven
    | SentToVoicemail
    | SaidGoodbye
    | Joined
    | ToldPosition
    | ToldWait
    | PlaceRestored
    | Stepped
    | PriorityChanged
    | Offered
    | OfferFailed
    | AnsweredElsewhere
    | Connected
    | TalkEnded
    | Overflowed
    | Suggested
    | WentByChoice
    | CallbackAgreed
    | CallbackDialled
    | CallbackReached
    | CallbackNotReached
    | CallbackGivenUp
    | CallbackOver
    | Moved
    | Voicemail
    | CameBack
    | Misrouted
    | RecognizerLost
    | HungUp
    | Fault
)
