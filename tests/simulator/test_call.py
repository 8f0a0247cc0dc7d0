"""The simulated call keeps the contract of all calls."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ivr.call import CallerGone, KeyRules, Pressed, Turn
from ivr.services import TalkBegan
from ivr.simulator.call import SimulatedCall
from ivr.simulator.prompts import TextPrompts
from ivr.simulator.switch import Manner, SimulatedSwitch
from ivr.simulator.terminal import Script
from tests.call_contract import CallContract

PROMPTS = TextPrompts({"en": {"welcome": "Welcome.", "how": "How can we help?", "music": "(music)"}})


class TypedLine:
    """A caller at a keyboard."""

    sounds = (Path("en/welcome"), Path("en/how"))
    music = Path("en/music")

    def __init__(self) -> None:
        self._typed: asyncio.Queue[str | None] = asyncio.Queue()
        self._heard: list[str] = []
        self._hears = asyncio.Event()
        self._switch = SimulatedSwitch({"PJSIP/ana": Manner.ANSWERS}, pace=0)
        self.call = SimulatedCall("call-1", self, PROMPTS, self._switch)

    def hears(self, text: str) -> None:
        self._heard.append(text)
        self._hears.set()

    async def line(self) -> str | None:
        return await self._typed.get()

    async def hears_something(self) -> None:
        await self._hears.wait()

    async def hears_more_music(self) -> None:
        assert self._heard == ["(music)"]  # told once: a text does not go on

    async def hears_silence(self) -> None:
        pass

    async def presses(self, digits: str) -> None:
        self._typed.put_nowait(digits)

    async def says(self, words: str) -> None:
        self._typed.put_nowait(words)

    async def says_nothing(self) -> None:
        self._typed.put_nowait("")

    async def hangs_up(self) -> None:
        self.call.caller_hangs_up()

    async def talks_with_a_person(self) -> None:
        await self._switch.ring("leg-1", "PJSIP/ana", display="scheduling", seconds=20)
        async for event in self._switch.events():
            if event == TalkBegan("call-1", "leg-1"):
                return
            await self._switch.connect("call-1", "leg-1")


@pytest.fixture
async def line() -> TypedLine:
    return TypedLine()


class TestSimulatedCall(CallContract):
    pass


def scripted(*lines: str) -> tuple[SimulatedCall, Script]:
    script = Script(lines)
    return SimulatedCall("call-1", script, PROMPTS, SimulatedSwitch({})), script


async def test_what_is_said_is_shown_as_text() -> None:
    call, script = scripted()
    await call.play(PROMPTS.sound("en", "welcome"), *PROMPTS.pieces("en", [3]), Path("/elsewhere/beep.wav"))
    assert script.heard == ["Welcome.", "3", "beep.wav"]


async def test_the_end_of_the_script_is_a_hang_up() -> None:
    call, _ = scripted("1")
    assert await call.ask(Turn(())) == Pressed("1")
    with pytest.raises(CallerGone):
        await call.ask(Turn(()))


async def test_more_keys_than_the_question_takes_are_left_out() -> None:
    call, _ = scripted("12345", "#")
    assert await call.ask(Turn((), keys=KeyRules(longest=2))) == Pressed("12")
    assert await call.ask(Turn((), keys=KeyRules(longest=2))) == Pressed("")


def test_a_prompt_without_a_text_is_unknown() -> None:
    with pytest.raises(KeyError):
        PROMPTS.sound("en", "nothing")
    assert PROMPTS.pieces("en", ["welcome", 10_000]) == ()
