from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import dropwhile
from typing import TYPE_CHECKING

import pytest

from ivr.call import Call, CallerGone, Deaf, Hearing, Hypothesis, KeyRules, Pressed, Silence, Spoke, Turn
from ivr.media.sounds import seconds_of, write_wav
from ivr.services import CallEnded, LegAnswered, SwitchDown, TalkBegan
from tests.asterisk.tiny_asterisk import QUIET
from tests.call_contract import CallContract, Waiting, during, once_heard, patiently, turn

if TYPE_CHECKING:
    from pathlib import Path

    from tests.asterisk.conftest import House
    from tests.asterisk.tiny_asterisk import TinyAsterisk, TinyChannel


def loud(frame: bytes) -> bool:
    return frame != QUIET


def not_loud(frame: bytes) -> bool:
    return frame == QUIET


class TinyLine:
    """A caller of the tiny Asterisk."""

    def __init__(self, caller: TinyChannel, call: Call, house: House, sounds: tuple[Path, ...]) -> None:
        self.call = call
        self.sounds = sounds
        self.music = sounds[0].with_name("music.wav")
        self._caller = caller
        self._house = house

    async def hears_something(self) -> None:
        await self._caller.heard.wait()

    async def hears_more_music(self) -> None:
        await self._caller.hears_more(loud, 10)
        assert all(map(loud, dropwhile(not_loud, self._caller.frames)))

    async def hears_silence(self) -> None:
        await self._caller.hears_more(not_loud, 5)

    async def presses(self, digits: str) -> None:
        self._caller.press(digits)

    async def says(self, words: str) -> None:
        self._house.ears.words = words
        self._caller.speak()

    async def says_nothing(self) -> None:
        pass

    async def hangs_up(self) -> None:
        self._caller.hang_up()

    async def talks_with_a_person(self) -> None:
        switch = self._house.door.switch
        await switch.ring("careline-leg-1", "PJSIP/ana", display="scheduling", seconds=20)
        while (event := await self._house.event()) != TalkBegan(self.call.id, "careline-leg-1"):
            if event == LegAnswered("careline-leg-1"):
                await switch.connect(self.call.id, "careline-leg-1")


@pytest.fixture
async def caller(asterisk: TinyAsterisk, house: House) -> TinyChannel:
    return asterisk.dial()


@pytest.fixture
async def line(caller: TinyChannel, house: House, sounds: tuple[Path, ...]) -> TinyLine:
    return TinyLine(caller, await house.call(), house, sounds)


class TestAsteriskCall(CallContract):
    pass


async def test_a_call_tells_who_calls_whom(line: TinyLine) -> None:
    assert (line.call.caller_number, line.call.dialled_number) == ("6175550142", "6175550100")
    assert (line.call.came_back, line.call.hears_speech) == (False, True)


async def test_a_question_goes_on_when_the_caller_was_lost_and_comes_again(
    line: TinyLine, caller: TinyChannel, sounds: tuple[Path, ...]
) -> None:
    await line.call.answer()

    async def lost_in_between() -> None:
        await line.hears_something()
        caller.timer_ends()
        await caller.heard.wait()
        caller.heard.clear()
        await caller.heard.wait()
        caller.press("7")

    assert await during(line.call.ask(Turn(sounds, silence_seconds=5)), lost_in_between()) == Pressed("7")
    assert caller.agi_connections == 2
    assert "CARELINE_LOST" not in caller.variables


async def test_a_held_caller_who_was_lost_is_held_again(line: TinyLine, caller: TinyChannel) -> None:
    await line.call.answer()
    await line.call.hold()
    caller.timer_ends()
    await caller.called_agi(2)
    await patiently(line.talks_with_a_person())


async def test_a_caller_who_cannot_be_fetched_stays_held(
    asterisk: TinyAsterisk, line: TinyLine, caller: TinyChannel
) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    asterisk.answers["Login"] = None
    asterisk.cut()
    await asterisk.came("Login", count=2)
    with pytest.raises(SwitchDown):
        await line.call.take_back()
    await patiently(line.call.hold())


async def test_a_caller_of_an_earlier_life_came_back(asterisk: TinyAsterisk, house: House) -> None:
    caller = asterisk.dial()
    caller.variables["CARELINE_SEEN"] = "1"
    assert (await house.call()).came_back


async def test_hold_on_a_held_call_returns_at_once(line: TinyLine) -> None:
    await line.call.answer()
    await patiently(line.call.hold())
    await patiently(line.call.hold())


async def test_keys_win_over_speech(line: TinyLine, caller: TinyChannel, house: House) -> None:
    house.ears.never_ends = True
    await line.call.answer()
    caller.speak()
    caller.press("4")
    assert await line.call.ask(Turn((), hearing=Hearing("en"))) == Pressed("4")


async def test_keys_pressed_ahead_answer_the_next_question_unheard(line: TinyLine, caller: TinyChannel) -> None:
    await line.call.answer()
    caller.press("12")
    await patiently(line.call.play(*line.sounds))
    assert await patiently(line.call.ask(Turn(line.sounds))) == Pressed("1")
    assert await patiently(line.call.ask(Turn(line.sounds))) == Pressed("2")


async def test_a_question_without_keys_drops_those_pressed_ahead(line: TinyLine, caller: TinyChannel) -> None:
    await line.call.answer()
    caller.press("1")
    await patiently(line.call.play(*line.sounds))
    assert await patiently(line.call.ask(Turn((), keys=None, silence_seconds=0.1))) == Silence()
    assert await patiently(line.call.ask(Turn((), silence_seconds=0.1))) == Silence()


async def test_a_number_that_is_not_finished_ends_by_itself(line: TinyLine, caller: TinyChannel) -> None:
    await line.call.answer()
    turn = Turn(line.sounds, keys=KeyRules(longest=8, between_seconds=0.1))
    assert await during(line.call.ask(turn), line.presses("555")) == Pressed("555")


async def test_a_language_that_cannot_be_heard_is_deaf_before_the_question(line: TinyLine) -> None:
    await line.call.answer()
    assert await line.call.ask(Turn(line.sounds, hearing=Hearing("es"))) == Deaf()


async def test_a_recogniser_that_dies_is_deaf(line: TinyLine, house: House) -> None:
    house.ears.dies = True
    await line.call.answer()
    assert await during(line.call.ask(Turn(line.sounds, hearing=Hearing("en"))), line.says("x")) == Deaf()
    assert house.ears.opened[-1].closed


async def test_a_caller_who_never_stops_talking_is_cut_at_the_longest(line: TinyLine, house: House) -> None:
    house.ears.never_ends = True
    await line.call.answer()
    turn = Turn((), hearing=Hearing("en"), longest_seconds=0.2)
    heard = await during(line.call.ask(turn), line.says("and another thing"))
    assert isinstance(heard, Spoke)


async def test_a_recogniser_that_does_not_finish_is_deaf(line: TinyLine, house: House) -> None:
    house.ears.never_ends = house.ears.hangs = True
    await line.call.answer()
    turn = Turn((), hearing=Hearing("en"), longest_seconds=0.1)
    assert await during(line.call.ask(turn), line.says("x")) == Deaf()


async def test_an_urgent_partial_ends_the_music_while_the_caller_still_talks(line: TinyLine, house: House) -> None:
    house.ears.never_ends = house.ears.hangs = True
    await line.call.answer()
    turn = replace(Waiting(line).turn, longest_seconds=60)
    heard = await during(line.call.ask(turn), once_heard(line, line.says("chest pain")))
    assert heard == Spoke((Hypothesis("chest pain", 1.0),))


async def test_music_and_keys_go_on_without_a_recogniser_and_the_caller_is_heard_once_it_is_back(
    line: TinyLine, house: House
) -> None:
    house.ears.dies = True
    await line.call.answer()

    async def speak_until_heard() -> None:
        await line.hears_something()
        await line.says("operator")
        await house.ears.opens(2)
        await line.hears_more_music()
        house.ears.dies = False
        await line.says("operator")

    heard = await during(line.call.ask(Waiting(line).turn), speak_until_heard())
    assert heard == Spoke((Hypothesis("operator", 1.0),))
    assert house.ears.opened[0].closed


async def test_a_key_ends_music_that_nobody_listens_to(line: TinyLine, house: House) -> None:
    await line.call.answer()
    turn = replace(Waiting(line).turn, hearing=Hearing("es"))
    assert await during(line.call.ask(turn), once_heard(line, line.presses("1"))) == Pressed("1")


async def test_music_that_nobody_listened_to_is_deaf_at_its_end(line: TinyLine, caller: TinyChannel) -> None:
    await line.call.answer()
    turn = replace(Waiting(line).turn, sounds=line.sounds, hearing=Hearing("es"), silence_seconds=0)
    assert await patiently(line.call.ask(turn)) == Deaf()
    assert sum(map(loud, caller.frames)) == 10


async def test_whoever_talks_on_and_on_is_silent_when_the_music_is_over(line: TinyLine, caller: TinyChannel) -> None:
    await line.call.answer()
    caller.babbles = True
    turn = replace(Waiting(line).turn, sounds=line.sounds, longest_seconds=0.1, silence_seconds=0.3)
    assert await patiently(line.call.ask(turn)) == Silence()


async def test_a_prompt_that_speech_stopped_goes_on_where_it_was_when_nobody_minds(
    line: TinyLine, caller: TinyChannel, sounds: tuple[Path, ...]
) -> None:
    written = [bytes([number, 1]) * 160 for number in range(100)]
    write_wav(sounds[0], b"".join(written))
    await line.call.answer()
    turn = replace(Waiting(line).turn, sounds=sounds[:1], barge_in=True, silence_seconds=0)
    assert await during(line.call.ask(turn), once_heard(line, line.says("never mind"))) == Silence()
    heard = list(dropwhile(not_loud, caller.frames))
    assert QUIET in heard[: heard.index(written[-1])]
    assert list(filter(loud, heard)) == written


async def test_a_cough_is_no_answer_and_the_prompt_goes_on_where_it_was(
    line: TinyLine, caller: TinyChannel, sounds: tuple[Path, ...]
) -> None:
    written = [bytes([number, 1]) * 160 for number in range(100)]
    write_wav(sounds[0], b"".join(written))
    await line.call.answer()
    question = replace(turn(line), sounds=sounds[:1], silence_seconds=0)
    assert await during(line.call.ask(question), once_heard(line, line.says(""))) == Spoke(())
    assert list(filter(loud, caller.frames)) == written


async def test_a_question_without_an_answer_ends_amid_its_sounds_when_the_patience_is_over(
    line: TinyLine, caller: TinyChannel
) -> None:
    await line.call.answer()
    question = replace(turn(line), sounds=(line.music,), within_seconds=0.2)
    assert await patiently(line.call.ask(question)) == Silence()


async def test_the_patience_is_over_in_the_silence_after_the_sounds_too(line: TinyLine) -> None:
    await line.call.answer()
    question = replace(turn(line), silence_seconds=60, within_seconds=1.0)
    assert await patiently(line.call.ask(question)) == Silence()


async def test_a_cancelled_prompt_stops_and_the_next_question_works(line: TinyLine, caller: TinyChannel) -> None:
    await line.call.answer()
    playing = asyncio.get_running_loop().create_task(line.call.play(*line.sounds * 50))
    await line.hears_something()
    playing.cancel()
    await asyncio.wait({playing})
    assert await during(line.call.ask(Turn(())), line.presses("1")) == Pressed("1")


async def test_the_hash_key_ends_a_message(line: TinyLine, caller: TinyChannel, tmp_path: Path) -> None:
    await line.call.answer()
    caller.speak()
    caller.press("#")
    seconds = await patiently(line.call.record(tmp_path / "m.wav", longest_seconds=60, silence_seconds=60))
    assert 0 < seconds == seconds_of(tmp_path / "m.wav")


async def test_a_message_of_nothing_has_no_seconds(line: TinyLine, tmp_path: Path) -> None:
    await line.call.answer()
    assert await patiently(line.call.record(tmp_path / "m.wav", longest_seconds=60, silence_seconds=0.2)) == 0
    assert (tmp_path / "m.wav").exists()


async def test_a_session_that_fails_sends_the_caller_to_the_plain_destination(
    asterisk: TinyAsterisk, house: House
) -> None:
    house.fails = True
    caller = asterisk.dial()
    await asyncio.wait_for(caller.gone.wait(), 5)
    assert caller.variables["END"] == "plain"


async def test_a_caller_is_not_taken_while_there_is_no_control_connection(asterisk: TinyAsterisk, house: House) -> None:
    asterisk.answers["Login"] = None
    asterisk.cut()
    await asterisk.came("Login", count=2)
    caller = asterisk.dial()
    await caller.called_agi(3)
    assert house.calls.empty()
    assert "CARELINE_SEEN" not in caller.variables


async def test_every_callers_timer_is_wound_up(asterisk: TinyAsterisk, house: House) -> None:
    callers = [asterisk.dial() for _ in range(5)]
    for caller in callers:
        await asterisk.came("AbsoluteTimeout", Channel=caller.name, Timeout="4")


async def test_a_caller_whose_hangup_was_missed_is_noticed_by_the_timer(
    asterisk: TinyAsterisk, house: House, line: TinyLine, caller: TinyChannel
) -> None:
    await house.event()
    asterisk.channels.clear()
    assert await house.event() == CallEnded(line.call.id)
    with pytest.raises(CallerGone):
        await patiently(line.call.answer())


class TestWithoutAudioSocket:
    """Keys only, through AGI."""

    @pytest.fixture
    async def keys_line(self, asterisk: TinyAsterisk, house: House, sounds: tuple[Path, ...]) -> TinyLine:
        asterisk.has_audiosocket = False
        caller = asterisk.dial()
        line = TinyLine(caller, await house.call(), house, sounds)
        await line.call.answer()
        return line

    async def test_speech_is_not_heard(self, keys_line: TinyLine) -> None:
        assert not keys_line.call.hears_speech

    async def test_keys_answer(self, keys_line: TinyLine) -> None:
        turn = Turn(keys_line.sounds, keys=KeyRules(longest=4, between_seconds=0.1))
        await patiently(keys_line.call.play(*keys_line.sounds))
        assert await during(keys_line.call.ask(turn), keys_line.presses("12#")) == Pressed("12")

    async def test_the_patience_with_whoever_presses_nothing_has_an_end(self, keys_line: TinyLine) -> None:
        question = replace(turn(keys_line), silence_seconds=60, within_seconds=0.5)
        assert await patiently(keys_line.call.ask(question)) == Silence()

    async def test_nothing_is_silence(self, keys_line: TinyLine) -> None:
        assert await patiently(keys_line.call.ask(Turn((), silence_seconds=0.05))) == Silence()

    async def test_a_question_of_speech_alone_is_deaf(self, keys_line: TinyLine) -> None:
        assert await patiently(keys_line.call.ask(Turn((), keys=None, hearing=Hearing("en")))) == Deaf()

    async def test_a_caller_who_waits_with_music_is_served_by_keys(self, keys_line: TinyLine) -> None:
        assert await during(keys_line.call.ask(Waiting(keys_line).turn), keys_line.presses("1")) == Pressed("1")
        assert await patiently(keys_line.call.ask(Waiting(keys_line).turn)) == Silence()

    async def test_the_call_is_held_and_taken_back(self, keys_line: TinyLine) -> None:
        await patiently(keys_line.call.hold())
        await patiently(keys_line.call.take_back())
        assert await during(keys_line.call.ask(Turn(())), keys_line.presses("3")) == Pressed("3")
