"""Delivery with deadline and repeats: over ports in memory, and over a web server that has bad moments."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog

from ivr.notify.http_request import Http
from ivr.notify.outbox import MOST_PENDING, Notice, Outbox, Pace
from ivr.notify.port import Alert, NotDelivered
from ivr.notify.webhook import WebhookPort
from tests.fakes import FakeClock, Seen
from tests.notify.alerts import ALERT
from tests.notify.rows import RememberedNotices
from tests.notify.servers import TinyHttp, free_port, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from ivr.notify.port import Port

HASTY = Pace(retries=(0.01,))
START = 1_800_000_000.0
NOTICE = Notice("7/ana/0", "ana", "mail", "ana@riverside.example", ALERT, START, START + 900)
SECRET = "T0P-S3CRET"


class PlannedPort:
    """A Port that fails with `failures` first, in their order, or hangs until `goes_on` is set."""

    def __init__(self, *failures: Exception, hangs: bool = False) -> None:
        self._failures = list(failures)
        self.goes_on = asyncio.Event()
        if not hangs:
            self.goes_on.set()
        self.tried: Seen[str] = Seen()
        self.delivered: Seen[tuple[str, Alert]] = Seen()
        self.cancelled: Seen[str] = Seen()

    async def deliver(self, address: str, alert: Alert) -> None:
        self.tried.add(address)
        if self._failures:
            raise self._failures.pop(0)
        try:
            await self.goes_on.wait()
        except asyncio.CancelledError:
            self.cancelled.add(address)
            raise
        self.delivered.add((address, alert))


class Office:
    """An outbox with its clock and its disk, which outlives it."""

    def __init__(self, ports: Mapping[str, Port], *, pace: Pace = HASTY, rows: RememberedNotices | None = None) -> None:
        self.clock = FakeClock(START)
        self.rows = rows or RememberedNotices()
        self.outbox = Outbox(ports, self.rows, self.clock, pace)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Outbox]:
        running = asyncio.get_running_loop().create_task(self.outbox.run())
        try:
            yield self.outbox
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled()

    async def until_removed(self, notice: str = NOTICE.id) -> None:
        await self.rows.seen.until(lambda change: change == ("removed", notice))


async def test_an_alert_is_delivered_and_forgotten() -> None:
    mail = PlannedPort()
    office = Office({"mail": mail})
    async with office.open() as outbox:
        outbox.post([NOTICE])
        assert outbox.pending() == (NOTICE,)
        await mail.delivered.until(lambda sent: sent == ("ana@riverside.example", ALERT))
        await office.until_removed()
    assert (outbox.pending(), outbox.given_up(), office.rows.rows) == ((), (), {})


async def test_a_failure_is_shown_and_tried_again() -> None:
    mail = PlannedPort(NotDelivered("the mail server answers 451"))
    office = Office({"mail": mail}, pace=Pace(retries=(1000.0,), keep_seconds=5000.0))
    async with office.open() as outbox:
        outbox.post([replace(NOTICE, expires=START + 5000)])
        await office.rows.seen.until(lambda change: change[0] == "kept" and office.rows.rows[NOTICE.id]["failures"])
        [pending] = outbox.pending()
        assert (pending.failures, pending.reason, pending.due) == (1, "the mail server answers 451", START + 1000)


async def test_it_is_tried_until_it_succeeds() -> None:
    mail = PlannedPort(*[NotDelivered("no")] * 3)
    office = Office({"mail": mail})
    async with office.open() as outbox:
        outbox.post([NOTICE])
        await mail.delivered.until(bool)
    assert len(mail.tried.all) == 4


def test_tries_come_further_and_further_apart_up_to_a_bound() -> None:
    assert [Pace().after(failures) for failures in range(1, 8)] == [1, 5, 30, 120, 300, 300, 300]


async def test_what_is_too_old_is_given_up_and_shown() -> None:
    mail = PlannedPort(NotDelivered("no answer"))
    office = Office({"mail": mail}, pace=Pace(retries=(20.0,)))
    async with office.open() as outbox:
        outbox.post([replace(NOTICE, expires=START + 15)])
        await office.until_removed()
    [given_up] = outbox.given_up()
    assert (given_up.person, given_up.failures, given_up.reason) == ("ana", 1, "no answer")
    assert outbox.pending() == ()


async def test_a_slow_or_faulty_port_keeps_nobody_else_waiting() -> None:
    slow, faulty, good = PlannedPort(hangs=True), PlannedPort(RuntimeError(SECRET)), PlannedPort()
    office = Office({"sms": slow, "webhook": faulty, "mail": good})
    with structlog.testing.capture_logs() as logs:
        async with office.open() as outbox:
            outbox.post(replace(NOTICE, id=kind, kind=kind) for kind in ("sms", "webhook", "mail"))
            await good.delivered.until(bool)
            await faulty.delivered.until(bool)
    assert SECRET not in str(logs)
    assert "a fault of Careline (RuntimeError)" in str(logs)


async def test_a_port_that_hangs_is_left() -> None:
    sms = PlannedPort(hangs=True)
    office = Office({"sms": sms}, pace=Pace(retries=(0.01,), attempt_seconds=0.01))
    async with office.open() as outbox:
        outbox.post([replace(NOTICE, kind="sms")])
        await sms.cancelled.until(bool, times=2)
        assert outbox.pending()[0].reason == "not done within 0.01 s"


async def test_what_is_seen_to_rings_no_longer_and_is_not_tried_again() -> None:
    phone, mail = PlannedPort(hangs=True), PlannedPort(NotDelivered("no"))
    office = Office({"phone": phone, "mail": mail}, pace=Pace(retries=(1000.0,), keep_seconds=5000.0))
    other = replace(NOTICE, id="8/ana/0", alert=replace(ALERT, id="8"), due=START + 1000)
    async with office.open() as outbox:
        outbox.post([replace(NOTICE, id="phone", kind="phone"), replace(NOTICE, expires=START + 5000), other])
        await phone.tried.until(bool)
        await mail.tried.until(bool)
        outbox.withdraw("7")
        await phone.cancelled.until(bool)
        await office.until_removed()
        await office.until_removed("phone")
        assert outbox.pending() == (other,)
    assert list(office.rows.rows) == ["8/ana/0"]


async def test_an_alert_that_is_over_and_comes_again_at_once_is_delivered() -> None:
    phone = PlannedPort(hangs=True)
    async with Office({"phone": phone}).open() as outbox:
        outbox.post([replace(NOTICE, kind="phone")])
        await phone.tried.until(bool)
        outbox.withdraw("7")
        outbox.post([replace(NOTICE, kind="phone")])
        phone.goes_on.set()
        await phone.delivered.until(bool)
    assert (len(phone.cancelled.all), len(phone.tried.all), outbox.pending()) == (1, 2, ())


async def test_a_phone_may_withdraw_the_alert_that_it_acknowledges() -> None:
    office = Office({})

    class Answered:
        async def deliver(self, address: str, alert: Alert) -> None:
            office.outbox.withdraw(alert.id)

    office.outbox = Outbox({"phone": Answered()}, office.rows, office.clock, HASTY)
    async with office.open() as outbox:
        outbox.post([replace(NOTICE, kind="phone")])
        await office.until_removed()
    assert (outbox.pending(), outbox.given_up()) == ((), ())


async def test_a_later_rung_takes_the_place_of_the_one_before_but_waits_no_longer() -> None:
    mail = PlannedPort()
    office = Office({"mail": mail})
    office.outbox.post([replace(NOTICE, due=START + 60)])
    office.outbox.post([replace(NOTICE, due=START + 90, alert=replace(ALERT, rung=1))])
    [pending] = office.outbox.pending()
    assert (pending.due, pending.alert.rung) == (START + 60, 1)


async def test_a_rung_that_comes_while_somebody_listens_waits_until_they_have_heard_the_one_before() -> None:
    phone = PlannedPort(hangs=True)
    async with Office({"phone": phone}).open() as outbox:
        outbox.post([replace(NOTICE, kind="phone")])
        await phone.tried.until(bool)
        outbox.post([replace(NOTICE, kind="phone", alert=replace(ALERT, rung=1))])
        phone.goes_on.set()
        assert await phone.delivered.until(bool, times=2) == (NOTICE.address, replace(ALERT, rung=1))
    assert phone.cancelled.all == []


async def test_what_was_pending_is_delivered_after_a_restart() -> None:
    rows, mail = RememberedNotices(), PlannedPort()
    async with Office({"mail": PlannedPort(hangs=True)}, rows=rows).open() as outbox:
        outbox.post([NOTICE, replace(NOTICE, id="later", due=START + 600)])
        await rows.seen.until(lambda change: change == ("kept", "later"))
    async with Office({"mail": mail}, rows=rows).open() as outbox:
        assert await mail.delivered.until(bool) == ("ana@riverside.example", ALERT)
        await rows.seen.until(lambda change: change == ("removed", NOTICE.id))
        assert [notice.id for notice in outbox.pending()] == ["later"]


async def test_what_was_posted_at_the_very_end_is_on_disk() -> None:
    rows = RememberedNotices()
    async with Office({"mail": PlannedPort(hangs=True)}, rows=rows).open() as outbox:
        await rows.seen.until(lambda change: change == ("read", "all"))
        outbox.post([NOTICE])
    assert list(rows.rows) == [NOTICE.id]


async def test_what_became_too_old_while_nobody_ran_is_given_up_untried() -> None:
    rows, mail = RememberedNotices(), PlannedPort()
    async with Office({"mail": PlannedPort(hangs=True)}, rows=rows).open() as outbox:
        outbox.post([NOTICE])
        await rows.seen.until(lambda change: change[0] == "kept")
    office = Office({"mail": mail}, rows=rows)
    office.clock.time += 1000
    async with office.open() as outbox:
        await office.until_removed()
    assert ([notice.id for notice in outbox.given_up()], mail.tried.all) == ([NOTICE.id], [])


async def test_a_kind_that_the_settings_no_longer_have_is_a_reason() -> None:
    office = Office({}, pace=Pace(retries=(1000.0,)))
    async with office.open() as outbox:
        outbox.post([NOTICE])
        await office.until_removed()
    assert outbox.given_up()[0].reason == "the settings have nothing for mail"


async def test_a_flood_of_alerts_does_not_fill_the_memory() -> None:
    outbox = Office({}).outbox
    outbox.post(replace(NOTICE, id=str(number)) for number in range(MOST_PENDING + 5))
    assert len(outbox.pending()) == MOST_PENDING


@pytest.mark.parametrize("trouble", [500, 302, "silent", "hangs up"])
async def test_a_web_server_with_a_bad_moment_gets_the_alert_afterwards(trouble: int | str) -> None:
    async with serving(TinyHttp([trouble, 200])) as server:
        webhook = WebhookPort(SECRET, FakeClock(), Http(answer_seconds=0.3))
        office = Office({"webhook": webhook})
        async with office.open() as outbox:
            outbox.post([replace(NOTICE, kind="webhook", address=server.url)])
            await office.until_removed()
    assert [posted.target for posted in server.seen.all] == ["/alerts", "/alerts"]


async def test_a_web_server_that_comes_up_late_gets_the_alert_and_no_secret_is_logged() -> None:
    port = free_port()
    office = Office({"webhook": WebhookPort(SECRET, FakeClock(), Http())})
    url = f"http://127.0.0.1:{port}/{SECRET}"
    with structlog.testing.capture_logs() as logs:
        async with office.open() as outbox:
            outbox.post([replace(NOTICE, kind="webhook", address=url)])
            await office.rows.seen.until(lambda change: change[0] == "kept" and office.rows.rows[NOTICE.id]["failures"])
            async with serving(TinyHttp([200], port=port)) as server:
                await office.until_removed()
    assert len(server.seen.all) == 1
    assert SECRET not in str(logs)
    assert "the server cannot be reached" in str(logs)
