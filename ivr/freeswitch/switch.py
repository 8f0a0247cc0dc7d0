"""The persons' side over the event socket: rings phones, joins them with held callers, tells what became of it.

ring      originate     -> CHANNEL_CREATE, CHANNEL_PROGRESS   LegRinging
                        -> CHANNEL_PARK in careline_person    LegAnswered: the leg can be joined
          (asked)       -> socket: a Call, until it is held   LegAnswered
dial      originate     -> socket: a Call, as any caller's    or DialFailed
connect   uuid_bridge   -> CHANNEL_BRIDGE                     TalkBegan
cancel    uuid_kill     -> CHANNEL_HANGUP                     LegEnded, DialFailed
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from ivr.freeswitch import orders
from ivr.freeswitch.addresses import dial_string
from ivr.freeswitch.channels import Listing, listed
from ivr.freeswitch.legs import Leg
from ivr.freeswitch.observer import Observer
from ivr.freeswitch.phones import PhoneWatch
from ivr.persons.joining import joinable
from ivr.persons.news import News
from ivr.services import ALERT_PREFIX, Cause, Live, SwitchBack, SwitchDown, SwitchEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from ivr.freeswitch.connection import EslConnection
    from ivr.freeswitch.esl import Event
    from ivr.freeswitch.observer import Caller, Callers
    from ivr.freeswitch.settings import FreeSwitchSettings

WIND_UP_SECONDS = 2.0  # each waiting person's timer is wound up so often

log = structlog.get_logger(__name__)


class FreeSwitchSwitch:
    """Implements ivr.services.Switch. A `display` like `Riverside <+16175550100>` shows that number, too."""

    def __init__(self, settings: FreeSwitchSettings, connection: EslConnection, calls: Callers) -> None:
        self._settings = settings
        self._esl = connection
        self._calls = calls
        self._news = News()
        self._observer = Observer(calls, self._news.tell, self._send, settings.context)
        self._phones = PhoneWatch(settings, connection, self._news.tell, self._observer.is_leg)

    # ---- ivr.services.Switch ----------------------------------------------------------------------------------

    def events(self) -> AsyncIterator[SwitchEvent]:
        return self._news.read()

    async def live(self) -> Live:
        return (await self._listed()).live()

    async def ring(self, leg: str, phone: str, *, display: str, seconds: float, asked: bool = False) -> None:
        self._observer.legs[leg] = Leg(leg)
        extension = orders.ASKED if asked else orders.PERSON
        await self._originate(leg, phone, extension, display=display, seconds=seconds)

    async def dial(self, call: str, phone: str, *, display: str, seconds: float) -> None:
        self._observer.dials[call] = Leg(call)
        # Who is called back is a caller, whom FreeSWITCH keeps when we die; whoever is alerted is rung again.
        extension = orders.ASKED if call.startswith(ALERT_PREFIX) else orders.CALLER
        await self._originate(call, phone, extension, display=display, seconds=seconds)

    async def watch(self, phones: Collection[str]) -> None:
        await self._phones.watch(phones)

    async def cancel(self, leg: str, *, answered_elsewhere: bool = False) -> None:
        known = self._observer.outgoing(leg) or Leg(leg, picked_up=True)
        known.cancelled = True
        known.answered_elsewhere = answered_elsewhere
        await self._esl.begin(orders.hang_up(known))

    async def connect(self, call: str, leg: str) -> None:
        caller = await joinable(self._calls, call)
        person = self._observer.legs.get(leg)
        if person is not None and person.call:
            return  # ordered twice, as after a restart: a second uuid_bridge would tear the two apart
        if caller is None or person is None:
            await self.cancel(leg)
            return
        await self._join(caller, person)

    # ---- what the front door tells ----------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        self._phones.take(event)
        self._observer.take(event)

    def call_gone(self, call: str) -> None:
        self._observer.call_gone(call)

    def on_held(self, call: str) -> None:
        """The Call is on hold from now on."""
        self._observer.on_held(call)

    def on_key(self, call: str, digit: str) -> None:
        """A key was pressed in the Call while it is on hold."""
        self._observer.on_key(call, digit)

    def phone_of(self, user: str) -> str | None:
        """The plan's name of the telephone of the user ana, or ana@example.org; None for one that is nobody's."""
        return self._phones.phone_of(user)

    async def wind_up(self) -> None:
        """Who picked up and is not joined yet waits on as long as we live: for a caller who is dialled, say."""
        while True:
            await asyncio.sleep(WIND_UP_SECONDS)
            for leg in self._observer.legs.values():
                if leg.answered and not leg.call:
                    self._send(orders.wait_on(leg.id, self._settings.context))

    async def came_up(self) -> None:
        """The control connection is up: see what exists, and tell. Raises SwitchDown."""
        listing = await self._listed()
        self._observer.reconcile(listing)
        self._news.tell(SwitchBack())
        await self._phones.came_up(listing.rows)

    # ---- inside -----------------------------------------------------------------------------------------------

    async def _listed(self) -> Listing:
        return await listed(self._esl, self._observer.known(), self._settings.context)

    async def _originate(self, ours: str, phone: str, extension: str, *, display: str, seconds: float) -> None:
        """Let FreeSWITCH call. Whatever becomes of it is told as an event. Raises SwitchDown, and then nothing is."""
        address = dial_string(phone, self._settings)
        if address is None:
            log.error("a phone that cannot be rung: see the plan's phones, and how it dials out", line=ours)
            self._observer.ended(ours, Cause.UNREACHABLE)
            return
        order = orders.ring(ours, address, extension, self._settings.context, display=display, seconds=seconds)
        try:
            answer = await self._esl.begin(order, job_uuid=ours)
        except SwitchDown:
            self._observer.forget(ours)
            raise
        if not answer.text.startswith("+OK"):
            log.error("FreeSWITCH refuses to ring phones: see `careline doctor`", answer=answer.text)
            self._observer.ended(ours, Cause.UNREACHABLE)

    async def _join(self, caller: Caller, person: Leg) -> None:
        """Both go on by themselves if we die right then: FreeSWITCH has the whole order, or nothing of it."""
        self._observer.joins(caller, person)
        answer = await self._esl.begin_all(orders.join(caller.id, person.id))[-1]
        if answer.text.startswith("+OK"):
            return
        log.warning("caller and person were not joined", call=caller.id, leg=person.id, answer=answer.text)
        self._observer.not_joined(caller)
        await self.cancel(person.id)

    def _send(self, lines: Sequence[str]) -> None:
        """What is lost with the connection is made good once it is up."""
        if self._esl.up:
            with suppress(SwitchDown):
                self._esl.begin_all(lines)
