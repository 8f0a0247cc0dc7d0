from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.callers.control_connection import LoginRefused
from ivr.sockets import Address, CannotListen
from tests.asterisk.conftest import House

if TYPE_CHECKING:
    from ivr.asterisk.settings import AsteriskSettings
    from tests.asterisk.tiny_asterisk import TinyAsterisk


async def spoken_to(house: House, script: str, channel: str) -> list[str]:
    """What we say to somebody who comes with an AGI request, until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.door.agi_port)
    writer.write(f"agi_network_script: {script}\nagi_channel: {channel}\nagi_uniqueid: 1.1\n\n".encode())
    said = []
    async with asyncio.timeout(10):
        while line := await reader.readline():
            said.append(line.decode().strip())
            writer.write(b"200 result=1\n")
    writer.close()
    return said


@pytest.mark.parametrize(
    ("script", "channel", "told", "sound"),
    [
        ("ready", "PJSIP/ana-0000066e", ("PJSIP/ana", True), "activated"),
        ("not-ready", "PJSIP/ana-0000066e", ("PJSIP/ana", False), "de-activated"),
        ("ready", "PJSIP/front-desk-0000066e", ("PJSIP/front-desk", True), "beeperr"),
    ],
)
async def test_a_person_says_ready_by_a_code(
    house: House, script: str, channel: str, told: tuple[str, bool], sound: str
) -> None:
    assert await spoken_to(house, script, channel) == ["SET VARIABLE CARELINE_NEXT bye", f'STREAM FILE {sound} ""']
    assert house.persons == [told]


async def test_a_request_that_is_not_ours_is_closed(house: House) -> None:
    assert await spoken_to(house, "acd?uid=1", "PJSIP/ana-1") == []


async def test_a_request_without_a_call_is_closed(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.door.agi_port)
    writer.write(b"agi_network_script: call\n\n")
    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()


async def test_somebody_who_only_pretends_to_be_a_call_is_turned_away(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.door.agi_port)
    writer.write(b"agi_network_script: call\nagi_uniqueid: 9.9\nagi_channel: PJSIP/nobody-9\nagi_context: careline\n\n")
    call = await house.call()
    await asyncio.wait_for(call.gone.wait(), 10)
    assert await asyncio.wait_for(reader.read(), 10) == b"SET VARIABLE CARELINE_SEEN 1\n"
    writer.close()


async def test_who_speaks_for_a_call_anew_ends_the_connection_before(house: House) -> None:
    environment = b"agi_network_script: call\nagi_uniqueid: 9.9\nagi_channel: PJSIP/nobody-9\nagi_context: careline\n\n"
    before, first = await asyncio.open_connection("127.0.0.1", house.door.agi_port)
    first.write(environment)
    assert await before.readline() == b"SET VARIABLE CARELINE_SEEN 1\n"
    _, second = await asyncio.open_connection("127.0.0.1", house.door.agi_port)
    second.write(environment)
    assert await asyncio.wait_for(before.read(), 10) == b""
    first.close()
    second.close()


async def test_closing_hands_the_callers_back(asterisk: TinyAsterisk, house: House) -> None:
    caller = asterisk.dial()
    await (await house.call()).answer()
    await house.door.close()
    while "CARELINE_LOST" not in caller.variables:
        await caller.called_agi(1)
    assert not caller.gone.is_set()


async def test_a_port_in_use_leaves_nothing_open(
    asterisk: TinyAsterisk, settings: AsteriskSettings, house: House
) -> None:
    taken = replace(settings, agi=Address("127.0.0.1", house.door.agi_port))
    with pytest.raises(CannotListen):
        await House(taken).door.start()


async def test_a_wrong_secret_leaves_nothing_open(settings: AsteriskSettings) -> None:
    with pytest.raises(LoginRefused):
        await House(replace(settings, secret="wrong")).door.start()
