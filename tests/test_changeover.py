"""The plan changes under calls: nobody is dropped, and every caller goes by one version from the greeting on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import record as story
from ivr.changeover import Changeover
from ivr.edition import Edition, Editions
from ivr.feeds.feeds import Feeds, FeedSettings
from ivr.notify.dispatcher import Dispatcher
from ivr.notify.outbox import Outbox
from ivr.queueing.shifts import Shifts
from ivr.speech.hearing.pools import Pools
from ivr.store.versions import Files, Version
from ivr.trial import TypedEars, text_prompts
from tests.house import House, Listener, Words
from tests.menus.plans import small
from tests.notify.rows import RememberedNotices

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan

CALLERS = 100


def plan_of(version: int) -> Plan:
    """The small plan, whose questions and whose queue are named after the version."""
    return small(
        ("ask: how", f"ask: how_{version}"),
        ("  how: {", f"  how_{version}: {{"),
        ("ask: which", f"ask: which_{version}"),
        ("ask: which\n", f"ask: which_{version}\n"),
        ("  which: {", f"  which_{version}: {{"),
        ("{queue: desk,", f"{{queue: desk_{version},"),
        ("go: queue desk", f"go: queue desk_{version}"),
        ("go: queue desk}", f"go: queue desk_{version}}}"),
        ("  desk: {needs", f"  desk_{version}: {{needs"),
    )


def edition_of(version: int) -> Edition:
    plan = plan_of(version)
    return Edition(plan, Words(plan), text_prompts(plan), TypedEars(), {}, Files("plan.yaml", {}))


class Practice:
    """A house whose plan changes; the callers press keys when they are told to."""

    def __init__(self) -> None:
        first = edition_of(0)
        self.house = House(first.plan)
        clock, queues = self.house.clock, self.house.queues
        outbox = Outbox({}, RememberedNotices(), clock)
        self.changeover = Changeover(
            first,
            Editions(None, Pools(None)),
            self.house.desk,
            Shifts(queues, clock),
            Feeds(FeedSettings(), clock),
            Dispatcher({}, {}, outbox, clock),
            self.house.alert_calls,
        )
        self.version = 0
        self.callers: list[Listener] = []

    async def reload(self) -> None:
        self.version += 1
        named = Version(self.version, 0.0, "lena", "", "plan.yaml", "", "")
        await self.changeover.put_in_force(edition_of(self.version), named)

    def calls(self) -> None:
        self.callers.append(self.house.listener(call=f"call-{len(self.callers)}"))

    async def over(self) -> None:
        """Everybody hangs up; the records are whole."""
        for call in self.house.calls.values():
            call.caller_hangs_up()
        for number in range(len(self.callers)):
            await self.house.until_over(f"call-{number}")

    def versions_of(self, number: int) -> set[int]:
        """All versions that the record of a call tells of, by what was said, asked and decided."""
        found = set()
        for entry in self.house.entries(f"call-{number}"):
            match entry:
                case story.Greeted(_, _, version):
                    found.add(version)
                case story.Asked(prompts):
                    found |= {int(name.rpartition("_")[2]) for name in prompts if name.startswith(("how_", "which_"))}
                case story.RoutedTo(queue):
                    found.add(int(queue.rpartition("_")[2]))
                case _:
                    pass
        return found


def ends_of(practice: Practice) -> set[tuple[str, ...]]:
    """How the calls ended, and what went wrong in any."""
    entries = [practice.house.entries(f"call-{number}") for number in range(len(practice.callers))]
    return {tuple(_end(entry) for entry in told if isinstance(entry, story.HungUp | story.Fault)) for told in entries}


def _end(entry: story.HungUp | story.Fault) -> str:
    if isinstance(entry, story.Fault):
        return entry.text
    return "hung up by us" if entry.by_us else "hung up"


async def until_in_line(practice: Practice, callers: int) -> None:
    await practice.house.record.seen.until(lambda note: isinstance(note[1], story.Joined), callers)
    await practice.house.queues.settled()


async def test_a_hundred_calls_in_menus_in_line_and_talking_go_on_through_five_reloads() -> None:
    practice = Practice()
    async with practice.house.open() as house:
        for number in range(CALLERS):
            practice.calls()
            await practice.callers[number].asked.until(lambda _: True)
            if number % 25 == 24:
                await practice.reload()
        practice.callers[0].says("2")
        practice.callers[0].says("1")
        await house.picks_up("PJSIP/ana")
        await house.until(story.Connected, call="call-0")
        for caller in practice.callers[1:60]:
            caller.says("2")
            caller.says("1")
        await until_in_line(practice, 60)
        await practice.reload()
        for caller in practice.callers[60:90]:
            caller.says("2")
            caller.says("1")
        await until_in_line(practice, 90)
        assert [practice.versions_of(number) for number in range(CALLERS)] == [{n // 25} for n in range(CALLERS)]
        assert {each.queue for each in house.queues.engine.waiting(house.clock.now())} == {"desk_5"}
        assert len(house.queues.engine.calls()) == 90
        assert house.queues.engine.queue_of("call-0") == "desk_4"
        await practice.over()
        assert ends_of(practice) == {("hung up",)}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["calls", "reload", "key 2", "key 1", "moment"]), min_size=10, max_size=60))
def test_whenever_the_plan_changes_a_caller_goes_by_one_version_and_is_not_dropped(happens: list[str]) -> None:
    async def lives() -> None:
        practice = Practice()
        async with practice.house.open():
            for turn, what in enumerate(happens):
                match what:
                    case "calls":
                        practice.calls()
                    case "reload":
                        await practice.reload()
                    case "moment":
                        await asyncio.sleep(0)
                    case _ if practice.callers:
                        practice.callers[turn % len(practice.callers)].says(what[-1])
                    case _:
                        pass
            for caller in practice.callers:
                await caller.asked.until(lambda _: True)
            await practice.house.queues.settled()
            assert all(len(practice.versions_of(number)) <= 1 for number in range(len(practice.callers)))
            queues = {queue.queue for queue in practice.house.queues.engine.queues(practice.house.clock.now())}
            assert queues == {f"desk_{practice.version}", "nurse"}
            await practice.over()
            assert ends_of(practice) <= {("hung up",), ("hung up by us",)}

    asyncio.run(lives())
