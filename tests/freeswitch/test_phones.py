from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.services import Device, LegAnswered, LegRinging, PhoneChanged, SwitchBack
from lab.phone import Answers, Phone
from tests.freeswitch.persons import LEG, House, cut, house_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.freeswitch_double import FreeSwitchDouble

ANA, BO, MOBILE, LOCAL = "PJSIP/ana", "user/bo@127.0.0.1", "PJSIP/+16175550199@trunk", "Local/bo@callers/n"


@pytest.fixture
async def house(freeswitch: FreeSwitchDouble, outbound_port: int) -> AsyncIterator[House]:
    async with house_at(freeswitch, outbound_port) as running:
        yield running


async def watching(house: House, phone: str) -> None:
    await house.switch.watch([phone])
    assert await house.event() == PhoneChanged(phone, Device.FREE)


def channel(freeswitch: FreeSwitchDouble, name: str, **headers: str) -> None:
    """What FreeSWITCH tells of a channel that is nobody's call."""
    freeswitch.fire(name, {"Unique-ID": "1", "Call-Direction": "inbound", **headers})


async def test_how_each_phone_is_is_told_at_first(freeswitch: FreeSwitchDouble, house: House) -> None:
    channel(freeswitch, "CHANNEL_CREATE", **{"Channel-Presence-ID": "bo@127.0.0.1"})
    del freeswitch.registered["ana"]
    await house.switch.watch([ANA, BO, MOBILE, LOCAL])
    assert await house.events(4) == [
        PhoneChanged(LOCAL, Device.FREE),
        PhoneChanged(MOBILE, Device.FREE),
        PhoneChanged(ANA, Device.GONE),
        PhoneChanged(BO, Device.BUSY),
    ]


@pytest.mark.parametrize("phone", ["PJSIP/bo", "user/bo", "user/Bo@127.0.0.1"])
async def test_a_phone_is_busy_while_its_user_has_a_channel(
    freeswitch: FreeSwitchDouble, house: House, phone: str
) -> None:
    await watching(house, phone)
    channel(freeswitch, "CHANNEL_CREATE", **{"Channel-Presence-ID": "bo@127.0.0.1"})
    assert await house.event() == PhoneChanged(phone, Device.BUSY)
    channel(freeswitch, "CHANNEL_HANGUP")
    channel(freeswitch, "CHANNEL_HANGUP_COMPLETE")
    assert await house.event() == PhoneChanged(phone, Device.FREE)


async def test_a_channel_whose_user_is_told_later_counts_from_then_on(
    freeswitch: FreeSwitchDouble, house: House
) -> None:
    await watching(house, ANA)
    channel(freeswitch, "CHANNEL_CREATE")
    channel(freeswitch, "CHANNEL_ANSWER", **{"Channel-Presence-ID": "ana@127.0.0.1"})
    assert await house.event() == PhoneChanged(ANA, Device.BUSY)


async def test_a_phone_that_somebody_else_rings_is_busy_and_a_caller_of_that_name_does_not_make_it_so(
    freeswitch: FreeSwitchDouble, house: House
) -> None:
    await watching(house, ANA)
    name = {"Channel-Name": "sofia/external/ana@192.0.2.7:5080"}
    channel(freeswitch, "CHANNEL_CREATE", **name)
    channel(freeswitch, "CHANNEL_CREATE", **name | {"Unique-ID": "2", "Call-Direction": "outbound"})
    assert await house.event() == PhoneChanged(ANA, Device.BUSY)
    channel(freeswitch, "CHANNEL_HANGUP")
    channel(freeswitch, "CHANNEL_HANGUP", **{"Unique-ID": "2"})
    assert await house.event() == PhoneChanged(ANA, Device.FREE)


async def test_our_own_legs_do_not_make_a_phone_busy(freeswitch: FreeSwitchDouble, house: House) -> None:
    await watching(house, ANA)
    async with await Phone.create("ana", port=freeswitch.people["ana"], policy=Answers(0.05)):
        await house.ring(ANA)
        assert await house.events(2) == [LegRinging(LEG), LegAnswered(LEG)]
        channel(freeswitch, "CHANNEL_CREATE", **{"Channel-Presence-ID": "ana@127.0.0.1"})
        assert await house.event() == PhoneChanged(ANA, Device.BUSY)


async def test_a_phone_that_is_unplugged_is_gone_until_it_registers(freeswitch: FreeSwitchDouble, house: House) -> None:
    await watching(house, ANA)
    freeswitch.unregister("ana")
    assert await house.event() == PhoneChanged(ANA, Device.GONE)
    freeswitch.register("ana")
    assert await house.event() == PhoneChanged(ANA, Device.FREE)


async def test_a_phone_whose_registration_runs_out_is_gone_unless_another_is_left(
    freeswitch: FreeSwitchDouble, house: House
) -> None:
    await house.switch.watch([ANA, BO])
    assert await house.events(2) == [PhoneChanged(ANA, Device.FREE), PhoneChanged(BO, Device.FREE)]
    del freeswitch.registered["bo"]
    for user in ("ana", "bo"):
        freeswitch.fire("CUSTOM", {"Event-Subclass": "sofia::expire", "user": user, "host": "127.0.0.1"})
    assert await house.event() == PhoneChanged(BO, Device.GONE)


async def test_after_a_lost_connection_all_is_told_anew(freeswitch: FreeSwitchDouble, house: House) -> None:
    await watching(house, ANA)
    channel(freeswitch, "CHANNEL_CREATE", **{"Channel-Presence-ID": "ana@127.0.0.1"})
    assert await house.event() == PhoneChanged(ANA, Device.BUSY)
    cut(freeswitch)
    assert await house.events(2) == [SwitchBack(), PhoneChanged(ANA, Device.FREE)]


async def test_what_is_watched_without_a_connection_is_told_once_there_is_one(
    freeswitch: FreeSwitchDouble, house: House
) -> None:
    cut(freeswitch)
    async with await Phone.create("ana") as phone:
        await phone.dial(f"sip:echo@127.0.0.1:{freeswitch.sip_port}").answered
        (own,) = freeswitch.channels.values()
        own.vars["presence_id"] = "ana@127.0.0.1"
        while house.connection.up:
            await phone.dial(f"sip:nowhere@127.0.0.1:{freeswitch.sip_port}").ended
        await house.switch.watch([ANA])
        assert await house.events(2) == [SwitchBack(), PhoneChanged(ANA, Device.BUSY)]


async def test_a_persons_phone_is_found_by_its_user(house: House) -> None:
    await house.switch.watch([ANA, BO, MOBILE])
    users = ("ana", "Ana@example.org", "bo@127.0.0.1", "bo", "bo@example.org", "cleo", "")
    assert [house.switch.phone_of(user) for user in users] == [ANA, ANA, BO, BO, None, None, None]
