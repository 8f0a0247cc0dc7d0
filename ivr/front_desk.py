"""Who comes in: a session for every call, and what persons and administrators say to the running process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr import record as story
from ivr.control import ControlError
from ivr.session import Desk, Session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from ivr.call import Call

NOT_READY_BY_KEY = "by phone"


class FrontDesk:
    """Serves calls as they come. `pbx_is_up` tells whether the PBX's control connection is up.

    `close_interrupted` closes the records that an earlier run left open, but those of the calls that it is given.
    """

    def __init__(
        self, desk: Desk, pbx_is_up: Callable[[], bool], close_interrupted: Callable[[Collection[str]], Awaitable[None]]
    ) -> None:
        self.desk = desk
        self._pbx_is_up = pbx_is_up
        self._close_interrupted = close_interrupted
        self._sessions: set[str] = set()

    async def serve(self, call: Call) -> None:
        """One call, to its end."""
        desk = self.desk
        facts = story.CallFacts(
            call.id, desk.clock.now(), call.dialled_number, call.caller_number, desk.plan.practice.name
        )
        desk.record.began(facts)
        self._sessions.add(call.id)
        try:
            await Session(call, desk).run()
        finally:
            self._sessions.discard(call.id)

    def call_ended(self, call: str) -> None:
        """A call without a session (it talked while we were killed) ends its record here."""
        if call not in self._sessions:
            self.desk.record.ended(call, self.desk.clock.now())

    async def pbx_holds(self, calls: frozenset[str]) -> None:
        await self._close_interrupted(calls | self._sessions)

    async def person(self, phone: str, *, ready: bool) -> bool:
        """A feature code dialled on a person's phone; false when the phone is nobody's."""
        for name, person in self.desk.plan.people.items():
            if person.phone == phone:
                if ready:
                    self.desk.queues.person_ready(name)
                else:
                    self.desk.queues.person_not_ready(name, NOT_READY_BY_KEY)
                return True
        return False

    # ---- the control door -------------------------------------------------------------------------------------------

    async def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a request of the command line. Raises ControlError."""
        match request:
            case {"do": "status"}:
                return self._status()
            case {"do": "ready", "person": str(name)}:
                self.desk.queues.person_ready(self._known(name))
            case {"do": "not-ready", "person": str(name), "reason": str(reason)}:
                self.desk.queues.person_not_ready(self._known(name), _given(reason))
            case _:
                raise ControlError("this Careline does not know the request; is it of an older version?")
        await self.desk.queues.settled()
        return {"ok": True}

    def _known(self, name: str) -> str:
        people = self.desk.plan.people
        if name not in people:
            raise ControlError(f"'{name}' is nobody in the plan; it has {', '.join(people)}")
        return name

    def _status(self) -> Mapping[str, Any]:
        """How things stand; without patient data."""
        engine, now = self.desk.queues.engine, self.desk.clock.now()
        people = engine.agents(now)
        waiting = engine.waiting(now)
        return {
            "pbx": self._pbx_is_up(),
            "hears": [language for language in self.desk.plan.practice.languages if self.desk.ears.hears_now(language)],
            "calls": len(self._sessions),
            "people": [
                {"name": each.agent, "state": each.state, "why": each.why, "seconds": each.seconds} for each in people
            ],
            "waiting": [
                {
                    "queue": each.queue,
                    "position": each.position,
                    "urgent": each.urgency > 0,
                    "seconds": each.waited_seconds,
                    "ringing": list(each.offered_to),
                }
                for each in waiting
            ],
        }


def _given(reason: str) -> str:
    if not reason.strip():
        raise ControlError("a person is not ready for a reason, such as lunch: say which")
    return reason
