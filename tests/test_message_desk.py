"""Messages as work: put into words by real sessions of the recogniser's protocol, kept in a real store."""

from __future__ import annotations

import asyncio
import wave
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.conversation.messages import Left, filed
from ivr.menus.plan.model import Box
from ivr.menus.plan.queues import Rung
from ivr.message_desk import MessageDesk
from ivr.store.database import Database, open_database
from ivr.store.message_work import StoredWork
from ivr.store.messages import Message, Words
from ivr.store.vault import Vault, unlock
from ivr.store.voicemail import StoredMessages
from tests.fakes import Seen
from tests.house import House
from tests.media.ears import LoudEars
from tests.menus.plans import small

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from ivr.menus.plan.model import Plan
    from ivr.notify.port import Alert

WITHIN = 5.0
LOUD = bytes([0, 40] * 4000)


class Alerts:
    """Remembers who was told, and of what nobody needs to be told any more."""

    def __init__(self) -> None:
        self.told: Seen[tuple[str, str, tuple[str, ...]]] = Seen()
        self.withdrawn: Seen[str] = Seen()

    def tell(self, alert: Alert, who: Sequence[str]) -> None:
        self.told.add((alert.id, alert.title, tuple(who)))

    def withdraw(self, alert: str) -> None:
        self.withdrawn.add(alert)


class WatchedWork(StoredWork):
    """Work of which one sees which messages were put into words."""

    def __init__(self, database: Database, vault: Vault) -> None:
        super().__init__(database, vault)
        self.in_words: Seen[str] = Seen()

    async def understood(self, message: str, words: Words, *, at: float) -> None:
        await super().understood(message, words, at=at)
        self.in_words.add(message)


class Office:
    """A message desk at work; `ears` understand what the test says."""

    def __init__(self, plan: Plan, database: Database, messages: StoredMessages, work: WatchedWork) -> None:
        self.ears = LoudEars("please call me about my bill")
        self.house = House(plan, ears=self.ears)
        self.messages, self.work, self.database = messages, work, database
        self.alerts = Alerts()
        self.desk = MessageDesk(messages, work, lambda: self.house.work, self.alerts, pace=50.0)

    async def leave(self, folder: Path, language: str = "en") -> str:
        """A message; returns its name."""
        recording = folder / "draft.wav"
        with wave.open(str(recording), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(LOUD + bytes(16000))
        now = self.house.clock.now()
        await self.messages.keep(filed(self.house.plan, Left("1.7", "desk", now, 1.5, language)), recording)
        return (await self.messages.messages())[-1].id

    async def later(self, seconds: float) -> None:
        """Time passes, and the desk looks at its clock."""
        self.house.clock.time += seconds
        self.messages.arrived.set()

    async def message(self) -> Message:
        (found,) = await self.messages.messages()
        return found

    async def in_words(self) -> Message:
        await self.work.in_words.until(lambda _: True)
        return await self.message()


def plan(**box: object) -> Plan:
    return small().model_copy(update={"voicemail": {"desk": Box(**box)}})


LADDER = tuple(Rung.model_validate({"who": who, "for": 60}) for who in (["ana"], ["emma", "ana"]))


@asynccontextmanager
async def office(folder: Path, plan: Plan) -> AsyncIterator[Office]:
    async with open_database(folder / "state") as database:
        vault = await unlock(database)
        at_work = Office(plan, database, StoredMessages(database, vault), WatchedWork(database, vault))
        async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
            running = group.create_task(at_work.desk.run())
            yield at_work
            running.cancel()


async def test_a_message_is_put_into_words_and_is_work_of_a_queue(tmp_path: Path) -> None:
    async with office(tmp_path, plan(queue="desk", within="4h", alert=LADDER)) as at_work:
        await at_work.leave(tmp_path)
        kept = await at_work.in_words()
        assert kept.words == Words(("please call me about my bill",))
        assert (kept.queue, kept.due, kept.urgent) == ("desk", kept.at + 4 * 3600, False)


async def test_what_was_said_is_not_readable_in_the_database(tmp_path: Path) -> None:
    async with office(tmp_path, plan()) as at_work:
        await at_work.leave(tmp_path)
        await at_work.in_words()
    assert [
        file.name for file in (tmp_path / "state").iterdir() if file.is_file() and b"about my bill" in file.read_bytes()
    ] == []


async def test_danger_in_a_message_is_told_at_once_and_never_what_it_is(tmp_path: Path) -> None:
    async with office(tmp_path, plan(alert=LADDER)) as at_work:
        at_work.ears.words = "I have a pain in my chest"
        name = await at_work.leave(tmp_path)
        assert await at_work.alerts.told.until(lambda _: True) == (
            name,
            "A message in desk sounds like an emergency",
            ("ana",),
        )
        kept = await at_work.in_words()
        assert (kept.urgent, kept.words and kept.words.phi_sign) == (True, "pain")


async def test_without_an_alert_of_the_box_danger_goes_to_all_who_may_answer_the_urgent_queue(tmp_path: Path) -> None:
    async with office(tmp_path, plan()) as at_work:
        at_work.ears.words = "a pain"
        await at_work.leave(tmp_path)
        _, _, who = await at_work.alerts.told.until(lambda _: True)
        needed = at_work.house.plan.queues[at_work.house.plan.urgent.queue].required
        assert who == tuple(name for name, person in at_work.house.plan.people.items() if needed.met_by(person.skills))


async def test_a_late_message_is_told_rung_by_rung_until_somebody_takes_it(tmp_path: Path) -> None:
    async with office(tmp_path, plan(within="1h", alert=LADDER)) as at_work:
        name = await at_work.leave(tmp_path)
        await at_work.in_words()
        await at_work.later(3600.0)
        await at_work.alerts.told.until(lambda told: told == (name, "A message in desk is late by 0 min", ("ana",)))
        await at_work.later(60.0)
        await at_work.alerts.told.until(lambda told: told[2] == ("emma", "ana"))
        assert at_work.desk.acknowledged(name, "emma")
        await at_work.alerts.withdrawn.until(lambda withdrawn: withdrawn == name)
        await at_work.later(60.0)
        assert (await at_work.message()).taken_by == "emma"
        assert len(at_work.alerts.told.all) == 2


async def test_a_message_that_is_done_is_told_to_nobody(tmp_path: Path) -> None:
    async with office(tmp_path, plan(within="1h", alert=LADDER)) as at_work:
        name = await at_work.leave(tmp_path)
        await at_work.in_words()
        await at_work.messages.done(name, who="ana", at=1.0)
        await at_work.later(7200.0)
        second = await at_work.leave(tmp_path)
        await at_work.later(3600.0)
        await at_work.alerts.told.until(lambda told: told[0] == second)
        assert [told[0] for told in at_work.alerts.told.all] == [second]


async def test_a_message_that_nobody_can_hear_waits_for_a_recogniser(tmp_path: Path) -> None:
    async with office(tmp_path, plan()) as at_work:
        await at_work.leave(tmp_path, language="es")
        await at_work.later(1.0)
        assert (await at_work.message()).words is None


async def test_a_recogniser_that_dies_costs_no_message(tmp_path: Path) -> None:
    async with office(tmp_path, plan()) as at_work:
        at_work.ears.dies = True
        await at_work.leave(tmp_path)
        await at_work.ears.opens(1)
        at_work.ears.dies = False
        while not at_work.work.in_words.all:  # it looks again whenever something happens, and every minute
            await at_work.later(60.0)
            await asyncio.sleep(0)
        assert (await at_work.message()).words == Words(("please call me about my bill",))


@pytest.mark.parametrize("alert", ["7", "V7"])
async def test_alerts_of_the_engine_are_not_of_a_message(tmp_path: Path, alert: str) -> None:
    async with office(tmp_path, plan()) as at_work:
        assert not at_work.desk.acknowledged(alert, "ana")
