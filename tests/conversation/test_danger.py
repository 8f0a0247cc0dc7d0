"""A caller in danger: what they hear, whose phone rings how, who is told, and what the nurse hears first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.commands import Alert
from acd.model import Urgency
from ivr import record as story
from ivr.call import Heard, Hypothesis, Spoke, Turn
from ivr.services import RedFlag
from ivr.simulator.terminal import Script
from tests.house import House, WatchedCall, Words
from tests.menus.plans import small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.menus.plan.model import Plan

NURSE = "PJSIP/ana"
URGENT = "urgent: {queue: nurse}"
SAYS_MORE = small(
    (URGENT, "urgent: {queue: nurse, say: hurry, crisis: stay, alert: {who: ana, for: 1m}}"),
    ("prompts:", "prompts:\n  hurry: {en: We hurry., es: Ya vamos.}\n  stay: {en: Stay with us., es: Quédese.}"),
)
NO_WHISPER = small((URGENT, "urgent: {queue: nurse, whisper: no}"))


class Crisis(Words):
    """`harm` is a crisis."""

    def red_flag(self, language: str, readings: Sequence[str]) -> RedFlag | None:
        if any("harm" in reading for reading in readings):
            return RedFlag("suicide", ("harm",), crisis=True)
        return super().red_flag(language, readings)


class TalksOver(WatchedCall):
    """A caller who says `words` while the first thing is only said."""

    words = "my chest has pain"

    async def ask(self, turn: Turn) -> Heard:
        if turn.keys is None:
            await self.play(*turn.sounds)
            said, self.words = self.words, ""
            return Spoke((Hypothesis(said, 0.5),)) if said else await super().ask(turn)
        return await super().ask(turn)


def test_the_plans_own_sentences_go_before_the_generic_ones() -> None:
    plan: Plan = small()
    assert [plan.urgent.prompt(crisis=crisis) for crisis in (False, True)] == ["urgent_connecting", "crisis_connecting"]
    assert [SAYS_MORE.urgent.prompt(crisis=crisis) for crisis in (False, True)] == ["hurry", "stay"]


async def test_a_caller_in_danger_is_told_of_911_and_connected() -> None:
    async with House(small()).open() as house:
        patient = house.listener("my chest has pain")
        await house.rings(NURSE)
        place = house.queues.place_of("call-1")
        assert place
        assert (place.queue, place.urgency) == ("nurse", Urgency.URGENT)
        assert any("hang up and dial nine one one" in text for text in patient.heard)


async def test_a_crisis_is_told_of_988_and_connected_all_the_same() -> None:
    async with House(small(), understanding=Crisis(small())).open() as house:
        patient = house.listener("I might harm myself")
        await house.rings(NURSE)
        assert any("nine eight eight" in text for text in patient.heard)


async def test_the_phone_shows_that_it_is_urgent_and_tells_what_it_is_before_the_caller_is_joined() -> None:
    house = House(small())
    async with house.open():
        house.listener("my chest has pain")
        await house.picks_up(NURSE)
        await house.until(story.Connected)
        assert any(told == f"{NURSE} rings: URGENT Nurse" for told in house.told.all)
        assert house.scripts["careline-leg-1"].heard == ["Emergency. This caller may be in danger."]


async def test_a_plan_may_do_without_the_whisper() -> None:
    house = House(NO_WHISPER)
    async with house.open():
        house.listener("my chest has pain")
        await house.picks_up(NURSE)
        await house.until(story.Connected)
        assert house.scripts == {}


async def test_who_is_on_the_ladder_is_told_that_a_caller_in_danger_waits_and_of_no_patient() -> None:
    async with House(SAYS_MORE).open() as house:
        house.listener("my chest has pain")
        await house.rings(NURSE)
        await house.queues.settled()
        assert house.alerts.told.all == [
            Alert(1, "nurse", "a caller in danger", 0, ("ana",), "somebody in danger waits")
        ]


async def test_danger_is_heard_while_something_is_only_said() -> None:
    house = House(small())
    async with house.open():
        script = Script(["4"])
        house.takes(TalksOver("call-1", script, house.prompts, house.switch))
        assert await house.until(story.RedFlagRaised) == story.RedFlagRaised("pain", ("pain",))
        await house.rings(NURSE)
        assert script.heard[-1] != "Welcome."


async def test_danger_said_to_a_voicemail_greeting_goes_before_the_message() -> None:
    house = House(small())
    async with house.open():
        house.takes(TalksOver("call-1", Script(["3"]), house.prompts, house.switch))
        await house.rings(NURSE)
        assert house.messages.kept == []


async def test_danger_in_line_follows_the_urgent_queue_to_where_it_leads_while_it_is_closed() -> None:
    closed = small(
        (
            "wrap_up: 30s}",
            "wrap_up: 30s, hours: never, closed: {to: queue on_call}}\n  on_call: {needs: [nurse], clinical: yes}",
        ),
        ("queues:", "hours:\n  never: {}\nqueues:"),
        ("overflow: {after: 4m, to: voicemail desk}", "listens: yes"),
        ("skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}", "skills: {desk: 5}, ready: no}"),
    )
    house = House(closed)
    async with house.open():
        house.listener("billing", "", "", "now my chest has pain")
        await house.until(story.RoutedTo, times=2)
        await house.queues.settled()
        place = house.queues.place_of("call-1")
        assert place
        assert (place.queue, place.urgency) == ("on_call", Urgency.URGENT)
