"""A caller who does what a path says, on a simulated line, in the time that it takes."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.call import Deaf, Heard, Hypothesis, Pressed, Silence, Spoke, Turn
from ivr.menus.paths.edges import CONFIRMATION, MUSIC
from ivr.menus.paths.nouns import Act, How
from ivr.menus.plan.model import YES
from ivr.simulator.call import SimulatedCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ivr.services import RedFlag, Understanding, Understood, Wanted

PROMPT_SECONDS = 3.0
MUSIC_SECONDS = 30.0
MESSAGE = "This is a message that is left at a rehearsal."


class ScriptedCaller:
    """A Terminal, and what is done at each question. `danger` are words with a sign of danger, `yes` how to say yes, by
    language. `confirmed`: what was said was not clear enough, and they were asked whether they meant it.
    `acted` is called when something is done.
    """

    def __init__(self, acts: Iterable[Act], danger: Mapping[str, str], yes: Mapping[str, str]) -> None:
        self.heard: list[str] = []
        self.confirmed = False
        self.acted: Callable[[], object] = list
        self._acts = deque(acts)
        self._danger = danger
        self._yes = yes
        self._mumbled = False

    def hears(self, text: str) -> None:
        self.heard.append(text)

    async def line(self) -> str | None:
        """A message for a voicemail box; nothing else asks."""
        return MESSAGE

    def act_at(self, turn: Turn) -> Act | None:
        """What is to be done now; None for nothing. Who meant what they said confirms it, unless the path says more."""
        if turn.keys is None:
            return None  # something is only said
        confirms = turn.sounds[-1].name.endswith(CONFIRMATION)
        self._mumbled &= confirms
        if confirms and not self._mumbled:
            self.confirmed = True
            return Act(How.SAY, YES, self._yes[_language(turn)])
        if not self._acts or self._acts[0].on not in {"", *(sound.name for sound in turn.sounds)}:
            return None
        act = self._acts.popleft()
        self.acted()
        self._mumbled |= act.how is How.MUMBLE
        return act

    def does(self, act: Act, language: str) -> Heard:
        match act.how:
            case How.PRESS:
                return Pressed(act.what)
            case How.SAY | How.MUMBLE:
                return _spoke(act.words)
            case How.DANGER:
                return _spoke(self._danger[language])
            case How.UNCLEAR:
                return Spoke(())
            case How.UNHEARD:
                return Deaf()
            case How.SILENT:
                return Silence()


class RehearsedCall(SimulatedCall):
    """Prompts and silence take their time. Who is asked, and has nothing more to do, hangs up."""

    def __init__(self, call: str, caller: ScriptedCaller, *rest: object, **facts: object) -> None:
        super().__init__(call, caller, *rest, **facts)  # type: ignore[arg-type]
        self._caller = caller

    async def play(self, *sounds: Path) -> None:
        for sound in sounds:
            await super().play(sound)
            await asyncio.sleep(MUSIC_SECONDS if sound.name == MUSIC else PROMPT_SECONDS)

    async def ask(self, turn: Turn) -> Heard:
        await self.play(*turn.sounds)
        act = self._caller.act_at(turn)
        if act is None and turn.keys and turn.silence_seconds:
            self.caller_hangs_up()
            self._must_live()
        heard = Silence() if act is None else self._caller.does(act, _language(turn))
        if isinstance(heard, Silence) or (isinstance(heard, Spoke) and turn.hearing is None):
            await asyncio.sleep(turn.silence_seconds)
            return Silence()
        return heard


class HalfHeard:
    """services.Understanding that is sure of nothing that was `mumbled`."""

    def __init__(self, understanding: Understanding, mumbled: Sequence[str], confidence: float) -> None:
        self._understanding = understanding
        self._mumbled = frozenset(mumbled)
        self._confidence = confidence

    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        found = self._understanding.intent(language, readings, among)
        return replace(found, confidence=self._confidence) if self._mumbled & {*readings} else found

    def red_flag(self, language: str, readings: Sequence[str]) -> RedFlag | None:
        return self._understanding.red_flag(language, readings)

    def value(self, language: str, wanted: Wanted, readings: Sequence[str], today: date) -> str | None:
        return self._understanding.value(language, wanted, readings, today)


def _language(turn: Turn) -> str:
    """TextPrompts' sounds lie in a folder for each language; the numbers of a value that is read back come first."""
    return turn.sounds[-1].parent.name


def _spoke(words: str) -> Spoke:
    return Spoke((Hypothesis(words, 1.0),))
