"""Steps, overflow and refusals: what a queue's rules make of its callers."""

from __future__ import annotations

import json
from dataclasses import replace

from acd.commands import Moved, SendAway, Stepped, StopRinging, Suggest, TellPosition
from acd.events import (
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallerChanged,
    CallerJoined,
    CallerLeft,
    Cause,
    Configured,
    OfferAnswered,
    OfferFailed,
    TalkEnded,
    TimePassed,
)
from acd.model import Absence, Agent, Condition, Overflow, Queue
from acd.skills import Needs
from acd.snapshot import restored, snapshot
from tests.acd.scene import ANA, BO, CAI, DESK, engine_with, join, line_of, ring, rung, serve, step, talk, told

AFTER_A_MINUTE = Queue("desk", (step("cardiology", Condition(60)), step("desk")))
NOBODY = Condition(empty=frozenset({Absence.UNAVAILABLE, Absence.PAUSED}))
FULL = Condition(length=2)


def stepped(call: str, to: int, why: str) -> Stepped:
    return Stepped(call, "desk", to, why)


# ---- steps --------------------------------------------------------------------------------------------------------


def test_what_is_required_relaxes_after_a_while_and_the_place_is_kept() -> None:
    engine = engine_with(CAI, ANA, queues=[AFTER_A_MINUTE])
    join(engine, "c0")
    talk(engine, 1, now=1)
    join(engine, "c1", "c2")
    assert engine.next_deadline() == 61
    assert engine.handle(TimePassed(), now=61) == [
        stepped("c1", 1, "waited 1 min"),
        stepped("c2", 1, "waited 1 min"),
        ring(2, ANA, "c1"),
    ]
    assert line_of(engine) == ["c1", "c2"]


def test_a_step_that_nobody_at_work_could_meet_is_skipped_at_once() -> None:
    engine = engine_with(ANA, queues=[AFTER_A_MINUTE])
    assert join(engine, "c1") == [stepped("c1", 1, "nobody at work could meet the step"), ring(1, ANA, "c1")]


def test_a_step_is_skipped_in_the_moment_in_which_the_last_who_meets_it_leaves() -> None:
    engine = engine_with(CAI, ANA, queues=[AFTER_A_MINUTE])
    join(engine, "c0")
    talk(engine, 1, now=1)
    join(engine, "c1", now=2)
    engine.handle(AgentLoggedOut("cai"), now=3)
    assert engine.handle(TalkEnded(1), now=9) == [
        stepped("c1", 1, "nobody at work could meet the step"),
        ring(2, ANA, "c1"),
    ]


def test_a_step_whose_people_only_rest_is_not_skipped() -> None:
    engine = engine_with(CAI, ANA, queues=[AFTER_A_MINUTE])
    join(engine, "c1")
    assert rung(engine.handle(OfferFailed(1, Cause.NO_ANSWER), now=21)) == []


def test_the_callers_own_needs_count_in_every_step() -> None:
    queue = Queue("desk", (step("cardiology", Condition(60)), step("desk")))
    dee = Agent("dee", {"desk": 1, "spanish": 1})
    engine = engine_with(CAI, ANA, dee, queues=[queue])
    commands = engine.handle(CallerJoined("c1", "desk", Needs.parse("spanish")), now=1)
    assert commands == [stepped("c1", 1, "nobody at work could meet the step"), ring(1, dee, "c1")]


def test_each_steps_wait_begins_with_the_step() -> None:
    queue = Queue("desk", (step("cardiology", Condition(60)), step("spanish", Condition(30)), step("desk")))
    engine = engine_with(CAI, Agent("dee", {"spanish": 1}), ANA, queues=[queue])
    engine.handle(AgentNotReady("ana", "lunch"), now=0)
    join(engine, "c0")
    talk(engine, 1, now=1)
    join(engine, "c1", now=2)
    assert engine.handle(TimePassed(), now=62)[0] == stepped("c1", 1, "waited 1 min")
    engine.handle(OfferFailed(2, Cause.NO_ANSWER), now=82)
    assert engine.handle(TimePassed(), now=92) == [stepped("c1", 2, "waited 30 s")]
    assert rung(engine.handle(AgentReady("ana"), now=93)) == ["ana"]


def test_a_step_may_end_for_another_reason_than_time() -> None:
    queue = Queue("desk", (step("cardiology", Condition(600), Condition(length=3)), step("desk")))
    engine = engine_with(CAI, ANA, queues=[queue])
    join(engine, "c0")
    talk(engine, 1, now=1)
    join(engine, "c1", "c2", now=2)
    assert join(engine, "c3", now=3)[:3] == [stepped(call, 1, "3 or more wait") for call in ("c3", "c1", "c2")]


def test_a_step_that_ends_for_too_few_people_ends_when_one_leaves() -> None:
    queue = Queue("desk", (step("cardiology", Condition(staffed_below=3)), step("desk")))
    engine = engine_with(CAI, ANA, BO, queues=[queue])
    join(engine, "c0")
    talk(engine, 1, now=1)
    assert rung(join(engine, "c1", now=2)) == []
    assert engine.handle(AgentNotReady("ana", "lunch"), now=3) == [
        stepped("c1", 1, "fewer than 3 at work"),
        ring(2, BO, "c1"),
    ]


def test_a_step_that_ends_for_a_low_service_level_ends_when_it_sinks() -> None:
    queue = Queue("desk", (step("cardiology", Condition(service_level_below=0.8)), step("desk")))
    engine = engine_with(CAI, ANA, queues=[queue])
    join(engine, "c0", now=0)
    serve(engine, 1, 10, 20)
    join(engine, "c1", now=20)
    talk(engine, 2, now=25)
    join(engine, "c2", "gives up", now=30)
    commands = engine.handle(CallerLeft("gives up", dropped=True), now=90)
    assert commands[:2] == [stepped("c2", 1, "the service level is below 80 %"), ring(3, ANA, "c2")]


def test_a_step_that_ends_for_a_long_estimated_wait_ends_when_the_line_grows() -> None:
    queue = Queue("desk", (step("cardiology", Condition(estimated_wait_seconds=600)), step("desk")))
    engine = engine_with(CAI, ANA, queues=[queue])
    engine.handle(AgentNotReady("ana", "lunch"), now=0)
    join(engine, "c0", now=0)
    serve(engine, 1, 10, 310)
    join(engine, "c1", now=311)
    talk(engine, 2, now=311)
    assert [type(each) for each in join(engine, "c2", now=312)] == [TellPosition]
    commands = [command for call in ("c3", "c4", "c5") for command in join(engine, call, now=313)]
    why = "the estimated wait is 10 min or more"
    assert {command.call for command in commands if isinstance(command, Stepped)} == {"c2", "c3", "c4", "c5"}
    assert {command.why for command in commands if isinstance(command, Stepped)} == {why}


def test_what_was_relaxed_stays_relaxed() -> None:
    engine = engine_with(ANA, queues=[AFTER_A_MINUTE])
    join(engine, "c1")
    engine.handle(Configured((AFTER_A_MINUTE,), (CAI, ANA)), now=5)
    engine.handle(OfferFailed(1, Cause.BUSY), now=6)
    assert [caller.step for caller in engine.waiting(now=6)] == [1]


def test_a_new_plan_with_fewer_steps_leaves_nobody_behind_its_last() -> None:
    engine = engine_with(queues=[AFTER_A_MINUTE])
    join(engine, "c1")
    engine.handle(Configured((DESK,), ()), now=5)
    assert [(caller.step, str(caller.needs)) for caller in engine.waiting(now=6)] == [(0, "desk")]


def test_a_step_that_ends_during_a_ring_counts_for_the_next_ring() -> None:
    engine = engine_with(CAI, ANA, queues=[AFTER_A_MINUTE])
    join(engine, "c1")
    engine.handle(OfferFailed(1, Cause.LOST), now=58)
    engine.handle(TimePassed(), now=63)
    assert rung(engine.handle(TimePassed(), now=64)) == []
    assert [(caller.step, caller.offered_to) for caller in engine.waiting(now=64)] == [(1, ("ana",))]


def test_when_people_leave_callers_are_looked_at_as_they_joined_also_after_a_restart() -> None:
    """Whatever the order in which their needs became known."""
    engine = engine_with(CAI, ANA, queues=[AFTER_A_MINUTE])
    join(engine, "c0")
    talk(engine, 1, now=1)
    for call, own in (("c1", "desk >= 2"), ("c2", "desk"), ("c3", "desk >= 2"), ("c4", "")):
        engine.handle(CallerJoined(call, "desk", Needs.parse(own)), now=2)
    engine.handle(CallerChanged("c4", head_start_seconds=60), now=3)
    again = restored(json.loads(json.dumps(snapshot(engine))))
    for each in (engine, again):
        each.handle(AgentNotReady("ana", "lunch"), now=4)
        each.handle(AgentLoggedOut("cai"), now=5)
    assert snapshot(again) == snapshot(engine)
    assert again.handle(TalkEnded(1), now=9) == engine.handle(TalkEnded(1), now=9)
    assert [caller.step for caller in engine.waiting(now=9)] == [1, 1, 1, 1]


# ---- overflow -----------------------------------------------------------------------------------------------------


def overflowing(*rules: Overflow) -> Queue:
    return replace(DESK, overflow=rules)


def test_the_first_rule_that_holds_counts() -> None:
    rules = Overflow(Condition(90), to="voicemail"), Overflow(Condition(60), to="number")
    engine = engine_with(queues=[overflowing(*rules)])
    join(engine, "c1")
    assert engine.handle(TimePassed(), now=91) == [SendAway("c1", "desk", "voicemail", "waited 1 min 30 s")]


def test_a_caller_moves_to_another_queue_and_the_place_there_is_by_age() -> None:
    engine = engine_with(queues=[overflowing(Overflow(Condition(60), queue="backup")), Queue("backup")])
    join(engine, "early", now=0)
    join(engine, "late", queue="backup", now=10)
    join(engine, "later", queue="backup", now=20)
    assert engine.handle(TimePassed(), now=60) == [
        Moved("early", "desk", "backup", "waited 1 min"),
        TellPosition("early", 1),
    ]
    assert line_of(engine, "backup") == ["early", "late", "later"]


def test_who_moves_meets_the_other_queues_people_at_once() -> None:
    engine = engine_with(ANA, queues=[overflowing(Overflow(Condition(60), queue="backup")), Queue("backup")])
    engine.handle(CallerJoined("c1", "desk", Needs.parse("not desk")), now=0)
    join(engine, "c2", now=0)
    talk(engine, 1, now=0)
    join(engine, "c3", now=10)
    engine.handle(Configured(engine.plan.queues, (ANA, Agent("dee"))), now=20)
    assert rung(engine.handle(TimePassed(), now=60)) == ["dee"]


def test_the_wait_in_the_other_queue_begins_with_the_move() -> None:
    backup = Queue("backup", overflow=(Overflow(Condition(30), to="voicemail"),))
    engine = engine_with(queues=[overflowing(Overflow(Condition(60), queue="backup")), backup])
    join(engine, "c1", now=0)
    engine.handle(TimePassed(), now=60)
    assert engine.next_deadline() == 90
    assert engine.handle(TimePassed(), now=90) == [SendAway("c1", "backup", "voicemail", "waited 30 s")]


def test_a_target_that_is_only_offered_keeps_the_place_and_is_offered_once() -> None:
    engine = engine_with(queues=[overflowing(Overflow(Condition(60), to="callback", offered=True))])
    join(engine, "c1", now=0)
    assert engine.handle(TimePassed(), now=60) == [Suggest("c1", "desk", "callback", "waited 1 min")]
    assert line_of(engine) == ["c1"]
    assert (engine.next_deadline(), engine.handle(TimePassed(), now=600)) == (None, [])


def test_after_what_was_offered_the_next_rule_counts() -> None:
    rules = Overflow(Condition(60), to="callback", offered=True), Overflow(Condition(90), to="voicemail")
    engine = engine_with(queues=[overflowing(*rules)])
    join(engine, "c1", now=0)
    engine.handle(TimePassed(), now=60)
    assert engine.handle(TimePassed(), now=90) == [SendAway("c1", "desk", "voicemail", "waited 1 min 30 s")]


def test_a_full_queue_overflows_who_comes_last() -> None:
    engine = engine_with(queues=[overflowing(Overflow(Condition(length=3), to="voicemail"))])
    join(engine, "c1", "c2")
    assert join(engine, "c3") == [SendAway("c3", "desk", "voicemail", "3 or more wait")]
    assert line_of(engine) == ["c1", "c2"]


def test_a_queue_that_nobody_is_left_in_lets_everybody_go_at_once() -> None:
    engine = engine_with(ANA, queues=[overflowing(Overflow(NOBODY, to="voicemail"))])
    join(engine, "c1", "c2", "c3")
    why = "nobody is there who is not paused, unavailable"
    assert engine.handle(AgentLoggedOut("ana"), now=5) == [
        StopRinging(1, "ana"),
        *(SendAway(call, "desk", "voicemail", why) for call in ("c1", "c2", "c3")),
    ]


def test_a_queue_that_is_deserted_waits_for_its_time_when_the_rule_says_so() -> None:
    rule = Overflow(replace(NOBODY, waited_seconds=60), to="voicemail")
    engine = engine_with(ANA, queues=[overflowing(rule)])
    engine.handle(AgentLoggedOut("ana"), now=0)
    assert told(join(engine, "c1", now=5)) == {"c1": 1}
    assert [type(command) for command in engine.handle(TimePassed(), now=65)] == [SendAway]


def test_somebody_who_signs_in_in_time_is_rung_and_nobody_overflows() -> None:
    rule = Overflow(replace(NOBODY, waited_seconds=60), to="voicemail")
    engine = engine_with(ANA, queues=[overflowing(rule)])
    engine.handle(AgentLoggedOut("ana"), now=0)
    join(engine, "c1", now=5)
    assert engine.handle(AgentReady("ana"), now=65) == [ring(1, ANA, "c1")]


def test_a_long_estimated_wait_overflows_while_nothing_else_happens() -> None:
    """Ana's talk takes longer and longer, and with it the estimate for who stands behind."""
    rule = Overflow(Condition(estimated_wait_seconds=400), to="voicemail")
    engine = engine_with(ANA, queues=[overflowing(rule)])
    join(engine, "c0", now=0)
    serve(engine, 1, 0, 100)
    join(engine, "c1", "c2", now=100)
    talk(engine, 2, now=100)
    assert line_of(engine) == ["c2"]
    now = 100.0
    while line_of(engine) and now < 10_000:
        now = engine.next_deadline() or 10_000
        commands = engine.handle(TimePassed(), now)
    assert commands == [SendAway("c2", "desk", "voicemail", "the estimated wait is 6 min 40 s or more")]


def test_two_queues_that_overflow_into_each_other_do_not_play_ball_with_a_caller() -> None:
    here, there = Condition(length=1), Condition(length=1)
    queues = Queue("a", overflow=(Overflow(here, queue="b"),)), Queue("b", overflow=(Overflow(there, queue="a"),))
    engine = engine_with(queues=queues)
    assert join(engine, "c1", queue="a") == [Moved("c1", "a", "b", "1 or more wait"), TellPosition("c1", 1)]
    assert join(engine, "c2", queue="b") == [Moved("c2", "b", "a", "1 or more wait"), TellPosition("c2", 1)]


def test_a_caller_who_comes_from_the_next_rules_queue_goes_on_to_the_rule_after_it() -> None:
    back = Overflow(Condition(30), queue="a"), Overflow(Condition(60), to="voicemail")
    queues = Queue("a", overflow=(Overflow(Condition(30), queue="b"),)), Queue("b", overflow=back)
    engine = engine_with(queues=queues)
    join(engine, "c1", queue="a", now=0)
    engine.handle(TimePassed(), now=30)
    assert engine.handle(TimePassed(), now=60) == []
    assert engine.handle(TimePassed(), now=90) == [SendAway("c1", "b", "voicemail", "waited 1 min")]


def test_an_overflow_to_a_queue_that_does_not_exist_sends_away() -> None:
    engine = engine_with(queues=[overflowing(Overflow(Condition(60), queue="nowhere"))])
    join(engine, "c1", now=0)
    assert engine.handle(TimePassed(), now=60) == [
        Moved("c1", "desk", "nowhere", "waited 1 min"),
        SendAway("c1", "nowhere", "", "always"),
    ]


def test_an_overflow_waits_for_a_join_that_may_yet_succeed() -> None:
    engine = engine_with(ANA, queues=[overflowing(Overflow(Condition(60), to="voicemail"))])
    engine.handle(AgentNotReady("ana", "lunch"), now=0)
    join(engine, "c1", now=50)
    engine.handle(AgentReady("ana"), now=100)
    engine.handle(OfferAnswered(1), now=105)
    assert engine.handle(TimePassed(), now=110) == []
    assert engine.handle(OfferFailed(1, Cause.LOST), now=111) == [SendAway("c1", "desk", "voicemail", "waited 1 min")]


# ---- refusals -----------------------------------------------------------------------------------------------------


def refusing(*rules: Overflow) -> Queue:
    return replace(DESK, refuse=rules)


def test_a_queue_that_is_full_refuses_who_comes_and_keeps_who_is_there() -> None:
    engine = engine_with(queues=[refusing(Overflow(FULL, to="voicemail"))])
    join(engine, "c1", "c2")
    assert join(engine, "c3") == [SendAway("c3", "desk", "voicemail", "2 or more wait")]
    assert engine.calls() == frozenset({"c1", "c2"})


def test_a_queue_without_people_refuses_but_keeps_who_waits_when_they_leave() -> None:
    engine = engine_with(ANA, queues=[refusing(Overflow(NOBODY, to="voicemail"))])
    join(engine, "c0", "c1")
    engine.handle(AgentLoggedOut("ana"), now=2)
    assert line_of(engine) == ["c0", "c1"]
    assert [type(command) for command in join(engine, "c2")] == [SendAway]


def test_a_refusal_may_lead_to_another_queue_with_rules_of_its_own() -> None:
    queues = (
        refusing(Overflow(FULL, queue="backup")),
        Queue("backup", refuse=(Overflow(Condition(length=1), to="voicemail"),)),
    )
    engine = engine_with(queues=queues)
    join(engine, "c1", "c2")
    assert join(engine, "c3") == [Moved("c3", "desk", "backup", "2 or more wait"), TellPosition("c3", 1)]
    assert join(engine, "c4") == [
        Moved("c4", "desk", "backup", "2 or more wait"),
        SendAway("c4", "backup", "voicemail", "1 or more wait"),
    ]


def test_queues_that_refuse_in_a_circle_keep_the_caller() -> None:
    always = Condition()
    queues = Queue("a", refuse=(Overflow(always, queue="b"),)), Queue("b", refuse=(Overflow(always, queue="a"),))
    engine = engine_with(queues=queues)
    assert join(engine, "c1", queue="a") == [Moved("c1", "a", "b", "always"), TellPosition("c1", 1)]


def test_who_joins_again_is_not_refused() -> None:
    engine = engine_with(queues=[refusing(Overflow(FULL, to="voicemail"))])
    join(engine, "c1", "c2")
    assert join(engine, "c1", now=9) == [TellPosition("c1", 1)]


def test_who_left_makes_room() -> None:
    engine = engine_with(queues=[refusing(Overflow(FULL, to="voicemail"))])
    join(engine, "c1", "c2")
    engine.handle(CallerLeft("c1"), now=2)
    assert join(engine, "c3", now=3) == [TellPosition("c3", 2)]
