"""The persons' side over AMI: rings phones, joins them with held callers, tells what became of it.

ring      Originate   -> Newchannel, Newstate Ringing      LegRinging
          (asked)     -> AGI: a Call, until it is held
                      -> BridgeEnter of careline-person    LegAnswered: the leg can be joined
dial      Originate   -> AGI: a Call, as any caller's      or DialFailed
connect   Bridge      -> BridgeEnter of both, one bridge   TalkBegan
cancel    Hangup      -> Hangup                            LegEnded, DialFailed
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.ami_link import ActionRefused
from ivr.asterisk.legs import Leg
from ivr.asterisk.observer import Observer, live_of
from ivr.asterisk.phones import PhoneWatch
from ivr.persons.display import name_and_number
from ivr.persons.joining import joinable
from ivr.persons.news import News
from ivr.services import ALERT_PREFIX, Cause, Live, SwitchBack, SwitchDown, SwitchEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from ivr.asterisk import ami
    from ivr.asterisk.ami_connection import AmiConnection
    from ivr.asterisk.call import AsteriskCall
    from ivr.asterisk.calls import Calls
    from ivr.asterisk.settings import AsteriskSettings

ANSWERED_ELSEWHERE, NORMAL_CLEARING = "26", "16"
JOIN_SECONDS = 15  # the timers while two are joined: if we die right then, both go on by themselves
WIND_UP_SECONDS = 2.0  # each waiting person's timer is wound up so often …
TIMER_SECONDS = 10  # … to this, as [careline-person] begins with

LONGEST_ADDRESS = 128
_ADDRESS = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9_.+*#:@/-]+")  # it may hold a caller's number: nothing else gets by
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f\"<>\\]")
log = structlog.get_logger(__name__)


class AsteriskSwitch:
    """Implements ivr.services.Switch. A `display` like `Riverside <+16175550100>` shows that number, too."""

    def __init__(self, settings: AsteriskSettings, ami_connection: AmiConnection, calls: Calls) -> None:
        self._settings = settings
        self._ami = ami_connection
        self._calls = calls
        self._news = News()
        self._observer = Observer(calls, self._news.tell, self._hang_up)
        self._phones = PhoneWatch(ami_connection, self._news.tell, self._observer.is_leg)

    # ---- ivr.services.Switch ----------------------------------------------------------------------------------

    def events(self) -> AsyncIterator[SwitchEvent]:
        return self._news.read()

    async def live(self) -> Live:
        try:
            listed = await self._channels()
        except ActionRefused as refused:
            raise SwitchDown(f"Asterisk refuses to list its channels: {refused}") from refused
        return live_of(listed, self._calls.ids(), self._settings.context)

    async def ring(self, leg: str, phone: str, *, display: str, seconds: float, asked: bool = False) -> None:
        self._observer.legs[leg] = Leg(leg)
        context = self._settings.asked_context if asked else self._settings.person_context
        await self._originate(leg, _fields(phone, context, display, seconds))

    async def dial(self, call: str, phone: str, *, display: str, seconds: float) -> None:
        self._observer.dials[call] = Leg(call)
        if not _ADDRESS.fullmatch(phone) or len(phone) > LONGEST_ADDRESS:
            log.error("an address that cannot be dialled: see how the plan dials out", call=call)
            self._observer.ended(call, Cause.UNREACHABLE)
            return
        # Who is called back is a caller, whom Asterisk keeps when we die; whoever is alerted is rung again.
        context = self._settings.asked_context if call.startswith(ALERT_PREFIX) else self._settings.context
        await self._originate(call, _fields(phone, context, display, seconds))

    async def watch(self, phones: Collection[str]) -> None:
        await self._phones.watch(phones)

    async def cancel(self, leg: str, *, answered_elsewhere: bool = False) -> None:
        known = self._observer.outgoing(leg) or Leg(leg)
        known.cancelled = True
        known.answered_elsewhere = answered_elsewhere
        await self._ami.action("Hangup", *_hangup(known))

    async def connect(self, call: str, leg: str) -> None:
        caller = await joinable(self._calls, call)
        person = self._observer.legs.get(leg)
        if person is not None and person.call:
            return  # ordered twice, as after a restart: a second Bridge would tear the two apart
        if caller is None or person is None:
            await self.cancel(leg)
            return
        await self._join(caller, person)

    # ---- what the front door tells ----------------------------------------------------------------------------

    def take(self, message: ami.Message) -> None:
        self._phones.take(message)
        self._observer.take(message)

    def call_gone(self, call: str) -> None:
        self._observer.call_gone(call)

    async def wind_up(self) -> None:
        """Who picked up and is not joined yet waits on as long as we live: for a caller who is dialled, say."""
        while True:
            await asyncio.sleep(WIND_UP_SECONDS)
            for leg in self._observer.legs.values():
                if leg.answered and not leg.call and self._ami.up:
                    channel = ("Channel", leg.channel)
                    self._ami.begin("AbsoluteTimeout", channel, ("Timeout", str(TIMER_SECONDS)))

    async def came_up(self) -> None:
        """The control connection is up: see what exists, and tell. Raises SwitchDown."""
        listed: list[ami.Message] = []
        known = self._observer.known()
        try:
            listed = await self._channels()
        except ActionRefused as refused:
            log.error("Asterisk refuses to list its channels: see `careline doctor`", answer=str(refused))  # noqa: TRY400 - no bug of ours to trace
        else:
            live = live_of(listed, self._calls.ids(), self._settings.context)
            self._observer.reconcile(listed, live, known)
            for channel in listed:
                if any(channel["Uniqueid"] in talk for talk in live.talks):
                    self._let_talk(channel["Channel"])
        self._news.tell(SwitchBack())
        await self._phones.came_up(listed)

    # ---- inside -----------------------------------------------------------------------------------------------

    async def _channels(self) -> list[ami.Message]:
        return await self._ami.listing("CoreShowChannels")

    async def _originate(self, unique_id: str, fields: list[tuple[str, str]]) -> None:
        """Let Asterisk call. Whatever becomes of it is told as an event. Raises SwitchDown, and then nothing is."""
        try:
            answer = await self._ami.action("Originate", *fields, ("ChannelId", unique_id), action_id=unique_id)
        except SwitchDown:
            self._observer.forget(unique_id)
            raise
        except ValueError:
            log.exception("a phone that cannot be rung: see the persons' phones in the plan", leg=unique_id)
            self._observer.ended(unique_id, Cause.UNREACHABLE)
            return
        if answer["Response"] != "Success":
            log.error("Asterisk refuses to ring phones: see `careline doctor`", answer=answer["Message"])
            self._observer.ended(unique_id, Cause.UNREACHABLE)

    async def _join(self, caller: AsteriskCall, person: Leg) -> None:
        """In one write: long timers, the way after the talk, the talk. Then no timers: a talk survives our death."""
        person.call, caller.talking = caller.id, True
        if asked := self._calls.get(person.id):
            asked.talking = True
        channel = ("Channel", caller.channel)
        self._ami.begin("AbsoluteTimeout", channel, ("Timeout", str(JOIN_SECONDS)))
        self._ami.begin("Setvar", channel, ("Variable", "CARELINE_NEXT"), ("Value", "bye"))
        answer = await self._ami.action("Bridge", ("Channel1", caller.channel), ("Channel2", person.channel))
        if answer["Response"] == "Success":
            self._let_talk(caller.channel)
            self._let_talk(person.channel)
            return
        log.warning("caller and person were not joined", call=caller.id, leg=person.id, answer=answer["Message"])
        caller.talking = False
        self._ami.begin("Setvar", channel, ("Variable", "CARELINE_NEXT"), ("Value", "lost"))
        await self.cancel(person.id)

    def _let_talk(self, channel: str) -> None:
        self._ami.begin("Setvar", ("Channel", channel), ("Variable", "TIMEOUT(absolute)"), ("Value", "0"))

    def _hang_up(self, leg: Leg) -> None:
        self._ami.begin("Hangup", *_hangup(leg))


def _fields(phone: str, context: str, display: str, seconds: float) -> list[tuple[str, str]]:
    """Of an Originate: whom to call, and where in the dialplan who picks up goes."""
    return [
        ("Channel", phone),
        ("Context", context),
        ("Exten", "s"),
        ("Priority", "1"),
        ("Timeout", str(int(seconds * 1000))),
        ("CallerID", _caller_id(display)),
        ("Async", "true"),
    ]


def _caller_id(display: str) -> str:
    name, number = name_and_number(display)
    return f'"{_NOT_SHOWN.sub("", name)}" <{number}>'


def _hangup(leg: Leg) -> tuple[tuple[str, str], tuple[str, str]]:
    cause = ANSWERED_ELSEWHERE if leg.answered_elsewhere else NORMAL_CLEARING
    return ("Channel", leg.channel or leg.id), ("Cause", cause)
