"""The shipped dialplan, called by its patients: real words through the real understanding to the right phone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from ivr import record as story
from ivr.edition import understanding_of
from ivr.menus.reading.load import load
from ivr.record import Where
from ivr.simulator.switch import Manner
from tests.fakes import FakeClock
from tests.house import House

if TYPE_CHECKING:
    from ivr.speech.meaning.understanding import PlanUnderstanding

FILE = Path(__file__).parents[1] / "dialplans" / "riverside.yaml"
PLAN = load(FILE)
SPANISH_LINE = "+16175550143"
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> FakeClock:
    return FakeClock(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).timestamp())


def by_day() -> FakeClock:
    """A Friday on which everything is open."""
    return at("2027-01-15 10:00")


@pytest.fixture(scope="module")
def understanding() -> PlanUnderstanding:
    return understanding_of(PLAN, FILE)


async def reached(understanding: PlanUnderstanding, *lines: str, dialled: str = "") -> tuple[str, set[str], bool]:
    """The queue, the caller's own needs and the urgency, once a person who has what is needed talks with the caller."""
    async with House(PLAN, clock=by_day(), understanding=understanding, manner=Manner.ANSWERS).open() as house:
        house.call(*lines, dialled_number=dialled)
        connected = await house.until(story.Connected)
        routed = await house.until(story.RoutedTo)
        skills = PLAN.people[connected.person].skills
        assert PLAN.queues[routed.queue].required.met_by(skills)
        assert set(routed.needs) <= skills.keys()
        return routed.queue, set(routed.needs), routed.urgent


ROUTES = [
    # what an English caller says, what a Spanish caller says (in one sentence or two), keys, the queue, the needs
    (
        "I need to make an appointment with primary care",
        "hacer una cita / medicina general",
        "11",
        "scheduling",
        "primary_care",
    ),
    (
        "I need to reschedule my appointment with cardiology",
        "una cita con el cardiólogo",
        "12",
        "scheduling",
        "cardiology",
    ),
    ("make an appointment with orthopedics", "hacer una cita con ortopedia", "13", "scheduling", "orthopedics"),
    ("I would like to speak to a nurse", "quiero hablar con una enfermera", "2", "nurse", ""),
    ("refill my prescription", "renovar mi receta", "3", "refills", ""),
    ("I have a question about my bill", "tengo una pregunta sobre mi factura", "41", "billing", ""),
    ("I am calling for my test results", "llamo por mis resultados", "42", "results", ""),
    ("I need a referral to a specialist", "necesito un referido", "43", "referrals", ""),
    ("I am a new patient", "soy paciente nuevo", "44", "front_desk", ""),
    ("let me talk to a person", "quiero hablar con una persona", "0", "front_desk", ""),
]


@pytest.mark.parametrize(("said", "queue", "need"), [(en, queue, need) for en, _, _, queue, need in ROUTES])
async def test_english_words(understanding: PlanUnderstanding, said: str, queue: str, need: str) -> None:
    assert await reached(understanding, said) == (queue, {need} - {""}, False)


@pytest.mark.parametrize(("keys", "queue", "need"), [(keys, queue, need) for _, _, keys, queue, need in ROUTES])
async def test_keys(understanding: PlanUnderstanding, keys: str, queue: str, need: str) -> None:
    assert await reached(understanding, *keys) == (queue, {need} - {""}, False)


@pytest.mark.parametrize(("said", "keys", "queue", "need"), [(es, *rest) for _, es, *rest in ROUTES])
async def test_spanish_words_and_keys(
    understanding: PlanUnderstanding, said: str, keys: str, queue: str, need: str
) -> None:
    for lines in (said.split(" / "), keys):
        async with House(PLAN, clock=by_day(), understanding=understanding).open() as house:
            house.call(*lines, dialled_number=SPANISH_LINE)
            routed = await house.until(story.RoutedTo)
            assert (routed.queue, set(routed.needs)) == (queue, {need, "spanish"} - {""})


async def test_a_spanish_caller_talks_with_somebody_who_speaks_spanish(understanding: PlanUnderstanding) -> None:
    for said in ("una cita con el cardiólogo", "renovar mi receta", "quiero hablar con una enfermera"):
        _, needs, _ = await reached(understanding, "español", said)
        assert "spanish" in needs


async def test_whoever_is_not_surely_understood_is_asked_once(understanding: PlanUnderstanding) -> None:
    for answer in ("yes", "1"):
        assert await reached(understanding, "schedule a visit for my knee", answer) == (
            "scheduling",
            {"orthopedics"},
            False,
        )


async def test_the_specialty_is_asked_for_where_it_was_not_said(understanding: PlanUnderstanding) -> None:
    assert await reached(understanding, "make an appointment", "the cardiologist") == (
        "scheduling",
        {"cardiology"},
        False,
    )


# ---- nobody is left alone ---------------------------------------------------------------------------------------

GIBBERISH = "purple elephants"


@pytest.mark.parametrize("dialled", ["", SPANISH_LINE])
@pytest.mark.parametrize(
    ("lines", "queue"),
    [
        (("", "", ""), "front_desk"),
        ((GIBBERISH, GIBBERISH, GIBBERISH, GIBBERISH), "front_desk"),
        ((GIBBERISH, "", "7"), "front_desk"),
        (("1", "", "", ""), "scheduling"),
        (("1", GIBBERISH, GIBBERISH, ""), "scheduling"),
        (("4", "9", "9", "9"), "front_desk"),
    ],
    ids=["silent", "not understood", "a bit of all", "silent about the specialty", "unclear about it", "wrong keys"],
)
async def test_whoever_is_silent_or_not_understood_reaches_a_person(
    understanding: PlanUnderstanding, lines: tuple[str, ...], queue: str, dialled: str
) -> None:
    arrived, _, _ = await reached(understanding, *lines, dialled=dialled)
    assert arrived == queue


DANGER = {
    "en": ["my father has chest pain and cannot breathe", "I think I am having a stroke", "she took too many pills"],
    "es": ["mi padre tiene dolor en el pecho", "no puedo respirar", "mi bebé no respira"],
}
STEPS = [(), ("1",), ("4",), ("",), ("", ""), ("1", "", ""), ("my knee and a visit",)]  # the last one is confirmed


@pytest.mark.parametrize("before", STEPS, ids=str)
async def test_danger_reaches_the_nurse_before_everybody_on_any_step(
    understanding: PlanUnderstanding, before: tuple[str, ...]
) -> None:
    for language, dialled in (("en", ""), ("es", SPANISH_LINE)):
        for said in DANGER[language]:
            assert await reached(understanding, *before, said, dialled=dialled) == ("nurse", set(), True)


async def test_danger_passes_those_who_waited_longer(understanding: PlanUnderstanding) -> None:
    async with House(PLAN, clock=by_day(), understanding=understanding).open() as house:
        for name in ("emma", "nina", "lena"):
            house.queues.person_not_ready(name, "with a patient")
        house.call("2", call="first")
        await house.until(story.ToldPosition, call="first")
        house.call("my chest hurts", call="urgent")
        assert await house.until(story.ToldPosition, call="urgent") == story.ToldPosition(1)
        house.queues.person_ready("emma")
        await house.until(story.Offered, call="urgent")
        assert "Offered" not in house.kinds("first")


# ---- too long a wait --------------------------------------------------------------------------------------------

WITH_A_BOX = ["scheduling", "billing", "refills", "referrals", "results", "front_desk"]


async def nobody_ready(house: House) -> None:
    for name in PLAN.people:
        house.queues.person_not_ready(name, "at lunch")


@pytest.mark.parametrize("queue", WITH_A_BOX)
async def test_whoever_waits_too_long_leaves_a_message_in_the_queues_box(
    understanding: PlanUnderstanding, queue: str
) -> None:
    keys = next(keys for _, _, keys, to, _ in ROUTES if to == queue)
    async with House(PLAN, clock=by_day(), understanding=understanding).open() as house:
        await nobody_ready(house)
        patient = house.listener(*keys, "", "")
        await house.until(story.ToldPosition)
        house.later(next(rule.after or 0 for rule in PLAN.queues[queue].overflow if rule.to))
        await house.until(story.SentToVoicemail)
        patient.says("please call me back")
        await house.until_over()
        assert [(call, box) for call, box, _ in house.messages.kept] == [("call-1", queue)]
        assert house.entries()[-1] == story.HungUp(Where.VOICEMAIL, by_us=True)


async def test_whoever_is_ill_never_meets_voicemail(understanding: PlanUnderstanding) -> None:
    async with House(PLAN, clock=by_day(), understanding=understanding).open() as house:
        await nobody_ready(house)
        house.call("my chest hurts")
        await house.until(story.ToldPosition)
        house.later(180)
        house.later(24 * 3600)
        house.queues.person_ready("lena")
        await house.until(story.Offered)
        assert house.messages.kept == []


# ---- when the office is closed --------------------------------------------------------------------------------------

CLOSED = {
    "at night": "2027-01-15 03:00",
    "in the evening": "2027-01-15 18:00",
    "on Sunday": "2027-01-17 11:00",
    "on Thanksgiving": "2026-11-26 10:00",
    "the day after it": "2026-11-27 10:00",
    "on Christmas Eve": "2026-12-24 12:00",
}
MOBILES = {"emma_mobile", "lena_mobile", "nina_mobile"}


@pytest.mark.parametrize("moment", CLOSED.values(), ids=CLOSED)
@pytest.mark.parametrize(
    ("lines", "urgent"),
    [(("1",), False), (("speak to a nurse",), False), (("", "", ""), False), (("my chest hurts",), True)],
    ids=["by key", "by word", "silent", "in danger"],
)
async def test_the_nurse_on_call_takes_a_key_to_talk(
    understanding: PlanUnderstanding, moment: str, lines: tuple[str, ...], urgent: bool
) -> None:
    async with House(PLAN, clock=at(moment), understanding=understanding).open() as house:
        house.call(*lines)
        routed = await house.until(story.RoutedTo)
        assert (routed.queue, routed.urgent) == ("on_call_nurse", urgent)
        offered = await house.until(story.Offered)
        assert offered.person in MOBILES


async def test_the_first_on_call_is_rung_first_then_the_next(understanding: PlanUnderstanding) -> None:
    """In the third week of November it is Nina's turn, in the fourth Emma's."""
    for moment, first in (("2026-11-20 22:00", "emma_mobile"), ("2026-11-27 22:00", "nina_mobile")):
        async with House(PLAN, clock=at(moment), understanding=understanding).open() as house:
            house.call("1")
            assert (await house.until(story.Offered)).person == first
            await house.rings(PLAN.people[first].phone)
            house.later(60)
            await house.until(story.Offered, times=2)
            assert [each.person for each in house.entries() if isinstance(each, story.Offered)] == [
                first,
                "lena_mobile",
            ]


@pytest.mark.parametrize("moment", CLOSED.values(), ids=CLOSED)
@pytest.mark.parametrize(
    ("key", "box"), [("2", "scheduling"), ("3", "refills"), ("4", "front_desk"), ("0", "front_desk")]
)
async def test_everything_else_is_a_message_for_whoever_sees_to_it(
    understanding: PlanUnderstanding, moment: str, key: str, box: str
) -> None:
    async with House(PLAN, clock=at(moment), understanding=understanding).open() as house:
        patient = house.listener(key)
        await house.until(story.SentToVoicemail)
        patient.says("please call me back")
        await house.until_over()
        assert [(call, kept) for call, kept, _ in house.messages.kept] == [("call-1", box)]


async def test_holidays_on_which_we_work_are_ordinary_days(understanding: PlanUnderstanding) -> None:
    async with House(PLAN, clock=at("2026-10-12 10:00"), understanding=understanding).open() as house:
        house.call("3")
        assert (await house.until(story.RoutedTo)).queue == "refills"


async def test_who_waits_for_the_nurses_when_they_go_home_is_not_sent_away(understanding: PlanUnderstanding) -> None:
    async with House(PLAN, clock=at("2027-01-15 17:58"), understanding=understanding).open() as house:
        await nobody_ready(house)
        house.call("1")
        await house.until(story.ToldPosition)
        house.later(600)
        house.queues.person_ready("lena")
        await house.until(story.Offered)
        assert house.messages.kept == []
