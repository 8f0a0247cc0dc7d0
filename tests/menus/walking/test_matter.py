"""What is known of one caller, as they go from menu to menu."""

from __future__ import annotations

from ivr.menus.steps import Danger, Meant, Reason
from ivr.menus.walking.matter import Matter
from tests.menus.plans import small

VISIT, CARDIOLOGY = small().menus["main"].choices["1"], small().menus["office"].choices["1"]


def test_the_first_choice_names_the_matter_and_each_adds_needs() -> None:
    matter = Matter()
    matter.chose("main", VISIT)
    matter.chose("office", CARDIOLOGY)
    assert (matter.intent, matter.needs) == ("visit", {"cardiology"})


def test_going_back_forgets_what_was_chosen_since() -> None:
    matter = Matter()
    matter.chose("main", VISIT)
    matter.chose("office", CARDIOLOGY)
    assert (matter.back(), matter.intent, matter.needs) == ("office", "visit", frozenset())
    assert (matter.back(), matter.intent, matter.is_at_first_menu) == ("main", "", True)


def test_a_new_matter_keeps_what_was_given() -> None:
    matter = Matter()
    matter.chose("main", VISIT)
    matter.gathered.values["birth"] = "1952-03-03"
    matter.begin_again()
    assert (matter.intent, matter.is_at_first_menu, matter.values) == ("", True, (("birth", "1952-03-03"),))


def test_a_menu_greets_once_in_each_language_that_the_caller_changes_to() -> None:
    matter = Matter()
    heard = [matter.was_greeted("main", language) for language in ("en", "en", "es", "en")]
    assert heard == [False, True, False, False]


def test_the_callers_words_stay_in_a_field_of_their_own() -> None:
    matter = Matter()
    matter.because("Said it.", Meant("visit", 0.9, ("my", "appointment")))
    matter.endangered(Danger("chest pain", ("chest",), also=("bill",)))
    assert matter.reasons == (
        Reason("Said it.", "my / appointment"),
        Reason("A sign of danger: 'chest pain'.", "chest"),
    )
    assert (matter.in_danger, matter.also) == (True, ("bill",))
