"""Each entry of a record in plain words, for somebody who answers telephones and never saw a queueing engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, assert_never

from ivr.record import (
    AnsweredElsewhere,
    Asked,
    Because,
    CallbackAgreed,
    CallbackDialled,
    CallbackGivenUp,
    CallbackNotReached,
    CallbackOver,
    CallbackReached,
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
    Misrouted,
    Moved,
    Offered,
    OfferFailed,
    Overflowed,
    PlaceRestored,
    PriorityChanged,
    RecognizerLost,
    RedFlagRaised,
    RoutedTo,
    SaidGoodbye,
    SentToVoicemail,
    SlotGiven,
    SoundsDistressed,
    Stepped,
    Suggested,
    TalkEnded,
    ToldPosition,
    ToldWait,
    Understood,
    Voicemail,
    WentByChoice,
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
UNREACHED = {
    "no answer": "nobody answered",
    "refused": "the call was declined",
    "busy": "the line was busy",
    "unreachable": "the number could not be reached",
    "answering machine": "nobody pressed the key; it may have been an answering machine, and nothing was left on it",
    "lost": "the line dropped",
}


Clock = Callable[[float], str]
"""A time as the practice's day and hour."""


def words_of(entry: Entry, clock: Clock, *, shown: bool) -> list[str]:  # noqa: C901, PLR0911, PLR0912 - one line per entry
    """What happened, in one line or more; `shown` lets the caller's words through."""
    match entry:
        case Greeted(practice, language, version):
            return [f"{practice} answered; {_language(language)}{_by(version)}."]
        case LanguageChosen(language):
            return [f"Went on in {_language(language)}."]
        case Asked(prompts):
            return [f"Asked: {', '.join(map(plain, prompts))}."]
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
            return [f"A sign of an emergency: {plain(sign)}{words}. Urgent from here on."]
        case SoundsDistressed(signs, words):
            said = f" ({words})" if shown and words else ""
            return [f"Sounded distressed: {'; '.join(signs)}{said}. A person was offered, and the call is pressing."]
        case RoutedTo(queue, needs, urgent, _, reasons, also):
            return [_routed(queue, needs, urgent), *_also(also), *_reasons(reasons, shown)]
        case SlotGiven(slot, value):
            return [f"Gave the {plain(slot)}: {value}." if shown else f"Gave the {plain(slot)} (not shown)."]
        case SentToVoicemail(box, _, reasons, also):
            return [f"Was asked to leave a message for {plain(box)}.", *_also(also), *_reasons(reasons, shown)]
        case SaidGoodbye(reasons):
            return ["Was told goodbye.", *_reasons(reasons, shown)]
        case Joined(queue, position):
            place = f" as number {position}" if position else ""
            return [f"Waited in the queue {plain(queue)}{place}."]
        case ToldPosition(position):
            return ["Was told: you are next." if position == 1 else f"Was told: number {position} in line."]
        case ToldWait(seconds, longer):
            return [f"Was told: about {minutes(seconds)} to wait{', longer than told before' if longer else ''}."]
        case PlaceRestored(waited):
            return [f"The line had dropped: got the place back, as waiting for {minutes(waited)}."]
        case Stepped(queue, step, why):
            return [f"Less is asked for in the queue {plain(queue)}, step {step} now: {why}."]
        case Misrouted(intent, by):
            return [f"Was about {plain(intent)} in truth, as {by} noted."]
        case PriorityChanged(urgent, head_start):
            return [_priority(urgent, head_start)]
        case Offered(person, decision):
            return _offered(person, decision)
        case OfferFailed(person, cause):
            return [f"{FAILED.get(cause, '{} was not reached').format(name_of(person))}; the caller kept the place."]
        case AnsweredElsewhere(person):
            return [f"{name_of(person)}'s phone stopped ringing: somebody else was faster."]
        case Connected(person, waited):
            return [f"Connected with {name_of(person)} after waiting {minutes(waited)}."]
        case TalkEnded(person, seconds):
            return [f"Talked {minutes(seconds)} with {name_of(person)}."]
        case Overflowed(to, why):
            return [f"Went to {plain(to)}, as the queue's rule says{f': {why}' if why else ''}."]
        case Moved(queue, to, why):
            return [f"Went over from the queue {plain(queue)} to {plain(to)}, the place kept: {why}."]
        case Suggested(to, why):
            return [f"Was asked whether to go to {plain(to)} instead, the place kept: {why}."]
        case WentByChoice(to, how):
            return [f"Chose to go to {plain(to)}: {how}."]
        case CallbackOver(why):
            return [f"Is not called back any more: {why}."]
        case CallbackAgreed() | CallbackDialled() | CallbackReached() | CallbackNotReached() | CallbackGivenUp():
            return [_callback(entry, clock, shown)]
        case Voicemail(box, seconds):
            return [f"Left a message of {minutes(seconds)} for {plain(box)}." if seconds else "Left no message."]
        case CameBack(version):
            return [f"The call came back to Careline after an interruption{_by(version)}."]
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
    return f"Understood as {plain(intent)} ({_percent(confidence)} sure){_because_of(evidence, ', because of: ')}."


def _because_of(evidence: Sequence[str], opening: str) -> str:
    return opening + ", ".join(evidence) if evidence else ""


def _routed(queue: str, needs: Sequence[str], urgent: bool) -> str:
    needed = f"; needs somebody with {_listed(needs)}" if needs else ""
    return f"Went to the queue {plain(queue)}{needed}{'; urgent: goes before the others' if urgent else ''}."


def _also(matters: Sequence[str]) -> list[str]:
    return [f"Wanted something else, too: {_listed(matters)}."] if matters else []


def _reasons(reasons: Iterable[Because], shown: bool) -> list[str]:
    return [f"why: {reason.text}" + (f" (“{reason.phi}”)" if shown and reason.phi else "") for reason in reasons]


def _offered(person: str, decision: Mapping[str, Any]) -> list[str]:
    """`decision` is JSON of acd.explain.Decision; a record without one tells that the phone rang."""
    considered = decision.get("considered", ())
    chosen = [one["why"] for one in considered if one["agent"] == person]
    others = [f"{name_of(one['agent'])} ({one['why']})" for one in considered if one["agent"] != person]
    why = f" {name_of(person)} was chosen: {chosen[0]}." if chosen else ""
    passed = [f"Passed over: {', '.join(others)}."] if others else []
    return [f"{name_of(person)}'s phone rang.{why}", *_asked_for(decision), *passed]


def _asked_for(decision: Mapping[str, Any]) -> list[str]:
    """The rule, and what the step asks for, as far as there is more to say than that somebody is rung."""
    rule = [f"The rule: {decision['rule']}."] if decision.get("rule") else []
    needs, step, steps = decision.get("needs", ""), decision.get("step", 1), decision.get("steps", 1)
    preferred = ", ".join(map(name_of, decision.get("preferred", ())))
    kept = f", kept for {preferred} for now" if preferred else ""
    asked = f"Asked for: {f'somebody with {needs}' if needs else 'anybody'}{kept} (step {step} of {steps})."
    return rule + ([asked] if needs or steps > 1 or preferred else [])


def _priority(urgent: bool, head_start: float | None) -> str:
    """Said by a person of the practice, at the command line or the console."""
    if urgent:
        return "Was made urgent: goes before the others."
    return f"Counts as having waited {minutes(head_start or 0.0)} longer."


def _callback(
    entry: CallbackAgreed | CallbackDialled | CallbackReached | CallbackNotReached | CallbackGivenUp,
    clock: Clock,
    shown: bool,
) -> str:
    match entry:
        case CallbackAgreed(number, own, not_before):
            when = f"at {clock(not_before)}" if not_before else "when it is the caller's turn"
            which = "the number they rang from" if own else "another number"
            told = f", {number}" if shown else ""
            return f"Agreed to be called back {when}, at {which}{told}; confirmed by key. Hung up, the place kept."
        case CallbackDialled(attempt):
            return f"Was dialled, attempt {attempt}."
        case CallbackReached():
            return "Was reached, and pressed the key."
        case CallbackNotReached(cause):
            return f"Was not reached: {UNREACHED.get(cause, cause)}."
        case CallbackGivenUp(attempts):
            return f"Was not reached in {attempts} attempts: no further one is made."
        case _:
            assert_never(entry)


# ---- words -----------------------------------------------------------------------------------------------------------


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)


def plain(name: str) -> str:
    """A name of the plan as it is read aloud: nurse_triage is nurse triage."""
    return name.replace("_", " ")


def name_of(person: str) -> str:
    """A person's name in the plan as it is written: dr_lee is Dr Lee."""
    return " ".join(word[:1].upper() + word[1:] for word in plain(person).split())


def _listed(names: Sequence[str]) -> str:
    *first, last = map(plain, names)
    return f"{', '.join(first)} and {last}" if first else last


def minutes(seconds: float) -> str:
    whole, rest = divmod(round(seconds), 60)
    return f"{whole}:{rest:02}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _by(version: int) -> str:
    return f"; plan version {version}" if version else ""
