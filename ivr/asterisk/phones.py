"""How the persons' phones are, our own legs left out.

A phone is busy while it has a channel (`PJSIP/ana-00000012` is one of `PJSIP/ana`) that is no leg of ours: Newchannel,
Hangup, and CoreShowChannels to begin with. It is gone while its device state says that nobody would ring:
DeviceStateChange, and the dialplan function DEVICE_STATE to begin with. A phone that is no device of the PBX, such as
a mobile behind a trunk or a Local channel, is free: only ringing it tells.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ivr.services import Device, PhoneChanged, SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from ivr.asterisk import ami
    from ivr.asterisk.ami_connection import AmiConnection
    from ivr.asterisk.observer import Emit

NOT_THERE = frozenset({"UNAVAILABLE", "INVALID"})  # source: main/devicestate.c, devstatestring
_DEVICE = re.compile(r"(?!Local/)[A-Za-z0-9]+/[A-Za-z0-9_.+-]+")


class PhoneWatch:
    """`is_leg` tells a channel's Uniqueid of our own from others."""

    def __init__(self, ami_connection: AmiConnection, emit: Emit, is_leg: Callable[[str], bool]) -> None:
        self._ami = ami_connection
        self._emit = emit
        self._is_leg = is_leg
        self._watched: frozenset[str] = frozenset()
        self._channels: dict[str, str] = {}  # the phones, by Uniqueid of the channel
        self._in_use = Counter[str]()  # how many channels each phone has
        self._gone: set[str] = set()
        self._told: dict[str, Device] = {}

    async def watch(self, phones: Collection[str]) -> None:
        """Without a connection they are told of once there is one."""
        self._watched = frozenset(phones)
        if self._ami.up:
            try:
                await self._tell_all()
            except SwitchDown:
                return

    async def came_up(self, listed: Iterable[ami.Message]) -> None:
        """Tell how every phone is, now that these channels are listed. Raises SwitchDown."""
        self._told.clear()
        self._channels.clear()
        self._in_use.clear()
        for channel in listed:
            self._take_channel(channel)
        await self._tell_all()

    def take(self, message: ami.Message) -> None:
        match message["Event"]:
            case "Newchannel":
                self._take_channel(message)
            case "Hangup":
                self._hung_up(message["Uniqueid"])
            case "DeviceStateChange":
                self._take_state(message["Device"], message["State"])
                self._tell(message["Device"])

    async def _tell_all(self) -> None:
        self._told.clear()
        asked = {
            phone: self._ami.begin("Getvar", ("Variable", f"DEVICE_STATE({phone})"))
            for phone in sorted(self._watched)
            if _DEVICE.fullmatch(phone)
        }
        for phone, answer in asked.items():
            self._take_state(phone, (await answer)["Value"])
        for phone in sorted(self._watched):
            self._told[phone] = self._device(phone)
            self._emit(PhoneChanged(phone, self._told[phone]))

    def _take_channel(self, channel: ami.Message) -> None:
        if not self._is_leg(channel["Uniqueid"]):
            phone = _phone_of(channel)
            self._channels[channel["Uniqueid"]] = phone
            self._in_use[phone] += 1
            self._tell(phone)

    def _hung_up(self, unique_id: str) -> None:
        phone = self._channels.pop(unique_id, "")
        if phone:
            self._in_use[phone] -= 1
            self._tell(phone)

    def _take_state(self, phone: str, state: str) -> None:
        if state in NOT_THERE and _DEVICE.fullmatch(phone):
            self._gone.add(phone)
        else:
            self._gone.discard(phone)

    def _tell(self, phone: str) -> None:
        """Tell a change of what was told."""
        device = self._device(phone)
        if self._told.get(phone, device) is not device:
            self._told[phone] = device
            self._emit(PhoneChanged(phone, device))

    def _device(self, phone: str) -> Device:
        if self._in_use[phone] > 0:
            return Device.BUSY
        return Device.GONE if phone in self._gone else Device.FREE


def _phone_of(channel: ami.Message) -> str:
    """As the plan names it: the channel's name, less the number that Asterisk gave it."""
    return channel["Channel"].rpartition("-")[0]
