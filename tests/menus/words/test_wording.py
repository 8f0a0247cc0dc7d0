"""What a plan says to callers and hears from them, and whom the routing engine gets."""

from __future__ import annotations

from ivr.menus.plan.generic_prompts import GENERIC_PROMPTS
from ivr.menus.steps import Ask, Meant, Silent
from ivr.menus.walking.interpreter import Walk
from ivr.menus.words.wording import CALLBACK_GREETING, Wording, grammar_of, intents_of, phrases_of, prompts_of, wordings
from tests.menus.plans import small


def test_each_choice_makes_its_sentences_in_each_language() -> None:
    english, spanish = wordings(small())["en"], wordings(small())["es"]
    assert [english[name].text for name in ("main.1", "main.1.say", "main.1.confirm", "main.2", "operator")] == [
        "To make an appointment, press one.",
        "To make an appointment, say appointment, or press one.",
        "You are calling to make an appointment. Is that right? Say yes or no, or press one for yes, two for no.",
        "For something else, press two.",
        "For a person, press zero.",
    ]
    assert [spanish[name].text for name in ("main.1", "main.1.say", "main.1.confirm", "operator")] == [
        "Para una cita, oprima uno.",
        "Para una cita, diga cita, u oprima uno.",
        "Usted llama para una cita. ¿Es correcto? Diga sí o no, u oprima uno para sí, dos para no.",
        "Para hablar con una persona, oprima cero.",
    ]


def test_a_language_is_offered_in_its_own_voice() -> None:
    for language in ("en", "es"):
        texts = {str(name): wording for name, wording in dict(wordings(small()))[language].items()}
        assert texts["main.9"] == Wording("Para español, oprima nueve.", "es")
        assert texts["main.8"] == Wording("For English, press eight.", "en")


def test_a_plan_may_word_a_made_or_generic_prompt_itself() -> None:
    plan = small(("prompts:\n", "prompts:\n  operator: {en: Zero for Ana., es: Cero para Ana.}\n"))
    assert wordings(plan)["en"]["operator"] == Wording("Zero for Ana.", "en")


def test_every_prompt_that_a_walk_plays_is_among_the_plans_prompts() -> None:
    walk = Walk(small())
    step = walk.begin()
    for answer in (Silent(), Meant("visit", 0.5), Silent(), Silent()):
        assert not isinstance(step, Ask) or prompts_of(small())["en"].issuperset(step.prompts)
        step = walk.answered(answer)
    assert prompts_of(small())["es"] >= GENERIC_PROMPTS


def test_yes_and_no_are_understood_without_being_written() -> None:
    intents = intents_of(small())["es"]
    assert "sí" in intents["yes"]
    assert intents["bill"] == ("factura",)
    assert {"cardiology", "yes", "no"} <= set(phrases_of(small())["en"])


def test_only_a_closed_question_has_a_grammar() -> None:
    walk = Walk(small())
    opened, closed = walk.begin(), walk.answered(Silent())
    assert isinstance(opened, Ask)
    assert isinstance(closed, Ask)
    assert grammar_of(small(), opened) is None
    phrases = grammar_of(small(), closed) or ()
    assert phrases[:6] == ("appointment", "see the doctor", "billing", "spanish", "a person", "repeat that")


def test_exits_are_told_by_their_target_or_their_own_name() -> None:
    exits = """desk: {callback: {}, exits: {
      1: callback,
      2: {to: voicemail desk, intent: bill},
      3: {to: queue nurse, name: {en: to a nurse, es: a una enfermera}}}, """
    texts = wordings(small(("desk: {needs", exits + "needs")))
    assert [texts["en"][f"queue.desk.{key}"].text for key in "123"] == [
        "To be called back without losing your place, press one.",
        "To leave a message, say billing, or press two.",
        "To a nurse, press three.",
    ]
    assert [texts["es"][f"queue.desk.{key}"].text for key in "123"] == [
        "Para que le llamemos sin perder su lugar, oprima uno.",
        "Para dejar un mensaje, diga factura, u oprima dos.",
        "A una enfermera, oprima tres.",
    ]


def test_who_is_called_back_hears_whose_call_it_is() -> None:
    assert CALLBACK_GREETING not in wordings(small())["en"]
    texts = wordings(small(("desk: {needs", "desk: {callback: {}, needs")))
    assert texts["en"][CALLBACK_GREETING].text == (
        "Hello. This is Lakeside, calling you back as you asked. To talk with us now, press one."
    )
    assert "Lakeside" in texts["es"][CALLBACK_GREETING].text
