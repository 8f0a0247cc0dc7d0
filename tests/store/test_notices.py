"""Alerts on disk: the same promises as of rows in memory, and what only a disk can get wrong."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from sqlalchemy import text

from ivr.notify.outbox import Notice, NoticeRows, Outbox, Pace
from ivr.notify.port import NotDelivered
from ivr.store.notices import StoredNotices
from ivr.store.vault import Vault
from tests.fakes import FakeClock
from tests.notify.alerts import ALERT
from tests.notify.rows import RememberedNotices
from tests.notify.test_outbox import PlannedPort

if TYPE_CHECKING:
    from ivr.store.database import Database

ROW: dict[str, Any] = {
    "id": "7/ana/0",
    "person": "ana",
    "kind": "webhook",
    "address": "https://example.org/T0P-S3CRET",
    "due": 2.0,
    "expires": 900.0,
    "failures": 1,
    "reason": "the server answers 500",
    "alert_id": "7",
    "alert_title": "nurse_triage: long wait",
    "alert_text": "8 min",
    "alert_queue": "nurse_triage",
    "alert_rung": 0,
    "alert_at": 1.5,
}


@pytest.fixture(params=["memory", "disk"])
def rows(request: pytest.FixtureRequest, database: Database, vault: Vault) -> NoticeRows:
    return RememberedNotices() if request.param == "memory" else StoredNotices(database, vault)


async def test_rows_come_back_as_they_were_the_first_due_first(rows: NoticeRows) -> None:
    sooner = ROW | {"id": "7/bo/0", "due": 1.0}
    await rows.keep(ROW)
    await rows.keep(sooner)
    assert await rows.all() == [sooner, ROW]


async def test_a_row_takes_the_place_of_the_one_with_its_id(rows: NoticeRows) -> None:
    await rows.keep(ROW)
    await rows.keep(ROW | {"failures": 2})
    assert await rows.all() == [ROW | {"failures": 2}]


async def test_what_is_removed_is_gone_and_may_be_removed_twice(rows: NoticeRows) -> None:
    await rows.keep(ROW)
    await rows.remove(ROW["id"])
    await rows.remove(ROW["id"])
    assert await rows.all() == []


async def test_no_address_is_readable_on_the_disk(database: Database, vault: Vault) -> None:
    await StoredNotices(database, vault).keep(ROW)
    files = [path.read_bytes() for path in database.folder.glob("careline.db*")]
    assert [b"T0P-S3CRET" in content for content in files] == [False] * len(files)
    assert any(b"nurse_triage" in content for content in files)


async def test_a_row_that_was_sealed_with_another_key_is_left_out(database: Database, vault: Vault) -> None:
    await StoredNotices(database, Vault(bytes(32))).keep(ROW)
    await StoredNotices(database, vault).keep(ROW | {"id": "7/bo/0"})
    with structlog.testing.capture_logs() as logs:
        assert [row["id"] for row in await StoredNotices(database, vault).all()] == ["7/bo/0"]
    assert [(entry["event"], entry["person"]) for entry in logs] == [
        ("an alert from before the restart does not open", "ana")
    ]


async def test_a_disk_that_fails_is_logged_and_raises_nothing(database: Database, vault: Vault) -> None:
    async with database.writing() as connection:
        await connection.execute(text("DROP TABLE notices"))
    stored = StoredNotices(database, vault)
    with structlog.testing.capture_logs() as logs:
        await stored.keep(ROW)
        await stored.remove(ROW["id"])
        assert await stored.all() == []
    assert [entry["log_level"] for entry in logs] == ["error"] * 3
    assert "T0P-S3CRET" not in str(logs)


async def test_an_outbox_goes_on_after_a_restart_with_what_is_on_disk(database: Database, vault: Vault) -> None:
    clock, stored = FakeClock(), StoredNotices(database, vault)
    notice = Notice("7/ana/0", "ana", "mail", "ana@b.example", ALERT, clock.time, clock.time + 900)
    refusing, taking = PlannedPort(NotDelivered("the mail server answers 451")), PlannedPort()
    before = Outbox({"mail": refusing}, stored, clock, Pace(retries=(60.0,)))
    before.post([notice])
    await stopped_after(refusing, before)
    clock.time += 61
    after = Outbox({"mail": taking}, stored, clock)
    await stopped_after(taking, after)
    assert taking.delivered.all == [("ana@b.example", ALERT)]
    assert await stored.all() == []


async def stopped_after(port: PlannedPort, outbox: Outbox) -> None:
    """Run the outbox until the port was tried once."""
    running = asyncio.get_running_loop().create_task(outbox.run())
    await port.tried.until(bool)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()


async def test_the_columns_of_the_disk_are_those_of_a_notice(database: Database) -> None:
    with sqlite3.connect(database.folder / "careline.db") as plain:
        columns = {name for _, name, *_ in plain.execute("PRAGMA table_info(notices)")}
    plain.close()
    assert columns == {*ROW.keys() - {"address"}, "sealed_address"}
