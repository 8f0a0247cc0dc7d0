"""Whatever callers do: hang up at any point, press over speech, say nothing, shout, stay for ever, come all at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ivr import record as story
from ivr.record import Outcome, Where
from lab.music import NOTES_HZ
from lab.patients import prompt_over
from lab.phone import Answers, Ignores
from lab.sound import RATE, Pcm, hears_tone
from lab.voices import speak
from tests.live.practice import HERE, Practice, entries, eventually, first_rung
from tests.live.tones import hears, voice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.call import PhoneCall

MODEL = HERE.parent / "models/vosk-tiny-en"
AT_ONCE_SECONDS = 2.0  # a phone that rings for nobody, or a talk with nobody, ends within this
FOR_EVER_SECONDS = 75.0  # whoever never answers is with a person within half of this, on an idle machine
PEOPLE = ("ana", "bo", "cleo")
STARS = 60  # more than a walk has steps


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    return {"models": {"en": str(MODEL)}}


def answers_briefly(house: Practice, *names: str) -> None:
    for name in names:
        house.phones[name].policy = Answers(after_seconds=0.1, says=voice(name), hangs_up_after_seconds=0.6)


# ---- hanging up ------------------------------------------------------------------------------------------------------


async def test_whoever_hangs_up_around_the_answer_leaves_nothing_behind(house: Practice) -> None:
    loop = asyncio.get_running_loop()
    for place in range(10):
        loop.call_later(place * 0.02, house.call().hang_up)

    async def nobody_is_left() -> bool:
        return await house.pbx.calls_there() == 0

    await eventually(nobody_is_left, within_seconds=10)
    await house.until_status(lambda status: status["calls"] == 0)
    call = house.call()
    await call.heard.first_audio
    call.hang_up()
    assert (await house.record()).summary.outcome is Outcome.LEFT_IN_MENU


async def test_a_caller_who_hangs_up_while_asked_left_in_the_menu(house: Practice) -> None:
    call = house.call()
    await call.heard.first_audio
    call.press("*")  # the question without the greeting
    await prompt_over(call, quiet_seconds=0.4, within_seconds=10)
    call.hang_up()
    record = await house.record()
    assert record.summary.outcome is Outcome.LEFT_IN_MENU
    assert record.timeline[-1].entry == story.HungUp(Where.MENU)


async def test_a_caller_who_hangs_up_on_hold_leaves_the_line(house: Practice) -> None:
    call = house.call()
    await call.heard.first_audio
    call.press("2")
    async with asyncio.timeout(10):
        await call.heard.until(lambda heard: any(hears_tone(heard, note) for note in NOTES_HZ))
    await house.until_waiting(1)
    call.hang_up()
    await house.until_waiting(0)
    assert (await house.record()).summary.outcome is Outcome.LEFT_IN_QUEUE


async def test_a_phone_stops_ringing_at_once_when_the_caller_hangs_up(house: Practice) -> None:
    desk = [house.phones["ana"], house.phones["bo"]]
    for phone in desk:
        phone.policy = Ignores()
    call = house.call()
    await call.heard.first_audio
    call.press("1")
    ringing = await first_rung(desk)
    call.hang_up()
    async with asyncio.timeout(AT_ONCE_SECONDS):
        assert not (await ringing.ended).by_us
    assert (await house.record()).summary.outcome is Outcome.LEFT_IN_QUEUE
    assert {await house.person_state("ana"), await house.person_state("bo")} == {"ready"}


async def test_a_caller_who_hangs_up_in_a_talk_ends_it_for_the_person(house: Practice) -> None:
    call = house.call()
    await call.heard.first_audio
    call.press("1")
    person = await first_rung([house.phones["ana"], house.phones["bo"]])
    await person.answered
    call.say(voice("patient"), repeat=True)
    async with asyncio.timeout(10):
        await person.heard.until(lambda _: hears(person, "patient"))
    call.hang_up()
    async with asyncio.timeout(AT_ONCE_SECONDS):
        assert not (await person.ended).by_us
    assert (await house.record()).summary.outcome is Outcome.TALKED


# ---- keys and speech -------------------------------------------------------------------------------------------------


async def test_keys_win_over_speech(house: Practice) -> None:
    """Somebody else in the room says "nurse" while the caller presses one for billing."""
    await house.careline.hearing()
    call = house.call()
    await call.heard.first_audio
    call.say(np.concatenate([speak("nurse"), speak("nurse")]), repeat=True)
    await asyncio.sleep(0.5)  # in the middle of a word
    call.press("1")
    await (await first_rung([house.phones["ana"], house.phones["bo"]])).answered
    call.hang_up()
    record = await house.record()
    assert entries(record, story.HeardKeys) == [story.HeardKeys("1")]
    assert entries(record, story.HeardSpeech) == []
    assert record.summary.route == "desk"


# ---- callers who never answer ----------------------------------------------------------------------------------------


def noise(seconds: float = 2.0) -> Pcm:
    return np.random.default_rng(7).normal(0, 3000, int(seconds * RATE)).clip(-32000, 32000).astype(np.int16)


def shout(seconds: float = 2.0, hertz: float = 180.0) -> Pcm:
    """A long, wavering "aah": harmonics around the formants of an open mouth."""
    t = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(hertz * (1 + 0.1 * np.sin(6 * np.pi * t))) / RATE
    voices = [np.sin(k * phase) * np.exp(-(((k * hertz - 700) / 300) ** 2)) for k in range(1, 12)]
    return np.asarray(4000 * np.sum(voices, axis=0)).clip(-32000, 32000).astype(np.int16)


NEVER_ANSWER: dict[str, Callable[[PhoneCall], object]] = {
    "says nothing": lambda call: call.mute(),
    "is in a noisy car": lambda call: call.say(noise(), repeat=True),
    "shouts": lambda call: call.say(shout(), repeat=True),
    "wants to hear it again and again": lambda call: call.press("*" * STARS),
}


async def test_whoever_never_answers_reaches_a_person(house: Practice) -> None:
    """All of them at the same time; and the recogniser hears the next caller as if nothing had been.

    Noise may be taken for a word of danger: then it is cleo, the nurse, who is reached.
    """
    await house.careline.hearing()
    await house.careline.ask(do="ready", person="cleo")
    answers_briefly(house, *PEOPLE)
    calls = {what: house.call() for what in NEVER_ANSWER}
    for what, call in calls.items():
        await call.heard.first_audio
        NEVER_ANSWER[what](call)
    async with asyncio.timeout(FOR_EVER_SECONDS):
        for call in calls.values():
            await call.ended
    served = {what: any(hears(call, person) for person in PEOPLE) for what, call in calls.items()}
    assert served == dict.fromkeys(NEVER_ANSWER, True)
    call = house.call()
    await call.heard.first_audio
    call.say(speak("billing"))
    async with asyncio.timeout(10):
        await call.ended
    assert [understood.intent for understood in entries(await house.record(), story.Understood)] == ["billing"]


# ---- many ------------------------------------------------------------------------------------------------------------


async def test_ten_callers_at_once_are_all_served(house: Practice) -> None:
    answers_briefly(house, "ana", "bo")
    calls = [house.call() for _ in range(10)]
    for call in calls:
        await call.heard.first_audio
    for call in calls:
        call.press("1")
    async with asyncio.timeout(30):
        for call in calls:
            await call.ended
    assert [bool(hears(call, "ana") or hears(call, "bo")) for call in calls] == [True] * 10
