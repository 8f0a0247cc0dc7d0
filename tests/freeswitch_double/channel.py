"""One call leg and its life: routing, the dialplan, parked, bridged, hung up. Source: switch_core_state_machine.c.

A channel runs in one task. What it does next is a step (a coroutine function); whoever wants it elsewhere calls `go`,
and the application that runs ends at the next frame because the channel is no longer `ready`.

    CS_NEW -> CS_INIT -> CS_ROUTING -> CS_EXECUTE -> CS_HANGUP -> CS_REPORTING -> CS_DESTROY
    bridged: CS_HIBERNATE, CS_RESET, CS_SOFT_EXECUTE (first leg) or CS_EXCHANGE_MEDIA (second); afterwards: CS_PARK
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from tests.freeswitch_double import applications, dialplan
from tests.freeswitch_double.bridging import bridged
from tests.freeswitch_double.profile import Profile, event_headers
from tests.freeswitch_double.recorder import Recorders

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lab.call import Ended
    from lab.moment import Moment
    from tests.freeswitch_double.dialplan import Action
    from tests.freeswitch_double.listener import Listener
    from tests.freeswitch_double.null_leg import NullLeg
    from tests.freeswitch_double.sip_side import Leg
    from tests.freeswitch_double.switch import FreeSwitchDouble
    from tests.freeswitch_double.wire import Packet

FRAME_SECONDS = 0.02
MAX_FORWARDS = 70  # transfers in one call's life
TRUE = {"true", "yes", "on", "enable", "enabled", "active", "allow", "t", "1"}


class Channel:
    """Made by the switch. `ready`: it lives and is not wanted elsewhere."""

    def __init__(self, switch: FreeSwitchDouble, uuid: str, leg: Leg | NullLeg, profile: Profile) -> None:
        self.switch, self.uuid, self.leg, self.profile = switch, uuid, leg, profile
        self.vars: dict[str, str] = {"direction": profile.direction, "uuid": uuid, "call_uuid": uuid}
        self.state, self.callstate, self.answer_state = "CS_NEW", "DOWN", "ringing"
        self.cause = ""
        self.slow_to_report = False
        self.controlled = False
        self.broken = False
        self.event_lock = False
        self.in_socket = False
        self.keys: list[str] = []
        self.private: deque[Packet] = deque()
        self.actions: deque[Action] = deque()
        self.listeners: list[Listener] = []
        self.other: Channel | None = None  # the last leg it was to talk with
        self.partner: Channel | None = None  # the leg it talks with
        self.ending, self.gone = asyncio.Event(), asyncio.Event()
        self.recorders = Recorders(self)
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._next: Callable[[], Awaitable[None]] | None = None
        self._turn = asyncio.Event()
        leg.ended._future.add_done_callback(lambda ended: self._remote_end(ended.result()))
        leg.tap.on_key = self.take_key

    # ---- what it is ----

    @property
    def ready(self) -> bool:
        return not self.cause and self._next is None

    @property
    def answered(self) -> bool:
        return self.answer_state == "answered"

    @property
    def has_media(self) -> bool:
        return self.leg.has_media

    def true(self, variable: str) -> bool:
        return self.vars.get(variable, "").lower() in TRUE

    def field(self, name: str) -> str:
        """A field of a dialplan condition."""
        return self.profile.field(name) or self.vars.get(name, "")

    def expand(self, text: str) -> str:
        return dialplan.expand(text, self._look_up)

    def _look_up(self, name: str) -> str:
        if name.endswith(")") and "(" in name:
            api, _, arguments = name[:-1].partition("(")
            return self.switch.evaluate(api, arguments)
        return self.vars.get(name) or self.profile.field(name) or self.switch.globals.get(name, "")

    def fire(self, name: str, headers: dict[str, str] | None = None) -> None:
        if self.switch.wanted(name):
            self.switch.fire(name, event_headers(self, name, headers or {}), self)

    # ---- what others want of it ----

    def go(self, step: Callable[[], Awaitable[None]]) -> None:
        """Leave what is being done at the next frame and do this."""
        self._next = step
        self.wake_next_frame()

    def transfer(self, extension: str, plan: str = "", context: str = "") -> None:
        forwards = int(self.vars.get("max_forwards", MAX_FORWARDS)) - 1
        self.vars["max_forwards"] = str(forwards)
        if forwards <= 0:
            self.hang_up("EXCHANGE_ROUTING_ERROR", at_once=True)
            return
        self.profile.transferred(extension, plan or "XML", context or self.profile.context)
        self.go(self._route)

    def park_after_talk(self) -> None:
        self.go(self._park_for_ever)

    def go_on(self) -> None:
        """With the next action of the dialplan."""
        self.go(self._execute_actions)

    def queue(self, message: Packet) -> None:
        """A sendmsg, to be executed when the channel gets to it."""
        self.private.append(message)
        self.wake_next_frame()

    def break_off(self, *, everything: bool) -> None:
        """uuid_break."""
        if everything:
            self.private.clear()
        self.broken = True
        self.wake_next_frame()

    def hang_up(self, cause: str = "NORMAL_CLEARING", *, at_once: bool = False) -> None:
        if self.cause:
            return
        self.cause = cause
        self.answer_state, before = "hangup", self.answer_state
        self.vars["hangup_cause"] = cause
        self.slow_to_report = before == "ringing" and self.profile.direction == "outbound" and not at_once
        self.fire("CHANNEL_HANGUP")
        self.leg.end(cause)
        if at_once or before != "answered":
            self.wake()
        else:
            self.wake_next_frame()

    def control_lost(self, *, resume: bool) -> None:
        """An outbound socket of this channel ended. Source: listener_run's end."""
        self.controlled = False
        if resume and self.ready:
            self.go(self._reset)
        self.wake_next_frame()

    def resumes(self) -> None:
        """The end of `socket`: with socket_resume, the dialplan goes on rather than the state machine."""
        if self._next == self._reset:
            self._next = None

    # ---- its task ----

    def wake(self) -> None:
        self._turn.set()

    def wake_next_frame(self) -> None:
        self._loop.call_later(self._to_next_frame(), self.wake)

    def wake_when(self, moment: Moment[None]) -> None:
        moment._future.add_done_callback(lambda _: self.wake())

    def wake_in(self, seconds: float) -> asyncio.TimerHandle:
        return self._loop.call_later(seconds, self.wake)

    async def turn(self) -> None:
        """Sleep until there may be something to do."""
        await self._turn.wait()
        self._turn.clear()

    async def next_frame(self) -> None:
        await asyncio.sleep(self._to_next_frame())

    def _to_next_frame(self) -> float:
        return FRAME_SECONDS - (self._loop.time() - self._began) % FRAME_SECONDS

    async def run(self, first: Callable[[], Awaitable[None]]) -> None:
        self._next = self._next or first
        while not self.cause:
            step, self._next = self._next, None
            if step is None:
                await self.turn()
            else:
                await step()
        await self._report()

    def set_state(self, state: str) -> None:
        self.state = state
        self.fire("CHANNEL_STATE")

    def set_callstate(self, callstate: str) -> None:
        self.callstate, before = callstate, self.callstate
        self.fire("CHANNEL_CALLSTATE", {"Original-Channel-Call-State": before})

    async def begin(self) -> None:
        """A caller's INVITE."""
        self.set_state("CS_NEW")
        self.set_state("CS_INIT")
        self.fire("CHANNEL_CREATE")
        await self._route()

    async def consume_media(self) -> None:
        """An originated leg until it is answered, or a leg that another is to be joined with."""
        self.set_state("CS_CONSUME_MEDIA")

    async def _route(self) -> None:
        self.state = "CS_ROUTING"
        if self.callstate == "DOWN":
            self.set_callstate("RINGING")
        self.fire("CHANNEL_STATE")
        if self.profile.plan == "inline":
            self.actions = deque(applications.inline(self.profile.destination))
        else:
            self.actions = deque(self.switch.dialplan.hunt(self.profile.context, self))
        if self.actions:
            await self._execute_actions()
        else:
            self.hang_up("NO_ROUTE_DESTINATION", at_once=True)

    async def _execute_actions(self) -> None:
        self.set_state("CS_EXECUTE")
        while self.ready and self.actions:
            action = self.actions.popleft()
            await self.execute(action.application, action.data)
        if self.ready:
            self.hang_up("NORMAL_CLEARING", at_once=True)

    async def execute(self, application: str, data: str, event_uuid: str = "") -> None:
        """One application, with its two events. Source: switch_core_session_exec."""
        work = applications.APPLICATIONS.get(application)
        if work is None:
            self.switch.log(f"Invalid Application {application}")
            self.hang_up("DESTINATION_OUT_OF_ORDER", at_once=True)
            return
        about = self._begin_application(application, self.expand(data), event_uuid)
        self.fire("CHANNEL_EXECUTE", about)
        self.broken = False
        await work(self, about.get("Application-Data", ""))
        response = self.vars.get("current_application_response", "_none_")
        self.fire("CHANNEL_EXECUTE_COMPLETE", {**about, "Application-Response": response})

    def run_inline(self, action: Action) -> None:
        """An action that runs while the dialplan is read; only those that need not wait."""
        if action.application == "set":
            applications.set_variable(self, self.expand(action.data))

    def _begin_application(self, application: str, data: str, event_uuid: str) -> dict[str, str]:
        self.vars.pop("current_application_response", None)
        self.vars.pop("current_application_data", None)
        self.vars["current_application"] = application
        about = {"Application": application, "Application-UUID": event_uuid or self.switch.new_uuid()}
        if data:
            self.vars["current_application_data"] = about["Application-Data"] = data
        return about

    async def run_private(self) -> None:
        """The queued sendmsg, in turn. Source: switch_ivr_parse_all_events."""
        while self.private and self.ready and not self.event_lock:
            message = self.private.popleft()
            await self._run_message(message)
            if self.broken:
                self.broken = False
                self.wake_next_frame()
                return

    async def _run_message(self, message: Packet) -> None:
        headers = message.headers
        if headers.get("call-command") == "hangup":
            self.hang_up(headers.get("hangup-cause") or "NORMAL_CLEARING", at_once=True)
        elif headers.get("call-command") == "execute":
            self.event_lock = headers.get("event-lock", "").lower() in TRUE
            rounds = int(headers.get("loops") or 1)
            while rounds and self.ready:
                began = self._loop.time()
                data = headers.get("execute-app-arg", "")
                await self.execute(headers.get("execute-app-name", ""), data, headers.get("event-uuid", ""))
                rounds = 0 if self.broken or self._loop.time() - began < 0.5 else rounds - 1
            self.event_lock = False

    async def park(self) -> None:
        """Source: switch_ivr_park."""
        if self.controlled:
            self.switch.log("Cannot park channels that are under control already.")
            return
        seconds, _, cause = self.vars.get("park_timeout", "-1").partition(":")
        expires = int(time.time()) + int(seconds) if int(seconds) >= 0 else None
        if self.vars.pop("park_timeout", None) is not None:
            self.vars.pop("park_after_bridge", None)
        self.controlled = True
        self._began = self._loop.time()
        self.fire("CHANNEL_PARK")
        timer = self.wake_in(max(0.0, expires - time.time()) + FRAME_SECONDS / 2) if expires is not None else None
        self.wake_next_frame()
        await self._parked(expires, cause or "NORMAL_CLEARING")
        if timer:
            timer.cancel()
        self.controlled = False
        self.fire("CHANNEL_UNPARK")

    async def _parked(self, expires: int | None, cause: str) -> None:
        while self.ready and self.controlled:
            await self.turn()
            if self.ready and expires is not None and time.time() >= expires:
                self.hang_up(cause, at_once=True)
            await self.run_private()

    async def _park_for_ever(self) -> None:
        self.set_state("CS_PARK")
        await self.park()

    async def _reset(self) -> None:
        """Nothing in this state ends it: the channel waits for somebody to send it elsewhere."""
        self.set_state("CS_RESET")

    def bridge_with(self, other: Channel, *, first: bool) -> None:
        self.other = other
        talk = {"bridge_uuid": other.uuid, "bridge_channel": other.profile.channel_name}
        self.vars |= talk | {"signal_bond": other.uuid, "last_bridge_to": other.uuid}
        self.vars["last_bridge_role"] = "originator" if first else "originatee"
        self.go(partial(bridged, self, other, first=first))

    # ---- its SIP leg ----

    def _remote_end(self, ended: Ended) -> None:
        if ended.by_us:
            return
        if self.answered:
            self.hang_up(self.switch.cause_of(self, ended), at_once=True)
            self.vars["sip_hangup_disposition"] = "recv_bye"
        else:
            outbound = self.profile.direction == "outbound"
            self.vars["sip_hangup_disposition"] = "recv_refuse" if outbound else "recv_cancel"
            if ended.code:
                self.vars |= dict.fromkeys(("sip_term_status", "sip_invite_failure_status"), str(ended.code))
                self.vars["proto_specific_hangup_cause"] = f"sip:{ended.code}"
            self.hang_up(self.switch.cause_of(self, ended), at_once=True)

    def take_key(self, key: str) -> None:
        self.fire("DTMF", {"DTMF-Digit": key, "DTMF-Duration": "800", "DTMF-Source": "RTP"})
        self.keys.append(key)
        self.wake()

    def answer(self) -> None:
        self.pre_answer(by_itself=False)
        if self.answer_state == "early":
            self.leg.answer()
            self.now_answered()

    def now_answered(self) -> None:
        self.answer_state = "answered"
        self.profile.mark("Answered")
        self.fire("CHANNEL_ANSWER")
        self.set_callstate("ACTIVE")

    def pre_answer(self, *, by_itself: bool = True) -> None:
        if self.answer_state != "ringing" or self.profile.direction == "outbound":
            return
        if by_itself:
            self.leg.early_media()
        self.answer_state = "early"
        self.profile.mark("Progress-Media")
        self.fire("CHANNEL_PROGRESS_MEDIA")
        self.set_callstate("EARLY")

    def _disposition(self) -> str:
        """How we ended it."""
        if self.profile.times.get("Answered"):
            return "send_bye"
        return "send_cancel" if self.profile.direction == "outbound" else "send_refuse"

    async def _report(self) -> None:
        """From hung up to gone."""
        self.set_state("CS_HANGUP")
        self.vars.setdefault("sip_hangup_disposition", self._disposition())
        self.recorders.stop_all()
        self.set_callstate("HANGUP")
        self.ending.set()
        if self.slow_to_report:
            await asyncio.sleep(FRAME_SECONDS)
        self.set_state("CS_REPORTING")
        self.fire("CHANNEL_HANGUP_COMPLETE")
        for listener in tuple(self.listeners):
            listener.channel_over(self)
        self.state = "CS_DESTROY"
        self.fire("CHANNEL_STATE")
        self.gone.set()
