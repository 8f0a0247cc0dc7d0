"""Who waits in a queue: leaves by key or by word at any moment, is asked, is told, is urgent, is known again."""

from __future__ import annotations

import pytest

from acd import events
from acd.model import Urgency
from ivr import record as story
from ivr.conversation.waiting_room import MOST_LISTENED
from ivr.queueing.news import Place
from ivr.services import Device
from ivr.trial import TypedEars
from tests.house import House
from tests.menus.plans import small

ANA, EMMA = "PJSIP/ana", "PJSIP/emma"
DESK = "desk: {needs: [desk], overflow: {after: 4m, to: voicemail desk}}"
SKILLS = "skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}"
AWAY = (SKILLS, "skills: {desk: 5, spanish: 5}, ready: no}")
NURSE = "{to: queue nurse, name: {en: for a nurse, es: para una enfermera}}"
MENU = "{to: office, name: {en: to change it, es: para cambiar}}"
BY_KEY = small((DESK, f"desk: {{needs: [desk], exits: {{2: voicemail desk, 3: {NURSE}, 4: {MENU}}}}}"), AWAY)
HEARD = "listens: yes, exits: {2: {to: voicemail desk, intent: message}}"
MESSAGE = ("intents:\n", "intents:\n  message: {en: [leave a message], es: [dejar un mensaje]}\n")
BY_WORD = small((DESK, f"desk: {{needs: [desk], {HEARD}}}"), AWAY, MESSAGE)


# ---- leaving by key or word ---------------------------------------------------------------------------------------


async def test_a_key_leads_out_while_the_caller_is_told_the_place() -> None:
    async with House(BY_KEY).open() as house:
        patient = house.call("billing", "", "2", "please call me back")
        await house.until_over()
        assert "To leave a message, press two." in patient.heard
        assert await house.until(story.WentByChoice) == story.WentByChoice("voicemail desk", "pressed 2")
        assert house.messages.kept == [("call-1", "desk", 1.14)]
        assert house.queues.engine.calls() == frozenset()


async def test_a_key_leads_out_while_the_pbx_plays_the_music() -> None:
    async with House(BY_KEY).open() as house:
        house.call("billing", "", "", "please call me back")
        await house.until_held()
        house.switch.press("call-1", "92")
        await house.until_over()
        assert house.messages.kept == [("call-1", "desk", 1.14)]


async def test_another_queue_is_joined_with_the_time_of_before() -> None:
    async with House(BY_KEY).open() as house:
        house.call("billing", "", "")
        await house.until_held()
        house.clock.time += 60
        house.switch.press("call-1", "3")
        await house.until(story.Joined, times=2)
        await house.queues.settled()
        [waiting] = house.queues.engine.waiting(house.clock.time)
        assert (waiting.queue, waiting.waited_seconds) == ("nurse", 60)


async def test_a_menu_goes_on_from_the_queue() -> None:
    async with House(BY_KEY).open() as house:
        patient = house.call("billing", "", "")
        await house.until_held()
        house.switch.press("call-1", "4")
        await house.until_over()
        assert "Which one?" in patient.heard


async def test_a_word_leads_out_and_other_talk_does_not() -> None:
    async with House(BY_WORD).open() as house:
        house.call("billing", "", "it rains again", "let me leave a message", "please call me back")
        await house.until_over()
        chose = await house.until(story.WentByChoice)
        assert chose == story.WentByChoice("voicemail desk", "said something that means 'message'")
        assert house.messages.kept == [("call-1", "desk", 1.14)]


class DeafEars(TypedEars):
    def hears_now(self, language: str) -> bool:
        return False


async def test_where_nobody_can_listen_the_pbx_plays_the_music() -> None:
    async with House(BY_WORD, ears=DeafEars()).open() as house:
        house.listener("2", "1", "", "")
        await house.until_held()


async def test_not_all_callers_can_be_listened_to_at_the_same_time() -> None:
    house = House(BY_WORD)
    house.work.listening.free = 1
    async with house.open():
        first = house.listener("billing", "", "", call="call-1")
        await first.asked.until(lambda _: True)
        house.call("billing", "", "", call="call-2")
        await house.until_held("call-2")
        assert house.work.listening.free == 0
        house.calls["call-1"].caller_hangs_up()
        await house.until_over("call-1")
        assert house.work.listening.free == 1
    assert MOST_LISTENED == 50


async def test_a_queue_may_have_music_of_its_own() -> None:
    async with House(
        small((DESK, f"desk: {{needs: [desk], music: calm_piano, {HEARD}}}"), AWAY, MESSAGE)
    ).open() as house:
        patient = house.listener("billing", "", "")
        await patient.asked.until(lambda _: True)
        assert patient.heard[-1] == "(music.calm_piano)"


async def test_whoever_picks_up_cuts_the_music() -> None:
    async with House(BY_WORD).open() as house:
        patient = house.listener("billing", "", "")
        await patient.asked.until(lambda _: True)
        house.queues.person_ready("ana")
        await house.picks_up(ANA)
        await house.until(story.Connected)
        assert patient.heard[-1] == "(music)"


# ---- danger -------------------------------------------------------------------------------------------------------


async def test_danger_while_waiting_leads_to_the_nurse_before_everybody_with_the_time_kept() -> None:
    async with House(BY_WORD).open() as house:
        patient = house.listener("9", "factura", "", "")
        await patient.asked.until(lambda _: True)
        house.clock.time += 60
        other = house.listener("billing", "", "", "now my chest has pain", call="call-2")
        await house.until_held("call-2")
        assert await house.until(story.RedFlagRaised, call="call-2") == story.RedFlagRaised("pain", ("pain",))
        await house.queues.settled()
        assert house.queues.place_of("call-2") == Place("nurse", urgency=Urgency.URGENT, party="party 11")
        assert any(text.startswith("If this is an emergency,") for text in other.heard)
        assert house.record.summary_of("call-2").urgent


# ---- what the queue offers and tells ------------------------------------------------------------------------------

OFFERED = small(
    (DESK, "desk: {needs: [desk], overflow: [{after: 90s, offer: voicemail desk}, {after: 4m, to: voicemail desk}]}"),
    AWAY,
)


@pytest.mark.parametrize(("line", "ends"), [("1", ["WentByChoice", "SentToVoicemail"]), ("", ["Suggested"])])
async def test_who_is_asked_takes_it_by_key_one_or_waits_on(line: str, ends: list[str]) -> None:
    async with House(OFFERED).open() as house:
        patient = house.call("billing", line, "please call me back")
        await house.until_held()
        house.later(90)
        await house.until(story.Suggested)
        if line == "1":
            await house.until_over()
        else:
            await house.calls["call-1"].moves.until(lambda move: move == "held", times=2)
        assert [kind for kind in house.kinds() if kind in {"Suggested", *ends}][-len(ends) :] == ends
        assert any(text.startswith("If you'd rather leave a message, press one.") for text in patient.heard)


LISTENING = small((DESK, "desk: {needs: [desk], listens: yes, overflow: {after: 90s, offer: voicemail desk}}"), AWAY)


async def test_danger_is_heard_while_something_is_offered() -> None:
    async with House(LISTENING).open() as house:
        patient = house.listener("billing", "", "")
        await patient.asked.until(lambda _: True)
        house.later(90)
        await patient.asked.until(lambda _: True, times=2)
        patient.says("my chest has pain")
        assert await house.until(story.RedFlagRaised) == story.RedFlagRaised("pain", ("pain",))


async def test_who_rings_again_after_the_line_dropped_has_the_place_back() -> None:
    plan = small((DESK, "desk: {needs: [desk], return_within: 3m}"), AWAY)
    async with House(plan).open() as house:
        house.call("billing")
        await house.until_held()
        house.clock.time += 20
        house.call("billing", call="call-2")
        await house.until_held("call-2")
        house.clock.time += 40
        house.calls["call-1"].caller_hangs_up()
        await house.until_over("call-1")
        again = house.call("billing", call="call-3")
        await house.until_held("call-3")
        assert [each.call for each in house.queues.engine.waiting(house.clock.time)] == ["call-3", "call-2"]
        assert await house.until(story.PlaceRestored, call="call-3") == story.PlaceRestored(60)
        assert "Welcome back. You still have your place in line." in again.heard


async def test_the_person_whom_a_caller_talked_with_last_is_rung_first() -> None:
    plan = small(
        (DESK, "desk: {needs: [desk], sticky: {for: 30s, within: 1h}}"),
        ("skills: {nurse: 5}, ready: no}", "skills: {desk: 1}}"),
    )
    async with House(plan).open() as house:
        house.queues.person_not_ready("ana", "lunch")
        house.call("billing", call="call-1")
        await house.picks_up(EMMA)
        await house.until(story.Connected)
        house.queues.person_ready("ana")
        house.switch.put_down(EMMA)
        await house.until_over("call-1")
        house.clock.time += 600
        house.call("billing", call="call-2")
        offered = await house.until(story.Offered, call="call-2")
        assert (offered.person, offered.decision["preferred"]) == ("emma", ("emma",))


# ---- several phones -----------------------------------------------------------------------------------------------


async def test_several_phones_ring_and_the_first_answer_wins() -> None:
    plan = small((DESK, "desk: {needs: [desk], ring: all}"), ("skills: {nurse: 5}, ready: no}", "skills: {desk: 1}}"))
    async with House(plan).open() as house:
        house.call("billing")
        await house.rings(ANA)
        await house.picks_up(EMMA)
        await house.until(story.Connected)
        await house.told.until(lambda told: told == f"{ANA} is free again: cancelled")
        assert [kind for kind in house.kinds() if kind != "Asked"][-4:] == [
            "Offered",
            "Offered",
            "AnsweredElsewhere",
            "Connected",
        ]
        assert await house.until(story.AnsweredElsewhere) == story.AnsweredElsewhere("ana")


# ---- the phones of people -----------------------------------------------------------------------------------------


async def test_nobody_is_rung_whose_phone_is_in_an_outside_call() -> None:
    async with House(small()).open() as house:
        house.switch.becomes(ANA, Device.BUSY)
        await house.until_handled(events.DeviceChanged("ana", events.Device.BUSY))
        house.call("billing")
        await house.until_held()
        assert "Offered" not in house.kinds()
        house.switch.becomes(ANA, Device.FREE)
        await house.rings(ANA)
        changes = [event for event in house.journal.events() if isinstance(event, events.DeviceChanged)]
        assert [(change.agent, change.device) for change in changes] == [
            ("ana", events.Device.BUSY),
            ("ana", events.Device.FREE),
        ]
