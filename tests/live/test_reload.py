"""A plan reloaded under a hundred real calls: none is dropped, and each goes by the version that it began with."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import pytest

from ivr import record as story
from ivr.control import ask
from tests.live.practice import HERE, Practice

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.record import CallRecord
    from lab.call import PhoneCall
    from tests.conftest import PlugIn

CALLS = 100
RELOADS = 4
TOGETHER = 10  # calls that come at the same moment
RELOAD_SECONDS = 120.0

PLAN = """\
practice: {name: House of tests, timezone: UTC, languages: [en]}
start: main
operator: {queue: desk_0}
urgent: {queue: nurse}
red_flags: red_flags.yaml
menus:
  main:
    say: welcome
    ask: which
    wait: 50s
    choices:
      1: {name: {en: for billing}, go: queue desk_0}
queues:
  desk_0: {needs: [desk], ring_seconds: 10}
  nurse: {needs: [nurse], clinical: yes, ring_seconds: 10}
people:
  ana: {phone: PJSIP/ana, skills: {desk: 5}}
  bo: {phone: PJSIP/bo, skills: {desk: 5}}
  cleo: {phone: PJSIP/cleo, skills: {nurse: 5}, ready: no}
prompts:
  welcome: {en: Welcome to the house of tests.}
  which: {en: How can we help you?}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    shutil.copy(HERE.parents[1] / "dialplans" / "red_flags.yaml", folder)
    (folder / "plan.yaml").write_text(PLAN, "utf-8")
    return folder / "plan.yaml"


async def reload(house: Practice, plan: Path, number: int) -> int:
    """Every version has a queue of its own; returns the number that it got."""
    await asyncio.to_thread(plan.write_text, PLAN.replace("desk_0", f"desk_{number}"), "utf-8")
    reply = await ask(house.careline.state, RELOAD_SECONDS, do="reload", who="lena", note=f"desk {number}")
    version: int = reply["version"]["number"]
    return version


async def dialled(house: Practice, plug_in: PlugIn, calls: int, first: int) -> dict[str, PhoneCall]:
    """So many callers who hear the menu, by number."""
    there: dict[str, PhoneCall] = {}
    for begin in range(first, first + calls, TOGETHER):
        numbers = [f"6175551{number:03}" for number in range(begin, min(begin + TOGETHER, first + calls))]
        phones = [await plug_in(number) for number in numbers]
        some = [phone.dial(house.pbx.uri("100")) for phone in phones]
        async with asyncio.timeout(60):
            await asyncio.gather(*(call.heard.first_audio for call in some))
        there |= dict(zip(numbers, some, strict=True))
    return there


def versions_of(record: CallRecord) -> set[int]:
    """The version that greeted, and the one whose queue was decided on: version 1 has the queue desk_0."""
    found = set()
    for noted in record.timeline:
        match noted.entry:
            case story.Greeted(_, _, version):
                found.add(version)
            case story.RoutedTo(queue):
                found.add(int(queue.removeprefix("desk_")) + 1)
            case _:
                pass
    return found


async def test_a_hundred_calls_in_menus_in_line_and_talking_outlive_every_reload(
    house: Practice, plug_in: PlugIn, plan: Path
) -> None:
    calls: dict[str, PhoneCall] = {}
    each = CALLS // RELOADS
    for number in range(1, RELOADS + 1):
        calls |= await dialled(house, plug_in, each, len(calls))
        newest = list(calls.values())[-each:]
        for call in newest[: each // 2]:  # the others stay in the menu
            call.press("1")
        await house.until_status(lambda status, number=number: _placed(status) == number * (each // 2) + number - 1)
        assert await reload(house, plan, number) == number + 1
        newest[-1].press("1")  # from the old version's menu, to a queue that is no more
        await house.until_status(lambda status, number=number: _placed(status) == number * (each // 2 + 1))
        assert not any(call.ended.over for call in calls.values())
    waiting = {caller["queue"] for caller in await house.line()}
    assert waiting == {f"desk_{RELOADS}"}
    assert [await house.person_state(name) for name in ("ana", "bo")] == ["talking", "talking"]
    for call in calls.values():
        call.hang_up()
    records = [await house.record_of(number) for number in calls]
    assert [versions_of(record) for record in records] == [{nth // each + 1} for nth in range(CALLS)]
    assert {entry.by_us for record in records for entry in _ends(record)} == {False}


def _placed(status: dict[str, object]) -> int:
    """Who waits or talks."""
    people = status["people"]
    assert isinstance(people, list)
    waiting = status["waiting"]
    assert isinstance(waiting, list)
    ringing = {name for caller in waiting for name in caller["ringing"]}
    talking = [person for person in people if person["state"] == "talking"]
    return len(waiting) + len(talking) if not ringing else -1


def _ends(record: CallRecord) -> list[story.HungUp]:
    return [noted.entry for noted in record.timeline if isinstance(noted.entry, story.HungUp)]
