"""Careline's front door on a FreeSWITCH: the double, or whatever `settings` lead to."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ivr.freeswitch.call import FreeSwitchCall
from ivr.freeswitch.front_door import FreeSwitchFrontDoor
from ivr.freeswitch.settings import FreeSwitchSettings
from ivr.sockets import Address
from tests.callers.house import House as AnyHouse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.freeswitch_double import FreeSwitchDouble


class House(AnyHouse[FreeSwitchFrontDoor, FreeSwitchCall]):
    def __init__(self, settings: FreeSwitchSettings) -> None:
        self.settings = settings
        self.door = FreeSwitchFrontDoor(settings, lambda: self.ears, self._serve, self._person)
        super().__init__()


def settings_of(freeswitch: FreeSwitchDouble, outbound_port: int, folder: Path) -> FreeSwitchSettings:
    return FreeSwitchSettings(
        freeswitch.password,
        esl=Address("127.0.0.1", freeswitch.esl_port),
        outbound=Address("127.0.0.1", outbound_port),
        audio=folder / "audio",
    )


@asynccontextmanager
async def running(settings: FreeSwitchSettings) -> AsyncIterator[House]:
    house = House(settings)
    await house.door.start()
    yield house
    await house.door.close()
