"""A queue that is closed, met from inside: by key, by overflow, in danger, and by who waits when it closes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ivr import record as story
from tests.fakes import FakeClock
from tests.house import House
from tests.menus.plans import small

DAY, EVENING = "2026-11-20 12:00", "2026-11-20 18:00"
HOURS = ("menus:\n", 'hours: {office: {mon-fri: "08:00-17:00"}}\nmenus:\n')
NURSE_CLOSES = (
    "nurse: {needs: [nurse], clinical: yes,",
    "nurse: {needs: [nurse], hours: office, closed: {say: hours, to: queue night},",
)
NIGHT = ("  nurse: {needs", "  night: {needs: on_call}\n  nurse: {needs")
ROTA = ("people:\n", 'rotas: {on_call: {shifts: {from: "08:00", to: "08:00", who: emma}}}\npeople:\n')
DESK_TO_NURSE = (
    "overflow: {after: 4m, to: voicemail desk}",
    "exits: {2: {to: queue nurse, name: {en: x, es: x}}}, overflow: {after: 4m, to: queue nurse}",
)
PLAN = small(HOURS, NURSE_CLOSES, NIGHT, ROTA, DESK_TO_NURSE, ("ready: no", "ready: yes"))


def house(moment: str) -> House:
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("America/New_York")).timestamp()
    return House(PLAN, clock=FakeClock(at))


def nobody_at_the_desk(of: House) -> None:
    of.queues.person_not_ready("ana", "home")


async def test_a_key_leads_past_a_closed_queue() -> None:
    async with house(EVENING).open() as lakeside:
        nobody_at_the_desk(lakeside)
        patient = lakeside.listener("0")
        await lakeside.until(story.Joined)
        patient.says("2")
        await lakeside.until(story.Joined, times=2)
        offered = await lakeside.until(story.Offered)
        assert offered.person == "emma"
        assert [each.queue for each in lakeside.entries() if isinstance(each, story.Joined)] == ["desk", "night"]


async def test_an_overflow_leads_past_a_closed_queue() -> None:
    async with house(EVENING).open() as lakeside:
        nobody_at_the_desk(lakeside)
        lakeside.call("0")
        await lakeside.until(story.ToldPosition)
        lakeside.later(240)
        offered = await lakeside.until(story.Offered)
        assert offered.person == "emma"


async def test_danger_leads_past_a_closed_queue() -> None:
    async with house(EVENING).open() as lakeside:
        nobody_at_the_desk(lakeside)
        lakeside.call("I am in pain")
        routed = await lakeside.until(story.RoutedTo)
        assert (routed.queue, routed.urgent) == ("night", True)


async def test_who_waits_when_it_closes_keeps_the_place_and_is_served() -> None:
    async with house("2026-11-20 16:59").open() as lakeside:
        for person in PLAN.people:
            lakeside.queues.person_not_ready(person, "busy")
        lakeside.call("0")
        await lakeside.until(story.ToldPosition)
        lakeside.later(120)
        lakeside.queues.person_ready("ana")
        offered = await lakeside.until(story.Offered)
        assert offered.person == "ana"
        assert [each.queue for each in lakeside.entries() if isinstance(each, story.Joined)] == ["desk"]
