"""What the record tells of offers, by the engine's events alone."""

from __future__ import annotations

from acd import events
from acd.engine import Engine
from acd.model import Agent, Condition, Overflow, Queue, Step
from acd.skills import Needs
from ivr import record as story
from ivr.queueing.offer_notes import Note, OfferNotes

QUEUES = (
    Queue("desk", (Step(Needs.parse("desk")),), ring_seconds=20),
    Queue("heart", (Step(Needs.parse("cardiology")),)),
)
PEOPLE = (Agent("ana", {"desk": 3}), Agent("bo", {"desk": 3}))
JOINED = events.CallerJoined("call", "desk")


class Told:
    """An engine, and the notes of all that happened to it."""

    def __init__(self, *people: Agent) -> None:
        self.engine = Engine()
        self.notes = OfferNotes()
        self.after(events.Configured(QUEUES, people or PEOPLE), at=0)

    def after(self, event: events.Event, at: float) -> list[Note]:
        orders = self.engine.handle(event, at)
        return self.notes.take(event, orders, self.engine, at)

    def talking(self) -> None:
        for event in (JOINED, events.OfferAnswered(1), events.TalkBegan(1)):
            self.after(event, at=10)


def offered(notes: list[Note]) -> list[str]:
    return [entry.person for _, entry in notes if isinstance(entry, story.Offered)]


def test_a_ring_is_noted_with_the_engines_own_account() -> None:
    [(call, entry)] = Told().after(JOINED, at=10)
    assert call == "call"
    assert isinstance(entry, story.Offered)
    assert (entry.person, entry.ring_seconds) == ("ana", 20)
    assert [each["agent"] for each in entry.decision["considered"]] == ["ana", "bo"]


def test_a_talk_is_noted_with_the_wait_and_its_length() -> None:
    told = Told()
    told.after(JOINED, at=10)
    assert told.after(events.OfferAnswered(1), at=14) == []
    assert told.after(events.TalkBegan(1), at=15) == [("call", story.Connected("ana", 5))]
    assert told.after(events.TalkEnded(1), at=75) == [("call", story.TalkEnded("ana", 60))]
    assert told.after(events.TalkEnded(1), at=76) == []


def test_the_wait_includes_the_time_before_the_ring_and_the_rings_of_others() -> None:
    told = Told()
    told.after(JOINED, at=10)
    told.after(events.OfferFailed(1, events.Cause.REFUSED), at=14)
    told.after(events.OfferAnswered(2), at=18)
    assert told.after(events.TalkBegan(2), at=20) == [("call", story.Connected("bo", 10))]


def test_a_ring_that_failed_is_noted_with_its_cause_before_the_next_one() -> None:
    told = Told()
    told.after(JOINED, at=10)
    failed, rings = told.after(events.OfferFailed(1, events.Cause.BUSY), at=11)
    assert failed == ("call", story.OfferFailed("ana", "busy"))
    assert offered([rings]) == ["bo"]


def test_a_ring_whose_time_is_over_was_not_answered_whatever_the_engine_was_woken_by() -> None:
    for event in (events.TimePassed(), events.CallerLeft("somebody else"), events.CallerJoined("other", "heart")):
        told = Told(PEOPLE[0])
        told.after(JOINED, at=10)
        assert told.after(event, at=32) == [("call", story.OfferFailed("ana", "no answer"))]


def test_a_join_that_did_not_come_about_was_lost_and_not_unanswered() -> None:
    told = Told()
    told.after(JOINED, at=10)
    told.after(events.OfferAnswered(1), at=12)
    assert told.after(events.TimePassed(), at=22)[0] == ("call", story.OfferFailed("ana", "lost"))


def test_a_person_who_hangs_up_before_the_talk_did_not_talk() -> None:
    told = Told()
    told.after(JOINED, at=10)
    told.after(events.OfferAnswered(1), at=12)
    assert told.after(events.TalkEnded(1), at=13)[0] == ("call", story.OfferFailed("ana", "lost"))


def test_a_ring_that_the_caller_or_the_person_ended_is_nobodys_failure() -> None:
    for event in (events.CallerLeft("call"), events.AgentLoggedOut("ana"), events.CallerJoined("call", "heart")):
        told = Told(PEOPLE[0])
        told.after(JOINED, at=10)
        assert told.after(event, at=11) == []


def test_a_person_who_goes_away_while_it_rings_is_followed_by_the_next() -> None:
    told = Told()
    told.after(JOINED, at=10)
    assert offered(told.after(events.AgentNotReady("ana", "lunch"), at=11)) == ["bo"]


def test_a_caller_who_leaves_ends_the_talk() -> None:
    told = Told()
    told.talking()
    assert told.after(events.CallerLeft("call"), at=70) == [("call", story.TalkEnded("ana", 60))]
    assert told.after(events.TalkEnded(1), at=71) == []


def test_a_caller_who_joins_again_has_ended_the_talk() -> None:
    told = Told()
    told.talking()
    ended, *_ = told.after(JOINED, at=70)
    assert ended == ("call", story.TalkEnded("ana", 60))


def test_what_a_reconciliation_finds_is_noted_then() -> None:
    told = Told()
    told.after(JOINED, at=10)
    told.after(events.OfferAnswered(1), at=12)
    found = events.Reconciled(frozenset({"call"}), frozenset(), frozenset({1}))
    assert told.after(found, at=20) == [("call", story.Connected("ana", 10))]
    assert told.after(found, at=21) == []
    gone = events.Reconciled(frozenset(), frozenset(), frozenset())
    assert told.after(gone, at=80) == [("call", story.TalkEnded("ana", 60))]


def test_a_ring_that_is_gone_after_an_outage_was_lost_and_a_ring_that_lives_goes_on() -> None:
    told = Told()
    told.after(JOINED, at=10)
    assert told.after(events.Reconciled(frozenset({"call"}), frozenset({1}), frozenset()), at=12) == []
    lost, rings = told.after(events.Reconciled(frozenset({"call"}), frozenset(), frozenset()), at=13)
    assert lost == ("call", story.OfferFailed("ana", "lost"))
    assert offered([rings]) == ["ana"]  # through no doing of hers


def test_nothing_is_remembered_of_offers_that_are_over() -> None:
    told = Told()
    told.talking()
    told.after(events.TalkEnded(1), at=20)
    for event in (JOINED, events.CallerLeft("call"), JOINED, events.Reconciled(frozenset(), frozenset(), frozenset())):
        told.after(event, at=30)
    assert told.notes._offers == {}


# ---- callbacks ----------------------------------------------------------------------------------------------------


def called_back() -> Told:
    """Ana picked up, and the caller who hung up is being dialled."""
    told = Told(PEOPLE[0])
    told.after(events.AgentNotReady("ana", "lunch"), at=5)
    told.after(JOINED, at=10)
    told.after(events.CallbackAsked("call"), at=20)
    told.after(events.AgentReady("ana"), at=30)
    assert told.after(events.OfferAnswered(1), at=32) == [("call", story.CallbackDialled(1))]
    return told


def test_a_callback_is_noted_from_dialling_to_the_talk() -> None:
    told = called_back()
    assert told.after(events.CallerReached(1), at=40) == [("call", story.CallbackReached())]
    assert told.after(events.TalkBegan(1), at=41) == [("call", story.Connected("ana", 31))]


def test_a_caller_who_is_not_reached_is_nobodys_failed_offer() -> None:
    unreached = events.CallerUnreached(1, events.Cause.MACHINE)
    assert called_back().after(unreached, at=50) == [("call", story.CallbackNotReached("answering machine"))]


def test_a_caller_who_is_dialled_for_too_long_did_not_answer() -> None:
    notes = called_back().after(events.TimePassed(), at=200)
    assert ("call", story.CallbackNotReached("no answer")) in notes


def test_a_person_who_does_not_wait_for_the_caller_is_noted_alone() -> None:
    over = called_back().after(events.OfferFailed(1, events.Cause.LOST), at=35)
    assert over == [("call", story.OfferFailed("ana", "lost"))]


def test_what_the_queues_rules_did_is_noted_with_the_rule() -> None:
    relaxed = Step(Needs.parse("cardiology"), (Condition(waited_seconds=30),))
    rules = (Overflow(Condition(60), queue="heart"), Overflow(Condition(40), "callback", offered=True))
    queues = (Queue("desk", (relaxed, Step()), overflow=rules), QUEUES[1])
    told = Told(Agent("ana", {"cardiology": 1}, ready=False))
    told.after(events.Configured(queues, told.engine.plan.agents), at=0)
    notes = [note for at in (10, 50, 70) for note in told.after(JOINED if at == 10 else events.TimePassed(), at=at)]
    assert notes == [
        ("call", story.Stepped("desk", 2, "nobody at work could meet the step")),
        ("call", story.Suggested("callback", "waited 40 s")),
        ("call", story.Moved("desk", "heart", "waited 1 min")),
    ]
