"""Callers who are rung, or ring, again: over a restart, and without a number that could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from sqlalchemy import text

from ivr.queueing.backs import Back, Backs, line_of_offer
from ivr.queueing.regulars import Regulars
from ivr.store.regulars import StoredBacks, StoredTalks
from ivr.store.vault import Vault

if TYPE_CHECKING:
    from ivr.store.database import Database

BACK = Back("1795176000.1", "+16175550123", "es", at=5.0)


async def test_a_callback_and_the_call_that_was_placed_for_it_are_known_after_a_restart(
    database: Database, vault: Vault
) -> None:
    before = Backs(StoredBacks(database, vault))
    await before.agreed(BACK)
    await before.dialled(BACK.call, line_of_offer(7))
    await before.dialled(BACK.call, line_of_offer(9))
    after = Backs(StoredBacks(database, vault))
    await after.load()
    assert after.of(BACK.call) == Back(BACK.call, "+16175550123", "es", "careline-back-9", 5.0)
    assert (after.call_of("careline-back-9"), after.call_of("careline-back-7")) == (BACK.call, None)
    assert (after.line_of(BACK.call), after.line_of("another"), after.call_of("another")) == (
        "careline-back-9",
        "another",
        "another",
    )
    await after.over(BACK.call)
    assert await StoredBacks(database, vault).all() == []


async def test_nobody_is_dialled_of_whom_no_number_is_kept(database: Database, vault: Vault) -> None:
    assert await Backs(StoredBacks(database, vault)).dialled("stranger", line_of_offer(1)) is None


async def test_no_number_is_readable_on_the_disk(database: Database, vault: Vault) -> None:
    await StoredBacks(database, vault).keep(BACK)
    files = [path.read_bytes() for path in database.folder.glob("careline.db*")]
    assert [b"6175550123" in content for content in files] == [False] * len(files)


async def test_a_number_that_was_sealed_with_another_key_is_left_out(database: Database, vault: Vault) -> None:
    await StoredBacks(database, Vault(bytes(32))).keep(BACK)
    with structlog.testing.capture_logs() as logs:
        assert await StoredBacks(database, vault).all() == []
    assert [entry["event"] for entry in logs] == ["the number of a callback does not open"]


async def test_the_person_whom_a_party_talked_with_last_is_known_after_a_restart(database: Database) -> None:
    rows = StoredTalks(database)
    await rows.keep(("old", "zoe", 1.0))
    await rows.keep(("party", "bo", 5_000_000.0))
    await rows.keep(("party", "ana", 5_000_100.0))
    regulars = Regulars(rows=rows)
    await regulars.load(now=5_000_200.0)
    assert regulars.last_with("party", within=60.0, now=5_000_150.0) == "ana"
    assert regulars.last_with("party", within=60.0, now=5_000_200.0) == ""
    assert regulars.last_with("old", within=9e9, now=5_000_200.0) == ""
    assert await rows.since(0.0) == [("party", "ana", 5_000_100.0)]


@pytest.mark.parametrize("table", ["callbacks", "last_talks"])
async def test_a_disk_that_fails_is_logged_and_costs_no_call(database: Database, vault: Vault, table: str) -> None:
    async with database.writing() as connection:
        await connection.execute(text(f"DROP TABLE {table}"))
    backs, talks = StoredBacks(database, vault), StoredTalks(database)
    with structlog.testing.capture_logs() as logs:
        await backs.keep(BACK)
        await talks.keep(("party", "ana", 5.0))
        await backs.remove(BACK.call)
        await talks.since(0.0)
        await backs.all()
    assert len(logs) == 3
    assert "6175550123" not in str(logs)


def test_a_party_stands_for_a_number_and_tells_nothing_of_it(vault: Vault) -> None:
    regulars = Regulars(vault.pseudonym)
    party = regulars.party_of("+1 617 555 0123")
    assert party == regulars.party_of("16175550123")
    assert len(party) == 64
    assert "0123" not in party
    assert party != Regulars(Vault(bytes(32)).pseudonym).party_of("16175550123")
    assert (regulars.party_of(""), regulars.party_of("anonymous")) == ("", "")
