"""What Prometheus scrapes."""

from __future__ import annotations

from acd import events
from acd.model import Callback
from ivr.feeds.metrics import Metrics
from tests.feeds.told import ANA, BO, BRIEF, HEART, WATCHED, Practice

JOINED = events.CallerJoined("c1", "desk")


class Scraped:
    """A practice and its figures, asked for at second 1100."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.metrics = Metrics(practice.happenings.roster, lambda: 1100.0)
        self.metrics.at(practice.engine)

    def after(self, *happened: tuple[events.Event, float]) -> list[str]:
        """All lines but comments, those left out that only say when a counter began."""
        for fact in self.practice.all(*happened):
            self.metrics.take(fact)
        lines = self.metrics.text().decode().splitlines()
        return [line for line in lines if not line.startswith("#") and "_created" not in line]


def of(lines: list[str], name: str) -> list[str]:
    return [line.removeprefix(name) for line in lines if line.startswith((f"{name}{{", f"{name} "))]


def test_how_things_stand() -> None:
    lines = Scraped(Practice(BO, ANA)).after(
        (JOINED, 1010),
        (events.TalkBegan(1), 1012),
        (events.AgentNotReady("ana", "lunch"), 1013),
        (events.CallerJoined("c2", "desk"), 1020),
        (events.CallerJoined("c3", "desk", callback=Callback(not_before=5000)), 1030),
    )
    assert of(lines, "careline_calls_waiting") == ['{queue="desk"} 1.0', '{queue="heart"} 0.0']
    assert of(lines, "careline_callbacks_waiting") == ['{queue="desk"} 1.0', '{queue="heart"} 0.0']
    assert of(lines, "careline_longest_wait_seconds") == ['{queue="desk"} 80.0', '{queue="heart"} 0.0']
    assert of(lines, "careline_people_staffed") == ['{queue="desk"} 1.0', '{queue="heart"} 0.0']
    assert of(lines, "careline_people") == [
        '{queue="desk",state="not ready"} 1.0',
        '{queue="desk",state="talking"} 1.0',
        '{queue="heart",state="not ready"} 1.0',
    ]
    assert of(lines, "careline_service_level_ratio") == ['{queue="desk"} 1.0']


def test_what_happened() -> None:
    lines = Scraped(Practice(ANA, queues=(BRIEF, HEART))).after(
        (JOINED, 1010),
        (events.OfferFailed(1, events.Cause.REFUSED), 1012),
        (events.TimePassed(), 1027),
        (events.TalkBegan(2), 1030),
        (events.CallerJoined("c2", "desk"), 1031),
        (events.CallerLeft("c2", dropped=True), 1040),
        (events.CallerJoined("c3", "desk"), 1041),
        (events.TalkEnded(2), 1042),
        (events.OfferFailed(3, events.Cause.NO_ANSWER), 1060),
        (events.TimePassed(), 1101),
        (events.CallerJoined("c4", "gone"), 1102),
    )
    assert of(lines, "careline_calls_entered_total") == ['{queue="desk"} 3.0']
    assert of(lines, "careline_calls_left_total") == [
        '{how="hung up",queue="desk"} 1.0',
        '{how="sent away",queue="desk"} 1.0',
    ]
    assert of(lines, "careline_calls_refused_total") == ['{queue="gone"} 1.0']
    assert of(lines, "careline_offers_total") == ['{queue="desk"} 3.0']
    assert of(lines, "careline_offers_failed_total") == [
        '{cause="refused",queue="desk"} 1.0',
        '{cause="no answer",queue="desk"} 1.0',
    ]
    assert of(lines, "careline_answer_wait_seconds_sum") == ['{queue="desk"} 20.0']
    assert of(lines, "careline_answer_wait_seconds_bucket")[1:3] == [
        '{le="10.0",queue="desk"} 0.0',
        '{le="20.0",queue="desk"} 1.0',
    ]
    assert of(lines, "careline_talk_seconds_sum") == ['{queue="desk"} 12.0']


def test_alerts_and_callbacks() -> None:
    scraped = Scraped(Practice(queues=(WATCHED, HEART)))
    lines = scraped.after(
        (JOINED, 1010),
        (events.TimePassed(), 1040),
        (events.CallerJoined("c2", "heart", callback=Callback(not_before=5000)), 1041),
    )
    assert of(lines, "careline_alerts_open") == ['{queue="desk"} 1.0', '{queue="heart"} 0.0']
    assert of(lines, "careline_alerts_total") == ['{queue="desk"} 1.0']
    assert of(lines, "careline_callbacks_total") == ['{became="agreed",queue="heart"} 1.0']
    assert '{became="cancelled",queue="heart"} 1.0' in of(
        scraped.after((events.CallbackCancelled("c2"), 1050)), "careline_callbacks_total"
    )


def test_other_figures_can_be_shown_with_them() -> None:
    scraped = Scraped(Practice())
    scraped.metrics.watch("record_lines_lost", "Lines of the call record that were lost", lambda: 7)
    assert of(scraped.after(), "careline_record_lines_lost") == [" 7.0"]


def test_before_the_first_plan_there_is_nothing_to_tell_of_queues() -> None:
    metrics = Metrics(Practice().happenings.roster, lambda: 1100.0)
    assert b"careline_calls_waiting" not in metrics.text()


def test_no_person_and_no_call_is_a_label() -> None:
    text = "\n".join(Scraped(Practice(ANA)).after((JOINED, 1010), (events.TalkBegan(1), 1012)))
    assert "ana" not in text
    assert "c1" not in text
