from __future__ import annotations

from structlog.testing import capture_logs

from ivr.persons import news
from ivr.services import LegAnswered, LegRinging, SwitchEvent


async def test_what_is_told_is_read_in_order() -> None:
    told = news.News()
    events: list[SwitchEvent] = [LegRinging("careline-leg-1"), LegAnswered("careline-leg-1")]
    for event in events:
        told.tell(event)
    read = told.read()
    assert [await anext(read) for _ in events] == events


def test_news_that_nobody_reads_are_noticed() -> None:
    told = news.News()
    with capture_logs() as logged:
        for _ in range(news.EVENTS_WAITING):
            told.tell(LegRinging("careline-leg-1"))
    assert [entry["event"] for entry in logged] == ["nobody reads the switch's events"]
