"""The shipped dialplan: where each of its ways leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.menus.reading.load import load
from ivr.menus.steps import Answer, Ask, Danger, Key, Meant, Recall, Silent, ToQueue
from ivr.menus.walking.interpreter import Walk

PLAN = load(Path(__file__).parents[2] / "dialplans" / "riverside.yaml")


def arrives(*answers: Answer, dialled: str = "") -> ToQueue:
    walk = Walk(PLAN, dialled)
    step = walk.begin()
    for answer in answers:
        step = walk.answered(answer)
    assert isinstance(step, ToQueue)
    return step


@pytest.mark.parametrize(
    ("keys", "queue", "needs"),
    [
        ("11", "scheduling", {"primary_care"}),
        ("12", "scheduling", {"cardiology"}),
        ("13", "scheduling", {"orthopedics"}),
        ("2", "nurse", set()),
        ("3", "refills", set()),
        ("41", "billing", set()),
        ("42", "results", set()),
        ("43", "referrals", set()),
        ("44", "front_desk", set()),
        ("0", "front_desk", set()),
        ("40", "front_desk", set()),
        ("912", "scheduling", {"cardiology", "spanish"}),
        ("92", "nurse", {"spanish"}),
        ("982", "nurse", set()),
    ],
)
def test_keys_alone_reach_every_queue(keys: str, queue: str, needs: set[str]) -> None:
    step = arrives(*map(Key, keys))
    assert (step.queue, set(step.needs), step.urgent) == (queue, needs, False)


@pytest.mark.parametrize("intent", ["nurse", "refills", "billing", "results", "referrals", "new_patient", "operator"])
def test_every_matter_may_be_said_at_once(intent: str) -> None:
    queue = {"new_patient": "front_desk", "operator": "front_desk"}.get(intent, intent)
    assert arrives(Meant(intent, 0.9)).queue == queue


def test_an_appointment_with_a_specialty_is_one_sentence() -> None:
    sentence = ("i need to reschedule my appointment with cardiology",)
    walk = Walk(PLAN)
    walk.begin()
    asked = walk.answered(Meant("scheduling", 0.9, ("reschedule",), sentence))
    assert asked == Recall("en", sentence, ("primary_care", "cardiology", "orthopedics"))
    step = arrives(Meant("scheduling", 0.9, ("reschedule",), sentence), Meant("cardiology", 0.8, ("cardiology",)))
    assert (step.queue, set(step.needs), step.intent) == ("scheduling", {"cardiology"}, "scheduling")


def test_whoever_schedules_asks_a_silent_caller_for_the_specialty() -> None:
    assert arrives(Key("1"), Silent(), Silent(), Silent()).queue == "scheduling"


def test_the_spanish_line_greets_in_spanish() -> None:
    step = Walk(PLAN, "6175550143").begin()
    assert isinstance(step, Ask)
    assert (step.language, step.prompts[:2]) == ("es", ("welcome", "welcome.8"))


def test_danger_reaches_a_nurse_at_once() -> None:
    step = arrives(Key("4"), Danger("chest pain"))
    assert (step.queue, set(step.needs), step.urgent) == ("nurse", set(), True)


class AtNight:
    """Everything is closed."""

    def is_open(self, hours: str) -> bool:
        return False

    def messages(self) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize(
    ("keys", "arrived"),
    [
        ("1", "queue on_call_nurse"),
        ("2", "voicemail scheduling"),
        ("3", "voicemail refills"),
        ("4", "voicemail front_desk"),
        ("0", "voicemail front_desk"),
        ("91", "queue on_call_nurse"),
    ],
)
def test_keys_at_night(keys: str, arrived: str) -> None:
    walk = Walk(PLAN, doors=AtNight())
    step = walk.begin()
    for key in keys:
        step = walk.answered(Key(key))
    assert (f"queue {step.queue}" if isinstance(step, ToQueue) else f"voicemail {step.box}") == arrived  # type: ignore[union-attr]
