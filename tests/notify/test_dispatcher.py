from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import structlog

from acd.rota import Rota, Shift
from ivr.notify.contact import contact
from ivr.notify.dispatcher import Dispatcher
from ivr.notify.outbox import Outbox
from tests.fakes import FakeClock
from tests.notify.alerts import ALERT
from tests.notify.rows import RememberedNotices
from tests.notify.test_outbox import PlannedPort

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY_DAY = frozenset(range(7))
CONTACTS = {
    "ana": contact("ana", ["phone:PJSIP/ana", "sms:+16175550123"]),
    "bo": contact("bo", ["mail:bo@riverside.example"]),
    "cleo": contact("cleo", ["webhook:https://example.org/cleo"]),
    "dee": contact("dee", []),
}
NURSES = Rota(
    "nurses",
    "America/New_York",
    (Shift(("ana", "bo"), EVERY_DAY, time(8), time(20)), Shift(("bo",), EVERY_DAY, time(20), time(7))),
)


class Practice:
    """A dispatcher whose outbox does not run: what it would send can be looked at."""

    def __init__(self, at: str) -> None:
        self.clock = FakeClock(datetime.fromisoformat(f"2026-11-20T{at}-05:00").astimezone(UTC).timestamp())
        ports = {"phone": PlannedPort(), "sms": PlannedPort(), "mail": PlannedPort()}
        self.outbox = Outbox(ports, RememberedNotices(), self.clock)
        self.dispatcher = Dispatcher(CONTACTS, {"nurses": NURSES}, self.outbox, self.clock)

    async def told(self, who: Sequence[str]) -> list[tuple[str, str, float]]:
        """(person, kind, seconds until they are told)."""
        await self.dispatcher.alert(ALERT, who)
        return [(each.person, each.kind, each.due - self.clock.time) for each in self.outbox.pending()]


async def test_a_person_is_told_on_all_ways_at_once() -> None:
    assert await Practice("12:00").told(["ana"]) == [("ana", "phone", 0), ("ana", "sms", 0)]


async def test_of_those_on_call_the_second_is_told_a_minute_later() -> None:
    assert await Practice("12:00").told(["nurses"]) == [("ana", "phone", 0), ("ana", "sms", 0), ("bo", "mail", 60)]


async def test_a_rota_is_whoever_is_on_call_at_that_moment() -> None:
    assert await Practice("21:00").told(["nurses"]) == [("bo", "mail", 0)]


async def test_who_is_named_and_on_call_is_told_once_and_at_once() -> None:
    assert await Practice("12:00").told(["nurses", "bo"]) == [
        ("ana", "phone", 0),
        ("ana", "sms", 0),
        ("bo", "mail", 0),
    ]


async def test_who_cannot_be_reached_is_logged_and_the_others_are_told() -> None:
    with structlog.testing.capture_logs() as logs:
        assert await Practice("12:00").told(["eve", "cleo", "dee", "bo"]) == [("bo", "mail", 0)]
    assert [(entry["event"], entry.get("person")) for entry in logs] == [
        ("an alert names somebody unknown", "eve"),
        ("a way to a person is not in the settings", "cleo"),
        ("a person has no way to be told", "dee"),
    ]


async def test_an_alert_that_reaches_nobody_is_an_error_in_the_log() -> None:
    with structlog.testing.capture_logs() as logs:
        assert await Practice("07:30").told(["nurses"]) == []
    assert [entry["event"] for entry in logs] == ["nobody is on call now", "an alert reaches nobody"]
    assert {entry["log_level"] for entry in logs} == {"error"}


async def test_what_is_over_tells_nobody_else() -> None:
    practice = Practice("12:00")
    await practice.told(["nurses"])
    practice.dispatcher.over("7")
    assert practice.outbox.pending() == ()


async def test_an_alert_that_is_repeated_does_not_double_what_is_pending() -> None:
    practice = Practice("12:00")
    await practice.told(["nurses"])
    practice.clock.time += 30
    assert await practice.told(["nurses"]) == [("ana", "phone", -30), ("ana", "sms", -30), ("bo", "mail", 30)]


def test_who_acknowledged_is_known_by_the_phone() -> None:
    dispatcher = Practice("12:00").dispatcher
    assert dispatcher.person_at("phone", "PJSIP/ana") == "ana"
    assert dispatcher.person_at("phone", "PJSIP/eve") is None
