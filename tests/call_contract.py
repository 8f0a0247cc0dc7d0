"""What every Call must do, whichever PBX holds it.

A test module of an implementation gives a fixture `line` (a Line) and subclasses CallContract:

    class TestSimulatedCall(CallContract):
        pass

`Line` is the far end: it acts as the caller would, at the moment it is told to, which may be before the call asks.
"""

from __future__ import annotations

import asyncio
import wave
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pytest

from ivr.call import Call, CallerGone, Hearing, KeyRules, Pressed, Silence, Spoke, Turn

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

PATIENCE = 10.0  # seconds that a test waits for what must happen

_T = TypeVar("_T")


class Line(Protocol):
    """The caller's telephone, with the call that it has made, answered by nobody yet."""

    @property
    def call(self) -> Call: ...

    @property
    def sounds(self) -> tuple[Path, ...]:
        """Two short prompts that the call can play."""

    @property
    def music(self) -> Path:
        """A sound without a pause, longer than any test."""

    async def hears_something(self) -> None:
        """Wait until the caller has heard the first of a prompt."""

    async def hears_more_music(self) -> None:
        """Wait for more of the music, and make sure that it had no gap since it began."""

    async def hears_silence(self) -> None:
        """Wait until the caller hears nothing, while more of the music is left."""

    async def presses(self, digits: str) -> None: ...

    async def says(self, words: str) -> None:
        """Speak so that the recogniser of this Line understands exactly the words."""

    async def says_nothing(self) -> None: ...

    async def hangs_up(self) -> None: ...

    async def talks_with_a_person(self) -> None:
        """Have the PBX join the held call with a person who picked up."""


async def patiently(work: Coroutine[Any, Any, _T]) -> _T:
    return await asyncio.wait_for(work, PATIENCE)


async def during(work: Coroutine[Any, Any, _T], act: Coroutine[Any, Any, None]) -> _T:
    """The result of the call's work, while the caller acts."""
    both: tuple[_T, None] = await asyncio.wait_for(asyncio.gather(work, act), PATIENCE)
    return both[0]


async def once_heard(line: Line, act: Coroutine[Any, Any, None]) -> None:
    await line.hears_something()
    await act


def turn(line: Line, *, keys: KeyRules | None = None, hears: bool = True) -> Turn:
    hearing = Hearing("en") if hears else None
    return Turn(line.sounds, keys=keys or KeyRules(), hearing=hearing, silence_seconds=0.5)


class Waiting:
    """A caller who waits with music, and may say "operator" or, urgently, "chest pain"; other words are not minded."""

    def __init__(self, line: Line) -> None:
        self.asked = asyncio.Event()
        """Somebody asked whether words are minded."""
        self.turn = Turn(
            (line.music,),
            hearing=Hearing("en", urgent=lambda text: "chest pain" in text),
            silence_seconds=0.5,
            barge_in=False,
            minds=self._minds,
        )

    def _minds(self, spoke: Spoke) -> bool:
        self.asked.set()
        return any("operator" in each.text for each in spoke.hypotheses)


async def assert_over(call: Call) -> None:
    """Every operation of a call that has ended raises CallerGone."""
    silence = Turn(())
    for operation in (call.answer(), call.play(), call.ask(silence), call.hold(), call.take_back(), call.hang_up()):
        with pytest.raises(CallerGone):
            await patiently(operation)


class CallContract:
    """The tests; collected in subclasses only."""

    async def test_an_answered_call_plays_to_the_end(self, line: Line) -> None:
        await patiently(line.call.answer())
        await during(line.call.play(*line.sounds), line.hears_something())

    async def test_a_key_ends_the_question(self, line: Line) -> None:
        await patiently(line.call.answer())
        heard = await during(line.call.ask(turn(line)), once_heard(line, line.presses("1")))
        assert heard == Pressed("1")

    async def test_keys_end_at_the_longest_number(self, line: Line) -> None:
        await patiently(line.call.answer())
        ask = line.call.ask(turn(line, keys=KeyRules(longest=4)))
        heard = await during(ask, once_heard(line, line.presses("2468")))
        assert heard == Pressed("2468")

    async def test_keys_end_at_the_terminator(self, line: Line) -> None:
        await patiently(line.call.answer())
        ask = line.call.ask(turn(line, keys=KeyRules(longest=8, between_seconds=30)))
        heard = await during(ask, once_heard(line, line.presses("12#")))
        assert heard == Pressed("12")

    async def test_words_are_heard(self, line: Line) -> None:
        await patiently(line.call.answer())
        ask = line.call.ask(turn(line))
        heard = await during(ask, once_heard(line, line.says("billing")))
        assert isinstance(heard, Spoke)
        assert heard.hypotheses[0].text == "billing"

    async def test_nothing_is_silence(self, line: Line) -> None:
        await patiently(line.call.answer())
        heard = await during(line.call.ask(turn(line)), once_heard(line, line.says_nothing()))
        assert heard == Silence()

    async def test_a_question_by_keys_alone_hears_no_words(self, line: Line) -> None:
        await patiently(line.call.answer())
        ask = line.call.ask(turn(line, hears=False))
        heard = await during(ask, once_heard(line, line.says("billing")))
        assert heard == Silence()

    async def test_words_that_nobody_minds_let_the_music_go_on(self, line: Line) -> None:
        await patiently(line.call.answer())
        waiting = Waiting(line)

        async def talk_in_the_room() -> None:
            await line.hears_something()
            await line.says("never mind")
            await waiting.asked.wait()
            await line.hears_more_music()
            await line.presses("1")

        assert await during(line.call.ask(waiting.turn), talk_in_the_room()) == Pressed("1")

    async def test_after_words_that_nobody_minds_others_are_heard_and_end_the_music(self, line: Line) -> None:
        await patiently(line.call.answer())
        waiting = Waiting(line)

        async def talk_in_the_room() -> None:
            await line.hears_something()
            await line.says("never mind")
            await waiting.asked.wait()
            await line.says("operator")

        heard = await during(line.call.ask(waiting.turn), talk_in_the_room())
        assert isinstance(heard, Spoke)
        assert heard.hypotheses[0].text == "operator"
        await patiently(line.hears_silence())

    async def test_a_key_ends_the_music(self, line: Line) -> None:
        await patiently(line.call.answer())
        heard = await during(line.call.ask(Waiting(line).turn), once_heard(line, line.presses("2")))
        assert heard == Pressed("2")
        await patiently(line.hears_silence())

    async def test_urgent_words_end_the_music_though_nobody_minds_them(self, line: Line) -> None:
        await patiently(line.call.answer())
        waiting = Waiting(line)
        heard = await during(line.call.ask(waiting.turn), once_heard(line, line.says("chest pain")))
        assert isinstance(heard, Spoke)
        assert heard.hypotheses[0].text == "chest pain"
        assert not waiting.asked.is_set()
        await patiently(line.hears_silence())

    async def test_a_hang_up_ends_the_music(self, line: Line) -> None:
        await patiently(line.call.answer())
        with pytest.raises(CallerGone):
            await during(line.call.ask(Waiting(line).turn), once_heard(line, line.hangs_up()))
        await assert_over(line.call)

    async def test_a_call_is_held_taken_back_and_asked_again(self, line: Line) -> None:
        await patiently(line.call.answer())
        await patiently(line.call.hold())
        await patiently(line.call.take_back())
        heard = await during(line.call.ask(turn(line)), once_heard(line, line.presses("3")))
        assert heard == Pressed("3")

    async def test_a_held_call_can_be_joined_with_a_person(self, line: Line) -> None:
        await patiently(line.call.answer())
        await patiently(line.call.hold())
        await patiently(line.talks_with_a_person())

    async def test_a_message_is_recorded(self, line: Line, tmp_path: Path) -> None:
        await patiently(line.call.answer())
        recording = line.call.record(tmp_path / "message.wav", longest_seconds=5, silence_seconds=0.5)
        seconds = await during(recording, line.says("please call me back"))
        with wave.open(str(tmp_path / "message.wav")) as file:
            assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
            assert file.getnframes() / 8000 == pytest.approx(seconds, abs=0.1)
        assert seconds > 0

    async def test_a_hang_up_ends_a_recording_without_losing_it(self, line: Line, tmp_path: Path) -> None:
        await patiently(line.call.answer())
        recording = line.call.record(tmp_path / "message.wav", longest_seconds=5, silence_seconds=3)
        await during(recording, line.hangs_up())
        assert (tmp_path / "message.wav").exists()
        await assert_over(line.call)

    async def test_a_hang_up_ends_a_question(self, line: Line) -> None:
        await patiently(line.call.answer())
        with pytest.raises(CallerGone):
            await during(line.call.ask(turn(line)), once_heard(line, line.hangs_up()))
        await assert_over(line.call)

    async def test_a_hang_up_on_hold_is_met_at_the_next_operation(self, line: Line) -> None:
        await patiently(line.call.answer())
        await patiently(line.call.hold())
        await patiently(line.hangs_up())
        await assert_over(line.call)

    async def test_a_call_that_we_hang_up_is_over(self, line: Line) -> None:
        await patiently(line.call.answer())
        await patiently(line.call.hang_up())
        await assert_over(line.call)

    async def test_the_call_keeps_its_id(self, line: Line) -> None:
        before = line.call.id
        await patiently(line.call.answer())
        await patiently(line.call.hold())
        assert line.call.id == before != ""
