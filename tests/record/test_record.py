from datetime import date

import pytest

from ivr import record
from ivr.record import CallFacts, Entry, Numbering, Outcome, Where

CALL = record.opened(CallFacts("c", 100.0), "C-20261120-0001")
GREETED = record.Greeted("Riverside", "en")
JOINED = record.Joined("scheduling", 2)
CONNECTED = record.Connected("ana", 8.0)


@pytest.mark.parametrize(
    ("entries", "outcome"),
    [
        ((), Outcome.LEFT_IN_MENU),
        ((GREETED, record.HungUp(Where.MENU)), Outcome.LEFT_IN_MENU),
        ((GREETED, record.HungUp(Where.MENU, by_us=True)), Outcome.HUNG_UP_ON),
        ((JOINED, record.HungUp(Where.QUEUE)), Outcome.LEFT_IN_QUEUE),
        ((JOINED, CONNECTED, record.TalkEnded("ana", 3.0), record.HungUp(Where.TALK, by_us=True)), Outcome.TALKED),
        ((JOINED, record.Overflowed("voicemail scheduling")), Outcome.LEFT_AT_VOICEMAIL),
        ((JOINED, record.Overflowed("queue front_desk")), Outcome.LEFT_IN_QUEUE),
        ((record.SentToVoicemail("billing"), record.Voicemail("billing", 0.0)), Outcome.LEFT_AT_VOICEMAIL),
        (
            (record.SentToVoicemail("billing"), record.Voicemail("billing", 9.0), record.HungUp(Where.VOICEMAIL, True)),
            Outcome.VOICEMAIL,
        ),
    ],
)
def test_the_outcome_follows_from_what_happened(entries: tuple[Entry, ...], outcome: Outcome) -> None:
    assert told(*entries).outcome is outcome


def test_urgency_only_rises() -> None:
    assert told(record.RedFlagRaised("chest pain"), record.RoutedTo("nurse", urgent=False)).urgent


def test_a_wait_ends_with_the_talk_with_the_overflow_or_with_the_call() -> None:
    assert told(JOINED, CONNECTED).wait_seconds == 8.0
    assert told(JOINED, record.Overflowed("voicemail scheduling"), record.HungUp(Where.VOICEMAIL)).wait_seconds == 1.0
    assert told(JOINED, GREETED, record.HungUp(Where.QUEUE)).wait_seconds == 2.0
    assert record.closed(told(JOINED), 131.0).wait_seconds == 30.0


def test_a_caller_who_joins_again_has_waited_since_the_first_time() -> None:
    assert told(JOINED, record.CameBack(), JOINED).joined == 101.0


def test_the_talks_of_a_call_add_up() -> None:
    assert told(CONNECTED, record.TalkEnded("ana", 3.0), CONNECTED, record.TalkEnded("bo", 4.0)).talk_seconds == 7.0


def test_numbers_count_up_within_a_day_and_from_one_on_the_next() -> None:
    numbering = Numbering()
    days = (date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 20))
    assert [numbering.next(day) for day in days] == [
        "C-20261120-0001",
        "C-20261120-0002",
        "C-20261121-0001",
        "C-20261121-0002",
    ]


def told(*entries: Entry) -> record.CallSummary:
    """The summary after the entries, a second apart from 101 on."""
    summary = CALL
    for at, entry in enumerate(entries, start=101):
        summary = record.after(summary, float(at), entry)
    return summary
