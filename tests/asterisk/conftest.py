from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.asterisk.front_door import AsteriskFrontDoor
from ivr.asterisk.settings import AsteriskSettings
from ivr.media.sounds import write_wav
from ivr.sockets import Address
from tests.asterisk.tiny_asterisk import LOUD, TinyAsterisk
from tests.media.ears import LoudEars

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ivr.asterisk.call import AsteriskCall
    from ivr.services import SwitchEvent

ANYWHERE = Address("127.0.0.1", 0)


@pytest.fixture
async def asterisk() -> AsyncIterator[TinyAsterisk]:
    tiny = TinyAsterisk()
    await tiny.start()
    yield tiny
    await tiny.close()


@pytest.fixture
def settings(asterisk: TinyAsterisk) -> AsteriskSettings:
    return AsteriskSettings(secret="right", ami=Address("127.0.0.1", asterisk.ami_port), agi=ANYWHERE, audio=ANYWHERE)


@pytest.fixture
def sounds(tmp_path: Path) -> tuple[Path, ...]:
    """Two prompts of 0.1 s, and beside them music.wav of a minute."""
    paths = (tmp_path / "one.wav", tmp_path / "two.wav")
    for path in paths:
        write_wav(path, LOUD * 5)
    write_wav(tmp_path / "music.wav", LOUD * 3000)
    return paths


class House:
    """A running Careline, as far as Asterisk sees it: calls come out of `calls`, events out of `event`."""

    def __init__(self, settings: AsteriskSettings) -> None:
        self.ears = LoudEars()
        self.calls: asyncio.Queue[AsteriskCall] = asyncio.Queue()
        self.persons: list[tuple[str, bool]] = []
        self.fails = False
        self.door = AsteriskFrontDoor(settings, lambda: self.ears, self._serve, self._person)
        self._events = self.door.switch.events()

    async def call(self) -> AsteriskCall:
        return await asyncio.wait_for(self.calls.get(), 10)

    async def event(self) -> SwitchEvent:
        return await asyncio.wait_for(anext(self._events), 10)

    async def _serve(self, call: AsteriskCall) -> None:
        self.calls.put_nowait(call)
        if self.fails:
            raise RuntimeError("a bug in the application")
        await call.gone.wait()

    async def _person(self, phone: str, ready: bool) -> bool:
        self.persons.append((phone, ready))
        return phone == "PJSIP/ana"


@pytest.fixture
async def house(asterisk: TinyAsterisk, settings: AsteriskSettings) -> AsyncIterator[House]:
    running = House(settings)
    await running.door.start()
    asterisk.agi_port = running.door.agi_port
    yield running
    await running.door.close()
