"""The engine's promises, kept in every history that Hypothesis thinks of.

CARELINE_THOROUGH=1 tries more than a million steps.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from acd.codec import decode, encode
from acd.commands import CallbackOver, Command, GiveUp, Moved, Ring, SendAway, Stepped, TellPosition
from acd.conditions import Facts, holds_for_all
from acd.engine import Engine
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
from acd.model import CALL, Agent, Callback, Queue, Ringing, Step, Urgency, WrapUp
from acd.skills import Needs
from acd.snapshot import restored, snapshot
from acd.state import Presence
from tests.acd.histories import QUEUES, callbacks, head_starts, joins, plans, urgency, whose
from tests.acd.naive import NaiveEngine

if TYPE_CHECKING:
    from acd.state import Caller, Person
    from acd.views import OfferStatus

THOROUGH = os.environ.get("CARELINE_THOROUGH") == "1"
MOST_CALLERS = 14
SEARCH = [Phase.explicit, Phase.generate]  # a history of forty events takes for ever to shrink; the first will do

FIRST_PLAN = Configured(
    (
        Queue("main", (Step(Needs.parse("desk")),), ring_seconds=5, wrap_up=WrapUp(8)),
        Queue("triage", (Step(Needs.parse("nurse")),), ringing=Ringing(0)),
        Queue("refills"),
    ),
    (
        Agent("ana", {"desk": 3}),
        Agent("bo", {"desk": 2, "spanish": 5}),
        Agent("cai", {"nurse": 4, "desk": 1}),
        Agent("dee", {"nurse": 4, "spanish": 1}),
    ),
)
ABLE = (Agent("nurse", {"desk": 5, "spanish": 5, "nurse": 5}), Agent("clerk", {"desk": 5, "spanish": 5}))
PLAIN_QUEUES = tuple(Queue(name) for name in QUEUES)

pick = st.integers(0, 99)


def rings(commands: list[Command]) -> list[Ring]:
    return [command for command in commands if isinstance(command, Ring)]


def without_estimates(commands: list[Command]) -> list[Command]:
    return [replace(each, estimate=None) if isinstance(each, TellPosition) else each for each in commands]


def without_alarms(commands: list[Command]) -> list[Command]:
    return [each for each in commands if type(each).__name__ not in {"Alert", "AlertOver"}]


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
        waited = {call for call, caller in self.engine.lobby.callers.items() if not caller.talking and not caller.away}
        commands = self.engine.handle(event, self.now)
        self.journal.append((self.now, json.dumps(encode(event))))
        self.commands.append(commands)
        self.the_naive_engine_does_the_same(event, commands)
        self.nobody_is_passed_by_who_counts_less(event, commands)
        self.keep_count(event, commands, waited)

    def the_naive_engine_does_the_same(self, event: Event, commands: list[Command]) -> None:
        naive = self.naive.handle(event, self.now)
        ours = without_alarms(without_estimates(commands))
        assert rings(ours) == rings(naive)
        assert Counter(ours) == Counter(naive)

    def nobody_is_passed_by_who_counts_less(self, event: Event, commands: list[Command]) -> None:
        """Of all whom a rung person could serve, the caller counts most: urgency, then weight * wait + head start.

        Who was reserved for a caller to be called back was chosen then, and not when the caller is reached. A ring may
        bring about a step or an overflow of others, who then want somebody whom they did not before: not looked at.
        """
        if any(isinstance(each, Stepped | Moved) for each in commands):
            return
        reached = event.offer if isinstance(event, CallerReached) else 0
        chosen = {ring.call for ring in rings(commands)}
        left_out = [self.engine.lobby.callers[each.call] for each in self.engine.waiting(self.now)]
        for ring in (ring for ring in rings(commands) if ring.offer != reached):
            caller, person = self.engine.lobby.callers[ring.call], self.engine.staff.people[ring.agent]
            for other in left_out:
                if other.call not in chosen and self.could_take(person, other) and other.queue.kind == CALL:
                    assert (caller.urgency, caller.merit(self.now)) >= (other.urgency, other.merit(self.now))

    def could_take(self, person: Person, caller: Caller) -> bool:
        """Whether the caller would be offered to the person, were the person ready."""
        window = caller.back.callback.window(self.now) if caller.away and caller.back else (0.0, 0.0)
        phones = not caller.phones or len(caller.offers) < caller.phones
        wants = phones and not caller.taken and not caller.leaving and not caller.talking
        is_open = any(each.name == caller.queue.name for each in self.engine.plan.queues)
        in_hours = window is not None and window[0] <= self.now and (is_open or not caller.away)
        kind = caller.queue.kind
        room = kind == CALL or len(person.items.get(kind, ())) < person.agent.capacity.get(kind, 0)
        preferred = not caller.preferred or person.name in caller.preferred
        return bool(
            wants
            and in_hours
            and room
            and preferred
            and not person.leaving
            and caller.needs.met_by(person.agent.skills)
        )

    def keep_count(self, event: Event, commands: list[Command], waited: set[str]) -> None:
        """Who should be with the engine, told from outside: who joined and has no reason to be gone."""
        gone = {each.call for each in commands if isinstance(each, SendAway | GiveUp | CallbackOver)}
        match event:
            case CallerJoined(call):
                self.expected.add(call)
            case CallerLeft(call) if call in waited:
                self.expected.discard(call)
            case TalkEnded() | OfferFailed() | Reconciled():
                self.expected &= self.engine.calls() | (waited - gone if not isinstance(event, Reconciled) else set())
        self.expected -= gone

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
            self.callers += 1
            self.happens(CallerJoined(f"c{self.callers}", QUEUES[number % len(QUEUES)]))

    @precondition(lambda self: len(self.engine.calls()) < MOST_CALLERS)
    @rule(join=joins)
    def somebody_calls(self, join: CallerJoined) -> None:
        self.callers += 1
        self.happens(replace(join, call=f"c{self.callers}"))

    @precondition(lambda self: len(self.engine.calls()) < MOST_CALLERS)
    @rule(queue=st.sampled_from(QUEUES), urgent=urgency)
    def somebody_simply_calls(self, queue: str, urgent: Urgency) -> None:
        self.callers += 1
        self.happens(CallerJoined(f"c{self.callers}", queue, urgency=urgent))

    @rule(number=pick, join=joins, nowhere=st.sampled_from([False, False, False, True]))
    def somebody_joins_again(self, number: int, join: CallerJoined, nowhere: bool) -> None:
        queue = "nowhere" if nowhere else join.queue
        self.happens(replace(join, call=self.call(number), queue=queue, callback=None))

    @rule(number=pick, urgent=urgency, head_start=st.none() | head_starts)
    def a_priority_changes(self, number: int, urgent: Urgency, head_start: float | None) -> None:
        self.happens(CallerChanged(self.call(number), urgent, head_start))

    @rule(number=pick, dropped=st.booleans())
    def a_caller_hangs_up(self, number: int, dropped: bool) -> None:
        self.happens(CallerLeft(self.call(number), dropped))

    @rule(number=pick, callback=callbacks)
    def a_caller_wants_to_be_called_back(self, number: int, callback: Callback) -> None:
        self.happens(CallbackAsked(self.call(number), callback))

    @rule(number=pick)
    def a_callback_is_cancelled(self, number: int) -> None:
        self.happens(CallbackCancelled(self.call(number)))

    @rule(number=pick)
    def a_caller_is_reached(self, number: int) -> None:
        self.happens(CallerReached(self.offer(number)))

    @rule(number=pick)
    def a_caller_is_not_reached(self, number: int) -> None:
        self.happens(CallerUnreached(self.offer(number), Cause.NO_ANSWER))

    @rule(agent=whose)
    def a_person_is_ready(self, agent: str) -> None:
        self.happens(AgentReady(agent))

    @rule(agent=whose, longest=st.none() | st.sampled_from([6.0, 30.0]))
    def a_person_is_not_ready(self, agent: str, longest: float | None) -> None:
        self.happens(AgentNotReady(agent, "lunch", longest))

    @rule(agent=whose)
    def a_person_logs_out(self, agent: str) -> None:
        self.happens(AgentLoggedOut(agent))

    @rule(agent=whose, device=st.sampled_from(Device))
    def a_phone_changes(self, agent: str, device: Device) -> None:
        self.happens(DeviceChanged(agent, device))

    @rule(agent=whose, extended=st.booleans())
    def a_person_wraps_up(self, agent: str, extended: bool) -> None:
        self.happens(WrapUpExtended(agent, 6.0) if extended else Disposed(agent, "done"))

    @rule()
    def a_day_begins(self) -> None:
        self.happens(DayBegan())

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
        self.happens(CallerReached(offer))
        self.happens(TalkBegan(offer))

    @rule(number=st.integers(0, 3))
    def an_alert_is_acknowledged(self, number: int) -> None:
        self.happens(Acknowledged(number, "boss"))

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

    @rule()
    def the_engine_is_restored_from_a_snapshot(self) -> None:
        self.engine = restored(json.loads(json.dumps(snapshot(self.engine))))

    # ---- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def a_person_has_one_call_and_a_caller_one_winner(self) -> None:
        calls = [each for each in self.engine.offers() if self.engine.open_offers[each.id].queue.kind == CALL]
        assert len({offer.agent for offer in calls}) == len(calls)
        taken = [offer.call for offer in self.offers("reserved", "dialling", "answered", "talking")]
        assert len(set(taken)) == len(taken)
        for call in taken:
            assert sum(offer.call == call for offer in self.engine.offers()) == 1

    @invariant()
    def nobody_is_forgotten(self) -> None:
        waiting = {caller.call for caller in self.engine.waiting(self.now)}
        talking = {offer.call for offer in self.offers("talking")}
        assert self.engine.calls() == self.expected == waiting | talking
        assert not waiting & talking

    @invariant()
    def nobody_is_idle_who_could_serve_a_waiting_caller(self) -> None:
        """Looked at right after an event, before time goes on: hours may open at the next timer."""
        if not self.journal or self.journal[-1][0] != self.now:
            return
        idle = [each for each in self.engine.staff.people.values() if each.presence is Presence.READY]
        for caller in self.engine.lobby.callers.values():
            assert not [person.name for person in idle if self.could_take(person, caller)]

    @invariant()
    def a_phone_that_rings_is_in_no_other_call(self) -> None:
        for offer in self.offers("ringing", "reserved"):
            person = self.engine.staff.people[offer.agent]
            shared = self.engine.open_offers[offer.id].queue.kind != CALL
            assert person.device is not Device.BUSY or (shared and person.presence is not Presence.READY)

    @invariant()
    def alarms_are_open_while_their_condition_holds(self) -> None:
        if not self.journal or self.journal[-1][0] != self.now:
            return
        held = set()
        for queue in self.engine.plan.queues:
            room = self.engine.lobby.rooms[queue.name]
            here = [each for each in self.engine.lobby.callers.values() if each.queue.name == queue.name]
            since = [each.present_since for each in here if not each.talking and not each.away]
            for each in queue.escalations:
                waited = each.when.waited_seconds
                long = not waited or (since and self.now >= min(since) + waited)
                if long and holds_for_all(each.when, Facts(room, self.engine.crews, self.now)):
                    held.add((queue.name, each.name))
        assert set(self.engine.alarms.open) == held

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
        """With able people who take every call, and time, nobody is left."""
        self.happens(Configured(PLAIN_QUEUES, ABLE))
        for _ in range(6 * MOST_CALLERS):
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
    max_examples=15_000 if THOROUGH else 120,
    stateful_step_count=80 if THOROUGH else 40,
    derandomize=not THOROUGH,
    database=None,
    deadline=None,
    phases=SEARCH,
)
