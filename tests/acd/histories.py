"""Hypothesis strategies for the engine's nouns and events."""

from __future__ import annotations

from hypothesis import strategies as st

from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    Event,
    OfferAnswered,
    OfferFailed,
    Reconciled,
    TalkBegan,
    TalkEnded,
    TimePassed,
)
from acd.model import Agent, Overflow, Queue, Urgency

SKILLS = st.sampled_from(["desk", "nurse", "spanish"])
QUEUES = ["main", "triage", "refills"]
AGENTS = ["ana", "bo", "cai", "dee"]

needs = st.frozensets(SKILLS, max_size=2)
urgency = st.sampled_from(Urgency)
seconds = st.integers(0, 90).map(float)
offer_ids = st.integers(0, 2**40)
names = st.text(max_size=8)

queues = st.builds(
    Queue,
    name=st.sampled_from(QUEUES),
    needs=needs,
    ring_seconds=st.sampled_from([5.0, 20.0]),
    wrap_up_seconds=st.sampled_from([0.0, 8.0]),
    overflow=st.none() | st.builds(Overflow, seconds, st.just("voicemail")),
)
agents = st.builds(
    Agent,
    name=st.sampled_from(AGENTS),
    skills=st.dictionaries(SKILLS, st.integers(1, 5)),
    ready=st.sampled_from([True, True, True, False]),
)
plans = st.builds(
    Configured,
    st.lists(queues, min_size=1, unique_by=lambda queue: queue.name).map(tuple),
    st.lists(agents, unique_by=lambda agent: agent.name).map(tuple),
)
events: st.SearchStrategy[Event] = st.one_of(
    plans,
    st.builds(CallerJoined, names, names, st.frozensets(names), urgency),
    st.builds(CallerLeft, names),
    st.builds(AgentReady, names),
    st.builds(AgentNotReady, names, names),
    st.builds(AgentLoggedOut, names),
    st.builds(OfferAnswered, offer_ids),
    st.builds(OfferFailed, offer_ids, st.sampled_from(Cause)),
    st.builds(TalkBegan, offer_ids),
    st.builds(TalkEnded, offer_ids),
    st.just(TimePassed()),
    st.builds(Reconciled, st.frozensets(names), st.frozensets(offer_ids), st.frozensets(offer_ids)),
)
