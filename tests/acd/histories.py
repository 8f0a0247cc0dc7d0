"""Hypothesis strategies for the engine's nouns and events. Times are halves of seconds, so that sums are exact."""

from __future__ import annotations

from hypothesis import strategies as st

from acd.events import (
    Acknowledged,
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallbackAsked,
    CallbackCancelled,
    CallerChanged,
    CallerJoined,
    CallerLeft,
    CallerReached,
    CallerUnreached,
    Cause,
    Configured,
    DayBegan,
    Device,
    DeviceChanged,
    Disposed,
    Event,
    OfferAnswered,
    OfferFailed,
    Reconciled,
    TalkBegan,
    TalkEnded,
    TimePassed,
    WrapUpExtended,
)
from acd.model import (
    Absence,
    Agent,
    Callback,
    CallbackRules,
    Condition,
    Escalation,
    Overflow,
    Queue,
    Ringing,
    Rung,
    Step,
    Urgency,
    WrapUp,
)
from acd.skills import ANYBODY, Needs
from acd.strategies import STRATEGIES

SKILLS = st.sampled_from(["desk", "nurse", "spanish"])
QUEUES = ["main", "triage", "refills"]
AGENTS = ["ana", "bo", "cai", "dee"]
SITES = ["downtown", "uptown"]
PARTIES = ["", "p1", "p2"]

urgency = st.sampled_from([Urgency.ROUTINE, Urgency.ROUTINE, Urgency.PRESSING, Urgency.URGENT])
seconds = st.integers(0, 180).map(lambda halves: halves / 2)
short = st.sampled_from([0.0, 5.0, 8.0, 30.0])
head_starts = st.sampled_from([0.0, 0.0, 16.0, 64.0])
offer_ids = st.integers(0, 2**40)
names = st.text(max_size=8)
sites = st.sampled_from(["", *SITES])
parties = st.sampled_from(PARTIES)
whose = st.sampled_from(AGENTS)

needs = st.sampled_from(
    [
        ANYBODY,
        ANYBODY,
        *map(Needs.parse, ["desk", "nurse", "spanish", "desk and spanish", "nurse or desk >= 3", "not nurse"]),
    ]
)
absences = st.frozensets(st.sampled_from(Absence))

timed = st.builds(Condition, seconds)
waiting_conditions = timed | st.builds(
    Condition,
    short,
    staffed_below=st.none() | st.integers(1, 3),
    empty=st.none() | absences,
)
joining_conditions = st.builds(
    Condition,
    length=st.none() | st.integers(1, 4),
    staffed_below=st.none() | st.integers(1, 3),
    empty=st.none() | absences,
)
targets = st.sampled_from(["voicemail", "callback"])


def overflows(conditions: st.SearchStrategy[Condition], *, offered: bool) -> st.SearchStrategy[tuple[Overflow, ...]]:
    away = st.builds(Overflow, conditions, to=targets, offered=st.booleans() if offered else st.just(False))
    over = st.builds(Overflow, conditions, queue=st.sampled_from(QUEUES))
    return st.lists(away | over, max_size=2).map(tuple)


steps = st.lists(st.builds(Step, needs, st.lists(waiting_conditions, min_size=1, max_size=2).map(tuple)), max_size=2)
ringings = st.sampled_from([Ringing(), Ringing(), Ringing(), Ringing(0), Ringing(2), Ringing(1, 1, 5.0)])
wrap_ups = st.sampled_from([WrapUp(), WrapUp(8.0), WrapUp(8.0, 20.0, disposition=True), WrapUp(0.0, 30.0)])
callbacks = st.builds(
    Callback,
    not_before=st.sampled_from([0.0, 40.0, 200.0]),
    hours=st.sampled_from([(), (), ((50.0, 150.0), (300.0, 500.0)), ((0.0, 30.0),)]),
)
escalations = st.lists(
    st.builds(
        Escalation,
        name=st.sampled_from(["late", "bare"]),
        when=waiting_conditions,
        ladder=st.just((Rung(("boss",), 30.0), Rung(("owner", "on call"), 45.0))),
    ),
    max_size=2,
    unique_by=lambda each: each.name,
).map(tuple)


@st.composite
def _queues(draw: st.DrawFn) -> Queue:
    return Queue(
        name=draw(st.sampled_from(QUEUES)),
        steps=(*draw(steps), Step(draw(needs))),
        strategy=draw(st.sampled_from(sorted(STRATEGIES.keys() - {"weighted"}))),
        prefers=draw(needs),
        nearest_first=draw(st.booleans()),
        ringing=draw(ringings),
        ring_seconds=draw(st.sampled_from([5.0, 20.0])),
        weight=draw(st.sampled_from([1.0, 1.0, 2.0, 0.5])),
        head_start_seconds=draw(head_starts),
        wrap_up=draw(wrap_ups),
        refuse=draw(overflows(joining_conditions, offered=False)),
        overflow=draw(overflows(waiting_conditions, offered=True)),
        escalations=draw(escalations),
        callback=CallbackRules(draw(st.booleans()), draw(st.sampled_from([(), (10.0, 60.0)]))),
        return_seconds=draw(st.sampled_from([0.0, 20.0])),
        kind=draw(st.sampled_from(["call", "call", "call", "task"])),
    )


queues = _queues()
agents = st.builds(
    Agent,
    name=whose,
    skills=st.dictionaries(SKILLS, st.integers(1, 5)),
    ready=st.sampled_from([True, True, True, False]),
    site=sites,
    calls_per_hour=st.sampled_from([None, None, 1, 2]),
    capacity=st.sampled_from([{}, {"task": 1}, {"task": 2}]),
)
plans = st.builds(
    Configured,
    st.lists(queues, min_size=1, unique_by=lambda queue: queue.name).map(tuple),
    st.lists(agents, unique_by=lambda agent: agent.name).map(tuple),
    sites=st.sampled_from([{}, {"downtown": ("uptown",)}]),
    after_failure=st.sampled_from([{}, {}, {Cause.BUSY: None, Cause.REFUSED: 3.0}]),
    seed=st.integers(0, 9),
)
joins = st.builds(
    CallerJoined,
    names,
    st.sampled_from(QUEUES),
    needs,
    urgency,
    head_starts,
    st.lists(whose, max_size=2, unique=True).map(tuple),
    short,
    sites,
    parties,
    st.none() | callbacks,
)
events: st.SearchStrategy[Event] = st.one_of(
    plans,
    st.just(DayBegan()),
    joins,
    st.builds(CallerChanged, names, urgency, st.none() | head_starts),
    st.builds(CallerLeft, names, st.booleans()),
    st.builds(CallbackAsked, names, callbacks),
    st.builds(CallbackCancelled, names),
    st.builds(CallerReached, offer_ids),
    st.builds(CallerUnreached, offer_ids, st.sampled_from(Cause)),
    st.builds(AgentReady, names),
    st.builds(AgentNotReady, names, names, st.none() | seconds),
    st.builds(AgentLoggedOut, names),
    st.builds(WrapUpExtended, names, seconds),
    st.builds(Disposed, names, names),
    st.builds(DeviceChanged, names, st.sampled_from(Device)),
    st.builds(OfferAnswered, offer_ids),
    st.builds(OfferFailed, offer_ids, st.sampled_from(Cause)),
    st.builds(TalkBegan, offer_ids),
    st.builds(TalkEnded, offer_ids),
    st.builds(Acknowledged, offer_ids, names),
    st.just(TimePassed()),
    st.builds(Reconciled, st.frozensets(names), st.frozensets(offer_ids), st.frozensets(offer_ids)),
)
