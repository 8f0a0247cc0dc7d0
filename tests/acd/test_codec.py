from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given

from acd.codec import EventFormatError, decode, encode
from acd.events import CallerJoined, Cause, Configured, Event, OfferFailed
from acd.model import Agent, Overflow, Queue
from tests.acd.histories import events
from tests.acd.scene import URGENT


@given(events)
def test_every_event_survives_the_way_through_json(event: Event) -> None:
    assert decode(json.loads(json.dumps(encode(event)))) == event


def test_every_kind_of_event_is_among_those_tried() -> None:
    assert len(get_args(Event)) == len(events.branches)


def test_the_format_is_plain() -> None:
    assert encode(OfferFailed(7, Cause.BUSY)) == {"version": 1, "event": "OfferFailed", "offer": 7, "cause": "BUSY"}


def test_sets_are_written_in_order() -> None:
    assert encode(CallerJoined("c1", "desk", frozenset("cab"), URGENT)) == {
        "version": 1,
        "event": "CallerJoined",
        "call": "c1",
        "queue": "desk",
        "needs": ["a", "b", "c"],
        "urgency": "URGENT",
    }


def test_a_plan_is_written_whole() -> None:
    plan = Configured((Queue("desk", overflow=Overflow(60, "voicemail")),), (Agent("ana", {"desk": 3}),))
    assert encode(plan)["queues"] == [
        {
            "name": "desk",
            "needs": [],
            "ring_seconds": 20.0,
            "wrap_up_seconds": 0.0,
            "overflow": {"after_seconds": 60, "to": "voicemail"},
            "strategy": "longest-idle",
        }
    ]
    assert encode(plan)["agents"] == [{"name": "ana", "skills": {"desk": 3}, "ready": True}]


def test_fields_that_are_newer_than_the_journal_take_their_defaults() -> None:
    old = {"version": 1, "event": "Configured", "queues": [{"name": "desk"}], "agents": [{"name": "ana"}]}
    assert decode(old) == Configured((Queue("desk"),), (Agent("ana"),))


LEFT: dict[str, Any] = {"version": 1, "event": "CallerLeft", "call": "c1"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "the event has format version None; this program reads version 1"),
        (LEFT | {"version": 2}, "the event has format version 2; this program reads version 1"),
        (LEFT | {"event": "CallerLost"}, "there is no event 'CallerLost'"),
        (LEFT | {"event": ["x"]}, "expected str, found list"),
        (LEFT | {"call": 7}, "expected str, found int"),
        (LEFT | {"why": "x"}, "CallerLeft has no why"),
        ({"version": 1, "event": "CallerLeft"}, "CallerLeft lacks call"),
        ({"version": 1, "event": "TalkBegan", "offer": True}, "expected int, found bool"),
        ({"version": 1, "event": "OfferFailed", "offer": 1, "cause": "bored"}, "'bored' is no Cause"),
    ],
)
def test_what_is_no_event_is_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises(EventFormatError) as error:
        decode(data)
    assert str(error.value) == message
