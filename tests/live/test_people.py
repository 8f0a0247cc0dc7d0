"""Whatever persons do with their phones: the caller talks with exactly one of them, or keeps the place in line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from panoramisk import Manager

from ivr import record as story
from ivr.record import Outcome
from lab.phone import Answers, Ignores, Rejects
from tests.live.practice import Practice, entries, first_rung, rung
from tests.live.tones import hears, voice

if TYPE_CHECKING:
    from panoramisk.message import Message

    from lab.call import PhoneCall
    from lab.phone import Policy

OTHER = {"ana": "bo", "bo": "ana"}
PICKS_UP = Answers(after_seconds=0.1)


async def caller(house: Practice, key: str) -> PhoneCall:
    """Somebody who presses the key as soon as anything is heard."""
    call = house.call()
    await call.heard.first_audio
    call.press(key)
    return call


async def who_rings(house: Practice, *, both: Policy, then_the_other: Policy = PICKS_UP) -> str:
    """Whose phone of the two rings first; the other one's policy is changed at that moment."""
    for name in OTHER:
        house.phones[name].policy = both
    await first_rung([house.phones[name] for name in OTHER])
    first = next(name for name in OTHER if house.phones[name].calls)
    house.phones[OTHER[first]].policy = then_the_other
    return first


async def somebody_talks(house: Practice) -> None:
    await house.until_status(lambda status: "talking" in {each["state"] for each in status["people"]})


# ---- the ring --------------------------------------------------------------------------------------------------------


async def test_who_ignores_the_phone_is_passed_over_for_the_next_person(house: Practice) -> None:
    call = await caller(house, "5")
    first = await who_rings(house, both=Ignores())
    await house.until_person(OTHER[first], "talking")
    assert not (await house.phones[first].calls[0].ended).by_us
    call.hang_up()
    record = await house.record()
    assert entries(record, story.OfferFailed) == [story.OfferFailed(first, "no answer")]
    assert record.summary.person == OTHER[first]


@pytest.mark.parametrize(("code", "cause"), [(486, "busy"), (603, "refused"), (480, "no answer")])
async def test_who_refuses_is_passed_over_for_the_next_person(house: Practice, code: int, cause: str) -> None:
    call = await caller(house, "1")
    first = await who_rings(house, both=Rejects(code, after_seconds=0.1))
    await (await rung(house.phones[OTHER[first]])).answered
    assert await house.person_state(first) == "back-off"
    call.hang_up()
    assert entries(await house.record(), story.OfferFailed) == [story.OfferFailed(first, cause)]


@pytest.mark.asterisk
async def test_a_phone_that_is_not_there_costs_the_caller_a_ring(house: Practice) -> None:
    await house.careline.ask(do="not-ready", person="bo", reason="later")
    house.phones["ana"].close()
    call = await caller(house, "5")
    await house.until_person("ana", "ringing")
    await house.careline.ask(do="ready", person="bo")
    await (await rung(house.phones["bo"])).answered
    call.hang_up()
    assert {failed.person for failed in entries(await house.record(), story.OfferFailed)} == {"ana"}


@pytest.mark.parametrize("picks_up_after", [0.95, 1.0, 1.05])
async def test_who_picks_up_while_the_next_phone_begins_to_ring_shares_no_caller(
    house: Practice, picks_up_after: float
) -> None:
    """Key 5 rings a phone for one second."""
    call = await caller(house, "5")
    late = Answers(after_seconds=picks_up_after)
    first = await who_rings(house, both=late)
    await somebody_talks(house)
    talks = [phone.name for phone in house.phones.values() if any(not each.ended.over for each in phone.calls)]
    assert talks == [name for name in (first, OTHER[first]) if await house.person_state(name) == "talking"]
    assert len(talks) == 1
    call.hang_up()


# ---- the talk --------------------------------------------------------------------------------------------------------


async def test_the_person_ends_the_call_for_the_caller_too(house: Practice) -> None:
    call = await caller(house, "1")
    person = await first_rung([house.phones["ana"], house.phones["bo"]])
    await person.answered
    person.say(voice("ana"), repeat=True)
    call.say(voice("patient"), repeat=True)
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: hears(call, "ana"))
        await person.heard.until(lambda _: hears(person, "patient"))
    person.hang_up()
    async with asyncio.timeout(2):
        assert not (await call.ended).by_us
    assert (await house.record()).summary.outcome is Outcome.TALKED
    await house.until_status(lambda status: [each["state"] for each in status["people"]][:2] == ["ready", "ready"])


@pytest.mark.asterisk
async def test_an_independent_observer_sees_caller_and_person_in_one_bridge(house: Practice) -> None:
    seen: list[Message] = []
    observer = Manager(
        host="127.0.0.1",
        port=house.pbx.ami_port,
        username="observer",
        secret=house.pbx.ami_secret,
        loop=asyncio.get_running_loop(),
    )
    observer.register_event("BridgeEnter", lambda _, message: seen.append(message))
    await observer.connect()
    try:
        call = await caller(house, "1")
        await (await first_rung([house.phones["ana"], house.phones["bo"]])).answered
        await somebody_talks(house)
        call.hang_up()
    finally:
        observer.close()
    last = [message for message in seen if message["BridgeTechnology"] != "holding_bridge"][-2:]
    assert len({message["BridgeUniqueid"] for message in last}) == 1
    assert sorted(message["Channel"].partition("-")[0] for message in last) in (
        ["PJSIP/ana", "PJSIP/caller"],
        ["PJSIP/bo", "PJSIP/caller"],
    )


# ---- ready and not ready ---------------------------------------------------------------------------------------------


async def test_a_person_says_ready_and_not_ready_by_phone_and_is_rung_only_when_ready(house: Practice) -> None:
    ana, bo = house.phones["ana"], house.phones["bo"]
    await ana.dial(house.pbx.uri("*46")).ended
    assert await house.person_state("ana") == "not ready"
    for _ in range(2):  # the second time ana would have been the one who is idle longest
        call = await caller(house, "1")
        await (await rung(bo)).answered
        call.hang_up()
        await house.until_person("bo", "ready")
    assert [each for each in ana.calls if each.incoming] == []
    await ana.dial(house.pbx.uri("*45")).ended
    await house.until_person("ana", "ready")  # the call of the code itself is over, too
    await house.careline.ask(do="not-ready", person="bo", reason="lunch")
    call = await caller(house, "1")
    await (await rung(ana)).answered
    call.hang_up()


@pytest.mark.asterisk
async def test_a_caller_cannot_make_anybody_ready(house: Practice) -> None:
    assert (await house.patient.dial(house.pbx.uri("*45")).ended).code == 404


async def test_who_waited_is_rung_for_as_soon_as_a_person_is_ready(house: Practice) -> None:
    call = await caller(house, "2")
    await house.until_waiting(1)
    await house.careline.ask(do="ready", person="cleo")
    await (await rung(house.phones["cleo"])).answered
    call.hang_up()


async def test_who_goes_away_while_the_phone_rings_is_not_rung_any_more(house: Practice) -> None:
    call = await caller(house, "1")
    first = await who_rings(house, both=Ignores())
    await house.careline.ask(do="not-ready", person=first, reason="a patient at the counter")
    await (await rung(house.phones[OTHER[first]])).answered
    assert not (await house.phones[first].calls[0].ended).by_us
    call.hang_up()


async def test_nobody_ready_keeps_the_caller_in_line(house: Practice) -> None:
    for name in OTHER:
        await house.careline.ask(do="not-ready", person=name, reason="lunch")
    call = await caller(house, "1")
    await house.until_waiting(1)
    await house.careline.ask(do="ready", person="bo")
    await house.until_person("bo", "talking")
    call.hang_up()
    assert (await house.record()).summary.person == "bo"
