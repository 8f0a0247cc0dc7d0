"""What is kept of every call: the nouns of the record, and what may be asked of it.

    began(facts) -> note(call, at, entry) ... -> ended(call, at)        written while the call lives, never waited for
    calls(...) -> summaries          call("C-20261120-0007") -> summary and timeline

A summary is the fold of a call's entries (`after`), so that a timeline and its summary never disagree. A field whose
name begins with `phi_` holds patient data: it is sealed at rest, shown only on request, and never logged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known when a call arrives. `id` is the PBX's own; `plan` names the version of the plan it runs on."""

    id: str
    started: float
    dialled_number: str = ""
    phi_caller_number: str = ""
    plan: str = ""


# ---- the timeline's entries ---------------------------------------------------------------------------------------


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
    """The call was answered in the practice's name."""

    practice: str
    language: str


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
class RoutedTo:
    """The decision to queue the call; `intent` as far as one is known, by speech or by keys."""

    queue: str
    needs: tuple[str, ...] = ()
    urgent: bool = False
    intent: str = ""
    phi_reasons: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class SentToVoicemail:
    """The menus' decision to take a message instead of queueing the call."""

    box: str
    intent: str = ""
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
    """The longest wait was over; `to` as the plan says it, e.g. "voicemail scheduling"."""

    to: str


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
    """The call entered again after an outage."""


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
    | RoutedTo
    | SentToVoicemail
    | Joined
    | ToldPosition
    | Offered
    | OfferFailed
    | Connected
    | TalkEnded
    | Overflowed
    | Moved
    | Voicemail
    | CameBack
    | RecognizerLost
    | HungUp
    | Fault
)


# ---- the summary: a fold over the entries -------------------------------------------------------------------------


class Outcome(StrEnum):
    TALKED = "talked"
    LEFT_IN_MENU = "abandoned in menu"
    LEFT_IN_QUEUE = "abandoned in queue"
    LEFT_AT_VOICEMAIL = "abandoned at voicemail"
    VOICEMAIL = "voicemail"
    HUNG_UP_ON = "hung up on by the plan"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class CallSummary:
    """One call on one row. `outcome` is what it would be if the call ended now; final once `ended` is set.

    `number` is the short one for people ("C-20261120-0007"). `route` is a queue's name or "voicemail BOX".
    Times are seconds since the epoch (UTC); None is "did not happen".
    """

    id: str
    number: str
    started: float
    dialled_number: str = ""
    phi_caller_number: str = ""
    plan: str = ""
    answered: float | None = None
    ended: float | None = None
    language: str = ""
    intent: str = ""
    phi_evidence: tuple[str, ...] = ()
    route: str = ""
    urgent: bool = False
    joined: float | None = None
    person: str = ""
    wait_seconds: float | None = None
    talk_seconds: float | None = None
    outcome: Outcome = Outcome.LEFT_IN_MENU


def opened(facts: CallFacts, number: str) -> CallSummary:
    """The summary of a call of which nothing but its arrival is known."""
    return CallSummary(facts.id, number, facts.started, facts.dialled_number, facts.phi_caller_number, facts.plan)


def after(call: CallSummary, at: float, entry: Entry) -> CallSummary:  # noqa: C901, PLR0911, PLR0912 - one line per entry
    """The summary after one more entry; entries that say nothing about the whole call leave it as it is."""
    match entry:
        case Greeted(_, language):
            return replace(call, answered=at if call.answered is None else call.answered, language=language)
        case LanguageChosen(language):
            return replace(call, language=language)
        case Understood(intent, _, evidence) if intent:
            return replace(call, intent=intent, phi_evidence=evidence)
        case RedFlagRaised(_, evidence):
            return replace(call, urgent=True, phi_evidence=evidence or call.phi_evidence)
        case RoutedTo(queue, _, urgent, intent):
            return replace(call, route=queue, urgent=call.urgent or urgent, intent=intent or call.intent)
        case SentToVoicemail(box, intent):
            return _to(replace(call, intent=intent or call.intent), f"voicemail {box}")
        case Joined(queue):
            joined = at if call.joined is None else call.joined
            return replace(call, route=queue, joined=joined, outcome=Outcome.LEFT_IN_QUEUE)
        case Connected(person, waited):
            return replace(call, person=person, wait_seconds=waited, outcome=Outcome.TALKED)
        case TalkEnded(_, seconds):
            return replace(call, talk_seconds=(call.talk_seconds or 0.0) + seconds)
        case Overflowed(to):
            return _to(_waited_until(call, at), to)
        case Moved(_, to):
            return replace(call, route=to)
        case Voicemail(_, seconds) if seconds > 0:
            return replace(call, outcome=Outcome.VOICEMAIL)
        case HungUp(_, by_us):
            return _waited_until(_hung_up_on(call) if by_us else call, at)
        case _:
            return call


def closed(call: CallSummary, at: float) -> CallSummary:
    """The summary of a call that is over."""
    return replace(_waited_until(call, at), ended=at)


def interrupted(call: CallSummary, at: float) -> CallSummary:
    """The summary of a call that was gone when we came back after an outage."""
    talked = call.outcome in (Outcome.TALKED, Outcome.VOICEMAIL)
    return replace(closed(call, at), outcome=call.outcome if talked else Outcome.INTERRUPTED)


def reopened(call: CallSummary) -> CallSummary:
    """The summary of a call that was thought over and came back."""
    outcome = Outcome.LEFT_IN_MENU if call.outcome is Outcome.INTERRUPTED else call.outcome
    return replace(call, ended=None, outcome=outcome)


def _to(call: CallSummary, route: str) -> CallSummary:
    to_voicemail = route.startswith("voicemail ")
    return replace(call, route=route, outcome=Outcome.LEFT_AT_VOICEMAIL if to_voicemail else call.outcome)


def _waited_until(call: CallSummary, at: float) -> CallSummary:
    """A wait that no talk and no overflow has ended yet ends now."""
    if call.joined is None or call.wait_seconds is not None:
        return call
    return replace(call, wait_seconds=at - call.joined)


def _hung_up_on(call: CallSummary) -> CallSummary:
    kept = call.outcome in (Outcome.TALKED, Outcome.VOICEMAIL)
    return call if kept else replace(call, outcome=Outcome.HUNG_UP_ON)


@dataclass(slots=True)
class Numbering:
    """Hands out the short numbers of calls, per day of the practice's calendar, never one twice.

    A clock that steps back to yesterday goes on counting today's calls.
    """

    latest: str = ""

    def next(self, day: date) -> str:
        """The number of a call that began on `day`: "C-20261120-0001" and on."""
        _, latest_day, nth = self.latest.split("-") if self.latest else ("C", "", "0")
        today = f"{day:%Y%m%d}"
        self.latest = f"C-{today}-0001" if today > latest_day else f"C-{latest_day}-{int(nth) + 1:04}"
        return self.latest


# ---- what may be asked --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of a timeline."""

    at: float
    entry: Entry


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call, whole; the timeline in the order in which it was noted."""

    summary: CallSummary
    timeline: tuple[Noted, ...]


class NoSuchCall(UserError):  # noqa: N818 - the answer to a question
    """No call has this id, number or beginning of one; or several have, and the message names them."""


def the_one(named: str, found: Sequence[CallSummary]) -> CallSummary:
    """The only call found under a name. Raises NoSuchCall, with what to do."""
    match found:
        case [one]:
            return one
        case []:
            raise NoSuchCall(f"no call is named {named!r}: `careline calls` lists them")
        case _:
            several = ", ".join(call.number for call in found[:5])
            raise NoSuchCall(f"{named!r} is the beginning of several calls ({several} ...): give more of it")


class Record(Protocol):
    """Written while calls live. Nothing here waits, blocks or raises: a record that fails never costs a call."""

    def began(self, facts: CallFacts) -> None:
        """A call arrived. The id of a known call resumes that call's record: it came back after an outage."""

    def note(self, call: str, at: float, entry: Entry) -> None:
        """Something happened to the call. An unknown call is counted as lost and logged."""

    def ended(self, call: str, at: float) -> None:
        """The call is over; its outcome follows from its entries."""


class Records(Protocol):
    """Read by people: `careline calls`, `careline explain`."""

    async def calls(
        self, *, since: float = 0.0, limit: int = 100, outcome: Outcome | None = None
    ) -> Sequence[CallSummary]:
        """The latest calls that started at or after `since`, latest first; with an outcome, only ended ones."""

    async def call(self, named: str) -> CallRecord:
        """One call by its id, its short number, or a beginning of either that only one call has.

        Raises NoSuchCall.
        """
