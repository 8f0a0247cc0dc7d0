"""Killed with callers in every state, on a real Asterisk: places are kept, the talk goes on, the phone rings on."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.queueing.journalled import LONGEST_JOURNAL
from lab.phone import Ignores
from lab.sound import hears_tone
from tests.live.practice import AT_ONCE, HERE, Practice, entries, eventually, rung
from tests.live.tones import VOICES_HZ, hears, voice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.call import PhoneCall
    from tests.conftest import PlugIn

TOGETHER = 50  # requests at a time


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana", "bo", "cleo", "dan", "eve", "fay", "gus")}


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "routing.yaml"


async def waiting(house: Practice, plug_in: PlugIn, callers: int) -> list[PhoneCall]:
    """Callers in line for fay, one after the other."""
    line = []
    for place in range(1, callers + 1):
        line.append(await house.caller("6", await plug_in(f"61755502{place:02}")))
        await house.until_waiting(place)
    return line


async def order(house: Practice) -> list[str]:
    return [each["call"] for each in await house.line()]


async def served(house: Practice, line: list[PhoneCall]) -> None:
    """Fay serves everybody, in this order."""
    fay = house.phones["fay"]
    fay.policy = AT_ONCE
    await house.careline.ask(do="ready", person="fay")
    for call in line:
        person = await rung(fay)
        await house.until_person("fay", "talking")
        person.say(voice("fay"), repeat=True)
        async with asyncio.timeout(10):  # under load the two hear each other some seconds later
            await call.heard.until(lambda _, call=call: hears(call, "fay"))
            person.hang_up()
            await call.ended


async def on_record(house: Practice, *numbers: str) -> None:
    """Wait until their calls are: the record is written some tenths of a second later, and a kill costs what is not."""

    async def are() -> bool:
        return {each.phi_caller_number for each in await house.careline.calls()} >= set(numbers)

    await eventually(are)


async def test_who_waits_talks_or_is_rung_for_goes_on_after_a_kill(house: Practice, plug_in: PlugIn) -> None:
    line = await waiting(house, plug_in, 3)
    talker = await house.caller("2", await plug_in("6175550301"))
    await house.until_person("ana", "talking")
    ana = house.phones["ana"].calls[-1]
    ana.say(voice("ana"), repeat=True)
    talker.say(voice("patient"), repeat=True)
    house.phones["bo"].policy = house.phones["cleo"].policy = Ignores()
    rung_for = await house.caller("3", await plug_in("6175550302"))
    ringing = await rung(house.phones["bo"])
    before = await order(house)
    await on_record(house, "6175550301", "6175550302")

    house.careline.kill()
    killed = asyncio.get_running_loop().time()
    await house.careline.start()

    assert await order(house) == before
    assert await house.person_state("ana") == "talking"
    await house.until_person("bo", "ringing")
    assert not ringing.ended.over
    ringing.answer()
    await house.until_person("bo", "talking")
    ringing.say(voice("bo"), repeat=True)
    async with asyncio.timeout(10):
        await rung_for.heard.until(lambda _: hears(rung_for, "bo"))
    assert len(house.phones["bo"].calls) == 1
    await served(house, line)
    assert not talker.heard.gaps(0.5)
    assert hears_tone(talker.heard.since(killed), VOICES_HZ["ana"])
    ana.hang_up()
    async with asyncio.timeout(5):
        await talker.ended
    rung_for.hang_up()
    record = await house.record_of("6175550301")
    assert [each.person for each in entries(record, story.Connected)] == ["ana"]


async def test_a_journal_that_began_again_with_a_snapshot_keeps_every_place(house: Practice, plug_in: PlugIn) -> None:
    """So many events that the journal is shortened; then the process is killed."""
    line = await waiting(house, plug_in, 2)
    talker = await house.caller("2", await plug_in("6175550301"))
    await house.until_person("ana", "talking")
    before = await order(house)
    for _ in range(LONGEST_JOURNAL // TOGETHER + 1):
        await asyncio.gather(*(house.careline.ask(do="ready", person="bo") for _ in range(TOGETHER)))
    house.careline.kill()
    await house.careline.start()
    replayed = [int(number) for number in re.findall(r"events_restored=(\d+)", house.careline.log)][-1]
    assert replayed < LONGEST_JOURNAL
    assert await order(house) == before
    assert await house.person_state("ana") == "talking"
    await served(house, line)
    assert not talker.ended.over
    talker.hang_up()
    assert [each.person for each in entries(await house.record_of("6175550301"), story.Connected)] == ["ana"]
