"""A plan whose names are right can still lose callers; each way is found."""

from __future__ import annotations

import pytest

from ivr.menus.checking.gaps import gaps
from tests.menus.plans import small


def told(*replacements: tuple[str, str]) -> list[str]:
    return [("warning: " if finding.warning else "") + finding.text for finding in gaps(small(*replacements))]


def test_the_small_plan_has_no_gaps() -> None:
    assert told() == []


def test_a_time_zone_must_exist() -> None:
    assert told(("New_York", "New_Yrok")) == [
        "'America/New_Yrok' is not a time zone; did you mean 'America/New_York'?",
    ]


def test_a_menu_that_nothing_leads_to_is_a_warning() -> None:
    assert "warning: no number, start or choice leads to menu 'office'" in told(("go: office", "go: more"))


def test_menus_that_lead_round_for_ever_are_a_mistake() -> None:
    circle = (
        ("intent: bill, go: queue desk", "intent: bill, go: more"),
        ("go: goodbye", "go: more"),
    )
    assert "the choices of menu 'more' lead from menu to menu for ever: let one go to a queue" in told(*circle)


def test_more_choices_than_callers_remember_are_a_warning() -> None:
    fifth = ("      4: {name", "      5: {name: {en: x, es: x}, go: more}\n      4: {name")
    assert told(fifth) == [
        "warning: menu 'main' offers 5 choices; callers remember 4: move the rest a menu down",
    ]


def test_a_key_cannot_choose_and_change_the_language() -> None:
    assert told(("9: {to: es", "4: {to: es")) == [
        "key 4 of menu 'main' is a choice and changes the language: give one of them another key",
    ]


def test_two_choices_cannot_have_one_intent() -> None:
    assert told(("es: para terminar}", "es: para terminar}, intent: bill")) == [
        "two choices of menu 'more' have the intent 'bill'",
    ]


def test_two_intents_of_one_menu_cannot_share_a_phrase() -> None:
    assert told(("en: [billing]", "en: [bill, See  the Doctor]")) == [
        "'see the doctor' is a phrase of intent 'bill' and of intent 'visit', asked in the same menu: keep it in one",
    ]


def test_intents_of_different_menus_may_share_a_phrase() -> None:
    assert (
        told(("es: para empezar de nuevo}, go: main", "es: nada}, go: goodbye"), ("en: [cardiology]", "en: [billing]"))
        == []
    )


def test_two_people_cannot_have_one_phone() -> None:
    assert told(("PJSIP/emma", "pjsip/ana")) == ["emma has the same phone as ana: pjsip/ana"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            [("clinical: yes", "clinical: yes, overflow: {after: 1m, to: voicemail desk}")],
            "queue 'nurse' is clinical but overflows to voicemail desk: somebody ill must never meet voicemail",
        ),
        (
            [("clinical: yes", "overflow: {after: 1m, to: queue desk}")],
            (
                "queue 'nurse' is clinical but overflows to voicemail desk by way of desk: "
                "somebody ill must never meet voicemail"
            ),
        ),
        (
            [("desk: {needs: [desk]", "desk: {needs: [desk], priority: urgent")],
            "queue 'desk' is clinical but overflows to voicemail desk: somebody ill must never meet voicemail",
        ),
    ],
)
def test_a_clinical_caller_must_not_meet_voicemail(changes: list[tuple[str, str]], sentence: str) -> None:
    assert sentence in told(*changes)


def test_overflows_that_go_round_after_waits_are_a_warning() -> None:
    found = told(
        ("overflow: {after: 4m, to: voicemail desk}", "overflow: {after: 4m, to: queue nurse}"),
        ("clinical: yes", "overflow: {after: 4m, to: queue desk}"),
    )
    assert found[0] == "warning: callers are sent round and round: desk → nurse → desk"


def test_a_queue_that_nobody_serves_is_one_mistake() -> None:
    assert told(("{needs: [desk]", "{needs: [desk, hearing]")) == [
        "queue 'desk' needs desk and hearing here, which nobody has",
    ]


def test_a_specialty_that_nobody_of_the_queue_has_is_a_mistake() -> None:
    assert told(("needs: [cardiology]", "needs: [surgery]"), ("cardiology: 4, ", "")) == [
        "'go' of choice '1' of menu 'office': queue 'desk' needs desk and surgery here, which nobody has",
    ]


def test_a_language_that_nobody_of_the_queue_speaks_is_a_mistake() -> None:
    found = told(("spanish: 5, nurse: 1", "nurse: 1"))
    assert "'queue' of 'operator': queue 'desk' needs desk and spanish here, which nobody has" in found


def test_a_skill_that_nothing_needs_is_a_warning() -> None:
    assert told(("cardiology: 4", "cardiology: 4, cardiologi: 4")) == [
        "warning: nothing needs the skill 'cardiologi' of ana; did you mean 'cardiology'?",
    ]


def test_what_is_never_played_or_asked_is_a_warning() -> None:
    assert told(
        ("prompts:\n", "prompts:\n  old: {en: a, es: b}\n"), ("intents:\n", "intents:\n  old: {en: [a], es: [b]}\n")
    ) == [
        "warning: prompt 'old' is never played",
        "warning: no menu asks for intent 'old'",
    ]
