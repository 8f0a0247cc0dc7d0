from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.services import Device, LegAnswered, LegRinging, PhoneChanged, SwitchBack
from tests.asterisk.tiny_asterisk import TinyAsterisk, TinyChannel

if TYPE_CHECKING:
    from tests.asterisk.conftest import House

ANA, BO, MOBILE, LOCAL = "PJSIP/ana", "PJSIP/front-desk", "PJSIP/+16175550199@trunk", "Local/bo@callers/n"


@pytest.fixture(autouse=True)
async def _came_up(house: House) -> None:
    assert await house.event() == SwitchBack()


async def watching_ana(house: House) -> None:
    await house.door.switch.watch([ANA])
    assert await house.event() == PhoneChanged(ANA, Device.FREE)


async def test_how_each_phone_is_is_told_at_first(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.event("Newchannel", Uniqueid="1.1", Channel="PJSIP/front-desk-00000001")
    asterisk.states |= {ANA: "UNAVAILABLE", MOBILE: "INVALID", LOCAL: "INVALID"}
    await house.door.switch.watch([ANA, BO, MOBILE, LOCAL])
    assert [await house.event() for _ in range(4)] == [
        PhoneChanged(LOCAL, Device.FREE),
        PhoneChanged(MOBILE, Device.FREE),
        PhoneChanged(ANA, Device.GONE),
        PhoneChanged(BO, Device.BUSY),
    ]


async def test_a_phone_is_busy_from_its_first_call_to_the_end_of_its_last(asterisk: TinyAsterisk, house: House) -> None:
    await watching_ana(house)
    for number in ("1", "2"):
        asterisk.event("Newchannel", Uniqueid=number, Channel=f"PJSIP/ana-0000000{number}")
    assert await house.event() == PhoneChanged(ANA, Device.BUSY)
    for number in ("1", "2"):
        asterisk.event("Hangup", Uniqueid=number, Channel=f"PJSIP/ana-0000000{number}", Cause="16")
    assert await house.event() == PhoneChanged(ANA, Device.FREE)


async def test_our_own_legs_do_not_make_a_phone_busy(asterisk: TinyAsterisk, house: House) -> None:
    await watching_ana(house)
    await house.door.switch.ring("careline-leg-1", ANA, display="billing", seconds=20)
    assert [await house.event(), await house.event()] == [LegRinging("careline-leg-1"), LegAnswered("careline-leg-1")]
    asterisk.event("Newchannel", Uniqueid="1.1", Channel="PJSIP/ana-0000000f")
    assert await house.event() == PhoneChanged(ANA, Device.BUSY)


async def test_a_phone_that_is_not_there_is_gone_until_it_is(asterisk: TinyAsterisk, house: House) -> None:
    await watching_ana(house)
    for state in ("INUSE", "UNAVAILABLE", "INVALID", "NOT_INUSE"):
        asterisk.event("DeviceStateChange", Device=ANA, State=state)
        asterisk.event("DeviceStateChange", Device=BO, State=state)
    assert [await house.event(), await house.event()] == [
        PhoneChanged(ANA, Device.GONE),
        PhoneChanged(ANA, Device.FREE),
    ]


async def test_after_a_lost_connection_all_is_told_anew(asterisk: TinyAsterisk, house: House) -> None:
    await watching_ana(house)
    outside = TinyChannel(asterisk, "1.1", "PJSIP/ana-00000001")
    outside.context = "people"
    asterisk.channels[outside.id] = outside
    asterisk.cut()
    assert [await house.event(), await house.event()] == [SwitchBack(), PhoneChanged(ANA, Device.BUSY)]
    outside.hang_up()
    assert await house.event() == PhoneChanged(ANA, Device.FREE)
    asterisk.cut()
    assert [await house.event(), await house.event()] == [SwitchBack(), PhoneChanged(ANA, Device.FREE)]


async def test_what_is_watched_without_a_connection_is_told_once_there_is_one(
    asterisk: TinyAsterisk, house: House
) -> None:
    asterisk.answers["Login"] = None
    asterisk.cut()
    await asterisk.came("Login", count=2)
    await house.door.switch.watch([ANA])
    del asterisk.answers["Login"]
    asterisk.cut()
    assert [await house.event(), await house.event()] == [SwitchBack(), PhoneChanged(ANA, Device.FREE)]


async def test_a_phone_that_is_watched_no_more_is_not_told_of(asterisk: TinyAsterisk, house: House) -> None:
    await watching_ana(house)
    await house.door.switch.watch([BO])
    asterisk.event("Newchannel", Uniqueid="1.1", Channel="PJSIP/ana-00000001")
    asterisk.event("Newchannel", Uniqueid="1.2", Channel="PJSIP/front-desk-00000002")
    assert [await house.event(), await house.event()] == [PhoneChanged(BO, Device.FREE), PhoneChanged(BO, Device.BUSY)]
