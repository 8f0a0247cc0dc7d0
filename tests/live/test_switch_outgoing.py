"""Calls that we place, phones that are asked and watched, and keys of those who wait, on a real Asterisk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr.asterisk.settings import AsteriskSettings
from ivr.call import CallerGone, KeyRules, Pressed, Turn
from ivr.media.sounds import write_wav
from ivr.services import (
    CallEnded,
    Cause,
    Device,
    DialFailed,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegRinging,
    Live,
    PhoneChanged,
    SwitchBack,
    TalkBegan,
)
from ivr.sockets import Address
from lab.phone import Answers, Phone, Rejects
from lab.sound import tone
from tests.asterisk.conftest import House
from tests.call_contract import during, patiently
from tests.callers.sip_line import loud

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from ivr.asterisk.call import AsteriskCall
    from lab.asterisk import PrivateAsterisk
    from lab.call import PhoneCall
    from tests.conftest import PlugIn

BACK, LEG, OTHER = "careline-back-1", "careline-leg-1", "careline-leg-2"
pytestmark = pytest.mark.asterisk

EXTENSIONS = "exten => bo,1,Dial(PJSIP/bo)\n"


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana", "bo"), "extra_extensions": EXTENSIONS, "qualify_seconds": 1}


@pytest.fixture
async def new_house(pbx: PrivateAsterisk) -> AsyncIterator[Callable[[], Awaitable[House]]]:
    """Starts Carelines, one after the other."""
    settings = AsteriskSettings(
        secret=pbx.ami_secret,
        ami=Address("127.0.0.1", pbx.ami_port),
        agi=Address("127.0.0.1", pbx.agi_port),
        audio=Address("127.0.0.1", 0),
    )
    running: list[House] = []

    async def start() -> House:
        house = House(settings)
        await house.door.start()
        running.append(house)
        assert await house.event() == SwitchBack()
        return house

    yield start
    for house in running:
        await house.door.close()


@pytest.fixture
async def house(new_house: Callable[[], Awaitable[House]], ana: Phone, bo: Phone) -> House:
    """Both phones are there, as far as Asterisk knows."""
    house = await new_house()
    await house.door.switch.watch(["PJSIP/ana", "PJSIP/bo"])
    there: set[str] = set()
    while there != {"PJSIP/ana", "PJSIP/bo"}:
        event = await house.event()
        assert isinstance(event, PhoneChanged)
        if event.device is Device.FREE:
            there.add(event.phone)
    await house.door.switch.watch([])
    return house


@pytest.fixture
async def ana(pbx: PrivateAsterisk, plug_in: PlugIn) -> Phone:
    return await plug_in("ana", port=pbx.people["ana"], policy=Answers())


@pytest.fixture
async def bo(pbx: PrivateAsterisk, plug_in: PlugIn) -> Phone:
    return await plug_in("bo", port=pbx.people["bo"], policy=Answers())


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    write_wav(tmp_path / "sound.wav", tone(600, 0.4).tobytes())
    return tmp_path / "sound.wav"


async def dial(house: House, address: str, *, seconds: float = 20) -> None:
    await house.door.switch.dial(BACK, address, display="Riverside <+16175550100>", seconds=seconds)


async def ask(house: House, leg: str = LEG, phone: str = "PJSIP/ana") -> None:
    await house.door.switch.ring(leg, phone, display="billing", seconds=20, asked=True)


async def hears(phone: PhoneCall, since: int = 0) -> None:
    async with asyncio.timeout(10):
        await phone.heard.until(lambda pcm: loud(pcm[since:]))


async def presses(phone: PhoneCall, digits: str, since: int = 0) -> None:
    """Press once the question is heard."""
    await hears(phone, since)
    phone.press(digits)


def question(sound: Path) -> Turn:
    return Turn((sound,), keys=KeyRules())


async def hear_each_other(one: PhoneCall, other: PhoneCall) -> None:
    before = len(one.heard.pcm()), len(other.heard.pcm())
    one.say(tone(500, 0.5))
    other.say(tone(900, 0.5))
    await hears(one, before[0])
    await hears(other, before[1])


# ---- dialling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["PJSIP/+16175550123@bo", "Local/bo@callers/n"])
async def test_who_is_dialled_is_walked_held_and_connected(
    house: House, ana: Phone, bo: Phone, sound: Path, address: str
) -> None:
    await dial(house, address)
    call = await house.call()
    assert (call.id, call.came_back, call.caller_number, call.dialled_number) == (BACK, False, "", "")
    patient = await bo.next_call()
    assert patient.display.startswith('"Riverside" <sip:+16175550100@')
    await patiently(call.answer())
    assert await during(call.ask(question(sound)), presses(patient, "1")) == Pressed("1")
    await patiently(call.hold())
    await house.door.switch.ring(LEG, "PJSIP/ana", display="billing", seconds=20)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    await house.door.switch.connect(BACK, LEG)
    assert await house.event() == TalkBegan(BACK, LEG)
    await hear_each_other(patient, ana.calls[-1])
    assert await house.door.switch.live() == Live(frozenset({BACK}), frozenset({LEG}), frozenset({(BACK, LEG)}))
    patient.hang_up()
    assert {await house.event(), await house.event()} == {CallEnded(BACK), LegEnded(LEG, Cause.ENDED, answered=True)}


@pytest.mark.parametrize(
    ("address", "code", "cause"),
    [
        ("PJSIP/+16175550123@bo", 486, Cause.BUSY),
        ("PJSIP/+16175550123@bo", 603, Cause.REFUSED),
        ("PJSIP/+16175550123@bo", 404, Cause.UNREACHABLE),
        ("Local/bo@callers/n", 486, Cause.BUSY),
        ("Local/bo@callers/n", 404, Cause.UNREACHABLE),
        ("PJSIP/+16175550123@nowhere", 0, Cause.UNREACHABLE),
        ("PJSIP/bo,s,1", 0, Cause.UNREACHABLE),
    ],
)
async def test_a_dial_that_fails_says_why(house: House, bo: Phone, address: str, code: int, cause: Cause) -> None:
    bo.policy = Rejects(code, after_seconds=0.1)
    await dial(house, address)
    assert await house.event() == DialFailed(BACK, cause)


@pytest.mark.parametrize("address", ["PJSIP/+16175550123@bo", "Local/bo@callers/n"])
async def test_a_dial_that_rings_out(house: House, bo: Phone, address: str) -> None:
    bo.policy = Rejects(after_seconds=60)
    await dial(house, address, seconds=1)
    assert await house.event() == DialFailed(BACK, Cause.NO_ANSWER)


async def test_a_dial_is_given_up(house: House, bo: Phone) -> None:
    bo.policy = Rejects(after_seconds=60)
    await dial(house, "PJSIP/+16175550123@bo")
    ringing = await bo.next_call()
    assert (await house.door.switch.live()).calls == {BACK}
    await house.door.switch.cancel(BACK)
    await ringing.ended
    assert await house.event() == DialFailed(BACK, Cause.CANCELLED)


async def test_a_dial_is_given_up_once_somebody_picked_up(house: House) -> None:
    await dial(house, "PJSIP/+16175550123@bo")
    call = await house.call()
    await call.answer()
    await house.door.switch.cancel(BACK)
    assert await house.event() == CallEnded(BACK)
    with pytest.raises(CallerGone):
        await call.hold()


async def test_after_our_restart_what_still_rings_is_told_once_it_ends(
    house: House, new_house: Callable[[], Awaitable[House]], bo: Phone
) -> None:
    bo.policy = Rejects(after_seconds=60)
    await dial(house, "PJSIP/+16175550123@bo")
    ringing = await bo.next_call()
    await house.door.close()
    house = await new_house()
    ringing.reject(486)
    assert await house.event() == DialFailed(BACK, Cause.BUSY)


# ---- asking who picked up -----------------------------------------------------------------------------------------


async def asked(house: House, ana: Phone, sound: Path) -> tuple[AsteriskCall, PhoneCall]:
    """Ana has picked up, hears what she is asked, and has pressed the key."""
    await ask(house)
    call = await house.call()
    assert call.id == LEG
    assert await house.event() == LegRinging(LEG)
    await call.answer()
    assert await during(call.ask(question(sound)), presses(ana.calls[-1], "1")) == Pressed("1")
    live = await house.door.switch.live()
    assert LEG in live.legs
    assert LEG not in live.calls
    return call, ana.calls[-1]


async def waiting_caller(pbx: PrivateAsterisk, house: House, plug_in: PlugIn) -> tuple[AsteriskCall, PhoneCall]:
    phone = (await plug_in()).dial(pbx.uri("100"))
    call = await house.call()
    await call.answer()
    await patiently(call.hold())
    return call, phone


async def test_a_person_who_accepts_talks_with_the_caller_and_as_long_as_they_like(
    pbx: PrivateAsterisk, house: House, plug_in: PlugIn, ana: Phone, sound: Path
) -> None:
    caller, patient = await waiting_caller(pbx, house, plug_in)
    person, phone = await asked(house, ana, sound)
    await patiently(person.hold())
    assert await house.event() == LegAnswered(LEG)
    await house.door.switch.connect(caller.id, LEG)
    assert await house.event() == TalkBegan(caller.id, LEG)
    began = len(patient.heard.pcm())
    await patient.heard.until(lambda pcm: len(pcm) > began + 6 * 8000)  # longer than the timers of those who wait
    await hear_each_other(patient, phone)
    phone.hang_up()
    assert {await house.event(), await house.event()} == {
        CallEnded(caller.id),
        LegEnded(LEG, Cause.ENDED, answered=True),
    }


async def test_a_person_who_picks_up_and_hangs_up_refuses(house: House, ana: Phone, sound: Path) -> None:
    call, phone = await asked(house, ana, sound)
    phone.hang_up()
    assert await house.event() == LegEnded(LEG, Cause.REFUSED, answered=False)
    with pytest.raises(CallerGone):
        await call.hold()


async def test_a_mailbox_that_we_hang_up_did_not_answer(house: House, ana: Phone, sound: Path) -> None:
    call, _ = await asked(house, ana, sound)
    await patiently(call.hang_up())
    assert await house.event() == LegEnded(LEG, Cause.NO_ANSWER, answered=False)


async def test_an_asked_phone_that_refuses(house: House, ana: Phone) -> None:
    ana.policy = Rejects(486)
    await ask(house)
    assert await house.event() == LegRinging(LEG)
    assert await house.event() == LegEnded(LEG, Cause.BUSY, answered=False)


async def test_who_is_asked_or_waits_is_let_go(house: House, ana: Phone, sound: Path) -> None:
    await asked(house, ana, sound)
    await house.door.switch.cancel(LEG, answered_elsewhere=True)
    assert await house.event() == LegEnded(LEG, Cause.CANCELLED, answered=False)
    call, _ = await asked(house, ana, sound)
    await patiently(call.hold())
    assert await house.event() == LegAnswered(LEG)
    await house.door.switch.cancel(LEG)
    assert await house.event() == LegEnded(LEG, Cause.ENDED, answered=True)


async def test_a_person_who_waits_is_taken_back_and_told(house: House, ana: Phone, sound: Path) -> None:
    call, phone = await asked(house, ana, sound)
    await patiently(call.hold())
    assert await house.event() == LegAnswered(LEG)
    await patiently(call.take_back())
    before = len(phone.heard.pcm())
    await patiently(call.play(sound))
    await hears(phone, before)


async def test_a_person_who_waits_for_a_caller_who_is_dialled_waits_as_long_as_it_takes(
    house: House, ana: Phone
) -> None:
    await house.door.switch.ring(LEG, "PJSIP/ana", display="billing", seconds=20)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    phone = ana.calls[-1]
    await phone.heard.until(lambda pcm: len(pcm) > 12 * 8000)
    assert not phone.ended.over


async def test_a_person_is_not_sent_round_in_circles_when_we_die(house: House, ana: Phone, sound: Path) -> None:
    _, phone = await asked(house, ana, sound)
    await house.door.close()
    async with asyncio.timeout(10):
        await phone.ended


# ---- several phones for one caller --------------------------------------------------------------------------------


async def test_of_two_phones_that_ring_the_first_wins_and_the_other_is_told(
    pbx: PrivateAsterisk, house: House, plug_in: PlugIn, ana: Phone, bo: Phone
) -> None:
    ana.policy, bo.policy = Answers(after_seconds=0.5), Rejects(after_seconds=60)
    caller, _ = await waiting_caller(pbx, house, plug_in)
    switch = house.door.switch
    for leg, phone in ((LEG, "PJSIP/ana"), (OTHER, "PJSIP/bo")):
        await switch.ring(leg, phone, display="billing", seconds=20)
    loser = await bo.next_call()
    assert {await house.event(), await house.event()} == {LegRinging(LEG), LegRinging(OTHER)}
    assert await house.event() == LegAnswered(LEG)
    await asyncio.gather(switch.connect(caller.id, LEG), switch.cancel(OTHER, answered_elsewhere=True))
    assert {await house.event(), await house.event()} == {
        TalkBegan(caller.id, LEG),
        LegEnded(OTHER, Cause.CANCELLED, answered=False),
    }
    assert "elsewhere" in (await loser.ended).reason


# ---- watching -----------------------------------------------------------------------------------------------------


async def test_an_outside_call_makes_a_phone_busy_and_ours_does_not(
    pbx: PrivateAsterisk, house: House, ana: Phone
) -> None:
    await house.door.switch.watch(["PJSIP/ana", "PJSIP/nobody", "Local/bo@callers/n"])
    assert [await house.event() for _ in range(3)] == [
        PhoneChanged("Local/bo@callers/n", Device.FREE),
        PhoneChanged("PJSIP/ana", Device.FREE),
        PhoneChanged("PJSIP/nobody", Device.GONE),
    ]
    outside = ana.dial(pbx.uri("echo"))
    await outside.answered
    assert await house.event() == PhoneChanged("PJSIP/ana", Device.BUSY)
    await house.door.switch.watch(["PJSIP/ana"])
    assert await house.event() == PhoneChanged("PJSIP/ana", Device.BUSY)
    outside.hang_up()
    assert await house.event() == PhoneChanged("PJSIP/ana", Device.FREE)
    await house.door.switch.ring(LEG, "PJSIP/ana", display="billing", seconds=20)
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    ana.calls[-1].hang_up()
    assert await house.event() == LegEnded(LEG, Cause.ENDED, answered=True)


async def test_a_phone_that_is_unplugged_is_gone_until_it_is_there_again(
    pbx: PrivateAsterisk, house: House, plug_in: PlugIn, bo: Phone
) -> None:
    await house.door.switch.watch(["PJSIP/bo"])
    assert await house.event() == PhoneChanged("PJSIP/bo", Device.FREE)
    bo.close()
    assert await house.event() == PhoneChanged("PJSIP/bo", Device.GONE)
    await plug_in("bo", port=pbx.people["bo"])
    assert await house.event() == PhoneChanged("PJSIP/bo", Device.FREE)


async def test_a_phone_that_was_busy_before_we_came_is_busy(
    pbx: PrivateAsterisk, new_house: Callable[[], Awaitable[House]], house: House, ana: Phone
) -> None:
    outside = ana.dial(pbx.uri("echo"))
    await outside.answered
    await house.door.close()
    house = await new_house()
    await house.door.switch.watch(["PJSIP/ana"])
    assert await house.event() == PhoneChanged("PJSIP/ana", Device.BUSY)
    outside.hang_up()
    assert await house.event() == PhoneChanged("PJSIP/ana", Device.FREE)


# ---- keys of who waits --------------------------------------------------------------------------------------------


async def test_a_waiting_callers_keys_are_told_once_and_only_theirs(
    pbx: PrivateAsterisk, house: House, plug_in: PlugIn, sound: Path
) -> None:
    call, phone = await waiting_caller(pbx, house, plug_in)
    await phone.press("9#")
    assert [await house.event(), await house.event()] == [KeyPressed(call.id, "9"), KeyPressed(call.id, "#")]
    await patiently(call.take_back())
    assert await during(call.ask(question(sound)), presses(phone, "5", len(phone.heard.pcm()))) == Pressed("5")
    phone.hang_up()
    assert await house.event() == CallEnded(call.id)
