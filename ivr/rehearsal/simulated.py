"""Every path by the product's own session, queues and engine, over a PBX in memory whose clock jumps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from ivr import record as story
from ivr.conversation.desk import Desk
from ivr.edition import phones_of, understanding_of
from ivr.front_desk import FrontDesk
from ivr.menus.paths.journey import half_sure
from ivr.menus.paths.lines import patience_seconds
from ivr.menus.paths.nouns import How
from ivr.menus.plan.model import YES
from ivr.menus.routing import routing_of
from ivr.menus.words.wording import intents_of
from ivr.queueing.runner import QueueRunner
from ivr.rehearsal.caller import HalfHeard, RehearsedCall, ScriptedCaller
from ivr.rehearsal.results import NOT_CLEAR, Result
from ivr.rehearsal.stations import stations
from ivr.rehearsal.virtual_time import LoopClock, VirtualLoop
from ivr.services import Device as PhoneState
from ivr.simulator.call import SimulatedCall
from ivr.simulator.switch import Manner, SimulatedSwitch
from ivr.trial import NoJournal, NoMessages, TypedEars, nothing_to_close, text_prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path as File

    from ivr.menus.paths.nouns import Path
    from ivr.menus.plan.model import Plan
    from ivr.simulator.terminal import Script
    from ivr.speech.meaning.understanding import PlanUnderstanding

log = structlog.get_logger()

CALL = "rehearsal"
SETTLING_SECONDS = 1.0
"""After it everybody's phone is known, and the crowd is there."""


class SimulatedRehearsal:
    """`run` walks paths one after the other, each in a practice of its own."""

    def __init__(self, plan: Plan, file: File) -> None:
        self._plan = plan
        self._understanding = understanding_of(plan, file)
        self._danger = words_of_danger(plan, self._understanding)
        self._yes = {language: intents[YES][0] for language, intents in intents_of(plan).items()}
        self._prompts = text_prompts(plan)
        self._messages = NoMessages()

    def run(self, paths: Iterable[Path]) -> Iterator[Result]:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner, self._messages:
            for path in paths:
                yield runner.run(self._walked(path))

    async def _walked(self, path: Path) -> Result:
        caller, witness, fault = ScriptedCaller(path.acts, self._danger, self._yes), Witness(), ""
        try:
            await self._walk(path, caller, witness)
        except Exception as error:
            log.exception("a rehearsed call failed", path=path.key)
            fault = f"the call failed: {error!r}"
        return Result(path, stations(witness.entries), tuple(caller.heard), fault, NOT_CLEAR * caller.confirmed)

    async def _walk(self, path: Path, caller: ScriptedCaller, witness: Witness) -> None:
        plan, manners = self._plan, {each.phone: Manner.ANSWERS for each in self._plan.people.values()}
        switch = SimulatedSwitch(manners)
        switch.lines = {each.phone: [each.pin or "1"] for each in plan.people.values() if each.is_asked}
        doors = path.doors.for_one_call()
        caller.acted = doors.pass_time
        clock = LoopClock(path.doors.moment.timestamp())
        queues = QueueRunner(switch, NoJournal(), witness, clock)
        mumbled = [act.words for act in path.acts if act.how is How.MUMBLE]
        understanding = HalfHeard(self._understanding, mumbled, half_sure(plan))
        desk = Desk(
            plan, TypedEars(), understanding, self._prompts, queues, witness, self._messages, clock, doors=doors
        )
        front_desk = FrontDesk(desk, lambda: True, nothing_to_close)
        async with asyncio.TaskGroup() as group:

            def picked_up(leg: str, person: Script) -> None:
                """A phone that asks who picked up."""
                group.create_task(front_desk.serve(SimulatedCall(leg, person, self._prompts, switch)))

            switch.take = picked_up
            serving = group.create_task(queues.run(front_desk))
            await self._crowd(path, switch, queues)
            call = RehearsedCall(
                CALL,
                caller,
                self._prompts,
                switch,
                caller_number=path.caller.number,
                dialled_number=path.dialled,
            )
            witness.gives_up, witness.patience_seconds = call.caller_hangs_up, patience_seconds(plan)
            await front_desk.serve(call)
            serving.cancel()

    async def _crowd(self, path: Path, switch: SimulatedSwitch, queues: QueueRunner) -> None:
        """Bring the practice into the condition in which the caller finds it."""
        await queues.configure(routing_of(self._plan), phones_of(self._plan))
        await asyncio.sleep(SETTLING_SECONDS)
        for person in self._plan.people.values() if path.crowd.busy else ():
            switch.becomes(person.phone, PhoneState.BUSY)
        await asyncio.sleep(SETTLING_SECONDS)
        for event in path.crowd.events(self._plan):
            queues.post(event)
        await queues.settled()


class Witness:
    """ivr.record.Record of the rehearsed call alone. The caller `gives_up` when talking with a person, or after having
    been in line for `patience_seconds`.
    """

    def __init__(self) -> None:
        self.entries: list[story.Entry] = []
        self.gives_up: Callable[[], object] = list
        self.patience_seconds = 0.0

    def began(self, facts: story.CallFacts) -> None: ...

    def note(self, call: str, at: float, entry: story.Entry) -> None:  # noqa: ARG002 - the order is enough
        if call != CALL:
            return
        if isinstance(entry, story.Connected):
            asyncio.get_running_loop().call_soon(self.gives_up)
        elif isinstance(entry, story.Joined) and not any(isinstance(each, story.Joined) for each in self.entries):
            asyncio.get_running_loop().call_later(self.patience_seconds, self.gives_up)
        self.entries.append(entry)

    def ended(self, call: str, at: float) -> None: ...


def words_of_danger(plan: Plan, understanding: PlanUnderstanding) -> Mapping[str, str]:
    """A sentence with a sign of danger, by language: the first of the clinician's list."""
    examples = understanding.red_flags.examples
    anyhow = next((some[0] for some in examples.values() if some), "")
    return {language: next(iter(examples.get(language, ())), anyhow) for language in plan.practice.languages}
