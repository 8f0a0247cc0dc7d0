from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.callers.control_connection import LoginRefused
from ivr.sockets import Address, CannotListen
from lab.phone import Phone
from lab.sound import hears_tone
from tests.freeswitch.house import House, running

if TYPE_CHECKING:
    from ivr.freeswitch.settings import FreeSwitchSettings
    from lab.call import PhoneCall
    from lab.sound import Pcm
    from tests.freeswitch_double import FreeSwitchDouble

HIGH, LOW = 1400, 480  # Hz, of the tones for done and not done


@pytest.fixture
async def staffed(house: House) -> House:
    """Its plan names these phones."""
    await house.door.switch.watch(["PJSIP/ana", "PJSIP/bo"])
    return house


async def heard_by(name: str, code: str, freeswitch: FreeSwitchDouble) -> Pcm:
    """What a person hears from picking up the phone and dialling the code to the end."""
    async with await Phone.create(name, port=freeswitch.people.get(name, 0)) as phone, asyncio.timeout(10):
        call = phone.dial(f"sip:{code}@127.0.0.1:{freeswitch.sip_port}")
        await call.ended
        return call.heard.pcm()


@pytest.mark.parametrize(("code", "ready"), [("*45", True), ("*46", False)])
async def test_a_person_says_ready_by_a_code_and_hears_high_tones(
    freeswitch: FreeSwitchDouble, staffed: House, code: str, ready: bool
) -> None:
    heard = await heard_by("ana", code, freeswitch)
    assert staffed.persons == [("PJSIP/ana", ready)]
    assert hears_tone(heard, HIGH)
    assert not hears_tone(heard, LOW)


async def test_a_phone_that_is_nobodys_hears_low_tones(freeswitch: FreeSwitchDouble, staffed: House) -> None:
    heard = await heard_by("bo", "*45", freeswitch)
    assert staffed.persons == [("PJSIP/bo", True)]
    assert hears_tone(heard, LOW)


async def test_a_phone_that_no_plan_names_hears_low_tones(freeswitch: FreeSwitchDouble, staffed: House) -> None:
    assert hears_tone(await heard_by("cleo", "*45", freeswitch), LOW)
    assert staffed.persons == []


async def test_whoever_only_shows_a_persons_number_is_nobody(freeswitch: FreeSwitchDouble, staffed: House) -> None:
    freeswitch.unregister("ana")
    assert hears_tone(await heard_by("ana", "*45", freeswitch), LOW)
    assert staffed.persons == []


async def test_a_code_while_careline_is_away_is_not_done(freeswitch: FreeSwitchDouble) -> None:
    assert hears_tone(await heard_by("ana", "*45", freeswitch), LOW)


async def test_closing_hands_the_callers_back(freeswitch: FreeSwitchDouble, house: House, patient: Phone) -> None:
    phone = patient.dial(f"sip:100@127.0.0.1:{freeswitch.sip_port}")
    call = await house.call()
    await call.answer()
    await house.door.close()
    await hears_music(phone)
    async with running(house.settings) as next_house:
        assert (await next_house.call()).id == call.id


async def test_a_caller_is_not_taken_while_there_is_no_control_connection(
    freeswitch: FreeSwitchDouble, settings: FreeSwitchSettings, patient: Phone
) -> None:
    async with running(replace(settings, esl=Address("127.0.0.1", 9))) as house:
        await hears_music(patient.dial(f"sip:100@127.0.0.1:{freeswitch.sip_port}"))
        assert house.calls.empty()
        assert not any("careline_seen" in channel.vars for channel in freeswitch.channels.values())


async def test_a_port_in_use_leaves_nothing_open(settings: FreeSwitchSettings, house: House) -> None:
    with pytest.raises(CannotListen):
        await House(settings).door.start()


async def test_a_wrong_password_leaves_nothing_open(settings: FreeSwitchSettings) -> None:
    with pytest.raises(LoginRefused):
        await House(replace(settings, password="wrong")).door.start()


async def hears_music(phone: PhoneCall) -> None:
    async with asyncio.timeout(10):
        await phone.heard.until(lambda pcm: len(pcm) > 4000)
