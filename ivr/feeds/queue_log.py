"""The queue log: facts as the lines that app_queue writes, so that existing reports go on.

    epoch|callid|queue|agent|event|data1|data2|…
    1795210412|1795210412.0|desk|NONE|ENTERQUEUE|||1
    1795210412|1795210412.0|desk|ana|CONNECT|0|careline-leg-1|0
    1795210414|1795210412.0|desk|ana|COMPLETECALLER|0|2|1

- ENTERQUEUE's second field is the caller's number there; it is patient data and empty here.
- A callback that was agreed upon is EXITWITHKEY with `callback` as the key; the caller who was reached enters anew.
- Who signs in or out is ADDMEMBER or REMOVEMEMBER of each queue; after QUEUESTART everybody at work is added.
- Who cannot be rung for a while (a failed ring, enough calls this hour) is paused, as by app_queue's autopause.

Source: docs.asterisk.org, "Queue Logs"; Asterisk apps/app_queue.c, main/logger.c (ast_queue_log); checked against what
an Asterisk 22 wrote.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from acd.state import Presence
from ivr.feeds import facts
from ivr.feeds.facts import PAUSED, Fact, Leaving
from ivr.services import LEG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = "NONE"
OPERATOR = "MANAGER"  # who adds a member through no call of theirs
_SEPARATOR = re.compile(r"[|\x00-\x1f\x7f]")


def line(now: float, *fields: object) -> str:
    """One line, with its line feed. A separator inside a name would forge a field, and becomes a blank."""
    return "|".join([str(int(now)), *(_SEPARATOR.sub(" ", str(each)) for each in fields)]) + "\n"


def started(now: float) -> str:
    """What tells a reader that everything began anew."""
    return line(now, NOBODY, NOBODY, NOBODY, "QUEUESTART", "")


def lines(fact: Fact, now: float) -> list[str]:
    """What app_queue would have written; nothing for what it does not know."""
    return [line(now, *fields) for fields in _fields(fact)]


def _fields(fact: Fact) -> Iterator[tuple[object, ...]]:
    match fact:
        case facts.Entered():
            yield fact.call, fact.queue, NOBODY, "ENTERQUEUE", "", "", fact.position
        case facts.Left():
            yield fact.call, fact.queue, NOBODY, *_left(fact)
        case facts.NotAnswered():
            yield fact.call, fact.queue, fact.agent, "RINGNOANSWER", _milliseconds(fact.ring_seconds)
        case facts.RingCancelled():
            yield fact.call, fact.queue, fact.agent, "RINGCANCELED", _milliseconds(fact.ring_seconds)
        case facts.Connected():
            leg = f"{LEG_PREFIX}{fact.offer}"
            yield fact.call, fact.queue, fact.agent, "CONNECT", int(fact.waited_seconds), leg, int(fact.ring_seconds)
        case facts.Completed():
            event = "COMPLETECALLER" if fact.by_caller else "COMPLETEAGENT"
            times = (int(fact.waited_seconds), int(fact.talk_seconds))
            yield fact.call, fact.queue, fact.agent, event, *times, fact.entered_at
        case facts.PersonChanged():
            yield from _person(fact)
        case facts.PlanTaken():
            yield NOBODY, NOBODY, NOBODY, "CONFIGRELOAD", ""
        case (
            facts.Refused()
            | facts.Offered()
            | facts.CallbackAgreed()
            | facts.CallbackMissed()
            | facts.CallbackReached()
            | facts.CallbackGivenUp()
            | facts.StepTaken()
            | facts.AlertRaised()
            | facts.AlertEnded()
        ):
            return
        case _:
            assert_never(fact)


def _left(fact: facts.Left) -> tuple[object, ...]:
    place = (fact.position, fact.entered_at, int(fact.waited_seconds))
    match fact.how:
        case Leaving.HUNG_UP:
            return "ABANDON", *place
        case Leaving.CHOSE:
            return "EXITWITHKEY", "", *place
        case Leaving.CALLBACK:
            return "EXITWITHKEY", "callback", *place
        case Leaving.EMPTY:
            return "EXITEMPTY", *place
        case Leaving.SENT_AWAY | Leaving.MOVED:
            return "EXITWITHTIMEOUT", *place
        case _:
            assert_never(fact.how)


def _person(fact: facts.PersonChanged) -> Iterator[tuple[object, ...]]:
    if fact.state is Presence.LOGGED_OUT:
        yield from ((OPERATOR, queue, fact.agent, "REMOVEMEMBER", "") for queue in fact.queues)
        return
    if fact.signed_in:
        yield from ((OPERATOR, queue, fact.agent, "ADDMEMBER", "") for queue in fact.queues)
    if fact.paused:
        yield from _of_all(fact, "PAUSE", fact.why or fact.state.value)
    elif fact.before in PAUSED:
        yield from _of_all(fact, "UNPAUSE", "")


def _of_all(fact: facts.PersonChanged, event: str, why: str) -> Iterator[tuple[object, ...]]:
    yield NOBODY, NOBODY, fact.agent, f"{event}ALL", why
    yield from ((NOBODY, queue, fact.agent, event, why) for queue in fact.queues)


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
