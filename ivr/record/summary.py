"""A call on one row: the fold of its entries, so that a timeline and its summary never disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.record.entries import (
    CallbackAgreed,
    CallbackGivenUp,
    CallbackOver,
    CallbackReached,
    Connected,
    Entry,
    Greeted,
    HungUp,
    Joined,
    LanguageChosen,
    Moved,
    Overflowed,
    PriorityChanged,
    RedFlagRaised,
    RoutedTo,
    SentToVoicemail,
    TalkEnded,
    Understood,
    Voicemail,
    WentByChoice,
)

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known when a call arrives. `id` is the PBX's own; `plan` names the version of the plan it runs on."""

    id: str
    started: float
    dialled_number: str = ""
    phi_caller_number: str = ""
    plan: str = ""


class Outcome(StrEnum):
    TALKED = "talked"
    LEFT_IN_MENU = "abandoned in menu"
    LEFT_IN_QUEUE = "abandoned in queue"
    LEFT_AT_VOICEMAIL = "abandoned at voicemail"
    VOICEMAIL = "voicemail"
    HUNG_UP_ON = "hung up on by the plan"
    INTERRUPTED = "interrupted"
    CALLBACK = "to be called back"
    NOT_REACHED = "not reached by callback"
    CALLBACK_OVER = "callback not wanted any more"


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
        case Overflowed(to) | WentByChoice(to):
            return _to(_waited_until(call, at), to)
        case Moved(_, to):
            return replace(call, route=to)
        case CallbackAgreed():
            return replace(call, outcome=Outcome.CALLBACK)
        case CallbackReached():
            return replace(call, outcome=Outcome.LEFT_IN_QUEUE)
        case CallbackGivenUp():
            return replace(call, outcome=Outcome.NOT_REACHED)
        case CallbackOver():
            return replace(call, outcome=Outcome.CALLBACK_OVER)
        case PriorityChanged(urgent):
            return replace(call, urgent=call.urgent or urgent)
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
