"""Callers whom the plan knows by their numbers: a list is no bar for danger, and no number is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.menus.plan.callers import Callers
from ivr.menus.reading.load import examine
from ivr.menus.steps import (
    Answer,
    Ask,
    Bye,
    CannotHear,
    Danger,
    Key,
    Meant,
    NotUnderstood,
    Silent,
    Step,
    ToQueue,
    ToVoicemail,
)
from ivr.menus.walking.interpreter import Walk
from tests.menus.plans import changed, small, write

if TYPE_CHECKING:
    from pathlib import Path

LISTS = """\
callers:
  blocked: {numbers: ["+16175550666", withheld], to: voicemail desk}
  preferred:
    hospitals: {numbers: ["+16175550188"], to: queue nurse, urgent: yes}
    pharmacies: {numbers: ["+16175550190", "7001"], start: office, head_start: 5m}
"""
PLAN = small(("start: main\n", f"start: main\n{LISTS}"))
ROBOT, HOSPITAL, PHARMACY, SOMEBODY = "16175550666", "6175550188", "+16175550190", "6175550111"


def steps(caller: str, *answers: Answer, hears: tuple[str, ...] = ("en", "es")) -> list[Step]:
    walk = Walk(PLAN, caller=caller, hears=hears)
    return [walk.begin(), *(walk.answered(answer) for answer in answers)]


def told(step: Step) -> list[str]:
    assert isinstance(step, ToQueue | ToVoicemail | Bye)
    return [reason.text for reason in step.reasons]


@pytest.mark.parametrize("caller", [ROBOT, "", "anonymous"])
def test_a_blocked_caller_hears_a_sentence_and_then_goes_where_the_plan_says(caller: str) -> None:
    sentence, end = steps(caller, Silent())
    assert isinstance(sentence, Ask)
    assert (sentence.prompts, sentence.keys, bool(sentence.intents)) == (("blocked_caller",), {"0"}, True)
    assert isinstance(end, ToVoicemail)
    assert (end.box, told(end)[1:]) == (
        "desk",
        [
            "On the list of blocked callers: listened to for danger only.",
            "The blocked caller goes on to 'voicemail desk'.",
            "To voicemail 'desk'.",
        ],
    )


@pytest.mark.parametrize("before", [(), (NotUnderstood(),), (CannotHear(),)])
def test_a_blocked_caller_in_danger_reaches_the_urgent_queue(before: tuple[Answer, ...]) -> None:
    last = steps(ROBOT, *before, Danger("chest pain"))[-1]
    assert isinstance(last, ToQueue)
    assert (last.queue, last.urgent) == ("nurse", True)


@pytest.mark.parametrize("answer", [Key("0"), Meant("operator", 0.6)])
def test_a_blocked_caller_who_asks_for_a_person_gets_one(answer: Answer) -> None:
    last = steps(ROBOT, answer)[-1]
    assert isinstance(last, ToQueue)
    assert (last.queue, last.urgent) == ("desk", False)


@pytest.mark.parametrize("answer", [NotUnderstood(), Key("1"), Meant("operator", 0.1)])
def test_who_says_something_else_is_listened_to_a_second_time(answer: Answer) -> None:
    first, second, end = steps(ROBOT, answer, answer)
    assert second == first
    assert isinstance(end, ToVoicemail)


def test_where_nobody_can_listen_there_is_still_the_key() -> None:
    [sentence] = steps(ROBOT, hears=())
    assert isinstance(sentence, Ask)
    assert (sentence.intents, sentence.keys) == ((), {"0"})


def test_a_preferred_caller_goes_straight_to_the_lists_queue() -> None:
    [step] = steps(HOSPITAL)
    assert isinstance(step, ToQueue)
    assert (step.queue, step.urgent, step.prompts) == ("nurse", True, ("connecting",))
    assert told(step)[1:] == ["On the list 'hospitals' of preferred callers.", "To queue 'nurse', urgent."]
    assert not any("0188" in text for text in told(step))


@pytest.mark.parametrize("caller", [PHARMACY, "7001"])
def test_a_preferred_caller_begins_at_the_lists_menu_with_a_head_start(caller: str) -> None:
    first, step = steps(caller, Key("1"))
    assert isinstance(first, Ask)
    assert isinstance(step, ToQueue)
    assert (first.prompts[0], step.queue, step.urgent, step.head_start_seconds) == ("which", "desk", False, 300.0)


def test_everybody_else_is_greeted() -> None:
    [step] = steps(SOMEBODY)
    assert isinstance(step, Ask)
    assert step.prompts[0] == "welcome"


def test_a_short_number_is_an_extension_and_must_be_equal() -> None:
    callers = PLAN.callers
    assert [callers.preference(number)[0] for number in ("7001", "17001", "16175557001")] == ["pharmacies", "", ""]
    assert Callers().preference("7001") == ("", None)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            "to: voicemail desk}",
            "to: main}",
            "'to' of 'blocked' of 'callers' must be 'goodbye', 'voicemail NAME' or 'queue NAME', not 'main'",
        ),
        (
            "to: queue nurse, urgent",
            "to: voicemail desk, urgent",
            "'to' of list 'hospitals' of 'callers' must be 'queue NAME', not 'voicemail desk'; for a menu, use 'start'",
        ),
        (
            "to: queue nurse, urgent",
            "to: queue nurse, start: main, urgent",
            "list 'hospitals' of 'callers' has 'to' and 'start', and a call begins at one of them: leave out the other",
        ),
        (
            '"+16175550188"',
            '"+16175550190"',
            "this number is on list 'hospitals' as well: a caller is on one list",
        ),
        ("start: office", "start: ofice", "'start' of list 'pharmacies' of 'callers' is 'ofice', which is not a menu"),
        (
            "to: queue nurse, urgent",
            "to: queue nurses, urgent",
            "list 'hospitals' of 'callers' goes to 'nurses', which is not a queue; did you mean 'nurse'?",
        ),
    ],
)
def test_what_is_wrong_with_a_list_is_said(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    text = changed(("start: main\n", f"start: main\n{LISTS.replace(old, new, 1)}"))
    assert mistake in "\n".join(each.text for each in examine(write(tmp_path, text)).mistakes)
