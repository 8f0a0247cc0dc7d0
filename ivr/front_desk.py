"""Who comes in: a session for every caller, and for every phone that we ring ourselves what is said to who picks up.

a caller            Session, from the greeting on
a code of the plan  one of the practice's own people, who gives a PIN
careline-leg-…      a person's phone that may be a mailbox: key or PIN
careline-back-…     who is called back: key 1, then in line as before
careline-alert-…    who is told of an alert
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ivr import record as story
from ivr.call import CallerGone
from ivr.conversation.accepting import Accepting, too_late
from ivr.conversation.codes import CodeCall, Lock
from ivr.conversation.session import Session
from ivr.conversation.whisper import whisper_of
from ivr.queueing.orders import offer_of
from ivr.requests import Requests
from ivr.services import ALERT_PREFIX, BACK_PREFIX, LEG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from ivr.alerting import AlertCalls
    from ivr.call import Call
    from ivr.conversation.desk import Desk

NOT_READY_BY_KEY = "by phone"


class FrontDesk:
    """Serves calls as they come. `pbx_is_up` tells whether the PBX's control connection is up.

    `close_interrupted` closes the records that an earlier run left open, but those of the calls that it is given.
    """

    def __init__(
        self,
        desk: Desk,
        pbx_is_up: Callable[[], bool],
        close_interrupted: Callable[[Collection[str]], Awaitable[None]],
        alert_calls: AlertCalls | None = None,
    ) -> None:
        self.desk = desk
        self.requests = Requests(lambda: self.desk, pbx_is_up, lambda: len(self._sessions))
        self._close_interrupted = close_interrupted
        self._alert_calls = alert_calls
        self._sessions: dict[str, Desk] = {}
        self._left: dict[int, asyncio.Event] = {}
        self._unrecorded: set[str] = set()
        self._lock = Lock()

    async def serve(self, call: Call) -> None:
        """One call, to its end."""
        if call.id.startswith(LEG_PREFIX):
            await self._accept(call)
        elif call.id.startswith(BACK_PREFIX):
            await self._call_back(call)
        elif call.id.startswith(ALERT_PREFIX):
            await (self._alert_calls.serve(call) if self._alert_calls else _hang_up(call))
        elif call.dialled_number in self.desk.plan.codes:
            await self._by_code(call)
        else:
            await self._welcome(call)

    async def _welcome(self, call: Call) -> None:
        desk = self.desk
        facts = story.CallFacts(
            call.id, desk.clock.now(), call.dialled_number, call.caller_number, desk.plan.practice.name
        )
        desk.record.began(facts)
        await self._in_session(call.id, desk, Session(call, desk).run())

    async def _by_code(self, call: Call) -> None:
        """One of the practice's own, who does something there: no record of a caller is begun."""
        desk = self.desk
        self._unrecorded.add(call.id)
        await self._in_session(call.id, desk, CodeCall(call, desk, call.dialled_number, self._lock).run())

    async def _call_back(self, call: Call) -> None:
        """In the record of the first call. A line that is nobody's any more is hung up on."""
        desk = self.desk
        backs = desk.queues.backs
        name = backs.call_of(call.id)
        back = backs.of(name) if name else None
        if back is None:
            return await _hang_up(call)
        return await self._in_session(back.call, desk, Session(call, desk, back.call).run_called_back(back))

    async def _in_session(self, name: str, desk: Desk, session: Awaitable[None]) -> None:
        self._sessions[name] = desk
        try:
            await session
        finally:
            self._sessions.pop(name, None)
            if (left := self._left.get(id(desk))) and not self._is_in_use(desk):
                left.set()

    async def until_left(self, desk: Desk) -> None:
        """Return once nobody is served with a desk that is not in force any more."""
        left = self._left.setdefault(id(desk), asyncio.Event())
        if self._is_in_use(desk):
            await left.wait()
        del self._left[id(desk)]

    def _is_in_use(self, desk: Desk) -> bool:
        return any(each is desk for each in self._sessions.values())

    async def _accept(self, call: Call) -> None:
        queues, prompts = self.desk.queues, self.desk.prompts
        language = self.desk.plan.practice.languages[0]
        offer = offer_of(call.id) or 0
        offered = queues.engine.open_offers.get(offer)
        if offered is None:
            return await too_late(call, prompts, language)
        accept = queues.phones.accept.get(offered.agent)
        whisper = whisper_of(prompts, language, queues.dangers.get(offered.call))
        return await Accepting(call, accept, prompts, language, lambda: queues.refused(offer), whisper).run()

    # ---- queueing.Watcher -----------------------------------------------------------------------------------------

    def call_ended(self, call: str) -> None:
        """A call without a session (it talked while we were killed, or is not called back) ends its record here."""
        if call in self._unrecorded:
            self._unrecorded.discard(call)
        elif call not in self._sessions:
            self.desk.record.ended(call, self.desk.clock.now())

    def alert_call_ended(self, call: str) -> None:
        if self._alert_calls:
            self._alert_calls.over(call)

    async def pbx_holds(self, calls: frozenset[str]) -> None:
        await self._close_interrupted(calls.union(self._sessions))

    # ---- persons and administrators -------------------------------------------------------------------------------

    async def person(self, phone: str, *, ready: bool) -> bool:
        """A feature code dialled on a person's phone; false when the phone is nobody's."""
        people = self.desk.queues.phones.people_at(phone)
        for name in people:
            if ready:
                self.desk.queues.person_ready(name)
            else:
                self.desk.queues.person_not_ready(name, NOT_READY_BY_KEY)
        return bool(people)

    async def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out a request of the command line. Raises ControlError."""
        return await self.requests.answer(request)


async def _hang_up(call: Call) -> None:
    with suppress(CallerGone):
        await call.hang_up()
