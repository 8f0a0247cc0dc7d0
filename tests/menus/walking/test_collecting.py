"""The slots of a choice: asked for, read back, gone on without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.plan.manners import manners
from ivr.menus.steps import Answer, Ask, CannotHear, Given, Key, Meant, NoSign, NotUnderstood, Recall, Silent
from ivr.menus.walking.collecting import Gathered, Questions, Way
from ivr.menus.words.slot_wording import wanted
from tests.menus.plans import small

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan

SLOTS = """\
slots:
  birth: {kind: date_of_birth, ask: which}
  new: {kind: yes_no, ask: which}
  doctor:
    kind: choice
    ask: which
    values:
      lee: {name: {en: Doctor Lee, es: la doctora Lee}, say: {en: [lee], es: [lee]}, key: 1, needs: [cardiology]}
      anybody: {name: {en: any doctor, es: cualquier doctor}, say: {en: [anybody], es: [cualquiera]}}
  other_birth: {kind: date_of_birth, ask: which}
voicemail:
"""
PLAN: Plan = small(
    ("voicemail:\n", SLOTS),
    ("intent: visit, go: office}", "intent: visit, go: office, collect: [birth, doctor, other_birth, new]}"),
)
SAID = ("march third nineteen fifty two",)
BORN = Given("1952-03-03", ("month_3",), 1.0, SAID)
PRESSED = Given("1952-03-03", ("month_3",))
LEE = Given("lee", (), 1.0, ("with lee",))
YES, NO = Meant("yes", 0.9), Meant("no", 0.9)


def after(*answers: Answer, slots: tuple[str, ...] = ("birth",), speech: bool = True) -> Ask | Recall | Way:
    """What comes after these answers."""
    questions = Questions(PLAN, "en", slots, speech=speech)
    step = questions.next()
    for answer in answers:
        step = questions.answered(answer)
    return step


def gathered(*answers: Answer, slots: tuple[str, ...] = ("birth",), readings: tuple[str, ...] = ()) -> Gathered:
    into = Gathered()
    questions = Questions(PLAN, "en", slots, readings, into)
    questions.next()
    for answer in answers:
        questions.answered(answer)
    return into


def prompts(step: Ask | Recall | Way) -> tuple[str, ...]:
    assert isinstance(step, Ask)
    return step.prompts


def test_the_question_takes_words_and_keys_and_the_words_of_the_talk_itself() -> None:
    assert after() == Ask(
        "en",
        ("which",),
        frozenset("0123456789*"),
        manners(PLAN),
        closed=True,
        silence_seconds=8.0,
        wanted=wanted(PLAN.slots["birth"], "en"),
    )


def test_a_date_is_read_back_and_kept_once_confirmed_by_word_or_key() -> None:
    for given in (BORN, PRESSED):
        check = after(given)
        assert isinstance(check, Ask)
        assert (check.value, check.prompts, check.intents[:2]) == (("month_3",), ("slot_right",), ("yes", "no"))
        for yes in (YES, Key("1")):
            assert after(given, yes) is Way.ON
            assert gathered(given, yes).values == {"birth": "1952-03-03"}


def test_the_value_is_told_apart_from_the_reason() -> None:
    reasons = gathered(PRESSED, Key("1")).reasons
    assert [(each.text, each.phi) for each in reasons] == [
        ("Slot 'birth': pressed, read back and confirmed.", "1952-03-03")
    ]


def test_no_asks_again_and_tells_how_to_enter_it() -> None:
    for no in (NO, Key("2")):
        assert prompts(after(BORN, no)) == ("not_understood", "which", "slot_keys_date_of_birth")


def test_the_third_question_takes_keys_and_then_the_caller_goes_on_without() -> None:
    third = after(NotUnderstood(), Silent())
    assert isinstance(third, Ask)
    assert (third.prompts, third.intents) == (("still_there", "which", "slot_keys_date_of_birth"), ())
    into = gathered(NotUnderstood(), Silent(), Key("7"))
    assert into.values == {}
    assert [each.text for each in into.reasons][-1] == (
        "Slot 'birth': not given, so the caller went on without it: a person will ask."
    )


def test_who_goes_on_without_is_told_so_before_whatever_comes_next() -> None:
    failed = (NotUnderstood(), NotUnderstood(), NotUnderstood())
    assert prompts(after(*failed, slots=("birth", "new")))[0] == "slot_skipped"
    questions = Questions(PLAN, "en", ("birth",))
    questions.next()
    assert [questions.answered(answer) for answer in failed][-1] is Way.ON
    assert questions.lead == ("slot_skipped",)


def test_a_choice_is_told_with_its_keys_and_needs_a_skill() -> None:
    assert prompts(after(slots=("doctor",))) == ("which", "slot.doctor.lee.press")
    for answer in (LEE, Key("1")):
        assert after(answer, slots=("doctor",)) is Way.ON
        questions = Questions(PLAN, "en", ("doctor",))
        questions.next()
        questions.answered(answer)
        assert questions.needs == {"cardiology"}


def test_a_choice_that_was_hardly_heard_is_read_back_by_its_name() -> None:
    check = after(Given("lee", (), 0.5, ("with lee",)), slots=("doctor",))
    assert isinstance(check, Ask)
    assert check.value == ("slot.doctor.lee",)


def test_yes_and_no_are_words_or_keys() -> None:
    assert gathered(YES, slots=("new",)).values == gathered(Key("1"), slots=("new",)).values == {"new": "yes"}
    assert gathered(Key("2"), slots=("new",)).values == {"new": "no"}


def test_what_was_said_before_is_looked_for_and_not_asked_again() -> None:
    readings = ("an appointment with lee",)
    questions = Questions(PLAN, "en", ("doctor", "new"), readings)
    assert questions.next() == Recall("en", readings, (), wanted(PLAN.slots["doctor"], "en"))
    assert prompts(questions.answered(Given("lee", (), 1.0, readings))) == ("which",)
    asked = Questions(PLAN, "en", ("doctor",), readings)
    asked.next()
    assert prompts(asked.answered(NotUnderstood())) == ("which", "slot.doctor.lee.press")


def test_the_answer_to_one_slot_is_looked_at_for_the_next_but_not_for_one_of_its_kind() -> None:
    assert after(BORN, YES, slots=("birth", "doctor")) == Recall("en", SAID, (), wanted(PLAN.slots["doctor"], "en"))
    assert prompts(after(BORN, YES, slots=("birth", "other_birth"))) == ("which",)


def test_what_is_known_is_not_asked_for() -> None:
    known = Gathered({"birth": "1952-03-03"})
    assert Questions(PLAN, "en", ("birth",), (), known).next() is Way.ON


def test_the_pound_key_alone_goes_back_but_not_where_it_may_have_ended_the_number() -> None:
    assert after(Key("")) is Way.BACK
    assert after(PRESSED, Key("")) == after(PRESSED)


def test_key_0_and_operator_reach_a_person_and_go_back_the_menu() -> None:
    for answer, way in (
        (Key("0"), Way.PERSON),
        (Meant("operator", 0.9), Way.PERSON),
        (Meant("back", 0.9), Way.BACK),
    ):
        assert after(answer) is way
    assert after(BORN, Key("0")) is Way.PERSON
    assert after(BORN, Meant("operator", 0.9)) is Way.PERSON


def test_repeating_and_telling_the_choices_is_no_failure() -> None:
    assert after(Key("*")) == after(Meant("repeat", 0.9)) == after()
    assert prompts(after(Meant("choices", 0.9))) == ("which", "slot_keys_date_of_birth")
    assert after(BORN, Key("*")) == after(BORN, Meant("repeat", 0.9)) == after(BORN)
    assert after(BORN, Meant("back", 0.9)) == after()


def test_speech_that_cannot_be_heard_means_keys_and_is_no_failure() -> None:
    for step in (after(CannotHear()), after(speech=False)):
        assert isinstance(step, Ask)
        assert (step.prompts, step.intents) == (("which", "slot_keys_date_of_birth"), ())
    check = after(BORN, CannotHear())
    assert isinstance(check, Ask)
    assert check.intents == ()


def test_silence_is_asked_whether_somebody_is_there() -> None:
    for silence in (Silent(), NoSign()):
        assert prompts(after(silence))[0] == "still_there"
        assert prompts(after(BORN, silence))[0] == "still_there"
