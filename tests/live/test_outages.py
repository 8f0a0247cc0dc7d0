"""Killed, hung or refusing: whoever calls is served by the next Careline, and nobody who talks notices."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from lab.music import NOTES_HZ
from lab.phone import Answers
from lab.sound import hears_tone, tone
from tests.live.practice import AGAIN_SECONDS, HERE, PATIENCE_SECONDS, Practice, practice, rung, until_joined

if TYPE_CHECKING:
    from pathlib import Path

    from lab.call import PhoneCall
    from lab.private_pbx import PrivatePbx

PLAN = HERE / "outages.yaml"
VOICE_HZ = 440.0
PERSON_HZ = 620.0


def hears_music(call: PhoneCall, since: float) -> bool:
    heard = call.heard.since(since)
    return any(hears_tone(heard, note) for note in NOTES_HZ)


async def eventually_hears_music(call: PhoneCall, since: float, within_seconds: float) -> None:
    async with asyncio.timeout(within_seconds):
        while not hears_music(call, since):
            await asyncio.sleep(0.1)


async def waiting(house: Practice, callers: int) -> list[PhoneCall]:
    """Callers in line for cleo, one after the other."""
    line = []
    for place in range(callers):
        call = house.call()
        await call.heard.first_audio
        await call.press("2")
        async with asyncio.timeout(10):
            while len((await house.careline.ask(do="status"))["waiting"]) <= place:
                await asyncio.sleep(0.05)
        line.append(call)
    return line


@pytest.mark.slow
async def test_kill_9_at_random_moments_loses_nobody(pbx: PrivatePbx, tmp_path: Path, thorough: bool) -> None:
    """Callers wait, listen, ring and talk while Careline is killed again and again: 50 times in the long profile."""
    moments = random.Random(20261120)
    answers = Answers(after_seconds=0.2, says=tone(PERSON_HZ, 1.0))
    async with practice(pbx, PLAN, tmp_path, answers) as house:
        line = await waiting(house, 3)
        talk = house.call()
        talker = await until_joined(talk, [house.phones["ana"]], "1")
        talker.say(tone(VOICE_HZ, 1.0), repeat=True)
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            patients = group.create_task(insist(house, over))
            for _ in range(50 if thorough else 10):
                await asyncio.sleep(moments.uniform(0.0, 3.5))
                house.careline.kill()
                await house.careline.start()
            over.set()
            async with asyncio.timeout(PATIENCE_SECONDS):
                await patients
        assert [call.ended.over for call in (*line, talk)] == [False] * 4
        assert not talk.heard.gaps(0.5)
        house.phones["cleo"].policy = Answers(after_seconds=0.1)
        await house.careline.ask(do="ready", person="cleo")
        for caller in line:
            served = await rung(house.phones["cleo"])
            await house.until_person("cleo", "talking")
            served.hang_up()
            async with asyncio.timeout(5):
                await caller.ended  # the one who waited longest is the one who was served


async def insist(house: Practice, over: asyncio.Event) -> None:
    """Patients, one after the other: each reaches a person, however often Careline dies meanwhile, and hangs up."""
    while not over.is_set():
        call = house.call()
        pressed = 0.0
        while not hears_tone(call.heard.last(0.5), PERSON_HZ):
            assert not call.ended.over, "the PBX lost a caller"
            if asyncio.get_running_loop().time() - pressed > AGAIN_SECONDS:
                call.press("1")  # an outage may have swallowed the key
                pressed = asyncio.get_running_loop().time()
            await asyncio.sleep(0.05)
        call.hang_up()


async def test_a_hung_careline_gives_its_callers_to_the_pbx_and_takes_them_back(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with practice(pbx, PLAN, tmp_path) as house:
        loop = asyncio.get_running_loop()
        listening = house.call()
        await listening.heard.first_audio
        house.careline.freeze()
        began = loop.time()
        await eventually_hears_music(listening, began, within_seconds=6)
        house.careline.thaw()
        joined = await until_joined(listening, [house.phones["ana"], house.phones["bo"]], "1")
        assert not joined.ended.over
        listening.hang_up()


async def test_a_refused_caller_hears_music_and_is_served_when_careline_comes(pbx: PrivatePbx, tmp_path: Path) -> None:
    async with practice(pbx, PLAN, tmp_path) as house:
        await house.careline.stop()
        call = house.call()
        await call.answered
        await eventually_hears_music(call, call.invited_at, within_seconds=5)
        await house.careline.start()
        await until_joined(call, [house.phones["ana"], house.phones["bo"]], "1")
        call.hang_up()


async def test_a_talk_goes_on_without_careline_and_ends_as_it_should(pbx: PrivatePbx, tmp_path: Path) -> None:
    async with practice(pbx, PLAN, tmp_path) as house:
        caller = house.call()
        person = await until_joined(caller, [house.phones["ana"], house.phones["bo"]], "1")
        await house.until_status(lambda status: "talking" in {each["state"] for each in status["people"]})
        person.say(tone(VOICE_HZ, 0.5), repeat=True)
        house.careline.kill()
        killed = asyncio.get_running_loop().time()
        await asyncio.sleep(6.0)  # longer than the dead man's switch
        assert [span.end_seconds > 5 for span in hears_tone(caller.heard.since(killed), VOICE_HZ)][-1:] == [True]
        person.hang_up()
        async with asyncio.timeout(5):
            await caller.ended
