from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.asterisk.call import AsteriskCall
from ivr.asterisk.front_door import AsteriskFrontDoor
from ivr.asterisk.settings import AsteriskSettings
from ivr.media.sounds import write_wav
from ivr.sockets import Address
from tests.asterisk.tiny_asterisk import LOUD, TinyAsterisk
from tests.callers.house import House as AnyHouse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


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


class House(AnyHouse[AsteriskFrontDoor, AsteriskCall]):
    def __init__(self, settings: AsteriskSettings) -> None:
        self.door = AsteriskFrontDoor(settings, lambda: self.ears, self._serve, self._person)
        super().__init__()


@pytest.fixture
async def house(asterisk: TinyAsterisk, settings: AsteriskSettings) -> AsyncIterator[House]:
    running = House(settings)
    await running.door.start()
    asterisk.agi_port = running.door.agi_port
    yield running
    await running.door.close()
