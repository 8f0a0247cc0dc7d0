"""A call's record in plain words, for somebody who answers telephones and never saw a queueing engine.

    14:03:15  The caller said: “i need to reschedule my appointment with cardiology”
    14:03:16  Understood as scheduling (93 % sure), because of: reschedule, appointment.
    14:03:16  Ana's phone rang. Ana was chosen: idle longest of those who are ready and able (95 s).
              Passed over: Bo (talking), Carla (lacks cardiology).

The caller's words, keys and number are shown only `with_patient_data`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, assert_never

from ivr.record import (
    Asked,
    Because,
    CallRecord,
    CallSummary,
    CameBack,
    Connected,
    Entry,
    Fault,
    Greeted,
    HeardKeys,
    HeardNothing,
    HeardSpeech,
    HungUp,
    Joined,
    LanguageChosen,
    Moved,
    Offered,
    OfferFailed,
    Outcome,
    Overflowed,
    RecognizerLost,
    RedFlagRaised,
    RoutedTo,
    SentToVoicemail,
    TalkEnded,
    ToldPosition,
    Understood,
    Voicemail,
    Where,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LANGUAGES = {"en": "English", "es": "Spanish"}
FAILED = {
    "no answer": "{} did not answer",
    "refused": "{} declined the call",
    "busy": "{}'s phone was busy",
    "unreachable": "{}'s phone could not be reached",
    "lost": "{}'s phone stopped ringing",
}
LEFT = {
    Where.MENU: "The caller hung up in the menu.",
    Where.QUEUE: "The caller hung up while waiting.",
    Where.TALK: "The caller hung up after the talk began.",
    Where.VOICEMAIL: "The caller hung up at the voicemail.",
}
COLUMNS = ("time", "call", "caller", "about", "urgent", "route", "person", "wait", "talk", "outcome")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a told call; `clock` is the practice's wall clock, "" where a line belongs to the one above."""

    clock: str
    text: str

    def __str__(self) -> str:
        return f"{self.clock:8}  {self.text}"


# ---- the call as a timeline -----------------------------------------------------------------------------------------


def tell(record: CallRecord, timezone: tzinfo, *, with_patient_data: bool = False) -> list[Line]:
    """The call from its arrival to its end, or as far as it came."""
    call = record.summary
    caller = _number(call.phi_caller_number, with_patient_data)
    told = [Line(_clock(call.started, timezone), f"Call {call.number} came in from {caller}{_dialled(call)}.")]
    for noted in record.timeline:
        clock = _clock(noted.at, timezone)
        first, *more = _tell(noted.entry, with_patient_data)
        told += [Line(clock, first), *(Line("", text) for text in more)]
    if call.ended is not None and call.outcome is Outcome.INTERRUPTED:
        told.append(Line(_clock(call.ended, timezone), "Careline was interrupted, and the caller was gone after that."))
    return told


def _tell(entry: Entry, shown: bool) -> list[str]:  # noqa: C901, PLR0911, PLR0912 - one line per entry
    """What happened, in one line or more; `shown` lets the caller's words through."""
    match entry:
        case Greeted(practice, language):
            return [f"{practice} answered; {_language(language)}."]
        case LanguageChosen(language):
            return [f"Went on in {_language(language)}."]
        case Asked(prompts):
            return [f"Asked: {', '.join(map(_plain, prompts))}."]
        case HeardSpeech(text, confidence):
            return [_speech(text, confidence, shown)]
        case HeardKeys(digits):
            return [f"The caller pressed {digits}." if shown else "The caller pressed keys (not shown)."]
        case HeardNothing():
            return ["The caller said nothing and pressed nothing."]
        case Understood(intent, confidence, evidence):
            return [_understood(intent, confidence, evidence if shown else ())]
        case RedFlagRaised(sign, evidence):
            words = _because_of(evidence if shown else (), ", in the words: ")
            return [f"A sign of an emergency: {_plain(sign)}{words}. Urgent from here on."]
        case RoutedTo(queue, needs, urgent, _, reasons):
            return [_routed(queue, needs, urgent), *_reasons(reasons, shown)]
        case SentToVoicemail(box, _, reasons):
            return [f"Was asked to leave a message for {_plain(box)}.", *_reasons(reasons, shown)]
        case Joined(queue, position):
            place = f" as number {position}" if position else ""
            return [f"Waited in the queue {_plain(queue)}{place}."]
        case ToldPosition(position):
            return ["Was told: you are next." if position == 1 else f"Was told: number {position} in line."]
        case Offered(person, decision):
            return _offered(person, decision)
        case OfferFailed(person, cause):
            return [f"{FAILED.get(cause, '{} was not reached').format(_name(person))}; the caller kept the place."]
        case Connected(person, waited):
            return [f"Connected with {_name(person)} after waiting {_minutes(waited)}."]
        case TalkEnded(person, seconds):
            return [f"Talked {_minutes(seconds)} with {_name(person)}."]
        case Overflowed(to):
            return [f"Had waited as long as the plan allows: went to {_plain(to)}."]
        case Moved(queue, to, why):
            return [f"Went over from the queue {_plain(queue)} to {_plain(to)}, the place kept: {why}."]
        case Voicemail(box, seconds):
            return [f"Left a message of {_minutes(seconds)} for {_plain(box)}." if seconds else "Left no message."]
        case CameBack():
            return ["The call came back to Careline after an interruption."]
        case RecognizerLost():
            return ["Speech could not be heard just then; keys were asked for."]
        case HungUp(where, by_us):
            return ["The call was ended, as the plan says." if by_us else LEFT[where]]
        case Fault(text):
            return [f"Something in Careline failed: {text}."]
        case _:
            assert_never(entry)


def _speech(text: str, confidence: float, shown: bool) -> str:
    if not text:
        return "There was a sound, but no words."
    said = f"said: “{text}”" if shown else "spoke (words not shown)"
    return f"The caller {said} (heard with {_percent(confidence)} certainty)."


def _understood(intent: str, confidence: float, evidence: Sequence[str]) -> str:
    if not intent:
        return "That fitted nothing that could be chosen."
    return f"Understood as {_plain(intent)} ({_percent(confidence)} sure){_because_of(evidence, ', because of: ')}."


def _because_of(evidence: Sequence[str], opening: str) -> str:
    return opening + ", ".join(evidence) if evidence else ""


def _routed(queue: str, needs: Sequence[str], urgent: bool) -> str:
    needed = f"; needs somebody with {_listed(needs)}" if needs else ""
    return f"Went to the queue {_plain(queue)}{needed}{'; urgent: goes before the others' if urgent else ''}."


def _reasons(reasons: Iterable[Because], shown: bool) -> list[str]:
    return [f"why: {reason.text}" + (f" (“{reason.phi}”)" if shown and reason.phi else "") for reason in reasons]


def _offered(person: str, decision: Mapping[str, Any]) -> list[str]:
    """`decision` is JSON of acd.explain.Decision; a record without one tells that the phone rang."""
    considered = decision.get("considered", ())
    chosen = [one["why"] for one in considered if one["agent"] == person]
    others = [f"{_name(one['agent'])} ({one['why']})" for one in considered if one["agent"] != person]
    why = f" {_name(person)} was chosen: {chosen[0]}." if chosen else ""
    return [f"{_name(person)}'s phone rang.{why}", *([f"Passed over: {', '.join(others)}."] if others else [])]


# ---- the call on one line -------------------------------------------------------------------------------------------


def cells(call: CallSummary, timezone: tzinfo, *, with_patient_data: bool = False) -> tuple[str, ...]:
    """The call as one row under COLUMNS."""
    return (
        f"{datetime.fromtimestamp(call.started, timezone):%Y-%m-%d %H:%M:%S}",
        call.number,
        _number(call.phi_caller_number, with_patient_data),
        _plain(call.intent),
        "urgent" if call.urgent else "",
        _plain(call.route),
        _name(call.person),
        "" if call.wait_seconds is None else _minutes(call.wait_seconds),
        "" if call.talk_seconds is None else _minutes(call.talk_seconds),
        "in progress" if call.ended is None else call.outcome.value,
    )


def one_line(call: CallSummary, timezone: tzinfo, *, with_patient_data: bool = False) -> str:
    """The call in one line of text: what is empty is left out, times say what they are."""
    row = dict(zip(COLUMNS, cells(call, timezone, with_patient_data=with_patient_data), strict=True))
    labelled = {name: f"{name} {value}" if name in ("wait", "talk") else value for name, value in row.items() if value}
    return "  ".join(labelled.values())


# ---- words ----------------------------------------------------------------------------------------------------------


def _clock(at: float, timezone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, timezone):%H:%M:%S}"


def _number(number: str, shown: bool) -> str:
    if not number:
        return "a withheld number"
    return number if shown else f"…{number[-2:]}" if len(number) > 4 else "…"  # noqa: PLR2004 - two of few digits tell all


def _dialled(call: CallSummary) -> str:
    return f" to {call.dialled_number}" if call.dialled_number else ""


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)


def _plain(name: str) -> str:
    """A name of the plan as it is read aloud: nurse_triage is nurse triage."""
    return name.replace("_", " ")


def _name(person: str) -> str:
    """A person's name in the plan as it is written: dr_lee is Dr Lee."""
    return " ".join(word[:1].upper() + word[1:] for word in _plain(person).split())


def _listed(names: Sequence[str]) -> str:
    *first, last = map(_plain, names)
    return f"{', '.join(first)} and {last}" if first else last


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
