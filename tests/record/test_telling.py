from zoneinfo import ZoneInfo

import pytest

from ivr import record
from ivr.record import Because, CallFacts, CallRecord, Entry, Noted, Outcome, Where
from ivr.record.telling import COLUMNS, cells, one_line, tell

BOSTON = ZoneInfo("America/New_York")
STARTED = 1_795_201_387.0  # 2026-11-20 14:03:07 in Boston
FACTS = CallFacts("1795201387.7", STARTED, "+16175550100", "+16175550199")

DECISION = {
    "chosen": "ana",
    "needs": "cardiology and scheduling",
    "step": 1,
    "steps": 2,
    "preferred": ["dr_lee"],
    "rule": "the caller waits longest of those whom this person can serve",
    "considered": [
        {"agent": "ana", "verdict": "chosen", "why": "idle longest of those who are ready and able (95 s)"},
        {"agent": "bo", "verdict": "passed over", "why": "talking"},
        {"agent": "dr_lee", "verdict": "passed over", "why": "lacks cardiology"},
    ],
}
A_GOOD_CALL: tuple[Entry, ...] = (
    record.Greeted("Riverside Medical Group", "en"),
    record.Asked(("how_can_we_help",)),
    record.HeardSpeech("i need to reschedule my appointment with cardiology", 0.91),
    record.Understood("scheduling", 0.93, ("reschedule", "appointment")),
    record.RoutedTo(
        "front_desk",
        ("cardiology", "scheduling"),
        intent="scheduling",
        phi_reasons=(Because("Menu 'welcome': means 'scheduling'.", "reschedule"), Because("To queue 'front_desk'.")),
    ),
    record.Joined("front_desk", 1),
    record.Offered("ana", DECISION, 20.0),
    record.Connected("ana", 8.2),
    record.TalkEnded("ana", 42.0),
    record.HungUp(Where.TALK),
)


def test_a_call_is_told_from_its_arrival_to_its_end() -> None:
    assert told(*A_GOOD_CALL, shown=True) == [
        "14:03:07  Call C-20261120-0007 came in from +16175550199 to +16175550100.",
        "14:03:08  Riverside Medical Group answered; English.",
        "14:03:09  Asked: how can we help.",
        "14:03:10  The caller said: “i need to reschedule my appointment with cardiology” (heard with 91 % certainty).",
        "14:03:11  Understood as scheduling (93 % sure), because of: reschedule, appointment.",
        "14:03:12  Went to the queue front desk; needs somebody with cardiology and scheduling.",
        "          why: Menu 'welcome': means 'scheduling'. (“reschedule”)",
        "          why: To queue 'front_desk'.",
        "14:03:13  Waited in the queue front desk as number 1.",
        "14:03:14  Ana's phone rang. Ana was chosen: idle longest of those who are ready and able (95 s).",
        "          The rule: the caller waits longest of those whom this person can serve.",
        "          Asked for: somebody with cardiology and scheduling, kept for Dr Lee for now (step 1 of 2).",
        "          Passed over: Bo (talking), Dr Lee (lacks cardiology).",
        "14:03:15  Connected with Ana after waiting 0:08.",
        "14:03:16  Talked 0:42 with Ana.",
        "14:03:17  The caller hung up after the talk began.",
    ]


def test_without_patient_data_neither_words_nor_keys_nor_numbers_are_told() -> None:
    private = (
        *A_GOOD_CALL,
        record.RedFlagRaised("chest pain", ("pecho",)),
        record.HeardKeys("19481224"),
        record.SentToVoicemail("billing", phi_reasons=(Because("The office is closed.", "pecho"),)),
    )
    text = "\n".join(told(*private))
    shown = [word for word in ("i need", "appointment", "reschedule", "pecho", "1948", "5550199") if word in text]
    assert shown == []
    assert told(*private)[0] == "14:03:07  Call C-20261120-0007 came in from …99 to +16175550100."


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (record.LanguageChosen("es"), "Went on in Spanish."),
        (record.LanguageChosen("pt"), "Went on in pt."),
        (record.HeardSpeech("", 0.0), "There was a sound, but no words."),
        (record.Misrouted("new_patient", "ana"), "Was about new patient in truth, as ana noted."),
        (record.HeardKeys("4"), "The caller pressed 4."),
        (record.HeardNothing(), "The caller said nothing and pressed nothing."),
        (record.Understood("", 0.1), "That fitted nothing that could be chosen."),
        (
            record.RedFlagRaised("chest_pain", ("chest pain", "cannot breathe")),
            "A sign of an emergency: chest pain, in the words: chest pain, cannot breathe. Urgent from here on.",
        ),
        (
            record.RoutedTo("nurse_triage", ("nurse",), urgent=True),
            "Went to the queue nurse triage; needs somebody with nurse; urgent: goes before the others.",
        ),
        (record.RoutedTo("billing"), "Went to the queue billing."),
        (record.SentToVoicemail("refills"), "Was asked to leave a message for refills."),
        (record.SaidGoodbye(), "Was told goodbye."),
        (record.Joined("billing"), "Waited in the queue billing."),
        (record.ToldPosition(1), "Was told: you are next."),
        (record.ToldPosition(3), "Was told: number 3 in line."),
        (record.Offered("ana"), "Ana's phone rang."),
        (record.OfferFailed("ana", "no answer"), "Ana did not answer; the caller kept the place."),
        (record.OfferFailed("ana", "busy"), "Ana's phone was busy; the caller kept the place."),
        (record.OfferFailed("ana", "something new"), "Ana was not reached; the caller kept the place."),
        (record.Overflowed("voicemail front_desk"), "Went to voicemail front desk, as the queue's rule says."),
        (record.Overflowed("queue x", "no one"), "Went to queue x, as the queue's rule says: no one."),
        (record.ToldWait(300), "Was told: about 5:00 to wait."),
        (record.ToldWait(300, longer=True), "Was told: about 5:00 to wait, longer than told before."),
        (record.PlaceRestored(130), "The line had dropped: got the place back, as waiting for 2:10."),
        (
            record.Stepped("scheduling", 2, "waited 60 s"),
            "Less is asked for in the queue scheduling, step 2 now: waited 60 s.",
        ),
        (record.PriorityChanged(urgent=True), "Was made urgent: goes before the others."),
        (record.PriorityChanged(head_start_seconds=300), "Counts as having waited 5:00 longer."),
        (record.AnsweredElsewhere("bo"), "Bo's phone stopped ringing: somebody else was faster."),
        (
            record.Moved("billing", "front_desk", "waited 60 s"),
            "Went over from the queue billing to front desk, the place kept: waited 60 s.",
        ),
        (
            record.Suggested("callback", "waited 90 s"),
            "Was asked whether to go to callback instead, the place kept: waited 90 s.",
        ),
        (record.WentByChoice("voicemail desk", "pressed 2"), "Chose to go to voicemail desk: pressed 2."),
        (
            record.CallbackAgreed("+16175550123", own_number=True),
            (
                "Agreed to be called back when it is the caller's turn, at the number they rang from, +16175550123; "
                "confirmed by key. Hung up, the place kept."
            ),
        ),
        (
            record.CallbackAgreed("+16175550123", own_number=False, not_before=STARTED),
            (
                "Agreed to be called back at 2026-11-20 14:03, at another number, +16175550123; "
                "confirmed by key. Hung up, the place kept."
            ),
        ),
        (record.CallbackDialled(2), "Was dialled, attempt 2."),
        (record.CallbackReached(), "Was reached, and pressed the key."),
        (
            record.CallbackNotReached("answering machine"),
            (
                "Was not reached: nobody pressed the key; it may have been an answering machine, "
                "and nothing was left on it."
            ),
        ),
        (record.CallbackGivenUp(4), "Was not reached in 4 attempts: no further one is made."),
        (record.CallbackOver("cancelled"), "Is not called back any more: cancelled."),
        (record.Voicemail("billing", 75.4), "Left a message of 1:15 for billing."),
        (record.Voicemail("billing", 0.0), "Left no message."),
        (record.CameBack(), "The call came back to Careline after an interruption."),
        (record.RecognizerLost(), "Speech could not be heard just then; keys were asked for."),
        (record.HungUp(Where.MENU), "The caller hung up in the menu."),
        (record.HungUp(Where.MENU, by_us=True), "The call was ended, as the plan says."),
        (
            record.Fault("the prompt could not be played"),
            "Something in Careline failed: the prompt could not be played.",
        ),
    ],
)
def test_every_entry_has_its_words(entry: Entry, line: str) -> None:
    assert told(entry, shown=True)[1:] == [f"14:03:08  {line}"]


def test_a_call_that_was_interrupted_says_so_at_its_end() -> None:
    summary = record.interrupted(record.opened(FACTS, "C-20261120-0007"), STARTED + 5)
    assert str(tell(CallRecord(summary, ()), BOSTON)[-1]) == (
        "14:03:12  Careline was interrupted, and the caller was gone after that."
    )


def test_a_call_is_one_row_of_a_list() -> None:
    summary = kept(*A_GOOD_CALL).summary
    assert dict(zip(COLUMNS, cells(summary, BOSTON), strict=True)) == {
        "time": "2026-11-20 14:03:07",
        "call": "C-20261120-0007",
        "caller": "…99",
        "about": "scheduling",
        "urgent": "",
        "route": "front desk",
        "person": "Ana",
        "wait": "0:08",
        "talk": "0:42",
        "outcome": "talked",
    }


def test_a_call_on_one_line_leaves_out_what_did_not_happen() -> None:
    facts = CallFacts("1", STARTED, phi_caller_number="")
    waiting = record.after(record.opened(facts, "C-20261120-0008"), STARTED, record.RedFlagRaised("chest pain"))
    assert one_line(waiting, BOSTON) == "2026-11-20 14:03:07  C-20261120-0008  a withheld number  urgent  in progress"
    assert one_line(kept(*A_GOOD_CALL).summary, BOSTON, with_patient_data=True) == (
        "2026-11-20 14:03:07  C-20261120-0007  +16175550199  scheduling  front desk  Ana  wait 0:08  talk 0:42  talked"
    )


@pytest.mark.parametrize(("number", "masked"), [("+16175550199", "…99"), ("1042", "…"), ("", "a withheld number")])
def test_of_a_number_only_the_end_is_shown_and_of_an_extension_nothing(number: str, masked: str) -> None:
    assert cells(record.opened(CallFacts("1", STARTED, "", number), "C-1"), BOSTON)[2] == masked


def test_the_outcome_of_a_call_in_progress_is_not_told_ahead() -> None:
    assert record.opened(FACTS, "C-1").outcome is Outcome.LEFT_IN_MENU
    assert cells(record.opened(FACTS, "C-1"), BOSTON)[-1] == "in progress"


def kept(*entries: Entry) -> CallRecord:
    """A call that is over, an entry a second."""
    summary = record.opened(FACTS, "C-20261120-0007")
    timeline = [Noted(STARTED + after, entry) for after, entry in enumerate(entries, start=1)]
    for noted in timeline:
        summary = record.after(summary, noted.at, noted.entry)
    return CallRecord(record.closed(summary, STARTED + len(entries) + 1), tuple(timeline))


def told(*entries: Entry, shown: bool = False) -> list[str]:
    return [str(line) for line in tell(kept(*entries), BOSTON, with_patient_data=shown)]
