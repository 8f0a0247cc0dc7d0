"""The Asterisk call keeps the contract of all calls on a real Asterisk, with real audio; and the hook fails open."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.asterisk.probe import examine
from ivr.asterisk.settings import AsteriskSettings
from ivr.call import KeyRules, Pressed, Silence, Turn
from ivr.services import CallEnded, Cause, LegEnded, LegRinging, SwitchBack
from ivr.sockets import Address
from lab.phone import Phone, Rejects
from lab.sound import RATE, tone
from tests.asterisk.conftest import House
from tests.call_contract import CallContract, during, patiently
from tests.callers.sip_line import LEG, SipLine, loud, prompts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lab.asterisk import PrivateAsterisk
    from tests.conftest import PlugIn

pytestmark = pytest.mark.asterisk


@pytest.fixture
async def house(pbx: PrivateAsterisk) -> AsyncIterator[House]:
    settings = AsteriskSettings(
        secret=pbx.ami_secret,
        ami=Address("127.0.0.1", pbx.ami_port),
        agi=Address("127.0.0.1", pbx.agi_port),
        audio=Address("127.0.0.1", 0),
    )
    running = House(settings)
    await running.door.start()
    assert await running.event() == SwitchBack()
    yield running
    await running.door.close()


@pytest.fixture
def sounds(tmp_path: Path) -> tuple[Path, ...]:
    return prompts(tmp_path)


@pytest.fixture
async def ana(pbx: PrivateAsterisk, plug_in: PlugIn) -> Phone:
    return await plug_in("ana", port=pbx.people["ana"])


@pytest.fixture
async def line(pbx: PrivateAsterisk, house: House, plug_in: PlugIn, sounds: tuple[Path, ...], ana: Phone) -> SipLine:
    phone = (await plug_in()).dial(pbx.uri("100"))
    call = await house.call()
    await call.answer()
    await phone.answered
    return SipLine(phone, call, house, sounds, ana)


class TestAsteriskCall(CallContract):
    pass


async def test_the_doctor_finds_nothing_wrong(pbx: PrivateAsterisk) -> None:
    settings = AsteriskSettings(secret=pbx.ami_secret, ami=Address("127.0.0.1", pbx.ami_port))
    assert [finding for finding in await examine(settings) if not finding.ok] == []


async def test_a_held_caller_hears_music_and_is_still_held_after_several_timers(line: SipLine) -> None:
    await patiently(line.call.hold())
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(15):
        await line.phone.heard.until(lambda pcm: len(pcm) > RATE * 8)
    assert loud(line.phone.heard.since(began + 4))
    assert line.call.held.is_set()


async def test_both_hear_each_other_and_the_talk_ends_for_both(line: SipLine, house: House, ana: Phone) -> None:
    await patiently(line.call.hold())
    await patiently(line.talks_with_a_person())
    persons = ana.calls[-1]
    heard_before = len(line.phone.heard.pcm())
    line.phone.say(tone(500, 0.5))
    persons.say(tone(900, 0.5))
    async with asyncio.timeout(10):
        await persons.heard.until(loud)
        await line.phone.heard.until(lambda pcm: loud(pcm[heard_before:]))
    persons.hang_up()
    assert {await house.event(), await house.event()} == {
        LegEnded(LEG, Cause.ENDED, answered=True),
        CallEnded(line.call.id),
    }


@pytest.mark.parametrize(("code", "cause"), [(486, Cause.BUSY), (603, Cause.REFUSED), (480, Cause.NO_ANSWER)])
async def test_a_person_who_refuses(house: House, ana: Phone, code: int, cause: Cause) -> None:
    ana.policy = Rejects(code, after_seconds=0.1)
    await house.door.switch.ring("careline-2", "PJSIP/ana", display="billing", seconds=20)
    assert await house.event() == LegRinging("careline-2")
    assert await house.event() == LegEnded("careline-2", cause, answered=False)


async def test_a_phone_that_rings_out_and_one_that_is_not_there(house: House, ana: Phone) -> None:
    await house.door.switch.ring("careline-3", "PJSIP/nobody", display="billing", seconds=20)
    assert await house.event() == LegEnded("careline-3", Cause.UNREACHABLE, answered=False)
    await house.door.switch.ring("careline-4", "PJSIP/ana", display="billing", seconds=1)
    assert await house.event() == LegRinging("careline-4")
    assert await house.event() == LegEnded("careline-4", Cause.NO_ANSWER, answered=False)


async def test_a_ring_is_cancelled_as_answered_elsewhere(house: House, ana: Phone) -> None:
    await house.door.switch.ring("careline-5", "PJSIP/ana", display="billing", seconds=20)
    ringing = await ana.next_call()
    assert "billing" in ringing.display
    assert await house.event() == LegRinging("careline-5")  # before the 180, Asterisk's CANCEL bears no reason
    await house.door.switch.cancel("careline-5", answered_elsewhere=True)
    assert "elsewhere" in (await ringing.ended).reason
    assert await house.event() == LegEnded("careline-5", Cause.CANCELLED, answered=False)


async def test_a_person_says_ready_from_the_phone(pbx: PrivateAsterisk, house: House, ana: Phone) -> None:
    dialled = ana.dial(pbx.uri("*45"))
    await dialled.ended
    assert house.persons == [("PJSIP/ana", True)]


async def test_a_mute_server_is_left_and_the_caller_is_served_by_the_next(
    pbx: PrivateAsterisk, plug_in: PlugIn, sounds: tuple[Path, ...]
) -> None:
    """It accepts the call and never speaks: no answer, no hang-up, nothing."""
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.put_nowait(writer)

    mute = await asyncio.start_server(accept, "127.0.0.1", pbx.agi_port)
    phone = (await plug_in()).dial(pbx.uri("100"))
    writer = await accepted.get()
    async with asyncio.timeout(10):
        await phone.answered
        await phone.heard.until(loud)
    mute.close()
    writer.close()
    while not accepted.empty():
        accepted.get_nowait().close()
    settings = AsteriskSettings(
        secret=pbx.ami_secret, ami=Address("127.0.0.1", pbx.ami_port), agi=Address("127.0.0.1", pbx.agi_port)
    )
    house = House(settings)
    await house.door.start()
    call = await house.call()
    await call.answer()
    ask = call.ask(Turn(sounds, keys=KeyRules()))
    phone.press("5")
    assert await patiently(ask) == Pressed("5")
    await house.door.close()


async def test_keys_serve_where_audiosocket_is_missing(
    pbx: PrivateAsterisk, house: House, plug_in: PlugIn, sounds: tuple[Path, ...], tmp_path: Path
) -> None:
    await pbx.cli("module unload app_audiosocket.so")
    try:
        phone = (await plug_in()).dial(pbx.uri("100"))
        call = await house.call()
        await call.answer()
        assert not call.hears_speech
        assert await patiently(call.record(tmp_path / "m.wav", longest_seconds=1, silence_seconds=5)) == pytest.approx(
            1, abs=0.2
        )

        async def press() -> None:
            await phone.heard.until(loud)
            phone.press("42#")

        assert await during(call.ask(Turn(sounds, keys=KeyRules(longest=4))), press()) == Pressed("42")
        unreadable = Turn((tmp_path / "not-there.wav",), keys=KeyRules(), silence_seconds=0.2)
        assert await patiently(call.ask(unreadable)) == Silence()
        assert await patiently(call.record(Path("/proc/m.wav"), longest_seconds=1, silence_seconds=1)) == 0.0
        findings = await examine(AsteriskSettings(secret=pbx.ami_secret, ami=Address("127.0.0.1", pbx.ami_port)))
        assert [finding.what.split(":")[0] for finding in findings if not finding.ok] == [
            "module app_audiosocket is not loaded"
        ]
    finally:
        await pbx.cli("module load app_audiosocket.so")
