"""What wallboards are told, header by header as app_queue tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd import events
from acd.model import Urgency
from ivr.feeds import ami_events
from ivr.feeds.ami_events import Message
from ivr.feeds.board import Board
from ivr.feeds.tallies import Tallies
from tests.feeds.recordings import headers_of_events
from tests.feeds.told import ANA, AWAY, BO, Practice

if TYPE_CHECKING:
    from ivr.feeds.facts import Fact

JOINED = events.CallerJoined("c1", "desk")
PHONES = {"ana": "PJSIP/1001", "bo": "PJSIP/1002"}


class Wallboards:
    """A practice, and what its wallboards are told."""

    def __init__(self, practice: Practice, now: float = 1100) -> None:
        self.practice = practice
        self.board = Board(practice.happenings.roster, lambda: now)
        self.board.phones = PHONES
        self.board.engine = practice.engine

    def after(self, *happened: tuple[events.Event, float]) -> list[dict[str, str]]:
        return [
            headers(message)
            for event, at in happened
            for fact in self.practice.after(event, at)
            for message in self._told(fact, at)
        ]

    def _told(self, fact: Fact, at: float) -> list[Message]:
        self.board.tallies.take(fact, self.practice.happenings.roster.queues, at)
        return ami_events.happened(fact, self.board)


def headers(message: Message) -> dict[str, str]:
    return {key: str(value) for key, value in message.fields}


def of(told: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    return [each for each in told if each["Event"] == name]


def some(told: dict[str, str], *names: str) -> list[str]:
    return [told[name] for name in names]


def test_a_call_as_a_wallboard_sees_it() -> None:
    wallboards = Wallboards(Practice(ANA))
    told = wallboards.after((JOINED, 1010))
    assert [each["Event"] for each in told[:2]] == ["QueueCallerJoin", "AgentCalled"]
    assert some(told[0], "Queue", "Position", "Count", "Uniqueid") == ["desk", "1", "1", "c1"]
    assert some(told[1], "Queue", "Interface", "MemberName", "DestUniqueid") == [
        *("desk", "PJSIP/1001", "ana", "careline-leg-1"),
    ]
    assert [some(each, "Queue", "Status", "InCall") for each in told[2:]] == [["desk", "6", "0"], ["heart", "6", "0"]]
    told = wallboards.after((events.OfferAnswered(1), 1014), (events.TalkBegan(1), 1015))
    [gone], [connected] = of(told, "QueueCallerLeave"), of(told, "AgentConnect")
    assert some(gone, "Position", "Count") == ["1", "0"]
    assert some(connected, "HoldTime", "RingTime") == ["5", "4"]
    assert some(of(told, "QueueMemberStatus")[-2], "Queue", "Status", "InCall") == ["desk", "2", "1"]
    told = wallboards.after((events.TalkEnded(1), 1075))
    assert some(told[0], "Event", "HoldTime", "TalkTime", "Reason") == ["AgentComplete", "5", "60", "agent"]
    assert some(told[1], "Queue", "CallsTaken", "LastCall", "InCall") == ["desk", "1", "1075", "0"]


def test_who_hangs_up_has_abandoned_and_who_chose_has_not() -> None:
    told = Wallboards(Practice()).after((JOINED, 1010), (events.CallerLeft("c1", dropped=True), 1014))
    assert [each["Event"] for each in told] == ["QueueCallerJoin", "QueueCallerAbandon", "QueueCallerLeave"]
    assert some(told[1], "Position", "OriginalPosition", "HoldTime") == ["1", "1", "4"]
    told = Wallboards(Practice()).after((JOINED, 1010), (events.CallerLeft("c1"), 1014))
    assert [each["Event"] for each in told] == ["QueueCallerJoin", "QueueCallerLeave"]


def test_a_ring_that_failed_tells_how_long_it_rang() -> None:
    told = Wallboards(Practice(ANA)).after((JOINED, 1010), (events.OfferFailed(1, events.Cause.REFUSED), 1012))
    assert some(of(told, "AgentRingNoAnswer")[0], "MemberName", "RingTime") == ["ana", "2000"]
    assert some(of(told, "QueueMemberPause")[0], "Paused", "PausedReason", "LastPause") == ["1", "refused", "1012"]


def test_a_person_signs_in_pauses_and_signs_out() -> None:
    told = Wallboards(Practice(AWAY)).after(
        (events.AgentReady("bo"), 1001),
        (events.AgentNotReady("bo", "lunch"), 1002),
        (events.AgentReady("bo"), 1003),
        (events.AgentLoggedOut("bo"), 1004),
    )
    assert [some(each, "Event", "Paused", "PausedReason", "LoginTime") for each in told] == [
        ["QueueMemberAdded", "0", "", "1001"],
        ["QueueMemberPause", "1", "lunch", "1001"],
        ["QueueMemberPause", "0", "", "1001"],
        ["QueueMemberRemoved", "0", "", "1001"],
    ]


def test_every_event_has_app_queues_headers_in_its_order() -> None:
    wallboards = Wallboards(Practice(ANA, AWAY))
    told = wallboards.after(
        (JOINED, 1010),
        (events.OfferFailed(1, events.Cause.BUSY), 1011),
        (events.AgentReady("bo"), 1012),
        (events.TalkBegan(2), 1013),
        (events.TalkEnded(2), 1014),
        (events.AgentNotReady("bo", "lunch"), 1015),
        (events.AgentLoggedOut("bo"), 1016),
        (events.CallerJoined("c2", "desk"), 1017),
        (events.CallerLeft("c2", dropped=True), 1018),
        (events.CallerJoined("c3", "desk"), 1019),
    )
    board = wallboards.board
    answers = [*ami_events.queue_status(board, "", "", "7"), *ami_events.queue_summary(board, "", "7")]
    told += [headers(message) for message in answers if message.fields[0][0] == "Event"]
    assert {each["Event"]: list(each) for each in told} == headers_of_events()


def test_the_queues_and_who_is_in_them() -> None:
    wallboards = Wallboards(Practice(BO, ANA))
    wallboards.after(
        (JOINED, 1010),
        (events.TalkBegan(1), 1012),
        (events.AgentNotReady("ana", "lunch"), 1013),
        (events.CallerJoined("c2", "desk"), 1020),
        (events.CallerJoined("c3", "desk", urgency=Urgency.URGENT), 1030),
    )
    first, *items, last = map(headers, ami_events.queue_status(wallboards.board, "desk", "", "7"))
    assert first == {
        "Response": "Success",
        "ActionID": "7",
        "EventList": "start",
        "Message": "Queue status will follow",
    }
    assert last == {"Event": "QueueStatusComplete", "ActionID": "7", "EventList": "Complete", "ListItems": "5"}
    queue, bo, ana, urgent, routine = items
    assert some(queue, "Queue", "Calls", "Holdtime", "ServiceLevel") == ["desk", "2", "0", "30"]
    assert some(bo, "Name", "Location", "Status", "InCall", "Wrapuptime") == ["bo", "PJSIP/1002", "2", "1", "10"]
    assert some(ana, "Name", "Paused", "PausedReason") == ["ana", "1", "lunch"]
    assert some(urgent, "Position", "Uniqueid", "Wait", "Priority", "CallerIDNum") == ["1", "c3", "70", "2", "unknown"]
    assert some(routine, "Position", "Uniqueid", "Wait", "Priority") == ["2", "c2", "80", "0"]
    _, summary, _ = map(headers, ami_events.queue_summary(wallboards.board, "desk", ""))
    assert some(summary, "LoggedIn", "Available", "Callers", "LongestHoldTime") == ["2", "0", "2", "80"]
    assert len(ami_events.queue_status(wallboards.board, "nosuch", "", "")) == 2


def test_hold_and_talk_times_and_the_service_level_are_app_queues() -> None:
    wallboards = Wallboards(Practice(ANA))
    for call, waited, at in (("a", 8, 1010), ("b", 40, 1200)):
        joined, answered, ended = at, at + waited, at + waited + 100
        offer = len(wallboards.practice.engine.offers()) + (1 if call == "a" else 2)
        wallboards.after(
            (events.CallerJoined(call, "desk"), joined),
            (events.OfferAnswered(offer), joined + 1),
            (events.TalkBegan(offer), answered),
            (events.TalkEnded(offer), ended),
            (events.AgentReady("ana"), ended),
        )
    wallboards.after((events.AgentNotReady("ana", "tea"), 1400), (JOINED, 1401))
    wallboards.after((events.CallerLeft("c1", dropped=True), 1403))
    tally = wallboards.board.tallies.queue("desk")
    assert (tally.completed, tally.abandoned, tally.hold_seconds, tally.talk_seconds) == (2, 1, (3 * 2 + 40) // 4, 43)
    assert (tally.service_level, round(tally.service_level_2, 1)) == (50.0, 66.7)
    assert Tallies().queue("desk").service_level == 0.0


def test_a_reason_forges_no_header() -> None:
    assert (
        Message((("Event", "E"), ("Reason", "a\r\nResponse: b"))).encoded()
        == b"Event: E\r\nReason: a  Response: b\r\n\r\n"
    )
