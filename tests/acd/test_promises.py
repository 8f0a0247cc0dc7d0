"""The engine's promises, kept in every history that Hypothesis thinks of.

CARELINE_THOROUGH=1 tries many more and longer ones.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from acd.codec import decode, encode
from acd.commands import Command, Ring, SendAway
from acd.engine import Engine
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
from acd.model import Agent, Queue, Urgency
from tests.acd.histories import AGENTS, QUEUES, needs, plans, urgency
from tests.acd.naive import NaiveEngine

if TYPE_CHECKING:
    from acd.views import OfferStatus

THOROUGH = os.environ.get("CARELINE_THOROUGH") == "1"
MOST_CALLERS = 14

FIRST_PLAN = Configured(
    (
        Queue("main", frozenset({"desk"}), ring_seconds=5, wrap_up_seconds=8),
        Queue("triage", frozenset({"nurse"})),
        Queue("refills"),
    ),
    (
        Agent("ana", {"desk": 3}),
        Agent("bo", {"desk": 2, "spanish": 5}),
        Agent("cai", {"nurse": 4, "desk": 1}),
        Agent("dee", {"nurse": 4, "spanish": 1}),
    ),
)
EVERYTHING = Agent("everything", {"desk": 5, "nurse": 5, "spanish": 5})

whose = st.sampled_from(AGENTS)
pick = st.integers(0, 99)


def rings(commands: list[Command]) -> list[Ring]:
    return [command for command in commands if isinstance(command, Ring)]


class EngineMachine(RuleBasedStateMachine):
    """Histories of a practice: they start with people ready and callers in line, or the races would be missed."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()
        self.naive = NaiveEngine()
        self.now = 0.0
        self.callers = 0
        self.journal: list[tuple[float, str]] = []
        self.commands: list[list[Command]] = []
        self.expected: set[str] = set()

    # ---- one event ---------------------------------------------------------------------------------------------------

    def happens(self, event: Event) -> None:
        talking = {offer.id: offer.call for offer in self.engine.offers() if offer.stage == "talking"}
        commands = self.engine.handle(event, self.now)
        self.journal.append((self.now, json.dumps(encode(event))))
        self.commands.append(commands)
        self.the_naive_engine_does_the_same(event, commands)
        self.keep_count(event, commands, talking)

    def the_naive_engine_does_the_same(self, event: Event, commands: list[Command]) -> None:
        naive = self.naive.handle(event, self.now)
        assert [each for each in commands if isinstance(each, Ring)] == [
            each for each in naive if isinstance(each, Ring)
        ]
        assert Counter(commands) == Counter(naive)

    def keep_count(self, event: Event, commands: list[Command], talking: dict[int, str]) -> None:
        """Who should be with the engine, told from outside: who joined and has no reason to be gone."""
        match event:
            case CallerJoined(call):
                self.expected.add(call)
            case CallerLeft(call) if call not in talking.values():
                self.expected.discard(call)
            case TalkEnded(offer) | OfferFailed(offer) if offer in talking:
                self.expected.discard(talking[offer])
            case Reconciled(calls, ringing, living):
                over = {call for offer, call in talking.items() if offer not in ringing | living}
                now_talking = {offer.call for offer in self.engine.offers() if offer.stage == "talking"}
                self.expected &= calls - over | now_talking
        self.expected -= {command.call for command in commands if isinstance(command, SendAway)}

    def offer(self, number: int) -> int:
        """Mostly an offer that lives, else one that is over or never was."""
        offers = self.offers()
        return offers[number % len(offers)].id if offers and number < 90 else number - 85

    def offers(self, *stages: str) -> list[OfferStatus]:
        return [offer for offer in self.engine.offers() if not stages or offer.stage in stages]

    def call(self, number: int) -> str:
        calls = sorted(self.engine.calls())
        return calls[number % len(calls)] if calls else "stranger"

    # ---- what may happen ---------------------------------------------------------------------------------------------

    @initialize(waiting=st.integers(0, 6), plan=st.just(FIRST_PLAN) | plans)
    def opening_hours_begin(self, waiting: int, plan: Configured) -> None:
        self.happens(plan)
        for number in range(waiting):
            self.somebody_calls(QUEUES[number % len(QUEUES)], frozenset(), Urgency.ROUTINE)

    @precondition(lambda self: len(self.engine.calls()) < MOST_CALLERS)
    @rule(queue=st.sampled_from(QUEUES), own=needs, urgent=urgency)
    def somebody_calls(self, queue: str, own: frozenset[str], urgent: Urgency) -> None:
        self.callers += 1
        self.happens(CallerJoined(f"c{self.callers}", queue, own, urgent))

    @rule(number=pick, queue=st.sampled_from([*QUEUES, "nowhere"]), own=needs, urgent=urgency)
    def somebody_joins_again(self, number: int, queue: str, own: frozenset[str], urgent: Urgency) -> None:
        self.happens(CallerJoined(self.call(number), queue, own, urgent))

    @rule(number=pick)
    def a_caller_hangs_up(self, number: int) -> None:
        self.happens(CallerLeft(self.call(number)))

    @rule(agent=whose)
    def a_person_is_ready(self, agent: str) -> None:
        self.happens(AgentReady(agent))

    @rule(agent=whose)
    def a_person_is_not_ready(self, agent: str) -> None:
        self.happens(AgentNotReady(agent, "lunch"))

    @rule(agent=whose)
    def a_person_logs_out(self, agent: str) -> None:
        self.happens(AgentLoggedOut(agent))

    @rule(number=pick)
    def a_person_answers(self, number: int) -> None:
        self.happens(OfferAnswered(self.offer(number)))

    @rule(number=pick, cause=st.sampled_from(Cause))
    def a_ring_fails(self, number: int, cause: Cause) -> None:
        self.happens(OfferFailed(self.offer(number), cause))

    @rule(number=pick)
    def a_talk_begins(self, number: int) -> None:
        self.happens(TalkBegan(self.offer(number)))

    @rule(number=pick)
    def a_leg_ends(self, number: int) -> None:
        self.happens(TalkEnded(self.offer(number)))

    @precondition(lambda self: self.offers("ringing"))
    @rule(number=pick)
    def a_call_is_taken(self, number: int) -> None:
        ringing = self.offers("ringing")
        offer = ringing[number % len(ringing)].id
        self.happens(OfferAnswered(offer))
        self.happens(TalkBegan(offer))

    @rule(seconds=st.sampled_from([0.0, 0.5, 3.0, 11.0, 40.0]))
    def time_goes_by_unnoticed(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.engine.next_deadline() is not None)
    @rule()
    def the_timer_rings(self) -> None:
        self.now = max(self.now, self.engine.next_deadline() or 0)
        self.happens(TimePassed())

    @rule(plan=plans)
    def the_plan_changes(self, plan: Configured) -> None:
        self.happens(plan)

    @rule(data=st.data())
    def the_pbx_is_asked_what_lives(self, data: st.DataObject) -> None:
        gone = data.draw(st.sets(st.sampled_from(sorted(self.engine.calls() | {"stranger"})), max_size=3), "gone")
        legs = [*(offer.id for offer in self.engine.offers()), 1, 2]
        ringing = data.draw(st.frozensets(st.sampled_from(legs)), "ringing")
        talking = data.draw(st.frozensets(st.sampled_from(legs)), "talking")
        self.happens(Reconciled(self.engine.calls() - gone, ringing - talking, talking))

    # ---- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def nobody_is_at_two_people_and_no_person_has_two_callers(self) -> None:
        offers = self.engine.offers()
        assert len({offer.call for offer in offers}) == len({offer.agent for offer in offers}) == len(offers)

    @invariant()
    def nobody_is_forgotten(self) -> None:
        waiting = {caller.call for caller in self.engine.waiting(self.now)}
        talking = {offer.call for offer in self.offers("talking")}
        assert self.engine.calls() == self.expected == waiting | talking
        assert not waiting & talking

    @invariant()
    def nobody_is_idle_who_could_serve_a_waiting_caller(self) -> None:
        skills = {name: person.agent.skills.keys() for name, person in self.engine.staff.people.items()}
        idle = [person.agent for person in self.engine.agents(self.now) if person.state == "ready"]
        for caller in self.engine.waiting(self.now):
            if caller.offered_to is None:
                assert not [agent for agent in idle if caller.needs <= skills[agent]]

    @invariant()
    def the_next_deadline_is_in_the_future(self) -> None:
        due = self.engine.next_deadline()
        assert due is None or not self.journal or due > self.journal[-1][0]

    def teardown(self) -> None:
        self.the_journal_leads_to_the_same_commands()
        self.everybody_is_served_in_the_end()

    def the_journal_leads_to_the_same_commands(self) -> None:
        engine = Engine()
        assert [engine.handle(decode(json.loads(event)), now) for now, event in self.journal] == self.commands

    def everybody_is_served_in_the_end(self) -> None:
        """With one able person who takes every call, and time, nobody is left."""
        self.happens(Configured(FIRST_PLAN.queues, (EVERYTHING,)))
        for _ in range(4 * MOST_CALLERS):
            offers = self.engine.offers()
            for offer in offers:
                self.happens(TalkBegan(offer.id))
                self.happens(TalkEnded(offer.id))
            if not offers and (due := self.engine.next_deadline()) is not None:
                self.now = max(self.now, due)
                self.happens(TimePassed())
        assert self.engine.calls() == frozenset()


TestPromises = pytest.mark.slow(EngineMachine.TestCase)
TestPromises.settings = settings(
    max_examples=3000 if THOROUGH else 120,
    stateful_step_count=80 if THOROUGH else 40,
    derandomize=not THOROUGH,
    database=None,
    deadline=None,
)
