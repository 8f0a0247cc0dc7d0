"""A call without a PBX: prompts are text, the caller types. Digits are keys, words are speech, "" is silence."""

from __future__ import annotations

import asyncio
import wave
from typing import TYPE_CHECKING, Any, TypeVar

from ivr.call import CallerGone, Heard, Hypothesis, KeyRules, Pressed, Silence, Spoke, Turn

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from ivr.simulator.prompts import TextPrompts
    from ivr.simulator.switch import SimulatedSwitch
    from ivr.simulator.terminal import Terminal

SAMPLE_RATE = 8000
SECONDS_PER_CHARACTER = 0.06  # how long it takes to say what was typed
KEYS = frozenset("0123456789*#")

_T = TypeVar("_T")


class SimulatedCall:
    """call.Call over a Terminal and a SimulatedSwitch."""

    def __init__(
        self,
        call_id: str,
        terminal: Terminal,
        prompts: TextPrompts,
        switch: SimulatedSwitch,
        *,
        caller_number: str = "",
        dialled_number: str = "",
        came_back: bool = False,
        hears_speech: bool = True,
    ) -> None:
        self.id = call_id
        self.caller_number = caller_number
        self.dialled_number = dialled_number
        self.came_back = came_back
        self.hears_speech = hears_speech
        self._terminal = terminal
        self._prompts = prompts
        self._switch = switch
        self._over = asyncio.Event()
        switch.arrive(call_id, self._over.set)

    def caller_hangs_up(self) -> None:
        """The caller's own hang-up, at any moment."""
        self._switch.leave(self.id)

    async def answer(self) -> None:
        self._must_live()

    async def play(self, *sounds: Path) -> None:
        for sound in sounds:
            self._must_live()
            self._terminal.hears(self._prompts.text(sound))
        self._must_live()

    async def ask(self, turn: Turn) -> Heard:
        await self.play(*turn.sounds)
        if turn.keys is None and not turn.silence_seconds:
            return Silence()  # something is only said, and takes no time here: nobody can talk meanwhile
        while True:
            heard = _heard(await self._line(turn), turn)
            if not isinstance(heard, Spoke) or turn.ends_with(heard):
                return heard

    async def record(self, into: Path, *, longest_seconds: float, silence_seconds: float) -> float:  # noqa: ARG002 - a typed line has no silence
        self._must_live()
        try:
            line = await self._unless_over(self._terminal.line())
        except CallerGone:
            line = None
        if line is None:
            self.caller_hangs_up()
        seconds = min(len(line or "") * SECONDS_PER_CHARACTER, longest_seconds)
        _write_silence(into, seconds)
        return seconds

    async def hold(self) -> None:
        self._must_live()
        self._switch.hold(self.id)

    async def take_back(self) -> None:
        self._must_live()
        self._switch.take_back(self.id)

    async def hang_up(self) -> None:
        self._must_live()
        self._switch.hang_up(self.id)

    def _must_live(self) -> None:
        if self._over.is_set():
            raise CallerGone

    async def _line(self, turn: Turn) -> str:
        """Who has nothing more to type hangs up when asked; but who only listens goes on, to music until it is cut."""
        line = await self._unless_over(self._terminal.line())
        if line is None and turn.silence_seconds:
            self.caller_hangs_up()
        if line is None and not turn.barge_in:
            await self._over.wait()
        self._must_live()
        return (line or "").strip()

    async def _unless_over(self, work: Coroutine[Any, Any, _T]) -> _T:
        """The result of `work`, or CallerGone as soon as the call is over."""
        loop = asyncio.get_running_loop()
        doing, over = loop.create_task(work), loop.create_task(self._over.wait())
        try:
            await asyncio.wait({doing, over}, return_when=asyncio.FIRST_COMPLETED)
            self._must_live()
            return doing.result()
        finally:
            doing.cancel()
            over.cancel()


def _heard(line: str, turn: Turn) -> Heard:
    """What was typed, as the turn can take it: speech that nobody listens to is silence."""
    if line and turn.keys is not None and KEYS.issuperset(line):
        return Pressed(_pressed(line, turn.keys))
    if line and turn.hearing is not None:
        return Spoke((Hypothesis(line, 1.0),))
    return Silence()


def _pressed(keys: str, rules: KeyRules) -> str:
    return keys.split(rules.ends_with, 1)[0][: rules.longest]


def _write_silence(into: Path, seconds: float) -> None:
    with wave.open(str(into), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(bytes(2 * round(seconds * SAMPLE_RATE)))
