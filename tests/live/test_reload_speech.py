"""The plan's phrases change while callers speak: each is understood at the first try, by the phrases of their call."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.control import ask
from lab.music import NOTES_HZ
from lab.sound import hears_tone
from lab.voices import speak
from tests.live.practice import HERE, PATIENCE_SECONDS, Practice, entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ivr.record import CallRecord
    from lab.call import PhoneCall
    from lab.phone import Phone
    from tests.conftest import PlugIn

LANES = {"1": "billing", "2": "nurse"}
"""Callers one after the other, who say this; the digit is in their numbers."""
MEANS = {"billing": "billing", "nurse": "nurse", "results": "nurse"}
RELOAD_SECONDS = 120.0

PLAN = """\
practice: {name: House of tests, timezone: UTC, languages: [en]}
start: main
operator: {queue: desk}
urgent: {queue: desk}
red_flags: red_flags.yaml
menus:
  main:
    say: welcome
    ask: which
    wait: 50s
    choices:
      1: {name: {en: for billing}, intent: billing, go: queue desk}
      2: {name: {en: for the nurse}, intent: nurse, go: queue desk}
intents:
  billing: {en: [billing]}
  nurse: {en: [nurse]}
queues:
  desk: {needs: [desk], clinical: yes}
people:
  ana: {phone: PJSIP/ana, skills: {desk: 5}, ready: no}
prompts:
  welcome: {en: Welcome to the house of tests.}
  which: {en: How can we help you?}
"""
NEWER = {2: ("[billing]", "[billing, refill]"), 3: ("[nurse]", "[nurse, results]")}
"""What another version of the plan listens for."""


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    return {"workers": 1, "models": {"en": str(HERE.parent / "models/vosk-tiny-en")}}


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana",)}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    shutil.copy(HERE.parents[1] / "dialplans" / "red_flags.yaml", folder)
    (folder / "plan.yaml").write_text(PLAN, "utf-8")
    return folder / "plan.yaml"


async def reload(house: Practice, plan: Path, text: str) -> int:
    """Returns the version's number."""
    await asyncio.to_thread(plan.write_text, text, "utf-8")
    reply = await ask(house.careline.state, RELOAD_SECONDS, do="reload", who="lena", note="other phrases")
    number: int = reply["version"]["number"]
    return number


async def is_in_line(call: PhoneCall) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await call.heard.until(lambda heard: any(hears_tone(heard, note) for note in NOTES_HZ))


async def says(house: Practice, phone: Phone, word: str) -> None:
    """One call, to the music of the queue."""
    call = phone.dial(house.pbx.uri("100"))
    await call.heard.first_audio
    call.say(speak(word))
    await is_in_line(call)
    call.hang_up()


def understood(record: CallRecord) -> tuple[list[str], int, int]:
    """The intents, how often the caller was asked, and how often nobody could listen."""
    intents = [each.intent for each in entries(record, story.Understood)]
    return intents, len(entries(record, story.Asked)), len(entries(record, story.RecognizerLost))


async def test_callers_are_understood_at_the_first_try_while_the_phrases_change(
    house: Practice, plug_in: PlugIn, plan: Path
) -> None:
    await house.careline.hearing()
    stays = house.call()
    await stays.heard.first_audio
    stays.press("*")  # a sign: there is no hurry
    said: dict[str, str] = {}
    over = asyncio.Event()

    async def lane(digit: str, word: str) -> None:
        while not over.is_set():
            number = f"61755{digit}{len(said):04}"
            said[number] = word
            await says(house, await plug_in(number), word)

    text = PLAN
    async with asyncio.TaskGroup() as group:
        for digit, word in LANES.items():
            group.create_task(lane(digit, word))
        for version, change in NEWER.items():
            text = text.replace(*change)
            assert await reload(house, plan, text) == version
        over.set()
    stays.say(speak("billing"))
    await is_in_line(stays)
    stays.hang_up()
    said["6175559999"] = "results"
    await says(house, await plug_in("6175559999"), "results")
    records = {number: await house.record_of(number) for number in said}
    assert {number: understood(record) for number, record in records.items()} == {
        number: ([MEANS[word]], 1, 0) for number, word in said.items()
    }
    assert understood(await house.record()) == (["billing"], 2, 0)
    greeted = {each.version for record in records.values() for each in entries(record, story.Greeted)}
    assert (greeted <= {1, 2, 3}, greeted >= {1, 3}) == (True, True)  # the second may be too short-lived for a call
