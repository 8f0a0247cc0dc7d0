"""How the persons' phones are, our own legs left out.

A phone is busy while it has a channel (`PJSIP/ana-00000012` is one of `PJSIP/ana`) that is no leg of ours: Newchannel,
Hangup, and CoreShowChannels to begin with. It is gone while its device state says that nobody would ring:
DeviceStateChange, and the dialplan function DEVICE_STATE to begin with. A phone that is no device of the PBX, such as
a mobile behind a trunk or a Local channel, is free: only ringing it tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ivr.persons.phone_states import PhoneStates
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from ivr.asterisk import ami
    from ivr.asterisk.ami_connection import AmiConnection
    from ivr.persons.news import Tell

NOT_THERE = frozenset({"UNAVAILABLE", "INVALID"})  # source: main/devicestate.c, devstatestring
_DEVICE = re.compile(r"(?!Local/)[A-Za-z0-9]+/[A-Za-z0-9_.+-]+")


class PhoneWatch:
    """`is_leg` tells a channel's Uniqueid of our own from others."""

    def __init__(self, ami_connection: AmiConnection, tell: Tell, is_leg: Callable[[str], bool]) -> None:
        self._ami = ami_connection
        self._is_leg = is_leg
        self._states = PhoneStates(tell, line_of=str)

    async def watch(self, phones: Collection[str]) -> None:
        """Without a connection they are told of once there is one."""
        self._states.watch(phones)
        if self._ami.up:
            try:
                await self._tell_all()
            except SwitchDown:
                return

    async def came_up(self, listed: Iterable[ami.Message]) -> None:
        """Tell how every phone is, now that these channels are listed. Raises SwitchDown."""
        self._states.forget()
        for channel in listed:
            self._take_channel(channel)
        await self._tell_all()

    def take(self, message: ami.Message) -> None:
        match message["Event"]:
            case "Newchannel":
                self._take_channel(message)
            case "Hangup":
                self._states.hung_up(message["Uniqueid"])
            case "DeviceStateChange":
                self._take_state(message["Device"], message["State"])

    async def _tell_all(self) -> None:
        asked = {
            phone: self._ami.begin("Getvar", ("Variable", f"DEVICE_STATE({phone})"))
            for phone in sorted(self._states.watched)
            if _DEVICE.fullmatch(phone)
        }
        for phone, answer in asked.items():
            self._take_state(phone, (await answer)["Value"])
        self._states.tell_all()

    def _take_channel(self, channel: ami.Message) -> None:
        if not self._is_leg(channel["Uniqueid"]):
            self._states.in_use(channel["Uniqueid"], _phone_of(channel))

    def _take_state(self, phone: str, state: str) -> None:
        self._states.is_there(phone, there=state not in NOT_THERE or not _DEVICE.fullmatch(phone))


def _phone_of(channel: ami.Message) -> str:
    """As the plan names it: the channel's name, less the number that Asterisk gave it."""
    return channel["Channel"].rpartition("-")[0]
