"""The walk of one caller: answers in, steps out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.menus.plan.closing import Closed
from ivr.menus.plan.values import Target
from ivr.menus.steps import (
    Answer,
    Ask,
    Bye,
    CannotHear,
    Danger,
    Done,
    Given,
    Key,
    Meant,
    NoSign,
    NotUnderstood,
    Reason,
    Recall,
    Say,
    Silent,
    Step,
    ToQueue,
    ToVoicemail,
)
from ivr.menus.walking.interpreter import MAX_STEPS, Walk
from tests.menus.plans import small

SENTENCE = ("i need an appointment with cardiology",)
SURE_VISIT = Meant("visit", 0.9, ("appointment",), SENTENCE)
UNSURE_VISIT = Meant("visit", 0.6, ("appointment",), SENTENCE)
MAIN_KEYS = frozenset("012349*")
MANNERS = ("operator", "repeat", "back", "choices")


def walk(*answers: Answer, dialled: str = "", hears: tuple[str, ...] = ("en", "es")) -> Step:
    """The step after these answers."""
    caller = Walk(small(), dialled, hears=hears)
    step = caller.begin()
    for answer in answers:
        step = caller.answered(answer)
    return step


def asked(step: Step) -> tuple[tuple[str, ...], bool, bool]:
    """An Ask's prompts, whether it listens, and whether to a closed list."""
    assert isinstance(step, Ask)
    return step.prompts, bool(step.intents), step.closed


def reasons(step: Step) -> list[str]:
    assert isinstance(step, ToQueue | ToVoicemail | Bye)
    return [reason.text for reason in step.reasons]


def queued(step: Step) -> tuple[str, set[str], bool, tuple[str, ...]]:
    assert isinstance(step, ToQueue)
    return step.queue, set(step.needs), step.urgent, step.prompts


def test_the_first_question_is_open_and_takes_keys_at_the_same_time() -> None:
    assert walk() == Ask(
        "en",
        ("welcome", "main.9", "how", "main.1", "main.2", "main.3", "main.4"),
        MAIN_KEYS,
        ("visit", "bill", "spanish", *MANNERS),
    )


def test_what_a_deeper_menu_asks_may_be_said_at_once() -> None:
    assert queued(walk(Meant("bill", 0.9))) == ("desk", set(), False, ("connecting",))


def test_what_was_said_already_is_not_asked_again() -> None:
    assert walk(SURE_VISIT) == Recall("en", SENTENCE, ("heart",))
    assert queued(walk(SURE_VISIT, Meant("heart", 0.9))) == ("desk", {"cardiology"}, False, ("connecting",))


def test_an_unsure_recall_asks() -> None:
    for answer in (NotUnderstood(), Meant("heart", 0.5), Meant("bill", 0.9)):
        assert asked(walk(SURE_VISIT, answer)) == (("which", "office.1", "office.2"), True, False)


def test_speech_without_its_readings_asks() -> None:
    assert asked(walk(Meant("visit", 0.9))) == (("which", "office.1", "office.2"), True, False)


def test_an_unsure_meaning_is_confirmed_by_word_or_key() -> None:
    asked_to_confirm = Ask("en", ("main.1.confirm",), frozenset("012*"), ("yes", "no", *MANNERS), closed=True)
    assert walk(UNSURE_VISIT) == asked_to_confirm
    for yes in (Meant("yes", 0.8), Key("1")):
        assert walk(UNSURE_VISIT, yes) == Recall("en", SENTENCE, ("heart",))


def test_no_asks_again_with_a_closed_list() -> None:
    closed = ("not_understood", "main.9", "main.1.say", "main.2", "main.3", "main.4", "operator")
    for no in (Meant("no", 0.8), Key("2")):
        assert asked(walk(UNSURE_VISIT, no)) == (closed, True, True)


def test_a_confirmation_that_fails_asks_again() -> None:
    assert asked(walk(UNSURE_VISIT, Silent()))[0][0] == "still_there"
    for answer in (NotUnderstood(), Key("7"), Meant("yes", 0.1)):
        assert asked(walk(UNSURE_VISIT, answer))[0][0] == "not_understood"


def test_a_confirmation_is_repeated_and_left_for_the_operator() -> None:
    assert walk(UNSURE_VISIT, Key("*")) == walk(UNSURE_VISIT)
    assert queued(walk(UNSURE_VISIT, Key("0")))[0] == "desk"


def test_a_confirmation_that_cannot_be_heard_takes_keys() -> None:
    assert asked(walk(UNSURE_VISIT, CannotHear())) == (("main.1.confirm",), False, False)
    assert walk(UNSURE_VISIT, CannotHear(), Key("1")) == Recall("en", SENTENCE, ("heart",))


def test_a_guess_is_not_understood() -> None:
    assert asked(walk(Meant("visit", 0.2)))[0][0] == "not_understood"
    assert asked(walk(Meant("heart", 0.9)))[0][0] == "not_understood"


def test_the_second_question_is_a_closed_list_the_third_takes_keys_then_a_person_comes() -> None:
    keys = ("main.9", "please_press", "main.1", "main.2", "main.3", "main.4", "operator")
    assert asked(walk(Silent()))[1:] == (True, True)
    assert asked(walk(Silent(), NotUnderstood())) == (("not_understood", *keys), False, False)
    assert asked(walk(Silent(), Key("7"))) == (("not_understood", *keys), False, False)
    assert queued(walk(Silent(), Silent(), Silent())) == ("desk", set(), False, ("to_a_person",))


def test_a_menu_names_its_own_way_out() -> None:
    lost = walk(Key("1"), NotUnderstood(), NotUnderstood(), NotUnderstood())
    assert queued(lost)[0] == "nurse"
    assert queued(walk(Key("1"), Silent(), Silent(), Silent()))[0] == "desk"


def test_what_cannot_be_heard_is_asked_by_keys_and_is_no_failure() -> None:
    keys = ("main.9", "please_press", "main.1", "main.2", "main.3", "main.4", "operator")
    assert asked(walk(CannotHear())) == (keys, False, False)
    assert asked(walk(CannotHear(), Silent(), Silent()))[0][0] == "still_there"
    assert queued(walk(CannotHear(), Silent(), Silent(), Silent()))[0] == "desk"


def test_speech_is_tried_again_on_the_next_menu() -> None:
    assert asked(walk(CannotHear(), Key("1"))) == (("which", "office.1", "office.2"), True, False)


def test_a_language_without_a_recogniser_takes_keys() -> None:
    assert asked(walk(hears=("es",)))[1] is False
    assert asked(walk(Key("9"), hears=("en",)))[1] is False


def test_spanish_is_a_key_or_a_word_away_and_greets_again() -> None:
    spanish = Ask(
        "es",
        ("welcome", "main.8", "how", "main.1", "main.2", "main.3", "main.4"),
        frozenset("012348*"),
        ("visit", "bill", "english", *MANNERS),
    )
    assert walk(Key("9")) == spanish
    assert walk(Meant("spanish", 0.9)) == spanish
    assert asked(walk(Meant("spanish", 0.5)))[0][0] == "not_understood"
    assert walk(Key("9"), Key("8")) == walk()


def test_a_spanish_caller_needs_a_person_who_speaks_it() -> None:
    assert queued(walk(Key("9"), Key("1"), Key("1")))[1] == {"cardiology", "spanish"}


def test_key_0_and_its_word_reach_the_operator_from_every_menu() -> None:
    for way in ((), (Key("1"),), (Key("2"),)):
        assert queued(walk(*way, Key("0"))) == ("desk", set(), False, ("to_a_person",))
        assert queued(walk(*way, Meant("operator", 0.5)))[0] == "desk"


def test_a_star_repeats_without_the_greeting() -> None:
    assert asked(walk(Key("*")))[0] == ("main.9", "how", "main.1", "main.2", "main.3", "main.4")


def test_danger_passes_everything_on_every_step_and_needs_nobody_special() -> None:
    danger = Danger("chest pain", ("chest", "pain"))
    ways: list[tuple[Answer, ...]] = [(), (UNSURE_VISIT,), (SURE_VISIT,), (Key("4"),), (Key("9"), Silent(), Silent())]
    for way in ways:
        step = walk(*way, danger)
        assert queued(step) == ("nurse", set(), True, ("urgent_connecting",))


def test_the_words_of_danger_stay_in_their_own_field() -> None:
    step = walk(Danger("chest pain", ("my chest", "pain")))
    assert isinstance(step, ToQueue)
    assert [(r.text, r.phi) for r in step.reasons][1:] == [
        ("A sign of danger: 'chest pain'.", "my chest / pain"),
        ("To queue 'nurse', urgent.", ""),
    ]


def test_a_choice_may_tell_something_and_come_back() -> None:
    assert walk(Key("4")) == Say("en", ("hours",))
    again = walk(Key("4"), Done())
    assert isinstance(again, Ask)
    assert again.prompts == ("main.9", "how", "main.1", "main.2", "main.3", "main.4")  # the greeting was heard


def test_what_has_no_key_may_be_said_and_is_not_taken_for_said_again() -> None:
    plan = small(
        (
            "    ask: how\n",
            "    ask: how\n    said: {open: {name: {en: for our hours, es: por el horario}, say: hours, go: main}}\n",
        ),
        ("  english: {en", "  open: {en: [your hours], es: [su horario]}\n  english: {en"),
    )
    walked = Walk(plan)
    first = walked.begin()
    assert isinstance(first, Ask)
    assert ("open" in first.intents, first.keys) == (True, MAIN_KEYS)
    assert walked.answered(Meant("open", 0.9, readings=("your hours",))) == Say("en", ("hours",))
    assert isinstance(walked.answered(Done()), Ask)
    unsure = Walk(plan)
    unsure.begin()
    asked = unsure.answered(Meant("open", 0.6))
    assert isinstance(asked, Ask)
    assert asked.prompts == ("main.open.confirm",)


def test_a_choice_may_end_in_voicemail_or_goodbye() -> None:
    message = walk(Key("3"))
    assert isinstance(message, ToVoicemail)
    assert (message.box, message.prompts) == ("desk", ())
    end = walk(Key("2"), Key("2"))
    assert isinstance(end, Bye)
    assert end.prompts == ("goodbye",)


def test_an_urgent_queue_makes_everybody_urgent() -> None:
    plan = small(("desk: {needs: [desk],", "desk: {needs: [desk], priority: urgent,"))
    caller = Walk(plan)
    caller.begin()
    assert queued(caller.answered(Key("0")))[2] is True


def test_the_reasons_tell_the_way() -> None:
    step = walk(Silent(), UNSURE_VISIT, Key("1"), Meant("heart", 0.9, ("cardiology",)), dialled="(617) 555-0100")
    assert reasons(step) == [
        "Called main line at downtown: menu 'main', language 'en'.",
        "Menu 'main', attempt 1 of 3: was silent.",
        "Menu 'main': said what means 'visit' (confidence 0.60): below 0.75, so it was confirmed.",
        "Confirmed: 'to make an appointment'.",
        "Menu 'office': had said what means 'heart' (confidence 0.90) already: 'for the heart'.",
        "To queue 'desk', with cardiology.",
    ]


def test_the_intent_is_the_matter_not_its_detail() -> None:
    step = walk(SURE_VISIT, Meant("heart", 0.9))
    assert isinstance(step, ToQueue)
    assert step.intent == "visit"


def test_back_at_the_start_is_a_new_matter() -> None:
    step = walk(Meant("visit", 0.9), Key("2"), Key("2"), Key("1"))
    assert isinstance(step, ToQueue)
    assert step.intent == "bill"


def test_a_caller_who_plays_for_ever_reaches_a_person() -> None:
    step = walk(*[Key("*")] * MAX_STEPS)
    assert queued(step)[0] == "desk"
    assert reasons(step)[-2] == f"After {MAX_STEPS} steps a person takes over."


ANSWERS = st.one_of(
    st.builds(Key, st.text("0123456789*#", max_size=3)),
    st.builds(
        Meant,
        st.sampled_from(["visit", "heart", "bill", "spanish", "english", "operator", "yes", "no", "unknown"]),
        st.floats(0, 1),
        st.just(("word",)),
        st.sampled_from([(), SENTENCE]),
    ),
    st.sampled_from([NotUnderstood(), Silent(), CannotHear()]),
)


@given(st.lists(ANSWERS, min_size=MAX_STEPS, max_size=MAX_STEPS))
def test_whatever_callers_do_they_arrive_somewhere_and_always_the_same(answers: list[Answer]) -> None:
    first, second = Walk(small()), Walk(small())
    step = first.begin()
    assert second.begin() == step
    for answer in answers:
        if isinstance(step, ToQueue | ToVoicemail | Bye):
            break
        fitting: Answer = Done() if isinstance(step, Say) else answer
        step = first.answered(fitting)
        assert second.answered(fitting) == step
    assert isinstance(step, ToQueue | ToVoicemail | Bye)
    assert step.reasons == first.reasons


# ---- sent by a queue ------------------------------------------------------------------------------------------------


def sent(to: str, *answers: Answer) -> Step:
    """The step after these answers when a queue then sends the caller away."""
    caller = Walk(small())
    caller.begin()
    for answer in answers:
        caller.answered(answer)
    return caller.sent(Target.parse(to), "Waited 4:00.")


def test_a_queue_sends_the_caller_to_any_target_with_all_that_the_caller_needs() -> None:
    answers = (SURE_VISIT, Meant("heart", 0.9))
    assert queued(sent("queue nurse", *answers)) == ("nurse", {"cardiology"}, False, ("connecting",))
    left = sent("voicemail desk", *answers)
    assert isinstance(left, ToVoicemail)
    assert (left.box, left.intent, left.reasons[-2].text) == ("desk", "visit", "Waited 4:00.")
    assert asked(sent("more", *answers)) == (("which", "more.1", "more.2"), True, False)


def test_a_walk_that_has_not_begun_can_be_sent_on() -> None:
    assert queued(sent("queue nurse")) == ("nurse", set(), False, ("connecting",))
    assert queued(Walk(small()).sent(Target.parse("queue desk"), "Came back."))[0] == "desk"


def test_who_is_in_danger_stays_urgent_wherever_a_queue_sends_them() -> None:
    assert queued(sent("queue desk", SURE_VISIT, Danger("pain"))) == ("desk", set(), True, ("connecting",))


class Shut:
    """Everything is closed, and a message is switched on."""

    def is_open(self, hours: str) -> bool:
        return False

    def messages(self) -> tuple[str, ...]:
        return ("snow",)


def shut(*answers: Answer) -> tuple[Step, ...]:
    """The steps of a caller of a practice whose menu `main` is shut, and whose desk's callers go to the nurse."""
    closed = {"hours": "office", "closed": Closed(to=Target.parse("office"), say="night")}
    to_nurse = {"hours": "office", "closed": Closed(to=Target.parse("queue nurse"))}
    plan = small()
    menus = {**plan.menus, "main": plan.menus["main"].model_copy(update=closed)}
    queues = {**plan.queues, "desk": plan.queues["desk"].model_copy(update=to_nurse)}
    caller = Walk(plan.model_copy(update={"menus": menus, "queues": queues}), doors=Shut())
    return caller.begin(), *(caller.answered(answer) for answer in answers)


def test_a_closed_menu_says_so_and_leads_elsewhere_after_the_days_message() -> None:
    closed, question = shut(Done())
    assert closed == Say("en", ("snow", "night"))
    assert asked(question)[0] == ("which", "office.1", "office.2")


def test_a_closed_queue_sends_its_callers_on() -> None:
    assert queued(shut(Done(), Key("1"))[-1]) == ("nurse", {"cardiology"}, False, ("connecting",))


def test_danger_is_told_that_help_comes_and_not_that_we_are_closed() -> None:
    assert queued(shut(Danger("chest pain"))[-1])[2:] == (True, ("urgent_connecting",))


def test_a_distressed_caller_is_offered_a_person_and_is_pressing() -> None:
    caller = Walk(small())
    caller.begin()
    caller.distressed([Reason("cries"), Reason("uses words of distress", "help me")])
    which = caller.answered(Meant("visit", 0.9))
    assert asked(which)[0][0] == "person_offer"
    queue = caller.answered(Key("1"))
    assert isinstance(queue, ToQueue)
    assert (queue.pressing, queue.urgent, queue.prompts) == (True, False, ("connecting",))
    assert [reason.text for reason in queue.reasons][1:4] == [
        "The caller cries.",
        "The caller uses words of distress.",
        "So a person is offered, and the call is pressing.",
    ]


def test_a_distressed_caller_does_not_have_to_fail_three_times() -> None:
    caller = Walk(small())
    caller.begin()
    caller.distressed([Reason("cries")])
    assert queued(caller.answered(NotUnderstood())) == ("desk", set(), False, ("to_a_person",))


# ---- manners --------------------------------------------------------------------------------------------------------


def test_repeat_and_the_choices_are_told_without_being_counted() -> None:
    assert walk(Meant("repeat", 0.9)) == walk(Key("*"))
    told = ("main.9", "main.1.say", "main.2", "main.3", "main.4", "operator")
    for times in range(1, 5):
        assert asked(walk(*[Meant("choices", 0.9)] * times)) == (told, True, True)


def test_going_back_leads_to_the_menu_before_with_what_was_known_there_and_keeps_the_language() -> None:
    again = ("main.8", "how", "main.1", "main.2", "main.3", "main.4")
    for back in (Key(""), Meant("back", 0.9)):
        returned = walk(Key("9"), Key("1"), back)
        assert isinstance(returned, Ask)
        assert (returned.prompts, returned.language) == (again, "es")
        bill = walk(Key("1"), back, Key("2"), Key("1"))
        assert isinstance(bill, ToQueue)
        assert bill.intent == "bill"


def test_going_back_at_the_first_menu_asks_the_same_again() -> None:
    assert walk(Key("")) == walk(Meant("back", 0.9)) == walk(Key("*"))


def test_a_confirmation_understands_the_words_of_the_talk_itself() -> None:
    assert walk(UNSURE_VISIT, Meant("repeat", 0.9)) == walk(UNSURE_VISIT)
    assert queued(walk(UNSURE_VISIT, Meant("operator", 0.9)))[0] == "desk"
    for back in (Meant("back", 0.9), Meant("choices", 0.9), Key("")):
        assert asked(walk(UNSURE_VISIT, back))[0][:2] == ("main.9", "main.1.say")


def test_operator_works_in_a_plan_that_does_not_word_it() -> None:
    caller = Walk(small((", intent: operator}", "}")))
    step = caller.begin()
    assert isinstance(step, Ask)
    assert "person" in step.intents
    assert queued(caller.answered(Meant("person", 0.9)))[0] == "desk"


def test_whoever_gives_no_sign_reaches_a_person_at_once() -> None:
    step = walk(NoSign())
    assert queued(step) == ("desk", set(), False, ("to_a_person",))
    assert reasons(step)[1] == "Menu 'main': no key and no word since the call began."


# ---- two things in one sentence -------------------------------------------------------------------------------------

BILL = Meant("bill", 0.8, ("bill",))


def test_of_two_matters_the_first_goes_first_and_the_other_is_kept() -> None:
    step = walk(Meant("bill", 0.8, ("bill",), SENTENCE, also=(SURE_VISIT,)))
    assert isinstance(step, ToQueue)
    assert (step.queue, step.intent, step.also) == ("desk", "bill", ("visit",))
    assert reasons(step)[1] == "Menu 'main': also said what means 'visit' (confidence 0.90): the person will see it."


def test_of_two_matters_the_clinical_one_goes_first() -> None:
    plan = small(("intent: bill, go: queue desk}", "intent: bill, go: queue nurse}"))
    caller = Walk(plan)
    caller.begin()
    step = caller.answered(Meant("visit", 0.9, ("appointment",), SENTENCE, also=(BILL,)))
    assert isinstance(step, ToQueue)
    assert (step.queue, step.intent, step.also) == ("nurse", "bill", ("visit",))


def test_what_is_no_matter_of_the_menu_is_not_kept() -> None:
    step = walk(Meant("bill", 0.8, (), SENTENCE, also=(Meant("operator", 0.9), Meant("heart", 0.9))))
    assert isinstance(step, ToQueue)
    assert step.also == ()


# ---- slots ----------------------------------------------------------------------------------------------------------

COLLECTS = small(
    ("voicemail:\n", "slots:\n  birth: {kind: date_of_birth, ask: which}\nvoicemail:\n"),
    ("intent: bill, go: queue desk}", "intent: bill, go: queue desk, collect: birth}"),
)
BORN = Given("1952-03-03", ("month_3",))


def collecting(*answers: Answer) -> Step:
    caller = Walk(COLLECTS)
    step = caller.begin()
    for answer in answers:
        step = caller.answered(answer)
    return step


def test_what_a_choice_collects_is_asked_before_going_on_and_goes_along() -> None:
    assert asked(collecting(Key("2"), Key("1")))[0] == ("which",)
    step = collecting(Key("2"), Key("1"), BORN, Key("1"))
    assert isinstance(step, ToQueue)
    assert (step.queue, step.values) == ("desk", (("birth", "1952-03-03"),))


def test_going_back_from_a_slot_asks_the_menu_again_and_what_was_given_is_not_asked_twice() -> None:
    assert asked(collecting(Key("2"), Key("1"), Key("")))[0] == ("which", "more.1", "more.2")


def test_a_person_or_danger_in_a_slot_goes_before_it_with_what_was_given() -> None:
    assert queued(collecting(Key("2"), Key("1"), Key("0")))[0] == "desk"
    step = collecting(Key("2"), Key("1"), Danger("chest pain"))
    assert queued(step)[::2] == ("nurse", True)


def test_who_does_not_give_it_goes_on_and_is_told_that_a_person_will_ask() -> None:
    step = collecting(Key("2"), Key("1"), Silent(), Silent(), Silent())
    assert queued(step)[3] == ("slot_skipped",)
    assert reasons(step)[-2] == "Slot 'birth': not given, so the caller went on without it: a person will ask."
