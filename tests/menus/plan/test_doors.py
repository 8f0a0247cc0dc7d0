"""Past closed doors: where callers go, what they are told, and that nobody goes round for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.plan.doors import ALWAYS_OPEN, past_closed
from ivr.menus.plan.values import Target
from ivr.menus.steps import Ask, Danger, Done, Key, Say, ToQueue, ToVoicemail
from ivr.menus.walking.interpreter import Walk
from tests.menus.plans import small

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan

HOURS = ("menus:\n", 'hours: {office: {mon-fri: "08:00-17:00"}, phones: {mon-sun: "06:00-22:00"}}\nmenus:\n')
NIGHT_MENU = (
    "  office:\n",
    (
        "  night:\n    ask: which\n    choices:\n      1: {name: {en: a, es: a}, go: queue nurse}\n"
        "      2: {name: {en: b, es: b}, intent: visit, go: voicemail desk}\n  office:\n"
    ),
)
START = ("    say: welcome\n", "    say: welcome\n    hours: office\n    closed: {to: night, say: hours}\n")
DESK = ("desk: {needs: [desk],", "desk: {needs: [desk], hours: office, closed: {to: voicemail desk, say: hours},")
NURSE = (
    "clinical: yes,",
    "clinical: yes, hours: office, closed: {to: queue on_call, say: which},",
)
ON_CALL = ("  nurse: {", "  on_call: {needs: [nurse], clinical: yes}\n  nurse: {")


class Closed:
    """These hours are closed now."""

    def __init__(self, *hours: str) -> None:
        self.hours = hours

    def is_open(self, hours: str) -> bool:
        return hours not in self.hours

    def messages(self) -> tuple[str, ...]:
        return ()


def walk(plan: Plan, *closed: str) -> Walk:
    return Walk(plan, doors=Closed(*closed))


def test_a_closed_start_tells_why_and_leads_to_the_menu_of_the_night() -> None:
    at_night = walk(small(HOURS, NIGHT_MENU, START), "office")
    assert at_night.begin() == Say("en", ("hours",))
    asked = at_night.answered(Done())
    assert isinstance(asked, Ask)
    assert at_night.menu == "night"
    assert at_night.reasons[-1].text == "Menu 'main' is closed now: on to 'night'."


def test_an_open_start_asks() -> None:
    assert isinstance(walk(small(HOURS, NIGHT_MENU, START)).begin(), Ask)


def test_a_closed_queue_leads_where_it_says_and_nobody_is_told_of_a_connection() -> None:
    at_night = walk(small(HOURS, DESK), "office")
    at_night.begin()
    step = at_night.answered(Key("0"))
    assert isinstance(step, ToVoicemail)
    assert (step.box, step.prompts) == ("desk", ("hours",))


def test_what_is_told_on_the_way_is_told_in_order() -> None:
    plan = small(HOURS, NURSE, ON_CALL, ("on_call: {", "on_call: {hours: phones, closed: {to: queue desk, say: how}, "))
    arrived, passed = past_closed(plan, Target.parse("queue nurse"), Closed("office", "phones").is_open)
    assert (str(arrived), [str(detour) for detour in passed]) == ("queue desk", ["Queue 'nurse'", "Queue 'on_call'"])
    night = walk(plan, "office", "phones")
    step = night.sent(Target.parse("queue nurse"), "A test.")
    assert isinstance(step, ToQueue)
    assert step.prompts == ("which", "how")


def test_danger_goes_the_same_way_and_hears_that_it_is_taken_seriously() -> None:
    night = walk(small(HOURS, NURSE, ON_CALL), "office")
    night.begin()
    step = night.answered(Danger("chest pain"))
    assert isinstance(step, ToQueue)
    assert (step.queue, step.urgent, step.prompts) == ("on_call", True, ("urgent_connecting",))


def test_hours_without_a_way_out_close_nothing() -> None:
    plan = small(HOURS, NIGHT_MENU, ("  office:\n    ask: which\n", "  office:\n    ask: which\n    hours: office\n"))
    assert past_closed(plan, Target.parse("office"), Closed("office").is_open) == (Target.parse("office"), ())


def test_a_way_that_leads_round_ends_where_it_was_before() -> None:
    plan = small(
        HOURS, NURSE, ON_CALL, ("on_call: {", "on_call: {hours: phones, closed: {to: queue nurse, say: how}, ")
    )
    arrived, passed = past_closed(plan, Target.parse("queue nurse"), Closed("office", "phones").is_open)
    assert (str(arrived), len(passed)) == ("queue nurse", 2)
    assert isinstance(walk(plan, "office", "phones").sent(Target.parse("queue nurse"), "A test."), ToQueue)


def test_by_default_nothing_is_ever_closed() -> None:
    assert ALWAYS_OPEN.is_open("office")
    assert ALWAYS_OPEN.messages() == ()
