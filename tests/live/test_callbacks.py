"""Called back, on a real Asterisk: the place kept, the number confirmed, machines and busy lines, and an outage."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.record import Outcome
from lab.phone import Answers, Ignores, Phone, Rejects
from tests.live.practice import HERE, Practice, entries, rung
from tests.live.tones import hears, voice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from lab.call import PhoneCall
    from tests.conftest import PlugIn

PERSON_FIRST, CALLER_FIRST = "8", "9"
DISTANCE_SECONDS = 10  # as the plan has it


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana", "bo", "cleo", "dan", "eve", "fay", "gus", "trunk")}


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "routing.yaml"


@pytest.fixture
async def outside(house: Practice) -> AsyncIterator[Phone]:
    """Every telephone of the world outside; nobody picks up until a test does. No callback outlives the test."""
    house.phones["trunk"].policy = Ignores()
    yield house.phones["trunk"]
    for each in await house.line():
        if each["callback"]:
            await house.careline.ask(do="cancel-callback", call=each["call"])


async def until_heard(call: PhoneCall, *prompts: str) -> None:
    async with asyncio.timeout(15):
        await call.heard.until(lambda _: any(hears(call, prompt) for prompt in prompts))


async def agreed(house: Practice, key: str, patient: Phone | None = None) -> str:
    """Somebody asks to be called back on the number they ring from, and is hung up on; the call's id."""
    before = {each["call"] for each in await house.line()}
    call = await house.caller(key, patient)
    await house.until_waiting(len(before) + 1)
    call.press("1")
    await until_heard(call, "callback_number_is")
    call.press("1")
    async with asyncio.timeout(10):
        assert not (await call.ended).by_us

    def in_line(status: Mapping[str, Any]) -> list[str]:
        return [each["call"] for each in status["waiting"] if each["position"] and each["call"] not in before]

    await house.until_status(in_line)
    return in_line(await house.careline.ask(do="status"))[0]


async def talk(caller: PhoneCall, person: PhoneCall) -> None:
    """Both hear each other."""
    person.say(voice("fay"), repeat=True)
    caller.say(voice("patient"), repeat=True)
    async with asyncio.timeout(10):
        await caller.heard.until(lambda _: hears(caller, "fay"))
        await person.heard.until(lambda _: hears(person, "patient"))


async def picked_up(outside: Phone) -> PhoneCall:
    """The next call outside, picked up; whoever it is hears what it is about, and presses the key."""
    called = await rung(outside)
    called.answer()
    await until_heard(called, "callback_greeting")
    called.press("1")
    return called


def number_of(called: PhoneCall) -> str:
    assert called.invite
    return called.invite.start.split()[1].removeprefix("sip:").partition("@")[0]


# ---- reached ---------------------------------------------------------------------------------------------------------


async def test_who_asked_is_called_once_the_person_has_picked_up_and_keeps_the_place(
    house: Practice, outside: Phone, plug_in: PlugIn
) -> None:
    called_back = await agreed(house, PERSON_FIRST)
    behind = await house.caller(PERSON_FIRST, await plug_in("6175550166"))
    await house.until_waiting(2)
    assert [(each["call"] == called_back, each["callback"], each["position"]) for each in await house.line()] == [
        (True, True, 1),
        (False, False, 2),
    ]
    await house.careline.ask(do="ready", person="fay")
    person = await rung(house.phones["fay"])
    patient = await picked_up(outside)
    assert number_of(patient) == "+16175550123"
    await talk(patient, person)
    assert [each["position"] for each in await house.line()] == [1]
    behind.hang_up()
    patient.hang_up()
    record = await house.record()
    assert record.summary.id == called_back
    assert (record.summary.outcome, record.summary.person) == (Outcome.TALKED, "fay")
    (agreement,) = entries(record, story.CallbackAgreed)
    assert agreement == story.CallbackAgreed("6175550123", own_number=True)
    assert entries(record, story.CallbackReached) == [story.CallbackReached()]


async def test_the_caller_may_be_called_before_the_person_is_rung(house: Practice, outside: Phone) -> None:
    await agreed(house, CALLER_FIRST)
    await house.careline.ask(do="ready", person="fay")
    patient = await rung(outside)
    assert await house.person_state("fay") == "reserved"
    assert not house.phones["fay"].calls
    patient.answer()
    await until_heard(patient, "callback_greeting")
    patient.press("1")
    person = await rung(house.phones["fay"])
    await talk(patient, person)
    person.hang_up()
    async with asyncio.timeout(5):
        assert not (await patient.ended).by_us
    assert (await house.record()).summary.outcome is Outcome.TALKED


async def test_who_rings_again_before_being_called_has_the_place_and_is_not_called(
    house: Practice, outside: Phone, plug_in: PlugIn
) -> None:
    await agreed(house, PERSON_FIRST)
    behind = await house.caller(PERSON_FIRST, await plug_in("6175550166"))
    await house.until_waiting(2)
    again = await house.caller(PERSON_FIRST)
    await house.until_status(lambda status: not any(each["callback"] for each in status["waiting"]))
    assert [each["position"] for each in await house.line()] == [1, 2]
    await house.careline.ask(do="ready", person="fay")
    await talk(again, await rung(house.phones["fay"]))
    assert not outside.calls
    again.hang_up()
    behind.hang_up()


# ---- not reached -----------------------------------------------------------------------------------------------------


async def test_a_busy_line_is_called_again_later_and_an_answering_machine_gets_nobody(
    house: Practice, outside: Phone, plug_in: PlugIn
) -> None:
    """While the busy one waits ten seconds for the second attempt, a machine is asked twice for the key."""
    busy, machine = await plug_in("6175550177"), await plug_in("6175550188")
    outside.policy = Rejects(486)
    await agreed(house, PERSON_FIRST, busy)
    await house.careline.ask(do="ready", person="fay")
    assert number_of(await rung(outside)) == "+16175550177"
    assert not (await (await rung(house.phones["fay"])).ended).by_us
    await house.until_person("fay", "ready")

    await house.careline.ask(do="not-ready", person="fay", reason="tea")
    outside.policy = Answers(after_seconds=0.1, says=voice("ana", 1.0))
    await agreed(house, CALLER_FIRST, machine)
    await house.careline.ask(do="ready", person="fay")
    picked_up_by_it = await rung(outside)
    assert number_of(picked_up_by_it) == "+16175550188"
    outside.policy = Ignores()
    async with asyncio.timeout(20):
        assert not (await picked_up_by_it.ended).by_us
    record = await house.record_of(machine.name)
    assert not entries(record, story.Connected)
    assert entries(record, story.CallbackNotReached) == [story.CallbackNotReached("answering machine")]
    assert entries(record, story.CallbackGivenUp) == [story.CallbackGivenUp(1)]
    assert record.summary.outcome is Outcome.NOT_REACHED

    again = await picked_up(outside)
    assert number_of(again) == "+16175550177"
    await talk(again, house.phones["fay"].calls[-1])
    again.hang_up()
    record = await house.record_of(busy.name)
    assert entries(record, story.CallbackNotReached) == [story.CallbackNotReached("busy")]
    assert [each.attempt for each in entries(record, story.CallbackDialled)] == [1, 2]
    first, second = [noted.at for noted in record.timeline if isinstance(noted.entry, story.CallbackDialled)]
    assert second - first >= DISTANCE_SECONDS
    assert record.summary.outcome is Outcome.TALKED


# ---- an outage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [PERSON_FIRST, CALLER_FIRST])
async def test_killed_between_the_promise_and_the_call_careline_keeps_it(
    house: Practice, outside: Phone, first: str
) -> None:
    await agreed(house, first)
    house.careline.kill()
    await house.careline.start()
    assert [(each["callback"], each["position"]) for each in await house.line()] == [(True, 1)]
    await house.careline.ask(do="ready", person="fay")
    patient = await picked_up(outside)
    assert number_of(patient) == "+16175550123"
    await house.until_person("fay", "talking")
    await talk(patient, house.phones["fay"].calls[-1])
    patient.hang_up()
    assert (await house.record()).summary.outcome is Outcome.TALKED


@pytest.mark.parametrize("first", [PERSON_FIRST, CALLER_FIRST])
async def test_killed_while_the_callers_phone_rings_careline_goes_on_with_that_call(
    house: Practice, outside: Phone, first: str
) -> None:
    await agreed(house, first)
    await house.careline.ask(do="ready", person="fay")
    patient = await rung(outside)
    house.careline.kill()
    await house.careline.start()
    patient.answer()
    await until_heard(patient, "callback_greeting")
    patient.press("1")
    await house.until_person("fay", "talking")
    await talk(patient, house.phones["fay"].calls[-1])
    patient.hang_up()
    assert (await house.record()).summary.outcome is Outcome.TALKED
    assert len(outside.calls) == 1
