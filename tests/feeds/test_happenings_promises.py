"""Whatever happens, the facts add up: who enters leaves once, and counts are the engine's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from acd import events
from acd.model import Agent, Callback, CallbackRules, Condition, Overflow, Queue, Ringing, Step, WrapUp
from acd.skills import Needs
from ivr.feeds import facts
from ivr.feeds.happenings import Happenings
from tests.feeds.told import Practice

if TYPE_CHECKING:
    from ivr.feeds.facts import Fact

STEPS = (Step(Needs.parse("desk")),)
QUEUES = (
    Queue("one", STEPS, wrap_up=WrapUp(5), overflow=(Overflow(Condition(60), to="voicemail"),), return_seconds=100),
    Queue("all", STEPS, ringing=Ringing(at_once=0), overflow=(Overflow(Condition(90), queue="one"),)),
    Queue("back", STEPS, callback=CallbackRules(caller_first=True, retry_seconds=(20.0,))),
    Queue("full", STEPS, refuse=(Overflow(Condition(length=1), queue="all"),)),
)
PEOPLE = tuple(Agent(name, {"desk": 3}) for name in ("ana", "bo", "cleo"))
CALLS, OFFERS = st.sampled_from(["c1", "c2", "c3", "c4"]), st.integers(1, 12)
NAMES, CAUSES = st.sampled_from([agent.name for agent in PEOPLE]), st.sampled_from(events.Cause)
QUEUE_NAMES = st.sampled_from([*(queue.name for queue in QUEUES), "unknown"])
PARTIES = st.sampled_from(["", "p1", "p2"])

EVENTS = st.one_of(
    st.builds(events.CallerJoined, CALLS, QUEUE_NAMES, party=PARTIES),
    st.builds(events.CallerJoined, CALLS, QUEUE_NAMES, callback=st.just(Callback())),
    st.builds(events.CallerLeft, CALLS, dropped=st.booleans()),
    st.builds(events.CallbackAsked, CALLS),
    st.builds(events.CallbackCancelled, CALLS),
    st.builds(events.CallerReached, OFFERS),
    st.builds(events.CallerUnreached, OFFERS, CAUSES),
    st.builds(events.OfferAnswered, OFFERS),
    st.builds(events.OfferFailed, OFFERS, CAUSES),
    st.builds(events.TalkBegan, OFFERS),
    st.builds(events.TalkEnded, OFFERS),
    st.builds(events.AgentReady, NAMES),
    st.builds(events.AgentNotReady, NAMES, st.just("lunch")),
    st.builds(events.AgentLoggedOut, NAMES),
    st.builds(events.DeviceChanged, NAMES, st.sampled_from(events.Device)),
    st.builds(
        events.Configured,
        st.lists(st.sampled_from(QUEUES), unique_by=lambda each: each.name).map(tuple),
        st.lists(st.sampled_from(PEOPLE), unique_by=lambda each: each.name).map(tuple),
    ),
    st.builds(
        events.Reconciled, st.frozensets(CALLS), st.frozensets(OFFERS, max_size=2), st.frozensets(OFFERS, max_size=2)
    ),
    st.just(events.TimePassed()),
)
HISTORIES = st.lists(st.tuples(EVENTS, st.integers(0, 40)), max_size=60)


def played(history: list[tuple[events.Event, int]]) -> tuple[Practice, list[Fact]]:
    practice, now = Practice(*PEOPLE, queues=QUEUES), 1000.0
    told: list[Fact] = []
    for event, seconds in history:
        now += seconds
        told += practice.after(event, now)
        assert standing(practice.happenings) == in_line(practice)
    return practice, told


def standing(happenings: Happenings) -> dict[str, int]:
    return {queue: count for queue, count in happenings.lines.waiting.items() if count}


def in_line(practice: Practice) -> dict[str, int]:
    """Who waits on the phone, by queue."""
    callers = practice.engine.lobby.callers.values()
    return dict(Counter(caller.queue.name for caller in callers if not caller.talking and not caller.away))


@given(HISTORIES)
def test_who_enters_leaves_once_and_every_talk_ends_once(history: list[tuple[events.Event, int]]) -> None:
    _, told = played(history)
    in_queue: dict[str, str] = {}
    talking: set[int] = set()
    ringing: set[int] = set()
    for fact in told:
        match fact:
            case facts.Entered(call, queue):
                assert call not in in_queue
                assert min(fact.position, fact.count) >= 1
                in_queue[call] = queue
            case facts.Left(call, queue):
                assert in_queue.pop(call) == queue
                assert fact.waited_seconds >= 0
            case facts.Offered(offer=offer):
                assert offer not in ringing
                ringing.add(offer)
            case facts.NotAnswered(offer=offer) | facts.RingCancelled(offer=offer):
                ringing.discard(offer)
                assert fact.ring_seconds >= 0
            case facts.Connected(call, queue, offer=offer):
                assert in_queue.pop(call) == queue
                assert offer not in talking
                talking.add(offer)
            case facts.Completed(offer=offer):
                talking.remove(offer)
                assert fact.talk_seconds >= 0
            case _:
                pass


@given(HISTORIES, st.integers(0, 60))
def test_a_restart_at_any_moment_changes_no_count(history: list[tuple[events.Event, int]], at: int) -> None:
    practice, _ = played(history[:at])
    practice.happenings = Happenings()
    practice.after(events.Configured(QUEUES, PEOPLE), at=10_000)
    assert standing(practice.happenings) == in_line(practice)
