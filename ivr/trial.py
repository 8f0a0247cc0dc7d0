"""`careline try`: the product's own session, queues and engine over a PBX in memory; the terminal is the caller."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ivr import record as story
from ivr.clock import SystemClock
from ivr.conversation.closures import Closures, Switch
from ivr.conversation.desk import Desk
from ivr.conversation.openings import Openings
from ivr.edition import phones_of, understanding_of
from ivr.errors import UserError
from ivr.front_desk import FrontDesk
from ivr.menus.mistakes import suggestion
from ivr.menus.reading.load import load
from ivr.menus.routing import on_call_at, routing_of
from ivr.menus.words.spoken import PAUSE
from ivr.menus.words.wording import wordings
from ivr.queueing.runner import QueueRunner
from ivr.record.telling import tell
from ivr.shipped import shipped
from ivr.simulator.call import SimulatedCall
from ivr.simulator.prompts import TextPrompts
from ivr.simulator.switch import Manner, SimulatedSwitch
from ivr.simulator.terminal import Keyboard, Script, Terminal
from ivr.speech.prompting.numbers import spoken_entries
from ivr.speech.prompting.prompts import BEEP, MUSIC, load_manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from ivr.call import Hearing
    from ivr.conversation.messages import Left
    from ivr.menus.plan.model import Plan
    from ivr.services import Ear

CALL = "try"
PIPE_SECONDS = 5.0  # a pipe ends with its last line: somebody answers meanwhile
HOW_TO = "Type what a caller says, or keys; an empty line is silence, the end of input (Ctrl-D) hangs up."


@dataclass(frozen=True, slots=True)
class Moment:
    """When a trial takes place: `at` in the practice's own time, now when it is None; `closures` are switched on."""

    at: datetime | None = None
    closures: tuple[str, ...] = ()


class MovedClock(SystemClock):
    """Goes on from another moment than now; `moved_seconds` later, or earlier."""

    def __init__(self, moved_seconds: float) -> None:
        self._moved_seconds = moved_seconds

    def now(self) -> float:
        return super().now() + self._moved_seconds


async def try_plan(file: Path, dialled: str, moment: Moment) -> None:
    """One call, typed by a person; what the record would tell is printed at its end."""
    write = sys.stdout.write
    keyboard = Keyboard(sys.stdin, lambda text: write(f"{text}\n"))
    keyboard.hears(HOW_TO)
    trial = Trial(file, keyboard, keyboard.hears, moment)
    keyboard.start()
    async with asyncio.TaskGroup() as group:
        patience = 0.0 if sys.stdin.isatty() else PIPE_SECONDS
        hanging_up = group.create_task(trial.hang_up_after(keyboard.ended, patience))
        await trial.run(dialled)
        hanging_up.cancel()
    keyboard.hears("\nWhat `careline explain` tells of it:")
    for line in trial.told():
        keyboard.hears(str(line))


class UnknownClosure(UserError):  # noqa: N818 - says what is wrong
    """The plan has no closure of this name."""


class Trial:
    """One plan with all its people at their phones, for one caller. `tell` hears what happens besides the prompts."""

    def __init__(
        self,
        file: Path,
        terminal: Terminal,
        tell: Callable[[str], object],
        moment: Moment,
        *,
        pace: float = 1.0,
    ) -> None:
        """Raises PlanErrors, BadTable, and UnknownClosure for a closure that the plan has not."""
        self._plan = load(file)
        self._prompts = text_prompts(self._plan)
        self._notebook = Notebook()
        self._switch = SimulatedSwitch(
            {person.phone: Manner.ANSWERS for person in self._plan.people.values()}, pace=pace, tell=tell
        )
        self._terminal = terminal
        self._clock = clock = _clock_at(moment.at, self._plan)
        self._closures = _known(moment.closures, self._plan)
        self._openings = Openings(self._plan, Closures(), clock)
        self._queues = QueueRunner(self._switch, NoJournal(), self._notebook, clock)
        understanding = understanding_of(self._plan, file)
        self._messages = NoMessages()
        desk = Desk(
            self._plan,
            TypedEars(),
            understanding,
            self._prompts,
            self._queues,
            self._notebook,
            self._messages,
            clock,
            doors=self._openings,
        )
        self._desk = FrontDesk(desk, lambda: True, nothing_to_close)
        self._call: SimulatedCall | None = None
        self._group: asyncio.TaskGroup | None = None
        self._switch.lines = {p.phone: [p.pin or "1"] for p in self._plan.people.values() if p.is_asked}
        self._switch.take = self._picked_up

    def _picked_up(self, call: str, script: Script) -> None:
        """A person's phone that asks who picked up."""
        assert self._group, "runs"
        self._group.create_task(self._desk.serve(SimulatedCall(call, script, self._prompts, self._switch)))

    async def run(self, dialled: str = "") -> None:
        with self._messages:
            await self._run(dialled)

    async def _run(self, dialled: str) -> None:
        now = self._clock.now()
        for closure in self._closures:
            await self._openings.closures.switch(Switch(now, closure, on=True, by=CALL))
        on_call = on_call_at(self._plan, datetime.fromtimestamp(now, UTC))
        await self._queues.configure(routing_of(self._plan, on_call, self._openings), phones_of(self._plan))
        async with asyncio.TaskGroup() as self._group:
            serving = self._group.create_task(self._queues.run(self._desk))
            self._call = SimulatedCall(CALL, self._terminal, self._prompts, self._switch, dialled_number=dialled)
            await self._desk.serve(self._call)
            serving.cancel()

    async def hang_up_after(self, ended: asyncio.Event, seconds: float) -> None:
        await ended.wait()
        await asyncio.sleep(seconds)
        if self._call:
            self._call.caller_hangs_up()

    def told(self) -> Sequence[object]:
        """The call's timeline in words; of a call to a code of the plan there is none."""
        if not self._notebook.has_begun:
            return ("No record is kept of a call to a code.",)
        return tell(self._notebook.record(), ZoneInfo(self._plan.practice.timezone), with_patient_data=True)


def _clock_at(at: datetime | None, plan: Plan) -> MovedClock:
    wanted = at and at.replace(tzinfo=ZoneInfo(plan.practice.timezone)).timestamp()
    return MovedClock(wanted - SystemClock().now() if wanted else 0.0)


def _known(closures: tuple[str, ...], plan: Plan) -> tuple[str, ...]:
    for name in closures:
        if name not in plan.closures:
            raise UnknownClosure(f"'{name}' is no closure of the plan{suggestion(name, plan.closures)}")
    return closures


def text_prompts(plan: Plan) -> TextPrompts:
    """Every prompt of the plan as its text; the beep and the music have none."""
    manifests = load_manifests([shipped("prompts")], plan.practice.languages)
    beep = {str(language): {BEEP: "(beep)", MUSIC: "(music)", PAUSE: ","} for language in plan.practice.languages}
    generic = {language: {name: each.text for name, each in entries.items()} for language, entries in manifests.items()}
    own = {
        language: {name: each.text or f"({name})" for name, each in named.items()}
        for language, named in wordings(plan).items()
    }
    pieces = {str(each): {name: entry.text for name, entry in spoken_entries(each).items()} for each in beep}
    return TextPrompts(beep, pieces, generic, own)


class Notebook:
    """ivr.record.Record for one call, in memory."""

    def __init__(self) -> None:
        self._record: story.CallRecord | None = None

    def began(self, facts: story.CallFacts) -> None:
        self._record = story.CallRecord(story.opened(facts, "try"), ())

    def note(self, call: str, at: float, entry: story.Entry) -> None:  # noqa: ARG002 - there is one call
        known = self.record()
        self._record = replace(
            known,
            summary=story.after(known.summary, at, entry),
            timeline=(*known.timeline, story.Noted(at, entry)),
        )

    def ended(self, call: str, at: float) -> None:  # noqa: ARG002 - there is one call
        known = self.record()
        self._record = replace(known, summary=story.closed(known.summary, at))

    @property
    def has_begun(self) -> bool:
        return self._record is not None

    def record(self) -> story.CallRecord:
        assert self._record, "a call began"
        return self._record


class TypedEars:
    """Everything that is typed is heard."""

    def can_hear(self, language: str) -> bool:  # noqa: ARG002 - all of them
        return True

    def hears_now(self, language: str) -> bool:
        return self.can_hear(language)

    def listen(self, hearing: Hearing) -> Ear:
        raise AssertionError(hearing)  # a simulated call reads its terminal


async def nothing_to_close(_alive: Collection[str]) -> None:
    """There was no earlier run."""


class NoJournal:
    """A trial is not continued after a crash."""

    async def append(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None: ...

    async def replay(self) -> Sequence[tuple[int, float, Mapping[str, Any]]]:
        return ()

    async def begin_again(self, entries: Sequence[tuple[float, Mapping[str, Any]]]) -> None: ...


class NoMessages:
    """Nothing that is said in a trial is kept; drafts are made while it is entered."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="careline-try-")

    def __enter__(self) -> None:
        self._folder.__enter__()

    def __exit__(self, *error: object) -> None:
        self._folder.cleanup()

    def draft(self, call: str) -> Path:
        return Path(self._folder.name) / f"{call}.wav"

    async def keep(self, message: Left, recording: Path) -> None: ...
