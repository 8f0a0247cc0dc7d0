"""Questions to a caller, through the whole house: slots, manners, patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr import record as story
from ivr.conversation.asking import NO_SIGN_SECONDS
from ivr.record.entry_words import words_of
from ivr.services import Understood
from tests.house import House, Words
from tests.menus.plans import small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.menus.plan.model import Plan

SLOTS = """\
slots:
  birth: {kind: date_of_birth, ask: your_birth}
  phone: {kind: telephone, ask: your_phone}
  when: {kind: day, ask: which_day}
  clock: {kind: time_of_day, ask: which_time}
voicemail:
"""
PROMPTS = """\
prompts:
  your_birth: {en: Date of birth?, es: ¿Fecha de nacimiento?}
  your_phone: {en: Telephone?, es: ¿Teléfono?}
  which_day: {en: Which day?, es: ¿Qué día?}
  which_time: {en: What time?, es: ¿A qué hora?}
"""


def asking_for(*slots: str) -> Plan:
    """A bill costs these questions."""
    return small(
        ("voicemail:\n", SLOTS),
        ("prompts:\n", PROMPTS),
        ("intent: bill, go: queue desk}", f"intent: bill, go: queue desk, collect: [{', '.join(slots)}]}}"),
    )


async def given(plan: Plan, *lines: str) -> list[tuple[str, str]]:
    """What the record holds for the slots of a caller who says or presses this, and is then in line."""
    async with House(plan).open() as house:
        house.listener(*lines)
        await house.until(story.RoutedTo)
        return [(each.slot, each.phi_value) for each in house.entries() if isinstance(each, story.SlotGiven)]


BIRTH, BORN = asking_for("birth"), [("birth", "1952-03-03")]


async def test_a_date_of_birth_is_said_and_confirmed() -> None:
    assert await given(BIRTH, "billing", "march third nineteen fifty two", "yes") == BORN


async def test_ten_keys_do_for_everything() -> None:
    assert await given(BIRTH, "2", "1", "03031952", "1") == BORN
    assert await given(asking_for("phone"), "2", "1", "6175550123", "1") == [("phone", "6175550123")]


async def test_in_spanish_too() -> None:
    lines = ("9", "factura", "el tres de marzo del cincuenta y dos", "sí")
    assert await given(BIRTH, *lines) == BORN


async def test_what_was_said_with_the_matter_is_only_read_back() -> None:
    assert await given(BIRTH, "billing for march third nineteen fifty two", "yes") == BORN


async def test_a_day_and_a_time_in_one_answer_are_both_understood() -> None:
    found = await given(asking_for("when", "clock"), "billing", "the third of december at half past nine", "yes", "yes")
    assert [slot for slot, _ in found] == ["when", "clock"]
    assert found[0][1].endswith("-12-03")
    assert found[1][1] == "09:30"


async def test_what_is_read_back_is_what_was_given_and_a_wrong_one_is_given_again() -> None:
    async with House(BIRTH).open() as house:
        patient = house.listener("billing", "03031952", "no", "03041952", "1")
        await house.until(story.RoutedTo)
        assert await house.until(story.SlotGiven) == story.SlotGiven("birth", "1952-03-04")
        assert patient.heard.count("Is that right? Say yes or no, or press one for yes, two for no.") == 2
        assert "March" in " ".join(patient.heard)


async def test_three_failures_go_on_without_and_the_record_says_why() -> None:
    async with House(BIRTH).open() as house:
        patient = house.listener("billing", "hmm", "hmm", "", "99")
        routed = await house.until(story.RoutedTo)
        assert routed.phi_reasons[-2].text == (
            "Slot 'birth': not given, so the caller went on without it: a person will ask."
        )
        await house.until_held()
        assert "That's all right. The person you talk with will ask you." in patient.heard
        assert "SlotGiven" not in house.kinds()


async def test_wrong_keys_are_a_failure_at_once_also_where_only_keys_are_listened_to() -> None:
    async with House(BIRTH).open() as house:
        house.listener("billing", "99", "99", "99")
        await house.until(story.RoutedTo)
        assert "SlotGiven" not in house.kinds()


async def test_danger_in_the_middle_of_a_number_goes_to_the_nurse() -> None:
    async with House(BIRTH).open() as house:
        house.listener("billing", "march third oh i have a pain in my chest")
        assert (await house.until(story.RoutedTo)).queue == "nurse"


async def test_a_value_is_told_only_to_whoever_may_see_patient_data() -> None:
    async with House(BIRTH).open() as house:
        house.listener("billing", "03031952", "1")
        await house.until(story.RoutedTo)
        asked = [entry.prompts for entry in house.entries() if isinstance(entry, story.Asked)]
        assert asked[-1] == ("slot_right",)
        entry = await house.until(story.SlotGiven)
        assert words_of(entry, str, shown=True) == ["Gave the birth: 1952-03-03."]
        assert words_of(entry, str, shown=False) == ["Gave the birth (not shown)."]


# ---- manners --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["a person", "0"])
async def test_a_person_is_a_word_or_a_key_away_at_every_question(said: str) -> None:
    for before in ((), ("billing",), ("billing", "03031952")):
        async with House(BIRTH).open() as house:
            house.listener(*before, said)
            assert (await house.until(story.RoutedTo)).queue == "desk"


async def test_the_words_of_the_talk_itself_are_understood_in_both_languages() -> None:
    async with House(BIRTH).open() as house:
        patient = house.listener("go back", "repeat that", "what are my choices", "9", "regresar", "puede repetir", "0")
        await house.until(story.RoutedTo)
        assert patient.heard.count("How can we help?") == 3
        assert patient.heard.count("¿En qué podemos ayudarle?") == 3


async def test_whoever_only_listens_reaches_a_person_when_the_patience_is_over() -> None:
    async with House(BIRTH).open() as house:
        patient = house.listener()
        await patient.asked.until(lambda _: True)
        house.clock.time += NO_SIGN_SECONDS
        patient.says("")
        routed = await house.until(story.RoutedTo)
        assert routed.queue == "desk"
        assert routed.phi_reasons[1].text == "Menu 'main': no key and no word since the call began."


async def test_whoever_gave_a_sign_has_all_the_time() -> None:
    async with House(BIRTH).open() as house:
        patient = house.listener("hmm")
        await patient.asked.until(lambda _: True)
        house.clock.time += 2 * NO_SIGN_SECONDS
        patient.says("")
        await house.until(story.HeardNothing)
        patient.says("2")
        await house.until(story.HeardKeys)
        assert "RoutedTo" not in house.kinds()


# ---- two things in one sentence -------------------------------------------------------------------------------------


class TwoMatters(Words):
    """Everything is about a bill and a visit."""

    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        return Understood("bill", 0.9, ("bill",), also=(Understood("visit", 0.9, ("visit",)),))


async def test_the_other_of_two_matters_is_in_the_record_for_the_person_to_see() -> None:
    plan = small()
    async with House(plan, understanding=TwoMatters(plan)).open() as house:
        house.listener("a bill and a visit")
        routed = await house.until(story.RoutedTo)
        assert (routed.intent, routed.also) == ("bill", ("visit",))
        assert words_of(routed, str, shown=False)[1] == "Wanted something else, too: visit."


async def test_what_was_said_beside_a_danger_is_kept_too() -> None:
    async with House(small()).open() as house:
        house.listener("an appointment please and i have pain in my chest")
        routed = await house.until(story.RoutedTo)
        assert (routed.queue, routed.urgent, routed.also) == ("nurse", True, ("visit",))
