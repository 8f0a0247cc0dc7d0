from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given

from acd.codec import EventFormatError, decode, encode
from acd.events import CallbackAsked, CallerJoined, Cause, Configured, Event, OfferFailed
from acd.model import Absence, Agent, Callback, Condition, Overflow, Queue, Step
from acd.skills import Needs
from tests.acd.histories import events
from tests.acd.scene import URGENT


@given(events)
def test_every_event_survives_the_way_through_json(event: Event) -> None:
    assert decode(json.loads(json.dumps(encode(event)))) == event


def test_every_kind_of_event_is_among_those_tried() -> None:
    assert len(get_args(Event)) == len(events.branches)


def test_the_format_is_plain() -> None:
    assert encode(OfferFailed(7, Cause.BUSY)) == {"version": 2, "event": "OfferFailed", "offer": 7, "cause": "BUSY"}


def test_needs_are_written_as_their_expression() -> None:
    assert encode(CallerJoined("c1", "desk", Needs.parse("nurse and (spanish or english)"), URGENT)) == {
        "version": 2,
        "event": "CallerJoined",
        "call": "c1",
        "queue": "desk",
        "needs": "nurse and (english or spanish)",
        "urgency": "URGENT",
        "head_start_seconds": 0.0,
        "preferred": [],
        "preferred_seconds": 0.0,
        "site": "",
        "party": "",
        "callback": None,
    }


def test_sets_are_written_in_order() -> None:
    condition = Condition(empty=frozenset({Absence.UNAVAILABLE, Absence.IN_USE, Absence.PAUSED}))
    plan = Configured((Queue("desk", refuse=(Overflow(condition, to="voicemail"),)),), ())
    [written] = json.loads(json.dumps(encode(plan)))["queues"]
    assert written["refuse"][0]["when"]["empty"] == ["IN_USE", "PAUSED", "UNAVAILABLE"]


def test_the_hours_of_a_callback_are_written_as_pairs() -> None:
    asked = CallbackAsked("c1", Callback(not_before=60.0, hours=((0.0, 100.0), (200.0, 300.0))))
    assert encode(asked)["callback"] == {"not_before": 60.0, "hours": [[0.0, 100.0], [200.0, 300.0]]}


def test_a_plan_is_written_whole() -> None:
    steps = (Step(Needs.parse("heart"), (Condition(60),)), Step())
    plan = Configured(
        (Queue("desk", steps, overflow=(Overflow(Condition(240), to="voicemail"),)),),
        (Agent("ana", {"desk": 3}),),
        after_failure={Cause.NO_ANSWER: None},
    )
    written = json.loads(json.dumps(encode(plan)))
    assert [step["needs"] for step in written["queues"][0]["steps"]] == ["heart", ""]
    assert written["queues"][0]["overflow"][0]["to"] == "voicemail"
    assert written["after_failure"] == {"NO_ANSWER": None}
    assert written["agents"] == [
        {
            "name": "ana",
            "skills": {"desk": 3},
            "ready": True,
            "site": "",
            "weight": 1,
            "calls_per_hour": None,
            "capacity": {},
        }
    ]


def test_fields_that_are_newer_than_the_journal_take_their_defaults() -> None:
    old = {"version": 2, "event": "Configured", "queues": [{"name": "desk"}], "agents": [{"name": "ana"}]}
    assert decode(old) == Configured((Queue("desk"),), (Agent("ana"),))


LEFT: dict[str, Any] = {"version": 2, "event": "CallerLeft", "call": "c1"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "the event has format version None; this program reads version 2"),
        (LEFT | {"version": 1}, "the event has format version 1; this program reads version 2"),
        (LEFT | {"event": "CallerLost"}, "there is no event 'CallerLost'"),
        (LEFT | {"event": ["x"]}, "expected str, found list"),
        (LEFT | {"call": 7}, "expected str, found int"),
        (LEFT | {"why": "x"}, "CallerLeft has no why"),
        ({"version": 2, "event": "CallerLeft"}, "CallerLeft lacks call"),
        ({"version": 2, "event": "TalkBegan", "offer": True}, "expected int, found bool"),
        ({"version": 2, "event": "OfferFailed", "offer": 1, "cause": "bored"}, "'bored' is no Cause"),
        ({"version": 2, "event": "CallerReached", "offer": None}, "expected int, found NoneType"),
        (
            {"version": 2, "event": "CallbackAsked", "call": "c1", "callback": {"hours": [[1.0]]}},
            "expected 2 values, found 1",
        ),
        (
            {"version": 2, "event": "CallerJoined", "call": "c1", "queue": "desk", "needs": "nurse and"},
            "expected a skill or '(' after 'and' at column 10",
        ),
    ],
)
def test_what_is_no_event_is_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises(EventFormatError) as error:
        decode(data)
    assert str(error.value) == message
