"""The facts that all feeds share, by the engine's events alone."""

from __future__ import annotations

from acd import events
from acd.model import Callback
from acd.state import Presence
from ivr.feeds import facts
from ivr.feeds.facts import Fact, Leaving, PersonChanged
from ivr.feeds.happenings import Happenings
from tests.feeds.told import ANA, AWAY, BO, BRIEF, DESK, EVERYBODY, HEART, HELPED, WATCHED, Practice

JOINED = events.CallerJoined("c1", "desk")


def calls(told: list[Fact]) -> list[Fact]:
    """Without how people stand."""
    return [fact for fact in told if not isinstance(fact, PersonChanged)]


def people(told: list[Fact]) -> list[tuple[str, Presence, str]]:
    return [(fact.agent, fact.state, fact.why) for fact in told if isinstance(fact, PersonChanged)]


def test_a_plan_tells_who_is_at_work() -> None:
    told = Practice(ANA, AWAY).first
    assert calls(told) == [facts.PlanTaken()]
    assert told[1:] == [
        PersonChanged("ana", ("desk", "heart"), Presence.LOGGED_OUT, Presence.READY, ""),
    ]


def test_a_call_from_entering_to_the_end_of_the_talk() -> None:
    practice = Practice(ANA)
    assert calls(practice.after(JOINED, at=1010)) == [
        facts.Entered("c1", "desk", position=1, count=1),
        facts.Offered("c1", "desk", "ana", 1),
    ]
    assert calls(practice.after(events.OfferAnswered(1), at=1014)) == []
    assert calls(practice.after(events.TalkBegan(1), at=1015)) == [
        facts.Connected("c1", "desk", "ana", 1, position=1, entered_at=1, waited_seconds=5, ring_seconds=4, count=0)
    ]
    told = practice.after(events.TalkEnded(1), at=1075)
    assert calls(told) == [
        facts.Completed("c1", "desk", "ana", 1, by_caller=False, entered_at=1, waited_seconds=5, talk_seconds=60)
    ]
    assert people(told) == [("ana", Presence.WRAP_UP, "")]
    assert people(practice.after(events.TimePassed(), at=1085)) == [("ana", Presence.READY, "")]


def test_a_caller_who_hangs_up_first_ended_the_talk() -> None:
    practice = Practice(ANA)
    practice.all((JOINED, 1010), (events.OfferAnswered(1), 1014), (events.TalkBegan(1), 1015))
    ended = practice.all((events.CallerLeft("c1", dropped=True), 1020), (events.TalkEnded(1), 1020.1))
    [completed] = calls(ended)
    assert isinstance(completed, facts.Completed)
    assert completed.by_caller


def test_positions_are_those_on_entering_and_on_leaving() -> None:
    practice = Practice(BO)
    practice.after(JOINED, at=1010)
    practice.after(events.CallerJoined("c2", "desk"), at=1011)
    assert calls(practice.after(events.CallerJoined("c3", "desk"), at=1012)) == [facts.Entered("c3", "desk", 3, 3)]
    practice.after(events.CallerLeft("c2", dropped=True), at=1013)
    assert calls(practice.after(events.CallerLeft("c3", dropped=True), at=1020)) == [
        facts.Left("c3", "desk", Leaving.HUNG_UP, position=2, entered_at=3, waited_seconds=8, count=1)
    ]


def test_the_rings_end_before_the_caller_has_left() -> None:
    practice = Practice(ANA)
    practice.after(JOINED, at=1010)
    assert calls(practice.after(events.CallerLeft("c1", dropped=True), at=1013)) == [
        facts.RingCancelled("c1", "desk", "ana", 1, ring_seconds=3),
        facts.Left("c1", "desk", Leaving.HUNG_UP, position=1, entered_at=1, waited_seconds=3, count=0),
    ]


def test_who_answers_while_the_caller_hangs_up_has_not_failed_to_answer() -> None:
    practice = Practice(ANA)
    practice.all((JOINED, 1010), (events.OfferAnswered(1), 1014))
    told = calls(practice.after(events.CallerLeft("c1", dropped=True), at=1015))
    assert told[0] == facts.RingCancelled("c1", "desk", "ana", 1, ring_seconds=4)
    assert [type(fact) for fact in told] == [facts.RingCancelled, facts.Left]


def test_who_rang_in_vain_while_somebody_else_answered_has_not_failed_either() -> None:
    practice = Practice(ANA, BO, queues=(EVERYBODY,))
    assert [type(fact) for fact in calls(practice.after(JOINED, at=1010))] == [facts.Entered, *[facts.Offered] * 2]
    told = practice.all((events.OfferAnswered(2), 1012), (events.TalkBegan(2), 1013))
    assert [(type(fact), fact.agent) for fact in calls(told) if isinstance(fact, facts.Connected)] == [
        (facts.Connected, "bo")
    ]
    assert len(calls(told)) == 1
    assert calls(practice.after(events.OfferFailed(1, events.Cause.LOST), at=1014)) == []


def test_a_ring_that_failed_has_its_cause_and_the_next_one_follows() -> None:
    practice = Practice(ANA, BO)
    practice.after(JOINED, at=1010)
    assert calls(practice.after(events.OfferFailed(1, events.Cause.REFUSED), at=1012)) == [
        facts.NotAnswered("c1", "desk", "ana", 1, events.Cause.REFUSED, ring_seconds=2),
        facts.Offered("c1", "desk", "bo", 2),
    ]


def test_a_ring_whose_time_is_over_was_not_answered() -> None:
    practice = Practice(ANA)
    practice.after(JOINED, at=1010)
    told = practice.after(events.TimePassed(), at=1032)
    assert calls(told) == [facts.NotAnswered("c1", "desk", "ana", 1, events.Cause.NO_ANSWER, ring_seconds=22)]
    assert people(told) == [("ana", Presence.BACK_OFF, "no answer")]


def test_who_goes_away_while_the_phone_rings_cancels_the_ring() -> None:
    practice = Practice(ANA)
    practice.after(JOINED, at=1010)
    told = practice.after(events.AgentNotReady("ana", "lunch"), at=1011)
    assert calls(told) == [facts.RingCancelled("c1", "desk", "ana", 1, ring_seconds=1)]
    assert people(told) == [("ana", Presence.NOT_READY, "lunch")]


def test_who_waited_too_long_is_sent_away_and_who_is_sent_on_at_once_was_refused() -> None:
    practice = Practice(queues=(BRIEF,))
    practice.after(JOINED, at=1010)
    assert practice.after(events.TimePassed(), at=1070) == [
        facts.Left("c1", "desk", Leaving.SENT_AWAY, 1, 1, waited_seconds=60, count=0, to="voicemail desk")
    ]
    assert practice.after(events.CallerJoined("c2", "gone"), at=1080) == [facts.Refused("c2", "gone", "")]


def test_who_moves_to_another_queue_leaves_one_and_enters_the_other() -> None:
    practice = Practice(queues=(HELPED, HEART))
    practice.after(JOINED, at=1010)
    assert practice.after(events.TimePassed(), at=1070) == [
        facts.Left("c1", "desk", Leaving.MOVED, 1, 1, waited_seconds=60, count=0, to="heart"),
        facts.Entered("c1", "heart", position=1, count=1),
    ]
    assert practice.after(events.CallerLeft("c1"), at=1075) == [
        facts.Left("c1", "heart", Leaving.CHOSE, 1, 1, waited_seconds=5, count=0)
    ]


def test_a_callback_leaves_the_line_and_enters_again_once_reached() -> None:
    practice = Practice()
    joined = events.CallerJoined("c1", "heart")
    practice.after(joined, at=1010)
    assert practice.after(events.CallbackAsked("c1", Callback()), at=1030) == [
        facts.Left("c1", "heart", Leaving.CALLBACK, 1, 1, waited_seconds=20, count=0),
        facts.CallbackAgreed("c1", "heart"),
    ]
    practice.after(events.Configured((DESK, HEART), (ANA,)), at=1100)
    assert calls(practice.after(events.OfferAnswered(1), at=1105)) == []
    told = practice.all((events.CallerReached(1), 1115), (events.TalkBegan(1), 1116))
    assert calls(told) == [
        facts.CallbackReached("c1", "heart"),
        facts.Entered("c1", "heart", position=1, count=1),
        facts.Connected("c1", "heart", "ana", 1, 1, 1, waited_seconds=1, ring_seconds=5, count=0),
    ]


def test_a_callback_that_reaches_nobody_is_given_up() -> None:
    practice = Practice(ANA)
    practice.after(events.CallerJoined("c1", "heart", callback=Callback()), at=1010)
    practice.after(events.OfferAnswered(1), at=1012)
    missed = facts.CallbackMissed("c1", "heart", events.Cause.BUSY)
    assert calls(practice.after(events.CallerUnreached(1, events.Cause.BUSY), at=1013))[0] == missed
    practice.after(events.TimePassed(), at=1090)
    practice.after(events.OfferAnswered(2), at=1092)
    assert calls(practice.after(events.CallerUnreached(2, events.Cause.BUSY), at=1093)) == [
        missed,
        facts.CallbackGivenUp("c1", "heart", cancelled=False),
    ]


def test_a_cancelled_callback_is_over() -> None:
    practice = Practice()
    agreed = practice.after(events.CallerJoined("c1", "heart", callback=Callback()), at=1010)
    assert agreed == [facts.CallbackAgreed("c1", "heart")]
    cancelled = [facts.CallbackGivenUp("c1", "heart", cancelled=True)]
    assert practice.after(events.CallbackCancelled("c1"), at=1011) == cancelled


def test_alerts_begin_and_end() -> None:
    practice = Practice(queues=(WATCHED,))
    practice.after(JOINED, at=1010)
    assert practice.after(events.TimePassed(), at=1040) == [facts.AlertRaised(1, "desk", "long waits", rung=0)]
    assert facts.AlertEnded(1, "desk", "long waits") in practice.after(events.CallerLeft("c1"), at=1050)


def test_signing_in_and_out_is_told_with_the_queues_that_the_person_serves() -> None:
    practice = Practice(ANA, AWAY)
    assert practice.after(events.AgentReady("bo"), at=1001) == [
        PersonChanged("bo", ("desk",), Presence.LOGGED_OUT, Presence.READY, "")
    ]
    assert practice.after(events.AgentLoggedOut("ana"), at=1002) == [
        PersonChanged("ana", ("desk", "heart"), Presence.READY, Presence.LOGGED_OUT, "")
    ]


def test_who_is_no_longer_in_the_plan_has_signed_out() -> None:
    told = Practice(ANA, BO).after(events.Configured((DESK, HEART), (ANA,)), at=1001)
    assert told == [facts.PlanTaken(), PersonChanged("bo", (), Presence.READY, Presence.LOGGED_OUT, "")]


def test_after_a_restart_what_went_on_is_known_and_not_told_again() -> None:
    practice = Practice(ANA, BO)
    practice.all((JOINED, 1010), (events.OfferAnswered(1), 1011), (events.TalkBegan(1), 1012))
    practice.all((events.CallerJoined("c2", "desk"), 1013), (events.CallerJoined("c3", "desk"), 1014))
    practice.happenings = Happenings()
    assert calls(practice.after(practice.plan, at=1020)) == [facts.PlanTaken()]
    assert [type(fact) for fact in calls(practice.after(events.TalkEnded(1), at=1030))] == [facts.Completed]
    assert calls(practice.after(events.OfferFailed(2, events.Cause.BUSY), at=1031))[0] == facts.NotAnswered(
        "c2", "desk", "bo", 2, events.Cause.BUSY, ring_seconds=18
    )
    [left] = [fact for fact in practice.after(events.CallerLeft("c3"), at=1032) if isinstance(fact, facts.Left)]
    assert (left.waited_seconds, left.count) == (18, 1)


def test_what_ended_while_nobody_told_us_is_told_when_we_learn_of_it() -> None:
    practice = Practice(ANA, BO)
    practice.all((JOINED, 1010), (events.OfferAnswered(1), 1011), (events.TalkBegan(1), 1012))
    practice.all((events.CallerJoined("c2", "desk"), 1013), (events.CallerJoined("c3", "desk"), 1014))
    told = calls(practice.after(events.Reconciled(frozenset({"c2"}), frozenset(), frozenset()), at=1030))
    assert facts.Left("c3", "desk", Leaving.HUNG_UP, 2, 2, waited_seconds=16, count=1) in told
    assert [fact.call for fact in told if isinstance(fact, facts.Completed)] == ["c1"]
    talk_unseen = Practice(ANA)
    talk_unseen.after(JOINED, at=1010)
    told = talk_unseen.after(events.Reconciled(frozenset({"c1"}), frozenset(), frozenset({1})), at=1030)
    assert [type(fact) for fact in calls(told)] == [facts.Connected]
