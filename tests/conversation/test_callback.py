"""Being called back: what is agreed upon, who is dialled when, and what becomes of who picks up."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from acd import events
from acd.model import Urgency
from ivr import record as story
from ivr.control import ControlError
from ivr.conversation.callback import GOODBYE_SECONDS, free_slots
from tests.house import NUMBER, House
from tests.menus.plans import small

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan

ANA, OUTSIDE = "PJSIP/ana", f"PJSIP/+1{NUMBER}@trunk"
DESK = "desk: {needs: [desk], overflow: {after: 4m, to: voicemail desk}}"
AWAY = ("skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}", "skills: {desk: 5, spanish: 5}, ready: no}")
OUT = ("start: main\n", "start: main\noutside: {dial: 'PJSIP/{number}@trunk', numbers: ['+1617']}\n")


def plan_with(desk: str = "callback: {retries: [5m]}, exits: {2: callback, 3: voicemail desk}") -> Plan:
    return small((DESK, f"desk: {{needs: [desk], {desk}}}"), AWAY, OUT)


def house_with(plan: Plan | None = None, after: House | None = None) -> House:
    """With the phone of a caller; give the house whose process was killed to go on after it."""
    plan = plan or plan_with()
    if after:
        return House(plan, journal=after.journal, switch=after.switch, backs=after.backs, clock=after.clock)
    return House(plan, outside=[OUTSIDE])


async def agreed(house: House, *lines: str) -> None:
    """A caller waits, presses 2, and agrees to be called back."""
    house.call("billing", "2", *(lines or ("1",)))
    await house.until(story.CallbackAgreed)
    await house.until_handled(events.CallerLeft("call-1", dropped=True))
    house.later(GOODBYE_SECONDS)


async def dialled(house: House, *lines: str) -> None:
    """It is the caller's turn: ana picks up, and the caller's phone is rung; who picks up there does this."""
    house.switch.lines[OUTSIDE] = lines
    house.queues.person_ready("ana")
    await house.picks_up(ANA)
    await house.rings(OUTSIDE)


# ---- agreeing -----------------------------------------------------------------------------------------------------


async def test_who_agrees_hears_the_number_confirms_it_and_keeps_the_place() -> None:
    async with house_with().open() as house:
        patient = house.call("billing", "2", "1")
        assert await house.until(story.CallbackAgreed) == story.CallbackAgreed(NUMBER, own_number=True)
        await house.until_handled(events.CallerLeft("call-1", dropped=True))
        said = patient.heard.index("We will call you back at")
        assert patient.heard[said + 1 : said + 13] == [*"617", ",", *"555", ",", *"0111"]
        assert patient.heard[-1].startswith("You're all set. You keep your place in line")
        [waiting] = house.queues.engine.waiting(house.clock.time)
        assert (waiting.call, waiting.callback) == ("call-1", True)
        summary = house.record.summary_of("call-1")
        assert (summary.ended, summary.outcome) == (None, story.Outcome.CALLBACK)
        assert "HungUp" not in house.kinds()
        assert NUMBER not in str(house.journal.events())


async def test_another_number_is_entered_and_confirmed() -> None:
    async with house_with().open() as house:
        await agreed(house, "2", "6175550177#", "1")
        assert await house.until(story.CallbackAgreed) == story.CallbackAgreed("6175550177", own_number=False)
        assert house.backs.rows["call-1"].phi_number == "6175550177"


async def test_a_number_that_must_not_be_called_is_refused_and_the_caller_waits_on() -> None:
    async with house_with().open() as house:
        patient = house.call("billing", "2", "2", "9005550177#", "", "", "")
        await house.until_held()
        assert "I'm sorry, I can't call that number." in patient.heard
        assert "CallbackAgreed" not in house.kinds()
        assert house.queues.place_of("call-1") is not None


async def test_somebody_who_picks_up_meanwhile_is_better_than_a_callback() -> None:
    async with house_with().open() as house:
        patient = house.listener("billing", "2")
        await patient.asked.until(lambda _: True)
        house.queues.person_ready("ana")
        await house.picks_up(ANA)
        await house.until(story.Connected)
        assert "CallbackAgreed" not in house.kinds()


async def test_a_time_can_be_chosen_among_the_free_ones() -> None:
    plan = plan_with("callback: {per_half_hour: 1}, exits: {2: callback}")
    async with house_with(plan).open() as house:
        await agreed(house, "1", "2", "2", "1")
        slots = free_slots(
            datetime.fromtimestamp(house.clock.time, ZoneInfo("America/New_York")), (), Counter[float](), 1
        )
        next(slots)
        assert (await house.until(story.CallbackAgreed)).not_before == next(slots).timestamp()


async def test_within_the_hours_only_the_caller_is_called() -> None:
    plan = plan_with('callback: {hours: {sun: "10:00-11:00"}}, exits: {2: callback}')
    async with house_with(plan).open() as house:
        await agreed(house)
        asked = next(event for event in house.journal.events() if isinstance(event, events.CallbackAsked))
        begins = [datetime.fromtimestamp(begin, ZoneInfo("America/New_York")) for begin, _ in asked.callback.hours]
        assert [(each.weekday(), each.hour) for each in begins] == [(6, 10)]
        house.queues.person_ready("ana")
        await house.queues.settled()
        assert house.queues.engine.offers() == ()


# ---- calling back -------------------------------------------------------------------------------------------------


async def test_the_caller_is_dialled_when_a_person_is_there_presses_one_and_talks() -> None:
    async with house_with().open() as house:
        await agreed(house)
        await dialled(house, "1")
        house.switch.pick_up(OUTSIDE)
        await house.until(story.Connected)
        house.switch.put_down(ANA)
        await house.until_over()
        assert house.kinds()[-6:] == [
            "CallbackDialled",
            "CallbackReached",
            "Joined",
            "Connected",
            "TalkEnded",
            "HungUp",
        ]
        assert house.scripts["careline-back-1"].heard[0].startswith("Hello. This is Lakeside, calling you back")
        assert house.record.summary_of("call-1").outcome is story.Outcome.TALKED
        assert house.backs.rows == {}
        assert house.entries("careline-back-1") == []


async def test_a_machine_presses_nothing_hears_nothing_more_and_the_caller_is_tried_again() -> None:
    async with house_with().open() as house:
        await agreed(house)
        await dialled(house, "", "")
        house.switch.pick_up(OUTSIDE)
        assert await house.until(story.CallbackNotReached) == story.CallbackNotReached("answering machine")
        await house.told.until(lambda told: told == f"{ANA} is free again: ended")
        assert len(house.scripts["careline-back-1"].heard) == 2
        [waiting] = house.queues.engine.waiting(house.clock.time)
        assert waiting.callback
        house.later(300)
        await house.rings(ANA, times=2)


async def test_a_machine_in_the_last_attempt_ends_the_record() -> None:
    plan = plan_with("callback: {retries: []}, exits: {2: callback}")
    async with house_with(plan).open() as house:
        await agreed(house)
        await dialled(house, "", "")
        house.switch.pick_up(OUTSIDE)
        await house.until_over()
        assert house.kinds()[-2:] == ["CallbackNotReached", "CallbackGivenUp"]
        assert house.record.summary_of("call-1").outcome is story.Outcome.NOT_REACHED


async def test_who_is_reached_in_no_attempt_is_given_up_and_the_record_ends() -> None:
    async with house_with().open() as house:
        await agreed(house)
        for attempt in (1, 2):
            house.queues.person_ready("ana")
            await house.picks_up(ANA, times=attempt)
            await house.rings(OUTSIDE, times=attempt)
            house.switch.refuse(OUTSIDE)
            await house.until(story.CallbackNotReached, times=attempt)
            house.later(300)
        await house.until_over()
        assert await house.until(story.CallbackGivenUp) == story.CallbackGivenUp(2)
        assert house.record.summary_of("call-1").outcome is story.Outcome.NOT_REACHED


async def test_a_person_who_does_not_wait_for_the_caller_ends_the_dialling() -> None:
    async with house_with().open() as house:
        await agreed(house)
        await dialled(house)
        house.switch.put_down(ANA)
        await house.told.until(lambda told: told == f"{OUTSIDE} is free again: cancelled")


async def test_caller_first_rings_the_person_once_the_caller_is_there() -> None:
    plan = plan_with("callback: {first: caller}, exits: {2: callback}")
    async with house_with(plan).open() as house:
        await agreed(house)
        house.switch.lines[OUTSIDE] = ["1"]
        house.queues.person_ready("ana")
        await house.picks_up(OUTSIDE)
        await house.picks_up(ANA)
        await house.until(story.Connected)


async def test_after_a_restart_the_caller_is_still_called_back_in_the_same_record() -> None:
    async with house_with().open() as before:
        await agreed(before)
    async with house_with(after=before).open() as house:
        house.told = before.told  # the phones are those of before
        await dialled(house, "1")
        house.switch.pick_up(OUTSIDE)
        await house.until_handled(events.TalkBegan(1))
        assert house.queues.engine.calls() == {"call-1"}


async def test_a_talk_with_who_was_called_back_goes_on_over_a_restart() -> None:
    async with house_with().open() as before:
        await agreed(before)
        await dialled(before, "1")
        before.switch.pick_up(OUTSIDE)
        await before.until_handled(events.TalkBegan(1))
    async with house_with(after=before).open() as house:
        await house.until_handled(events.Reconciled(frozenset({"call-1"}), frozenset(), frozenset({1})))
        house.switch.put_down(ANA)
        await house.until_over()
        assert house.queues.engine.calls() == frozenset()
        assert house.backs.rows == {}


# ---- pure parts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("taken", "first"), [(0, "15:30"), (2, "16:00")])
def test_a_half_hour_that_is_full_is_not_offered(taken: int, first: str) -> None:
    now = datetime(2026, 11, 20, 15, 3, tzinfo=ZoneInfo("America/New_York"))
    half_past = now.replace(minute=30)
    hours = [(now.timestamp(), now.replace(hour=17, minute=0).timestamp())]
    slots = list(free_slots(now, hours, {half_past.timestamp(): taken}, 2))
    assert f"{slots[0]:%H:%M}" == first
    assert f"{slots[-1]:%H:%M}" == "16:30"


async def test_who_rings_again_has_the_place_and_is_not_called_back() -> None:
    async with house_with().open() as house:
        await agreed(house)
        house.call("billing", call="call-2")
        assert await house.until(story.CallbackOver) == story.CallbackOver("the caller rang again")
        await house.until(story.PlaceRestored, call="call-2")
        await house.until_over("call-1")
        assert house.record.summary_of("call-1").outcome is story.Outcome.CALLBACK_OVER


async def test_a_callback_is_cancelled_by_an_administrator() -> None:
    async with house_with().open() as house:
        await agreed(house)
        await house.desk.answer({"do": "cancel-callback", "call": "call-1"})
        assert await house.until(story.CallbackOver) == story.CallbackOver("cancelled")
        await house.until_over("call-1")
        assert house.queues.engine.calls() == frozenset()


async def test_who_is_on_the_phone_is_no_callback_to_cancel() -> None:
    async with house_with().open() as house:
        house.call("billing")
        await house.until_held()
        with pytest.raises(ControlError, match="'call-1' is on the phone"):
            await house.desk.answer({"do": "cancel-callback", "call": "call-1"})


async def test_danger_said_while_a_callback_is_agreed_upon_goes_before_it() -> None:
    async with house_with().open() as house:
        house.listener("billing", "2", "my chest has pain")
        assert await house.until(story.RedFlagRaised) == story.RedFlagRaised("pain", ("pain",))
        await house.queues.settled()
        place = house.queues.place_of("call-1")
        assert place is not None
        assert (place.queue, place.urgency) == ("nurse", Urgency.URGENT)
