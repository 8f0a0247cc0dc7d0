from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr.call import CallerGone, Deaf, Hearing, KeyRules, Pressed, Silence, Turn
from ivr.media.sounds import seconds_of
from ivr.services import CallEnded, Cause, KeyPressed, LegAnswered, LegEnded, LegRinging
from lab.phone import Answers, Phone
from lab.sound import RATE, hears_tone, tone
from tests.call_contract import CallContract, Waiting, during, once_heard, patiently, turn
from tests.callers.sip_line import LEG, SipLine, loud, prompts
from tests.freeswitch.house import House, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

    from lab.call import PhoneCall
    from tests.freeswitch_double import FreeSwitchDouble
    from tests.freeswitch_double.channel import Channel


@pytest.fixture
def sounds(tmp_path: Path) -> tuple[Path, ...]:
    return prompts(tmp_path)


@pytest.fixture
async def ana(freeswitch: FreeSwitchDouble) -> AsyncIterator[Phone]:
    async with await Phone.create("ana", port=freeswitch.people["ana"], policy=Answers(0.05)) as phone:
        yield phone


@pytest.fixture
async def line(
    freeswitch: FreeSwitchDouble, house: House, patient: Phone, sounds: tuple[Path, ...], ana: Phone
) -> SipLine:
    phone = patient.dial(f"sip:100@127.0.0.1:{freeswitch.sip_port}")
    return SipLine(phone, await house.call(), house, sounds, ana)


def channel_of(freeswitch: FreeSwitchDouble, line: SipLine) -> Channel:
    return freeswitch.channels[line.call.id]


def lose(channel: Channel) -> None:
    """The timer ends, as if Careline had stood still."""
    channel.transfer("lost", "XML", "careline")


class TestFreeSwitchCall(CallContract):
    pass


async def test_a_call_tells_who_calls_whom(line: SipLine) -> None:
    assert (line.call.caller_number, line.call.dialled_number) == ("6175550142", "100")
    assert (line.call.came_back, line.call.hears_speech) == (False, True)


@pytest.mark.parametrize("name", ["anonymous", "Unknown", "0000000000"])
async def test_a_number_that_is_withheld_is_none(freeswitch: FreeSwitchDouble, house: House, name: str) -> None:
    async with await Phone.create(name) as phone:
        phone.dial(f"sip:100@127.0.0.1:{freeswitch.sip_port}")
        assert (await house.call()).caller_number == ""


async def test_a_caller_of_an_earlier_life_came_back(freeswitch: FreeSwitchDouble, house: House, line: SipLine) -> None:
    channel = channel_of(freeswitch, line)
    assert channel.vars["careline_seen"] == "1"
    await line.call.answer()
    await house.door.close()
    async with running(house.settings) as next_house:
        assert (await next_house.call()).came_back


async def test_a_question_goes_on_when_the_caller_was_lost_and_comes_again(
    freeswitch: FreeSwitchDouble, line: SipLine
) -> None:
    await line.call.answer()
    channel = channel_of(freeswitch, line)

    async def lost_in_between() -> None:
        await line.hears_something()
        lose(channel)
        await line.phone.heard.until(lambda _: channel.vars.get("careline_tries"))
        await line.phone.heard.until(lambda _: "careline_tries" not in channel.vars)
        await line.presses("7")

    assert await during(line.call.ask(Turn(line.sounds, silence_seconds=5)), lost_in_between()) == Pressed("7")


async def test_a_held_caller_who_was_lost_is_held_again(freeswitch: FreeSwitchDouble, line: SipLine) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    lose(channel_of(freeswitch, line))
    await patiently(line.talks_with_a_person())


async def test_a_held_caller_hears_music_and_is_still_held_after_several_timers(line: SipLine) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    async with asyncio.timeout(15):
        await line.phone.heard.until(lambda pcm: len(pcm) > 8000 * 7)
    assert loud(line.phone.heard.last(2))
    assert line.call.held.is_set()


async def test_a_caller_who_is_fetched_from_hold_hears_no_more_music(line: SipLine) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    await line.hears_something()
    await patiently(line.call.take_back())
    await patiently(line.hears_silence())


async def test_keys_on_hold_are_told(house: House, line: SipLine) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    await line.presses("1")
    assert await house.event() == KeyPressed(line.call.id, "1")


async def test_hold_on_a_held_call_returns_at_once(line: SipLine) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    await patiently(line.call.hold())


async def test_a_person_who_is_asked_waits_in_silence_and_is_joined(house: House, line: SipLine, ana: Phone) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    await house.door.switch.ring(LEG, "PJSIP/ana", display="scheduling", seconds=20, asked=True)
    ringing, asked = await ana.next_call(), await house.call()
    await patiently(asked.answer())
    assert await during(asked.ask(turn(line, hears=False)), pressed(ringing.heard.until(loud), ringing)) == Pressed("1")
    await patiently(asked.hold())
    assert (asked.caller_number, asked.dialled_number) == ("", "")
    assert [await house.event(), await house.event()] == [LegRinging(LEG), LegAnswered(LEG)]
    await house.door.switch.connect(line.call.id, LEG)
    heard = len(line.phone.heard.pcm())
    ringing.say(tone(900, 5))
    async with asyncio.timeout(10):
        await line.phone.heard.until(lambda pcm: hears_tone(pcm[heard:], 900))


async def test_both_hear_each_other_and_the_talk_ends_for_both(line: SipLine, house: House, ana: Phone) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    await patiently(line.talks_with_a_person())
    persons = ana.calls[-1]
    line.phone.say(tone(500, 5))
    persons.say(tone(900, 5))
    async with asyncio.timeout(10):
        await persons.heard.until(lambda pcm: hears_tone(pcm, 500))
        await line.phone.heard.until(lambda pcm: hears_tone(pcm, 900))
    persons.hang_up()
    assert {await house.event(), await house.event()} == {
        LegEnded(LEG, Cause.ENDED, answered=True),
        CallEnded(line.call.id),
    }


async def test_music_that_ends_for_a_talk_does_not_begin_again_in_it(
    freeswitch: FreeSwitchDouble, line: SipLine
) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    async with asyncio.timeout(10):
        await line.phone.heard.until(lambda pcm: len(pcm) > RATE * 3 // 2)
    line.call.joins()
    channel_of(freeswitch, line).break_off(everything=False)
    async with asyncio.timeout(2.5):  # before the timer ends that nobody winds up during a talk
        await line.phone.heard.until(lambda _: not loud(line.phone.heard.last(1)))


async def test_who_was_not_joined_hears_music_as_before(freeswitch: FreeSwitchDouble, line: SipLine) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    line.call.joins()
    channel_of(freeswitch, line).break_off(everything=False)
    line.call.not_joined()
    async with asyncio.timeout(10):
        await line.phone.heard.until(lambda pcm: len(pcm) > RATE * 3 and loud(line.phone.heard.last(1)))
    assert line.call.held.is_set()


async def test_keys_win_over_speech(line: SipLine, house: House) -> None:
    house.ears.never_ends = True
    await line.call.answer()

    async def talk_and_press() -> None:
        await line.says("billing")
        await line.presses("4")

    assert await during(line.call.ask(Turn((), hearing=Hearing("en"))), talk_and_press()) == Pressed("4")


async def test_keys_pressed_ahead_answer_the_next_question_unheard(line: SipLine) -> None:
    await line.call.answer()
    await during(line.call.play(*line.sounds), line.presses("12"))
    assert await patiently(line.call.ask(Turn(line.sounds))) == Pressed("1")
    assert await patiently(line.call.ask(Turn(line.sounds))) == Pressed("2")


async def test_a_number_that_is_not_finished_ends_by_itself(line: SipLine) -> None:
    await line.call.answer()
    question = turn(line, keys=KeyRules(longest=8, between_seconds=0.5))
    assert await during(line.call.ask(question), once_heard(line, line.presses("555"))) == Pressed("555")


async def test_a_cancelled_prompt_stops_and_the_next_question_works(line: SipLine) -> None:
    await line.call.answer()
    playing = asyncio.get_running_loop().create_task(line.call.play(line.music))
    await line.hears_something()
    playing.cancel()
    await asyncio.wait({playing})
    assert await during(line.call.ask(Turn(())), line.presses("1")) == Pressed("1")


async def test_the_hash_key_ends_a_message(line: SipLine, tmp_path: Path) -> None:
    await line.call.answer()
    message = tmp_path / "m.wav"

    async def talk_and_press() -> None:
        await line.phone.say(tone(500, 0.5))
        await line.presses("#")

    recording = line.call.record(message, longest_seconds=60, silence_seconds=60)
    assert 0 < await during(recording, talk_and_press()) == seconds_of(message)


async def test_a_caller_who_hangs_up_before_the_answer_is_gone(house: House, line: SipLine) -> None:
    line.phone.hang_up()
    with pytest.raises(CallerGone):
        await patiently(line.call.answer())
    assert await house.event() == CallEnded(line.call.id)


class TestWithoutLiveAudio:
    """Keys only: FreeSWITCH cannot record."""

    @pytest.fixture
    async def keys_line(self, line: SipLine, tmp_path: Path) -> SipLine:
        (tmp_path / "audio" / "8000").mkdir()  # FreeSWITCH would take it for the place of files at that rate
        await patiently(line.call.answer())
        return line

    async def test_speech_is_not_heard(self, keys_line: SipLine) -> None:
        assert not keys_line.call.hears_speech

    async def test_keys_answer(self, keys_line: SipLine) -> None:
        await patiently(keys_line.call.play(*keys_line.sounds))
        question = turn(keys_line, keys=KeyRules(longest=4))
        assert await during(keys_line.call.ask(question), keys_line.presses("12#")) == Pressed("12")

    async def test_nothing_is_silence(self, keys_line: SipLine) -> None:
        assert await patiently(keys_line.call.ask(turn(keys_line))) == Silence()

    async def test_a_question_of_speech_alone_is_deaf(self, keys_line: SipLine) -> None:
        assert await patiently(keys_line.call.ask(Turn((), keys=None, hearing=Hearing("en")))) == Deaf()

    async def test_a_caller_who_waits_with_music_is_served_by_keys(self, keys_line: SipLine) -> None:
        waiting = Waiting(keys_line).turn
        assert await during(keys_line.call.ask(waiting), once_heard(keys_line, keys_line.presses("1"))) == Pressed("1")

    async def test_a_message_is_empty(self, keys_line: SipLine, tmp_path: Path) -> None:
        message = tmp_path / "m.wav"
        assert await patiently(keys_line.call.record(message, longest_seconds=5, silence_seconds=1)) == 0
        assert message.exists()

    async def test_the_call_is_held_and_taken_back(self, keys_line: SipLine) -> None:
        await patiently(keys_line.call.hold())
        await patiently(keys_line.call.take_back())
        assert await during(keys_line.call.ask(Turn(())), keys_line.presses("3")) == Pressed("3")


async def pressed(heard: Coroutine[Any, Any, None], phone: PhoneCall) -> None:
    """Press 1 once something was heard."""
    await heard
    phone.press("1")
