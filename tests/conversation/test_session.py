"""One caller, from the first word to the last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from acd.events import CallerLeft
from acd.model import Condition, Overflow, Urgency
from acd.skills import Needs
from ivr import record as story
from ivr.call import Deaf, Heard, Turn
from ivr.conversation.listening_rules import STORY_SECONDS, WORD_SECONDS
from ivr.menus.routing import routing_of
from ivr.queueing.news import Place
from ivr.queueing.runner import Phones
from ivr.record import Where
from ivr.services import SwitchDown
from ivr.simulator.terminal import Script
from ivr.trial import TypedEars
from tests.fakes import Seen
from tests.house import House, WatchedCall
from tests.menus.plans import small

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan

ANA = "PJSIP/ana"
PLAN = small()
BUSY = small(("skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}", "skills: {desk: 5, spanish: 5}, ready: no}"))


def where(house: House) -> story.HungUp:
    ends = [entry for entry in house.entries() if isinstance(entry, story.HungUp)]
    assert len(ends) == 1
    return ends[0]


def standing(house: House) -> Place | None:
    """Where the caller stands, but for whom the number belongs to."""
    place = house.queues.place_of("call-1")
    return place and replace(place, party="")


# ---- the whole way --------------------------------------------------------------------------------------------


async def test_a_caller_says_what_is_needed_and_talks_with_the_right_person() -> None:
    async with House(PLAN).open() as house:
        patient = house.call("billing please")
        await house.picks_up(ANA)
        await house.until(story.Connected)
        house.switch.put_down(ANA)
        await house.until_over()
        assert house.kinds() == [
            "Greeted",
            "Asked",
            "HeardSpeech",
            "Understood",
            "RoutedTo",
            "Joined",
            "Offered",
            "Connected",
            "TalkEnded",
            "HungUp",
        ]
        assert where(house) == story.HungUp(Where.TALK)
        assert patient.heard[0] == "Welcome."
        assert patient.heard[-1] == "Thank you. I'm connecting you now."
        assert house.record.summary_of("call-1").outcome is story.Outcome.TALKED


async def test_keys_alone_lead_there_too_and_the_record_says_why() -> None:
    async with House(PLAN).open() as house:
        house.call("9", "1", "1")
        routed = await house.until(story.RoutedTo)
        assert (routed.queue, routed.needs, routed.urgent) == ("desk", ("cardiology", "spanish"), False)
        assert [because.text for because in routed.phi_reasons][1:] == [
            "Menu 'main': pressed 9 for language 'es'.",
            "Menu 'main': pressed 1, 'to make an appointment'.",
            "Menu 'office': pressed 1, 'for the heart'.",
            "To queue 'desk', with cardiology and spanish.",
        ]
        assert await house.until(story.LanguageChosen) == story.LanguageChosen("es")


async def test_the_way_to_a_box_is_in_the_record_too() -> None:
    async with House(PLAN).open() as house:
        house.call("3", "please call me back")
        await house.until_over()
        sent = await house.until(story.SentToVoicemail)
        assert sent.phi_reasons[-1].text == "To voicemail 'desk'."
        assert house.messages.kept == [("call-1", "desk", 1.14)]


async def test_whoever_is_served_by_the_menus_is_hung_up_on_with_a_goodbye() -> None:
    async with House(PLAN).open() as house:
        patient = house.call("2", "2")
        await house.until_over()
        assert where(house) == story.HungUp(Where.MENU, by_us=True)
        assert patient.heard[-1] == "Thank you for calling. Goodbye."


async def test_a_choice_may_only_say_something() -> None:
    async with House(PLAN).open() as house:
        patient = house.call("4")
        await house.until_over()
        assert "We are open from nine to five." in patient.heard


# ---- danger ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [(), ("1",), ("hmm",), ("hmm", "hmm"), ("2", "", ""), ("9",)],
    ids=["open question", "further menu", "closed question", "keys only", "keys only after silence", "in Spanish"],
)
async def test_danger_on_any_question_goes_before_everybody_to_the_nurse(before: tuple[str, ...]) -> None:
    async with House(PLAN).open() as house:
        patient = house.call(*before, "my father has chest pain")
        routed = await house.until(story.RoutedTo)
        assert (routed.queue, routed.needs, routed.urgent) == ("nurse", (), True)
        assert await house.until(story.RedFlagRaised) == story.RedFlagRaised("pain", ("pain",))
        await house.rings(ANA)
        language = house.record.summary_of("call-1").language
        assert patient.heard[-1] == house.prompts.text(house.prompts.sound(language, "urgent_connecting"))
        assert [each.urgency for each in house.queues.engine.waiting(0.0)] == [Urgency.URGENT]


async def test_other_words_where_keys_were_asked_for_are_no_answer_and_the_keys_are_asked_for_again() -> None:
    async with House(PLAN).open() as house:
        patient = house.call("hmm", "hmm", "hmm", "21")
        await house.until(story.HeardKeys)
        assert patient.heard.count("Please use the keys on your phone.") == 2


# ---- speech that does not work ----------------------------------------------------------------------------------


class HardOfHearing(WatchedCall):
    """A call whose recogniser is lost."""

    async def ask(self, turn: Turn) -> Heard:
        return Deaf() if turn.hearing else await super().ask(turn)


async def test_a_recogniser_that_is_lost_means_keys() -> None:
    async with House(PLAN).open() as house:
        script = Script(["2", "1"])
        house.takes(HardOfHearing("call-1", script, house.prompts, house.switch))
        assert (await house.until(story.RoutedTo)).queue == "desk"
        assert "RecognizerLost" in house.kinds()
        assert "Please use the keys on your phone." in script.heard


class Timed(WatchedCall):
    """A call that tells how long an answer may be."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.longest: list[float] = []

    async def ask(self, turn: Turn) -> Heard:
        self.longest.append(turn.longest_seconds)
        return await super().ask(turn)


async def test_only_the_answer_to_an_open_question_may_be_a_story() -> None:
    async with House(PLAN).open() as house:
        call = Timed("call-1", Script(["a radio", "a radio", "2", "1"]), house.prompts, house.switch)
        house.takes(call)
        await house.until(story.RoutedTo)
        assert call.longest[:3] == [STORY_SECONDS, WORD_SECONDS, WORD_SECONDS]


class HeardOnceAnswered(WatchedCall):
    """A call of which one knows only then that the PBX gives no live audio."""

    async def answer(self) -> None:
        await super().answer()
        self.hears_speech = False


async def test_where_the_pbx_gives_no_live_audio_only_keys_are_asked_for() -> None:
    async with House(PLAN).open() as house:
        patient = Script(["billing", "2", "1"])
        house.takes(HeardOnceAnswered("call-1", patient, house.prompts, house.switch))
        assert (await house.until(story.RoutedTo)).queue == "desk"
        assert "HeardSpeech" not in house.kinds()
        assert "How can we help?" not in patient.heard


class EnglishEars(TypedEars):
    def can_hear(self, language: str) -> bool:
        return language == "en"


async def test_a_language_that_no_recogniser_knows_is_served_by_keys() -> None:
    async with House(PLAN, ears=EnglishEars()).open() as house:
        patient = house.call("9", "factura", "2", "1")
        assert (await house.until(story.RoutedTo)).needs == ("spanish",)
        assert "HeardSpeech" not in house.kinds()
        assert "¿En qué podemos ayudarle?" not in patient.heard


# ---- in line --------------------------------------------------------------------------------------------------


async def test_whoever_can_be_connected_at_once_is_told_no_place() -> None:
    async with House(PLAN).open() as house:
        house.call("billing")
        await house.picks_up(ANA)
        await house.until(story.Connected)
        assert "ToldPosition" not in house.kinds()


async def test_whoever_must_wait_is_told_the_place_once() -> None:
    async with House(BUSY).open() as house:
        first = house.call("billing", call="call-1")
        assert await house.until(story.ToldPosition) == story.ToldPosition(1)
        second = house.call("billing", call="call-2")
        assert await house.until(story.ToldPosition, call="call-2") == story.ToldPosition(2)
        await house.until_held("call-2")
        house.calls["call-1"].caller_hangs_up()
        await house.until_over("call-1")
        assert first.heard[-1] == "You are next in line. Thank you for waiting."
        assert second.heard[-2:] == ["Thank you for waiting. You are caller number", "2"]
        assert house.kinds("call-2").count("ToldPosition") == 1


async def test_whoever_waited_too_long_leaves_a_message_and_is_thanked() -> None:
    async with House(BUSY).open() as house:
        patient = house.call("billing", "please call me back")
        await house.until(story.ToldPosition)
        house.later(240)
        await house.until_over()
        assert house.messages.kept == [("call-1", "desk", 1.14)]
        assert where(house) == story.HungUp(Where.VOICEMAIL, by_us=True)
        assert patient.heard[-1] == "Thank you. We have your message, and we will call you back."
        assert house.queues.engine.calls() == frozenset()


async def test_whoever_leaves_no_message_is_not_told_that_we_have_it() -> None:
    async with House(BUSY).open() as house:
        patient = house.call("billing", "")
        await house.until(story.ToldPosition)
        house.later(240)
        await house.until_over()
        assert await house.until(story.Voicemail) == story.Voicemail("desk", 0.0)
        assert patient.heard[-1] == "Thank you for calling. Goodbye."


TO_THE_NURSE = small(
    ("skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}", "skills: {desk: 5}, ready: no}"),
    ("nurse: {needs: [nurse], clinical: yes,", "nurse: {needs: [nurse], overflow: {after: 60s, to: queue desk},"),
)


async def test_another_queue_takes_over_all_that_the_caller_needs() -> None:
    async with House(TO_THE_NURSE).open() as house:
        house.call("9", "pain")
        await house.until(story.ToldPosition)
        house.later(60)
        await house.until(story.Moved)
        assert standing(house) == Place("desk", urgency=Urgency.URGENT)


async def test_a_caller_keeps_own_needs_from_queue_to_queue() -> None:
    plan = small(
        ("skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}", "skills: {desk: 5}, ready: no}"),
        ("overflow: {after: 4m, to: voicemail desk}", "overflow: {after: 4m, to: queue nurse}"),
    )
    async with House(plan).open() as house:
        house.call("9", "1", "1")
        await house.until(story.ToldPosition)
        house.later(240)
        await house.until(story.Moved)
        assert standing(house) == Place("nurse", Needs.all_of("cardiology", "spanish"))


async def test_from_a_queue_that_is_no_more_callers_come_to_the_operator() -> None:
    async with House(BUSY).open() as house:
        house.call("pain")
        await house.until(story.ToldPosition)
        plan = routing_of(BUSY)
        fewer = tuple(queue for queue in plan.queues if queue.name != "nurse")
        await house.queues.configure(replace(plan, queues=fewer), Phones({}, {}))
        assert await house.until(story.Moved) == story.Moved("nurse", "desk", "the queue is no more")
        assert standing(house) == Place("desk", urgency=Urgency.URGENT)


async def test_a_caller_whom_the_pbx_cannot_give_back_now_hears_music_until_it_can() -> None:
    async with House(BUSY, switch=None).open() as house:
        script = Script(["billing", "please call me back"])
        call = LateBack("call-1", script, house.prompts, house.switch)
        house.takes(call)
        await house.until(story.ToldPosition)
        await house.until_held()
        house.later(240)
        await house.until_over()
        assert house.messages.kept == [("call-1", "desk", 1.14)]


class LateBack(WatchedCall):
    """The PBX's control connection is down when the caller is to be fetched, and when the caller is to be hung up."""

    fetches = 0

    async def take_back(self) -> None:
        self.fetches += 1
        if self.fetches == 1:
            raise SwitchDown
        await super().take_back()

    async def hang_up(self) -> None:
        await super().hang_up()
        raise SwitchDown


# ---- hanging up, at any moment ----------------------------------------------------------------------------------


async def test_a_hang_up_in_the_menus() -> None:
    async with House(PLAN).open() as house:
        house.call("1")
        await house.until_over()
        assert where(house) == story.HungUp(Where.MENU)
        assert house.record.summary_of("call-1").outcome is story.Outcome.LEFT_IN_MENU


async def test_a_hang_up_before_the_greeting() -> None:
    async with House(PLAN).open() as house:
        house.call()
        house.calls["call-1"].caller_hangs_up()
        await house.until_over()
        assert house.entries() == [story.HungUp(Where.MENU)]


async def test_a_hang_up_in_line() -> None:
    async with House(BUSY).open() as house:
        house.call("billing")
        await house.until_held()
        house.calls["call-1"].caller_hangs_up()
        await house.until_over()
        assert where(house) == story.HungUp(Where.QUEUE)
        await house.until_handled(CallerLeft("call-1", dropped=True))
        assert house.queues.engine.calls() == frozenset()


async def test_a_hang_up_while_a_phone_rings_stops_the_ringing() -> None:
    async with House(PLAN).open() as house:
        house.call("billing")
        await house.rings(ANA)
        house.calls["call-1"].caller_hangs_up()
        await house.told.until(lambda told: told == f"{ANA} is free again: cancelled")
        await house.until_over()
        assert where(house) == story.HungUp(Where.QUEUE)
        assert house.record.summary_of("call-1").outcome is story.Outcome.LEFT_IN_QUEUE


async def test_a_hang_up_by_the_caller_ends_the_talk() -> None:
    async with House(PLAN).open() as house:
        house.call("billing")
        await house.picks_up(ANA)
        await house.until(story.Connected)
        house.calls["call-1"].caller_hangs_up()
        await house.until_over()
        assert where(house) == story.HungUp(Where.TALK)


async def test_a_hang_up_while_recording_keeps_the_message() -> None:
    async with House(PLAN).open() as house:
        house.call("3")
        await house.until_over()
        assert where(house) == story.HungUp(Where.VOICEMAIL)
        assert house.messages.kept == [("call-1", "desk", 0.0)]


async def test_whoever_is_put_back_in_line_and_hangs_up_was_in_line() -> None:
    """The person picked up and hung up again before the two were joined."""
    async with House(PLAN).open() as house:
        script = Script(["billing"])
        call = SlowToHold("call-1", script, house.prompts, house.switch)
        house.takes(call)
        await house.picks_up(ANA)
        await call.holding.until(lambda _: True)
        house.switch.put_down(ANA)
        assert await house.until(story.OfferFailed) == story.OfferFailed("ana", "lost")
        call.goes_on.set()
        await house.until_held()
        call.caller_hangs_up()
        await house.until_over()
        assert where(house) == story.HungUp(Where.QUEUE)


class SlowToHold(WatchedCall):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holding: Seen[str] = Seen()
        self.goes_on = asyncio.Event()

    async def hold(self) -> None:
        self.holding.add(self.id)
        await self.goes_on.wait()
        await super().hold()


# ---- after an outage --------------------------------------------------------------------------------------------


async def killed_with_a_caller_in_line(plan: Plan, *lines: str) -> House:
    """A house whose process ended; what the PBX and the disk hold goes on."""
    async with House(plan).open() as house:
        house.call(*lines)
        await house.until_held()
    house.switch.take_back("call-1")
    return house


async def test_whoever_stood_in_line_stands_there_again_without_a_word() -> None:
    before = await killed_with_a_caller_in_line(BUSY, "9", "1", "1")
    async with House(BUSY, journal=before.journal, switch=before.switch).open() as house:
        patient = house.call("3", "mensaje", came_back=True)
        await house.until_held()
        assert house.entries() == [story.CameBack(), story.Joined("desk")]
        assert patient.heard == []
        house.later(240)
        await house.until_over()
        assert patient.heard[0].startswith("Disculpe")  # the caller needs somebody who speaks Spanish


async def test_whoever_was_urgent_is_so_again_in_the_next_queue() -> None:
    before = await killed_with_a_caller_in_line(TO_THE_NURSE, "pain")
    async with House(TO_THE_NURSE, journal=before.journal, switch=before.switch).open() as house:
        house.call(came_back=True)
        await house.until_held()
        house.later(60)
        await house.until(story.Moved)
        assert standing(house) == Place("desk", urgency=Urgency.URGENT)


async def test_whoever_waited_too_long_meanwhile_goes_where_the_queue_sends() -> None:
    before = await killed_with_a_caller_in_line(BUSY, "billing")
    house = House(BUSY, journal=before.journal, switch=before.switch)
    house.clock.time += 240
    async with house.open():
        patient = house.call("please call me back", came_back=True)
        await house.until_over()
        assert house.kinds() == ["CameBack", "Joined", "Overflowed", "SentToVoicemail", "Voicemail", "HungUp"]
        assert patient.heard[0].startswith("I'm sorry, everyone is busy right now.")


async def test_whoever_was_in_the_menus_is_told_and_asked_again() -> None:
    async with House(PLAN).open() as house:
        patient = house.call("billing", came_back=True)
        await house.until(story.RoutedTo)
        assert house.kinds()[:3] == ["CameBack", "Greeted", "Asked"]
        assert patient.heard[:2] == ["I'm sorry for the interruption. I'm right back with you.", "Welcome."]


async def test_the_record_of_a_call_that_goes_on_without_us_stays_open() -> None:
    before = await killed_with_a_caller_in_line(BUSY, "billing")
    assert before.record.summary_of("call-1").ended is None
    assert "HungUp" not in before.kinds()


# ---- our own faults ---------------------------------------------------------------------------------------------


async def test_a_fault_of_ours_is_noted_and_leaves_nobody_in_line_or_on_hold() -> None:
    """The plan's overflow cannot be read: a fault, for plans are checked."""
    async with House(BUSY).open() as house:
        plan = routing_of(BUSY)
        lost = tuple(replace(each, overflow=(Overflow(Condition(60), "no such way"),)) for each in plan.queues)
        await house.queues.configure(replace(plan, queues=lost), Phones({}, {}))
        call = house.calls["call-1"] = WatchedCall("call-1", Script(["billing"]), house.prompts, house.switch)
        serving = asyncio.get_running_loop().create_task(house.desk.serve(call))
        await house.until_held()
        house.later(60)
        with pytest.raises(ValueError, match="no such way"):
            await asyncio.wait_for(serving, 10)
        assert house.kinds()[-1] == "Fault"
        assert call.moves.all == ["held", "taken back"]
        assert house.record.summary_of("call-1").ended is None
        call.caller_hangs_up()
        await house.until_over()
        assert house.record.summary_of("call-1").ended is not None
