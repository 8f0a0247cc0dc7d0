"""The persons' side as it runs: the switch on its connection, and callers who come in over the hook."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ivr.callers.control_connection import Patience
from ivr.freeswitch.connection import EslConnection
from ivr.freeswitch.outbound import OutboundServer
from ivr.freeswitch.settings import FreeSwitchSettings
from ivr.freeswitch.switch import FreeSwitchSwitch
from ivr.services import SwitchBack
from ivr.sockets import Address
from ivr.tasks import Tasks
from lab.phone import Phone
from tests.freeswitch.callers import PlainCall, PlainCallers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.freeswitch.esl import Event
    from ivr.services import SwitchEvent
    from lab.call import PhoneCall
    from tests.freeswitch_double import FreeSwitchDouble

LEG, BACK = "careline-leg-1", "careline-back-1"
OUTAGE_SECONDS = 0.3  # time enough for what shall happen meanwhile


class House:
    """`patient` is the telephone that callers come from; `event` gives what the switch tells, one by one."""

    def __init__(self, settings: FreeSwitchSettings, patient: Phone) -> None:
        self.callers = PlainCallers(self._call_gone)
        self.connection = EslConnection(settings, self._on_event, self._came_up, Patience(first_pause=OUTAGE_SECONDS))
        self.switch = FreeSwitchSwitch(settings, self.connection, self.callers)
        self.server = OutboundServer(settings.outbound, self.callers.serve)
        self._patient = patient
        self._events = self.switch.events()

    async def event(self) -> SwitchEvent:
        return await asyncio.wait_for(anext(self._events), 10)

    async def events(self, count: int) -> list[SwitchEvent]:
        return [await self.event() for _ in range(count)]

    async def ring(self, phone: str = "PJSIP/ana", leg: str = LEG, *, asked: bool = False) -> None:
        await self.switch.ring(leg, phone, display="Scheduling", seconds=20, asked=asked)

    async def walked(self, freeswitch: FreeSwitchDouble) -> tuple[PhoneCall, PlainCall]:
        """A caller who came in and is asked what for."""
        known = self.callers.ids()
        phone_call = self._patient.dial(f"sip:100@127.0.0.1:{freeswitch.sip_port}")
        return phone_call, await self.callers.where(lambda call: call.id not in known)

    async def held(self, freeswitch: FreeSwitchDouble) -> tuple[PhoneCall, PlainCall]:
        phone_call, call = await self.walked(freeswitch)
        call.hold()
        return phone_call, call

    async def _came_up(self) -> None:
        await self.switch.came_up()

    def _on_event(self, event: Event) -> None:
        self.switch.take(event)

    def _call_gone(self, call: str) -> None:
        self.switch.call_gone(call)


@asynccontextmanager
async def house_at(freeswitch: FreeSwitchDouble, outbound_port: int) -> AsyncIterator[House]:
    settings = FreeSwitchSettings(
        freeswitch.password,
        esl=Address("127.0.0.1", freeswitch.esl_port),
        outbound=Address("127.0.0.1", outbound_port),
    )
    async with await Phone.create("6175550142") as patient:
        house, tasks = House(settings, patient), Tasks()
        await house.server.start()
        await house.connection.start()
        tasks.start(house.switch.wind_up(), "wind up")
        assert await house.event() == SwitchBack()
        yield house
        await house.connection.close()
        await tasks.close()
        await house.server.close()


def cut(freeswitch: FreeSwitchDouble) -> None:
    """Cut the connections that Careline opened."""
    for listener in tuple(freeswitch.listeners):
        if listener.channel is None:
            listener.end()
