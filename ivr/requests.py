"""What administrators and persons ask of the running process, through the control door; never patient data.

status | ready | not-ready | wrap-up | priority | cancel-callback | alerts | acknowledge | misrouted
closures | closure | closure-history, see closure_requests.py
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from acd.model import Urgency
from ivr import closure_requests
from ivr import record as story
from ivr.control import ControlError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from acd.views import QueueStatus
    from acd.wait import Estimate
    from ivr.conversation.desk import Desk

Reply = dict[str, Any]
DONE: Reply = {"ok": True}
SHORTEST_BEGINNING = 4  # of a call's id: fewer letters could be anybody's


class Requests:
    """`pbx_is_up` tells whether the PBX's control connection is up, `served` how many calls have a session."""

    def __init__(self, desk: Callable[[], Desk], pbx_is_up: Callable[[], bool], served: Callable[[], int]) -> None:
        self._desk = desk
        self._pbx_is_up = pbx_is_up
        self._served = served

    async def answer(self, request: Mapping[str, Any]) -> Reply:  # noqa: C901, PLR0912 - a case per request
        """Carry out one request. Raises ControlError."""
        queues = self._desk().queues
        match request:
            case {"do": "status"}:
                return self._status()
            case {"do": "closures" | "closure" | "closure-history"}:
                return await closure_requests.answer(self._desk(), request)
            case {"do": "alerts"}:
                return {"alerts": self._alerts()}
            case {"do": "ready", "person": str(name)}:
                queues.person_ready(self._known(name))
            case {"do": "not-ready", "person": str(name), "reason": str(reason), **more}:
                self.not_ready(self._known(name), reason, _seconds(more.get("seconds")))
            case {"do": "wrap-up", "person": str(name), "extend": int() | float() as seconds}:
                queues.wrap_up_extended(self._known(name), seconds)
            case {"do": "wrap-up", "person": str(name), "done": str(disposition)}:
                queues.disposed(self._known(name), _given(disposition, "a disposition says what became of the call"))
            case {"do": "priority", "call": str(call), "urgent": True}:
                queues.change(self._waiting(call), urgency=Urgency.URGENT)
            case {"do": "priority", "call": str(call), "head_start": int() | float() as seconds}:
                queues.change(self._waiting(call), head_start_seconds=seconds)
            case {"do": "cancel-callback", "call": str(call)}:
                queues.cancel_callback(self._to_be_called_back(call))
            case {"do": "acknowledge", "alert": int(number), "by": str(by)}:
                queues.acknowledge(self._open(number), _given(by, "an alert is acknowledged by somebody: say who"))
            case {"do": "misrouted", "call": str(call), "intent": str(intent), "by": str(by)}:
                self._misrouted(call, intent, _given(by, "somebody notes it: say who"))
            case _:
                raise ControlError("this Careline does not know the request; is it of an older version?")
        await queues.settled()
        return DONE

    def not_ready(self, name: str, reason: str, seconds: float | None) -> None:
        """With the plan's own limit for the reason, which nobody may exceed."""
        given = _given(reason, "a person is not ready for a reason, such as lunch: say which")
        reasons = self._desk().plan.not_ready
        if reasons and given not in reasons:
            raise ControlError(f"'{given}' is no reason in the plan; it has {', '.join(reasons)}")
        longest = reasons.get(given)
        limits = [limit for limit in (seconds, longest) if limit is not None]
        self._desk().queues.person_not_ready(name, given, min(limits, default=None))

    def _misrouted(self, call: str, intent: str, by: str) -> None:
        """Note what a call, which may be over, was about in truth; `call` is its whole id."""
        desk = self._desk()
        if intent not in desk.plan.intents:
            raise ControlError(f"'{intent}' is no intent of the plan; it has {', '.join(desk.plan.intents)}")
        desk.record.note(call, desk.clock.now(), story.Misrouted(intent, by))

    # ---- who and what is meant ------------------------------------------------------------------------------------

    def _known(self, name: str) -> str:
        people = self._desk().plan.people
        if name not in people:
            raise ControlError(f"'{name}' is nobody in the plan; it has {', '.join(people)}")
        return name

    def _waiting(self, call: str) -> str:
        """The id of the only caller in line whose id is, or begins with, `call`."""
        line = [each.call for each in self._lined_up()]
        found = [call] if call in line else [each for each in line if each.startswith(call)]
        if len(found) != 1 or len(call) < SHORTEST_BEGINNING:
            raise ControlError(f"no caller in line is named '{call}', or several are: `careline status` lists them")
        return found[0]

    def _to_be_called_back(self, call: str) -> str:
        found = self._waiting(call)
        if not any(each.call == found and each.callback for each in self._lined_up()):
            raise ControlError(f"'{call}' is on the phone: only who waits to be called back can be cancelled")
        return found

    def _open(self, number: int) -> int:
        if number not in {alarm.id for alarm in self._desk().queues.engine.alarms.open.values()}:
            raise ControlError(f"there is no alert {number} now: `careline alerts` lists them")
        return number

    def _lined_up(self) -> Any:
        return self._desk().queues.engine.waiting(self._desk().clock.now())

    # ---- how things stand -----------------------------------------------------------------------------------------

    def _alerts(self) -> list[Reply]:
        alarms = self._desk().queues.engine.alarms.open.values()
        return [
            {"alert": each.id, "queue": each.queue, "name": each.name, "rung": each.rung + 1, "by": each.by}
            for each in alarms
        ]

    def _status(self) -> Reply:
        desk = self._desk()
        engine, now = desk.queues.engine, desk.clock.now()
        return {
            "pbx": self._pbx_is_up(),
            "hears": [language for language in desk.plan.practice.languages if desk.ears.hears_now(language)],
            "calls": self._served(),
            "people": [
                {"name": each.agent, "state": each.state, "why": each.why, "seconds": each.seconds}
                for each in engine.agents(now)
            ],
            "waiting": [
                {
                    "call": each.call,
                    "queue": each.queue,
                    "position": each.position,
                    "urgent": each.urgency is Urgency.URGENT,
                    "seconds": each.waited_seconds,
                    "step": each.step + 1,
                    "callback": each.callback,
                    "ringing": list(each.offered_to),
                    "estimate": _estimate(outlook.estimate if (outlook := engine.outlook(each.call, now)) else None),
                }
                for each in self._lined_up()
            ],
            "queues": [_queue(each) for each in engine.queues(now)],
            "alerts": self._alerts(),
            "closures": closure_requests.on_now(desk),
        }


def _queue(status: QueueStatus) -> Reply:
    return {
        "queue": status.queue,
        "waiting": status.waiting,
        "callbacks": status.callbacks,
        "longest_seconds": status.longest_wait_seconds,
        "staffed": status.staffed,
        "ready": status.ready,
        "estimate": _estimate(status.estimate),
        "figures": asdict(status.figures),
    }


def _estimate(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.seconds


def _given(text: str, otherwise: str) -> str:
    if not text.strip():
        raise ControlError(otherwise)
    return text.strip()


def _seconds(value: Any) -> float | None:
    if value is None or (isinstance(value, int | float) and value > 0):
        return value
    raise ControlError("a time is a number of seconds above 0")
