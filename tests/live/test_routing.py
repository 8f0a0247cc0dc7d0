"""Whom a caller gets, and how callers leave a queue, on a real Asterisk: one caller, one person, whatever people do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.record import Outcome
from lab.phone import Ignores, Rejects
from lab.voices import speak
from tests.live.practice import AT_ONCE, HERE, Practice, entries, eventually, rung
from tests.live.tones import hears, voice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.call import PhoneCall
    from tests.conftest import PlugIn

DESK = ("ana", "bo", "cleo")
MODEL = HERE.parent / "models/vosk-tiny-en"


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": (*DESK, "dan", "eve", "fay", "gus")}


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "routing.yaml"


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    return {"models": {"en": str(MODEL)}}


async def all_ring(house: Practice) -> dict[str, PhoneCall]:
    """The next ring of everybody at the desk."""
    return {name: await rung(house.phones[name]) for name in DESK}


async def talk(house: Practice, caller: PhoneCall, name: str) -> None:
    """Both hear each other."""
    person = house.phones[name].calls[-1]
    person.say(voice("ana"), repeat=True)
    caller.say(voice("patient"), repeat=True)
    async with asyncio.timeout(10):
        await caller.heard.until(lambda _: hears(caller, "ana"))
        await person.heard.until(lambda _: hears(person, "patient"))


async def until_heard(call: PhoneCall, prompt: str) -> None:
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: hears(call, prompt))


# ---- ring all --------------------------------------------------------------------------------------------------------


@pytest.fixture
def nobody_picks_up(house: Practice) -> None:
    for name in DESK:
        house.phones[name].policy = Ignores()


@pytest.mark.usefixtures("nobody_picks_up")
@pytest.mark.parametrize("apart_seconds", [0.0, 0.002, 0.01])
async def test_of_two_who_pick_up_at_once_exactly_one_talks(house: Practice, apart_seconds: float) -> None:
    call = await house.caller("1")
    calls = await all_ring(house)
    calls["bo"].answer()
    asyncio.get_running_loop().call_later(apart_seconds, calls["ana"].answer)
    over = [await first_over(list(calls.values())), await first_over(list(calls.values()), but=1)]
    winner = next(name for name in DESK if not calls[name].ended.over)
    assert winner in {"ana", "bo"}
    assert all(not ended.by_us for ended in over)
    assert "elsewhere" in calls["cleo"].ended.value.reason
    await talk(house, call, winner)
    assert {name: await house.person_state(name) for name in DESK} == {
        name: "talking" if name == winner else "ready" for name in DESK
    }
    call.hang_up()
    record = await house.record()
    assert [each.person for each in entries(record, story.Connected)] == [winner]
    assert {each.person for each in entries(record, story.AnsweredElsewhere)} == {*DESK} - {winner}


async def first_over(calls: list[PhoneCall], but: int = 0) -> Any:
    """How one of the calls ended, `but` so many others that ended, too."""

    async def enough() -> bool:
        return sum(call.ended.over for call in calls) > but

    await eventually(enough, within_seconds=3)
    return [call.ended.value for call in calls if call.ended.over][but]


@pytest.mark.asterisk
@pytest.mark.usefixtures("nobody_picks_up")
async def test_a_winner_who_hangs_up_before_the_talk_makes_all_phones_ring_again(house: Practice) -> None:
    """Careline is stopped for a moment, so that it learns of the answer and of the hang-up at once."""
    call = await house.caller("1")
    calls = await all_ring(house)
    house.careline.freeze()
    calls["ana"].answer()
    await until_channels(house, "careline-person", there=True)
    calls["ana"].hang_up()
    await until_channels(house, "PJSIP/ana", there=False)
    house.careline.thaw()
    again = {name: await rung(house.phones[name]) for name in ("bo", "cleo")}
    again["cleo"].answer()
    await talk(house, call, "cleo")
    call.hang_up()
    record = await house.record()
    assert [each.person for each in entries(record, story.Connected)] == ["cleo"]
    assert [each.person for each in entries(record, story.OfferFailed)] == ["ana"]


async def until_channels(house: Practice, text: str, *, there: bool) -> None:
    """Return once Asterisk's list of channels has, or has not, a text."""

    async def so() -> bool:
        return (text in await house.pbx.cli("core show channels concise")) is there

    await eventually(so, within_seconds=3)


@pytest.mark.usefixtures("nobody_picks_up")
@pytest.mark.parametrize("after_seconds", [0.004, 0.007, 0.01])
async def test_a_winner_who_hangs_up_as_the_two_are_joined_has_talked_or_the_others_ring(
    house: Practice, after_seconds: float
) -> None:
    call = await house.caller("1")
    calls = await all_ring(house)
    calls["ana"].answer()
    asyncio.get_running_loop().call_later(after_seconds, calls["ana"].hang_up)

    async def went_on() -> bool:
        failed = await house.person_state("ana") == "back-off"
        ringing = [await house.person_state(name) == "ringing" for name in ("bo", "cleo")]
        return call.ended.over or (failed and all(ringing))

    await eventually(went_on, within_seconds=3)
    talked = call.ended.over
    call.hang_up()
    assert bool(entries(await house.record(), story.Connected)) is talked


# ---- rings in vain ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "cause", "then"),
    [
        (Rejects(486), "busy", ("back-off", 40)),
        (Rejects(603), "refused", ("back-off", 50)),
        (Ignores(), "no answer", ("back-off", 60)),
        (Rejects(404), "unreachable", ("not ready", 0)),
    ],
)
async def test_who_is_rung_in_vain_is_passed_over_as_the_plan_says_of_the_cause(
    house: Practice, policy: Any, cause: str, then: tuple[str, int]
) -> None:
    house.phones["ana"].policy = policy
    call = await house.caller("2")
    await (await rung(house.phones["bo"])).answered
    ana = next(each for each in (await house.careline.ask(do="status"))["people"] if each["name"] == "ana")
    assert (ana["state"], ana["why"]) == (then[0], cause)
    call.hang_up()
    assert entries(await house.record(), story.OfferFailed) == [story.OfferFailed("ana", cause)]


# ---- the same person again -------------------------------------------------------------------------------------------


async def test_who_rings_again_gets_the_person_of_before_first(house: Practice, plug_in: PlugIn) -> None:
    """The order of the plan is ana, bo, cleo: only the talk of before leads to cleo."""
    regular = await plug_in("6175550144")
    for name in ("ana", "bo"):
        await house.careline.ask(do="not-ready", person=name, reason="lunch")
    call = await house.caller("3", regular)
    await house.until_person("cleo", "talking")
    call.hang_up()
    await house.until_status(lambda status: not status["calls"])
    for name in ("ana", "bo"):
        await house.careline.ask(do="ready", person=name)
    call = await house.caller("3", regular)
    await house.until_person("cleo", "talking")
    call.hang_up()
    assert [each.person for each in entries(await house.record_of(regular.name), story.Offered)] == ["cleo"]
    other = await house.caller("3", await plug_in("6175550145"))
    await house.until_person("ana", "talking")
    other.hang_up()


# ---- mobile phones ---------------------------------------------------------------------------------------------------


async def test_a_mobile_phone_takes_a_call_by_key_or_passes_it_on_and_the_next_by_pin(house: Practice) -> None:
    call = await house.caller("4")
    dan = await rung(house.phones["dan"])
    await until_heard(dan, "accept_press")
    dan.press("2")
    eve = await rung(house.phones["eve"])
    await until_heard(eve, "accept_pin")
    eve.press("4712#")
    await dan.ended
    assert await house.person_state("eve") == "ringing"
    eve.press("4711#")
    await talk(house, call, "eve")
    call.hang_up()
    record = await house.record()
    assert entries(record, story.OfferFailed) == [story.OfferFailed("dan", "refused")]
    assert record.summary.person == "eve"


async def test_a_mailbox_does_not_get_the_caller(house: Practice) -> None:
    call = await house.caller("4")
    dan = await rung(house.phones["dan"])
    await until_heard(dan, "accept_press")
    eve = await rung(house.phones["eve"])
    assert not (await dan.ended).by_us
    await until_heard(eve, "accept_pin")
    eve.press("4711#")
    await house.until_person("eve", "talking")
    call.hang_up()
    assert entries(await house.record(), story.OfferFailed) == [story.OfferFailed("dan", "no answer")]


# ---- on another call -------------------------------------------------------------------------------------------------


async def test_who_is_on_an_outside_call_is_not_rung(house: Practice) -> None:
    outside = house.phones["ana"].dial(house.pbx.uri("echo"))
    await house.until_person("ana", "outside call")
    call = await house.caller("2")
    await house.until_person("bo", "talking")
    call.hang_up()
    assert [each.person for each in entries(await house.record(), story.Offered)] == ["bo"]
    outside.hang_up()
    await house.until_person("ana", "ready")
    assert not [each for each in house.phones["ana"].calls if each.incoming]


# ---- while callers wait ----------------------------------------------------------------------------------------------


async def test_a_key_leads_out_of_the_queue_at_any_moment(house: Practice) -> None:
    call = await house.caller("6")
    await house.until_waiting(1)
    call.press("3")
    await house.until_person("ana", "talking")
    call.hang_up()
    record = await house.record()
    assert entries(record, story.WentByChoice) == [story.WentByChoice("queue in_turn", "pressed 3")]
    assert record.summary.outcome is Outcome.TALKED


async def test_a_word_leads_out_of_the_queue(house: Practice) -> None:
    await house.careline.hearing()
    call = await house.caller("6")
    await house.until_waiting(1)
    call.say(speak("billing"))
    await house.until_person("ana", "talking")
    call.hang_up()
    (left,) = entries(await house.record(), story.WentByChoice)
    assert left == story.WentByChoice("queue in_turn", "said something that means 'billing'")


async def test_a_word_of_danger_makes_a_waiting_caller_urgent(house: Practice) -> None:
    await house.careline.hearing()
    call = await house.caller("6")
    await house.until_waiting(1)
    call.say(speak("emergency"))
    await house.until_person("ana", "talking")
    call.hang_up()
    record = await house.record()
    assert [each.sign for each in entries(record, story.RedFlagRaised)] == ["emergency"]
    assert record.summary.urgent


async def test_who_is_cut_off_and_rings_again_has_the_place_back(house: Practice, plug_in: PlugIn) -> None:
    first, second = await plug_in("6175550155"), await plug_in("6175550166")
    cut_off = await house.caller("6", first)
    await house.until_waiting(1)
    behind = await house.caller("6", second)
    await house.until_waiting(2)
    cut_off.hang_up()
    await house.until_waiting(1)
    back = await house.caller("6", first)
    await until_heard(back, "place_kept")
    house.phones["fay"].policy = AT_ONCE
    await house.careline.ask(do="ready", person="fay")
    await house.until_person("fay", "talking")
    await talk(house, back, "fay")
    assert [each["position"] for each in await house.line()] == [1]
    back.hang_up()
    assert entries(await house.record_of(first.name), story.PlaceRestored)
    behind.hang_up()


async def test_steps_relax_and_the_place_is_kept(house: Practice, plug_in: PlugIn) -> None:
    """Ana, who could serve the first step, is on another call; gus is free, and right for the second step only."""
    outside = house.phones["ana"].dial(house.pbx.uri("echo"))
    await house.until_person("ana", "outside call")
    first, second = await plug_in("6175550155"), await plug_in("6175550166")
    calls = [await house.caller("7", first)]
    await house.until_waiting(1)
    calls.append(await house.caller("7", second))
    await house.until_waiting(2)
    assert [each["step"] for each in await house.line()] == [1, 1]
    await house.until_person("gus", "talking")
    await talk(house, calls[0], "gus")
    assert [each["position"] for each in await house.line()] == [1]
    for call in (*calls, outside):
        call.hang_up()
    record = await house.record_of(first.name)
    assert [(each.queue, each.step) for each in entries(record, story.Stepped)] == [("experts", 2)]
