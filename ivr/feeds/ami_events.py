"""The events and answers of Asterisk's manager interface that wallboards of app_queue read, as bytes.

No patient data: whatever would tell the caller's number or name is "<unknown>". A call is its Uniqueid; its channel,
which we do not know, is named `Careline/<Uniqueid>`.

Source: the manager documentation of Asterisk 22 (QueueCallerJoin, AgentCalled, QueueMemberStatus, QueueStatus …);
apps/app_queue.c; names and order checked against what an Asterisk 22 sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from acd.state import Presence
from ivr.feeds import facts
from ivr.feeds.facts import Fact, Leaving
from ivr.services import LEG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acd.views import WaitingCaller
    from ivr.feeds.board import Board, Member

Fields = Iterable[tuple[str, object]]
UNKNOWN = "<unknown>"
STATUS = {
    Presence.LOGGED_OUT: 5,
    Presence.NOT_READY: 1,
    Presence.READY: 1,
    Presence.RESERVED: 1,
    Presence.RINGING: 6,
    Presence.ANSWERED: 2,
    Presence.TALKING: 2,
    Presence.WRAP_UP: 1,
    Presence.BACK_OFF: 1,
    Presence.CAPPED: 1,
    Presence.OUTSIDE: 2,
    Presence.GONE: 5,
}
"""Asterisk's device states: 1 not in use, 2 in use, 5 unavailable, 6 ringing (include/asterisk/devicestate.h)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Message:
    """An answer or an event; a control character inside a value would forge a field, and becomes a blank."""

    fields: tuple[tuple[str, object], ...]

    def encoded(self) -> bytes:
        lines = (f"{key}: {_CONTROL.sub(' ', str(value))}\r\n" for key, value in self.fields)
        return ("".join(lines) + "\r\n").encode()


def answer(response: str, action_id: str, *fields: tuple[str, object]) -> Message:
    """An answer to an action; the ActionID is repeated when one was given."""
    return Message((("Response", response), *_named(action_id), *fields))


def happened(fact: Fact, board: Board) -> list[Message]:  # noqa: PLR0911 - a case per fact
    """What app_queue would have told; `board` as it is after the fact."""
    match fact:
        case facts.Entered():
            place = (("Queue", fact.queue), ("Position", fact.position), ("Count", fact.count))
            return [_event("QueueCallerJoin", *_caller(fact.call, fact.queue), *place)]
        case facts.Left():
            return _left(fact)
        case facts.Offered():
            return [_event("AgentCalled", *_pair(fact, board))]
        case facts.NotAnswered():
            return [_event("AgentRingNoAnswer", *_pair(fact, board), ("RingTime", int(fact.ring_seconds * 1000)))]
        case facts.Connected():
            times = (("HoldTime", int(fact.waited_seconds)), ("RingTime", int(fact.ring_seconds)))
            gone = _gone(fact.call, fact.queue, fact.position, fact.count)
            return [gone, _event("AgentConnect", *_pair(fact, board), *times)]
        case facts.Completed():
            times = (("HoldTime", int(fact.waited_seconds)), ("TalkTime", int(fact.talk_seconds)))
            reason = ("Reason", "caller" if fact.by_caller else "agent")
            return [_event("AgentComplete", *_pair(fact, board), *times, reason)]
        case facts.PersonChanged():
            return _person(fact, board)
        case (
            facts.Refused()
            | facts.RingCancelled()
            | facts.CallbackAgreed()
            | facts.CallbackMissed()
            | facts.CallbackReached()
            | facts.CallbackGivenUp()
            | facts.StepTaken()
            | facts.AlertRaised()
            | facts.AlertEnded()
            | facts.PlanTaken()
        ):
            return []
        case _:
            assert_never(fact)


def queue_status(board: Board, queue: str, member: str, action_id: str) -> list[Message]:
    """The answer to QueueStatus: all queues and members, or the named ones."""
    lines = board.lines()
    items = [
        message
        for name in board.queues(queue)
        for message in _queue_items(board, name, lines.get(name, []), member, action_id)
    ]
    return _list("Queue status will follow", "QueueStatusComplete", items, action_id)


def queue_summary(board: Board, queue: str, action_id: str) -> list[Message]:
    lines = board.lines()
    items = [
        _event_of("QueueSummary", _summary(board, name, lines.get(name, [])), action_id) for name in board.queues(queue)
    ]
    return _list("Queue summary will follow", "QueueSummaryComplete", items, action_id)


def _list(text: str, complete: str, items: list[Message], action_id: str) -> list[Message]:
    first = answer("Success", action_id, ("EventList", "start"), ("Message", text))
    end = (("EventList", "Complete"), ("ListItems", len(items)))
    return [first, *items, Message((("Event", complete), *_named(action_id), *end))]


def _queue_items(board: Board, queue: str, line: Sequence[WaitingCaller], member: str, action_id: str) -> list[Message]:
    members = [each for each in board.members(queue) if member in {"", each.interface}]
    return [
        _event_of("QueueParams", _params(board, queue, len(line)), action_id),
        *(_event_of("QueueMember", _listed(each), action_id) for each in members),
        *(_event_of("QueueEntry", fields, action_id) for fields in _entries(line)),
    ]


def _params(board: Board, queue: str, calls: int) -> Fields:
    plan, tally = board.plan(queue), board.tallies.queue(queue)
    return (
        ("Queue", queue),
        ("Max", 0),
        ("Strategy", plan.strategy),
        ("Calls", calls),
        ("Holdtime", tally.hold_seconds),
        ("TalkTime", tally.talk_seconds),
        ("Completed", tally.completed),
        ("Abandoned", tally.abandoned),
        ("ServiceLevel", int(plan.target_seconds)),
        ("ServicelevelPerf", f"{tally.service_level:.1f}"),
        ("ServicelevelPerf2", f"{tally.service_level_2:.1f}"),
        ("Weight", int(plan.weight)),
    )


def _summary(board: Board, queue: str, line: Sequence[WaitingCaller]) -> Fields:
    members, tally = board.members(queue), board.tallies.queue(queue)
    return (
        ("Queue", queue),
        ("LoggedIn", len(members)),
        ("Available", sum(each.state is Presence.READY for each in members)),
        ("Callers", len(line)),
        ("HoldTime", tally.hold_seconds),
        ("TalkTime", tally.talk_seconds),
        ("LongestHoldTime", int(max((each.waited_seconds for each in line), default=0))),
    )


def _entries(line: Sequence[WaitingCaller]) -> Iterable[Fields]:
    for position, caller in enumerate(line, start=1):
        yield (
            ("Queue", caller.queue),
            ("Position", position),
            ("Channel", _channel(caller.call)),
            ("Uniqueid", caller.call),
            *((key, "unknown") for key in ("CallerIDNum", "CallerIDName", "ConnectedLineNum", "ConnectedLineName")),
            ("Wait", int(caller.waited_seconds)),
            ("Priority", int(caller.urgency)),
        )


def _left(fact: facts.Left) -> list[Message]:
    """To app_queue, who was sent on has abandoned the queue as well; who pressed a key has not."""
    gone = _gone(fact.call, fact.queue, fact.position, fact.count)
    if fact.how in {Leaving.CHOSE, Leaving.CALLBACK}:
        return [gone]
    wait = (("OriginalPosition", fact.entered_at), ("HoldTime", int(fact.waited_seconds)))
    place = (("Queue", fact.queue), ("Position", fact.position))
    return [_event("QueueCallerAbandon", *_caller(fact.call, fact.queue), *place, *wait), gone]


def _gone(call: str, queue: str, position: int, count: int) -> Message:
    place = (("Queue", queue), ("Position", position), ("Count", count))
    return _event("QueueCallerLeave", *_caller(call, queue), *place)


def _person(fact: facts.PersonChanged, board: Board) -> list[Message]:
    was_paused = fact.before in facts.PAUSED
    if fact.state is Presence.LOGGED_OUT:
        names = ["QueueMemberRemoved"]
    elif fact.signed_in:
        names = ["QueueMemberAdded"]
    elif fact.paused or was_paused:
        names = ["QueueMemberPause"]
    else:
        names = ["QueueMemberStatus"]
    members = [board.member(fact.agent, queue) for queue in fact.queues]
    return [_event(name, *_changed(each)) for name in names for each in members]


def _listed(member: Member) -> Fields:
    return (("Queue", member.queue), ("Name", member.agent), ("Location", member.interface), *_member(member))


def _changed(member: Member) -> Fields:
    names = (("Queue", member.queue), ("MemberName", member.agent), ("Interface", member.interface))
    *others, wrap_up = _member(member)
    return (*names, *others, ("Ringinuse", 0), wrap_up)


def _member(member: Member) -> list[tuple[str, object]]:
    tally = member.tally
    return [
        ("StateInterface", member.interface),
        ("Membership", "static"),
        ("Penalty", 0),
        ("CallsTaken", tally.calls_taken),
        ("LastCall", tally.last_call),
        ("LastPause", tally.last_pause),
        ("LoginTime", tally.signed_in),
        ("InCall", int(member.talks)),
        ("Status", STATUS[member.state]),
        ("Paused", int(member.state in facts.PAUSED)),
        ("PausedReason", member.why),
        ("Wrapuptime", member.wrap_up_seconds),
    ]


def _pair(fact: facts.Offered | facts.NotAnswered | facts.Connected | facts.Completed, board: Board) -> Fields:
    leg, interface = f"{LEG_PREFIX}{fact.offer}", board.interface(fact.agent)
    return (
        *_caller(fact.call, fact.queue),
        *_snapshot("Dest", f"{interface}-{fact.offer:08x}", leg, fact.call, fact.queue),
        ("Queue", fact.queue),
        ("Interface", interface),
        ("MemberName", fact.agent),
    )


def _caller(call: str, queue: str) -> Fields:
    return _snapshot("", _channel(call), call, call, queue)


def _snapshot(prefix: str, channel: str, unique: str, linked: str, queue: str) -> Fields:
    """A channel as Asterisk describes one (main/manager_channels.c)."""
    names = ("CallerIDNum", "CallerIDName", "ConnectedLineNum", "ConnectedLineName")
    fields = (
        ("Channel", channel),
        ("ChannelState", 6),
        ("ChannelStateDesc", "Up"),
        *((name, UNKNOWN) for name in names),
        ("Language", "en"),
        ("AccountCode", ""),
        ("Context", "careline"),
        ("Exten", queue),
        ("Priority", 1),
        ("Uniqueid", unique),
        ("Linkedid", linked),
    )
    return tuple((f"{prefix}{key}", value) for key, value in fields)


def _channel(call: str) -> str:
    return f"Careline/{call}"


def _event(name: str, *fields: tuple[str, object]) -> Message:
    return Message((("Event", name), ("Privilege", "agent,all"), *fields))


def _event_of(name: str, fields: Fields, action_id: str) -> Message:
    """One item of an answer that is a list."""
    return Message((("Event", name), *fields, *_named(action_id)))


def _named(action_id: str) -> Fields:
    return (("ActionID", action_id),) if action_id else ()
