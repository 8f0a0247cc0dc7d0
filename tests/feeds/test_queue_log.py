"""The lines of the queue log, as app_queue writes them."""

from __future__ import annotations

from acd import events
from acd.model import Absence, Callback, Condition, Overflow, Queue, Step
from ivr.feeds import facts, queue_log
from tests.feeds.recordings import fields_of_lines
from tests.feeds.told import ANA, AWAY, BO, BRIEF, DESK_NEEDS, Practice

JOINED = events.CallerJoined("c1", "desk")
DESERTED = Queue(
    "desk",
    (Step(DESK_NEEDS),),
    overflow=(Overflow(Condition(empty=frozenset({Absence.UNAVAILABLE})), to="voicemail desk"),),
)


def lines(practice: Practice, *happened: tuple[events.Event, float]) -> list[str]:
    return [
        line.removesuffix("\n")
        for event, at in happened
        for fact in practice.after(event, at)
        for line in queue_log.lines(fact, at)
    ]


def test_a_call_that_the_caller_ends() -> None:
    happened = (
        (JOINED, 1010),
        (events.OfferAnswered(1), 1014),
        (events.TalkBegan(1), 1015.5),
        (events.CallerLeft("c1", dropped=True), 1075.5),
        (events.TalkEnded(1), 1075.6),
    )
    assert lines(Practice(ANA), *happened) == [
        "1010|c1|desk|NONE|ENTERQUEUE|||1",
        "1015|c1|desk|ana|CONNECT|5|careline-leg-1|4",
        "1075|c1|desk|ana|COMPLETECALLER|5|60|1",
    ]


def test_a_call_that_the_person_ends() -> None:
    happened = ((JOINED, 1010), (events.TalkBegan(1), 1012), (events.TalkEnded(1), 1022))
    assert lines(Practice(ANA), *happened)[-1] == "1022|c1|desk|ana|COMPLETEAGENT|2|10|1"


def test_a_caller_who_hangs_up_while_a_phone_rings() -> None:
    left = (events.CallerLeft("c1", dropped=True), 1014)
    assert lines(Practice(ANA), (JOINED, 1010), (events.OfferFailed(1, events.Cause.BUSY), 1010.5), left) == [
        "1010|c1|desk|NONE|ENTERQUEUE|||1",
        "1010|c1|desk|ana|RINGNOANSWER|500",
        "1010|NONE|NONE|ana|PAUSEALL|busy",
        "1010|NONE|desk|ana|PAUSE|busy",
        "1010|NONE|heart|ana|PAUSE|busy",
        "1014|c1|desk|NONE|ABANDON|1|1|4",
    ]
    assert lines(Practice(ANA), (JOINED, 1010), left)[1:] == [
        "1014|c1|desk|ana|RINGCANCELED|4000",
        "1014|c1|desk|NONE|ABANDON|1|1|4",
    ]


def test_a_caller_who_leaves_by_choice_by_overflow_or_for_a_callback() -> None:
    assert lines(Practice(), (JOINED, 1010), (events.CallerLeft("c1"), 1012))[1:] == [
        "1012|c1|desk|NONE|EXITWITHKEY||1|1|2"
    ]
    assert lines(Practice(queues=(BRIEF,)), (JOINED, 1010), (events.TimePassed(), 1070))[1:] == [
        "1070|c1|desk|NONE|EXITWITHTIMEOUT|1|1|60"
    ]
    assert lines(Practice(), (JOINED, 1010), (events.CallbackAsked("c1", Callback()), 1012))[1:] == [
        "1012|c1|desk|NONE|EXITWITHKEY|callback|1|1|2"
    ]


def test_a_caller_who_leaves_because_nobody_is_there() -> None:
    practice = Practice(BO, queues=(DESERTED,))
    practice.all((events.CallerJoined("c0", "desk"), 1005), (events.TalkBegan(1), 1006))
    assert lines(practice, (JOINED, 1010), (events.AgentLoggedOut("bo"), 1015), (events.TalkEnded(1), 1020)) == [
        "1010|c1|desk|NONE|ENTERQUEUE|||1",
        "1020|c0|desk|bo|COMPLETEAGENT|1|14|1",
        "1020|c1|desk|NONE|EXITEMPTY|1|1|10",
        "1020|MANAGER|desk|bo|REMOVEMEMBER|",
    ]


def test_a_person_signs_in_pauses_comes_back_and_signs_out() -> None:
    happened = (
        (events.AgentReady("bo"), 1001),
        (events.AgentNotReady("bo", "lunch"), 1002),
        (events.AgentReady("bo"), 1003),
        (events.AgentLoggedOut("bo"), 1004),
    )
    assert lines(Practice(AWAY), *happened) == [
        "1001|MANAGER|desk|bo|ADDMEMBER|",
        "1002|NONE|NONE|bo|PAUSEALL|lunch",
        "1002|NONE|desk|bo|PAUSE|lunch",
        "1003|NONE|NONE|bo|UNPAUSEALL|",
        "1003|NONE|desk|bo|UNPAUSE|",
        "1004|MANAGER|desk|bo|REMOVEMEMBER|",
    ]


def test_the_start_and_a_new_plan() -> None:
    assert queue_log.started(1000.9) == "1000|NONE|NONE|NONE|QUEUESTART|\n"
    assert lines(Practice(ANA), (Practice(ANA).plan, 1001)) == ["1001|NONE|NONE|NONE|CONFIGRELOAD|"]


def test_every_line_has_as_many_fields_as_app_queues() -> None:
    practice = Practice(ANA, BO)
    ours = [
        queue_log.started(1000),
        *(line for fact in practice.first for line in queue_log.lines(fact, 1000)),
        *lines(
            practice,
            (JOINED, 1010),
            (events.OfferFailed(1, events.Cause.BUSY), 1011),
            (events.TalkBegan(2), 1012),
            (events.TalkEnded(2), 1013),
            (events.CallerJoined("c2", "desk"), 1030),
            (events.CallerLeft("c2", dropped=True), 1031),
            (events.AgentNotReady("bo", "lunch"), 1032),
            (events.AgentReady("bo"), 1033),
            (events.CallerJoined("c3", "desk"), 1034),
            (events.CallerLeft("c3"), 1035),
            (events.AgentLoggedOut("bo"), 1036),
        ),
    ]
    assert {line.split("|")[4]: line.count("|") + 1 for line in ours}.items() <= fields_of_lines().items()


def test_a_name_forges_no_field_and_no_line() -> None:
    [forged] = queue_log.lines(facts.Entered("c|1\n2", "de|sk", 1, 1), 1000)
    assert forged == "1000|c 1 2|de sk|NONE|ENTERQUEUE|||1\n"
