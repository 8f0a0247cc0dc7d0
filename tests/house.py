"""A practice in memory: the product's own session, queue runner and engine over the simulated PBX.

async with House(plan).open() as house:
    patient = house.call("billing")             a caller who says this, and then hangs up when asked again
    await house.until(Joined)                   wait for what the record must tell
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ivr.alerting import AlertCalls
from ivr.conversation.closures import Closures
from ivr.conversation.desk import Desk
from ivr.conversation.openings import Openings
from ivr.edition import phones_of
from ivr.front_desk import FrontDesk
from ivr.menus.words.wording import intents_of
from ivr.queueing.backs import Backs
from ivr.queueing.regulars import Regulars
from ivr.queueing.runner import Ports, QueueRunner
from ivr.queueing.shifts import Shifts
from ivr.services import RedFlag, Understood
from ivr.simulator.call import SimulatedCall
from ivr.simulator.switch import Manner, SimulatedSwitch
from ivr.simulator.terminal import Script
from ivr.speech.slots.values import value_of
from ivr.trial import TypedEars, text_prompts
from tests.fakes import FakeClock, RememberedAlerts, RememberedBacks, RememberedJournal, RememberedRecord, Seen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Sequence
    from datetime import date

    from acd.events import Event
    from ivr.conversation.messages import Left
    from ivr.menus.plan.model import Plan
    from ivr.record import Entry
    from ivr.services import Ears, Understanding, Wanted
    from ivr.simulator.prompts import TextPrompts

NUMBER = "6175550111"

_T = TypeVar("_T")


class WatchedRecord(RememberedRecord):
    """A record in which one can wait for an entry."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Seen[tuple[str, Entry]] = Seen()
        self.over: Seen[str] = Seen()

    def note(self, call: str, at: float, entry: Entry) -> None:
        super().note(call, at, entry)
        self.seen.add((call, entry))

    def ended(self, call: str, at: float) -> None:
        super().ended(call, at)
        self.over.add(call)


class Listener(Script):
    """A caller who does what is written, and then stays on the line, until there is more to say."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__(lines)
        self.asked: Seen[None] = Seen()
        self._more: asyncio.Queue[str] = asyncio.Queue()

    def says(self, line: str) -> None:
        self._more.put_nowait(line)

    async def line(self) -> str | None:
        line = await super().line()
        if line is None:
            self.asked.add(None)
            line = await self._more.get()
        return line


class WatchedCall(SimulatedCall):
    """A call of which one sees when it is "held" and "taken back"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moves: Seen[str] = Seen()

    async def hold(self) -> None:
        await super().hold()
        self.moves.add("held")

    async def take_back(self) -> None:
        await super().take_back()
        self.moves.add("taken back")


class Words:
    """services.Understanding of a plan, word by word: a phrase of an intent means it, `pain` is a red flag."""

    def __init__(self, plan: Plan) -> None:
        self._phrases = intents_of(plan)

    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        for reading in readings:
            for intent in among:
                for phrase in self._phrases[language][intent]:
                    if phrase in reading:
                        return Understood(intent, 0.9, (phrase,))
        return Understood(None, 0.0, ())

    def red_flag(self, language: str, readings: Sequence[str]) -> RedFlag | None:
        return RedFlag("pain", ("pain",)) if any("pain" in reading for reading in readings) else None

    def value(self, language: str, wanted: Wanted, readings: Sequence[str], today: date) -> str | None:
        return value_of(wanted, language, readings, today)


class KeptMessages:
    """ivr.conversation.session.Messages that keeps who left how much where."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str, float]] = []

    def draft(self, call: str) -> Path:
        return Path("/dev/null")

    async def keep(self, message: Left, recording: Path) -> None:
        self.kept.append((message.call, message.box, round(message.seconds, 2)))


class House:
    """`journal` and `switch` outlive a house that is killed: give them to the next one."""

    def __init__(
        self,
        plan: Plan,
        *,
        understanding: Understanding | None = None,
        ears: Ears | None = None,
        journal: RememberedJournal | None = None,
        backs: RememberedBacks | None = None,
        clock: FakeClock | None = None,
        outside: Collection[str] = (),
        switch: SimulatedSwitch | None = None,
        manner: Manner = Manner.WAITS,
    ) -> None:
        self.plan = plan
        self.clock = clock or FakeClock()
        self.journal = journal or RememberedJournal()
        self.told: Seen[str] = Seen()
        self.switch = switch or SimulatedSwitch(
            {person.phone: manner for person in plan.people.values()} | dict.fromkeys(outside, manner),
            pace=0.0 if manner is Manner.ANSWERS else 1.0,
            tell=self.told.add,
        )
        self.record = WatchedRecord()
        self.messages = KeptMessages()
        self.prompts: TextPrompts = text_prompts(plan)
        self.backs = backs or RememberedBacks()
        self.alerts = RememberedAlerts()
        self.closures = Closures()
        self.regulars = Regulars(lambda number: f"party {number[-2:]}")
        ports = Ports(Backs(self.backs), self.alerts, observers=(self.regulars.saw,))
        self.queues = QueueRunner(self.switch, self.journal, self.record, self.clock, ports)
        self.work = Desk(
            plan,
            ears or TypedEars(),
            understanding or Words(plan),
            self.prompts,
            self.queues,
            self.record,
            self.messages,
            self.clock,
            self.regulars,
            doors=Openings(plan, self.closures, self.clock),
            closures=self.closures,
        )
        self.shifts = Shifts(self.queues, self.clock)
        self.closures.switched = self.shifts.look
        self.alert_calls = AlertCalls(self.switch, self.prompts, plan.practice.languages[0])
        self.switch.take = self.comes_in
        self.held: Seen[frozenset[str]] = Seen()
        self.desk = FrontDesk(self.work, lambda: True, self._close_interrupted, self.alert_calls)
        self.calls: dict[str, WatchedCall] = {}
        self.scripts: dict[str, Script] = {}
        self._serving: list[asyncio.Task[None]] = []
        self._group: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        """Serve callers; at the end of the block everything stops, as when the process does."""
        await self.queues.restore()
        await self.shifts.follow(self.plan, self.work.doors, phones_of(self.plan))
        async with asyncio.TaskGroup() as self._group:
            running = [self._group.create_task(work) for work in (self.queues.run(self.desk), self.shifts.run())]
            await self.held.until(lambda _: True)
            try:
                yield self
            finally:
                for task in (*running, *self._serving):
                    task.cancel()

    def call(self, *lines: str, call: str = "call-1", **facts: Any) -> Script:
        """A caller who says or presses the lines, and hangs up when asked for more. Returns what they hear."""
        script = Script(lines)
        self.takes(WatchedCall(call, script, self.prompts, self.switch, caller_number=NUMBER, **facts))
        return script

    def listener(self, *lines: str, call: str = "call-1", **facts: Any) -> Listener:
        """A caller who says or presses the lines, and then stays on the line."""
        listener = Listener(lines)
        self.takes(WatchedCall(call, listener, self.prompts, self.switch, caller_number=NUMBER, **facts))
        return listener

    def comes_in(self, call: str, script: Script) -> asyncio.Task[None]:
        """Who was dialled, or asked, picked up."""
        self.scripts[call] = script
        return self.takes(WatchedCall(call, script, self.prompts, self.switch))

    def takes(self, call: WatchedCall) -> asyncio.Task[None]:
        assert self._group, "open first"
        self.calls[call.id] = call
        task = self._group.create_task(self.desk.serve(call))
        self._serving.append(task)
        return task

    async def until(self, kind: type[_T], *, call: str = "call-1", times: int = 1) -> _T:
        """An entry of the call's record, when it is there for the so manieth time."""
        _, entry = await self.record.seen.until(lambda note: note[0] == call and isinstance(note[1], kind), times)
        assert isinstance(entry, kind)
        return entry

    async def until_over(self, call: str = "call-1") -> None:
        await self.record.over.until(lambda each: each == call)

    async def until_held(self, call: str = "call-1") -> None:
        await self.calls[call].moves.until(lambda move: move == "held")

    async def until_handled(self, event: Event) -> None:
        """Wait until the engine knows of the event."""
        await self.journal.seen.until(lambda each: each == event)

    async def rings(self, phone: str, times: int = 1) -> None:
        """Wait until the phone rings for the so manieth time."""
        await self.told.until(lambda told: told.startswith(f"{phone} rings"), times)

    async def picks_up(self, phone: str, times: int = 1) -> None:
        """The person answers the so manieth ring."""
        await self.rings(phone, times)
        self.switch.pick_up(phone)

    def later(self, seconds: float) -> None:
        """Time passes, and the engine looks at its clock."""
        self.clock.time += seconds
        self.shifts.look()
        self.queues.leave("nobody")

    def entries(self, call: str = "call-1") -> list[Entry]:
        return self.record.entries_of(call)

    def kinds(self, call: str = "call-1") -> list[str]:
        return [type(entry).__name__ for entry in self.entries(call)]

    async def _close_interrupted(self, calls: Collection[str]) -> None:
        self.held.add(frozenset(calls))
