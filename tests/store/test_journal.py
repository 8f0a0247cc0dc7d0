import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import insert, select, text
from structlog.testing import capture_logs

from ivr.queueing.journalled import JournalBroken
from ivr.store import schema
from ivr.store.database import Database
from ivr.store.journal import Journal

JOINED = {"kind": "CallerJoined", "call": "1.1", "queue": "scheduling", "needs": ["cardiology"]}
LEFT = {"kind": "CallerLeft", "call": "1.1"}


async def test_events_come_back_in_order_with_their_times(database: Database) -> None:
    journal = Journal(database)
    await journal.append([(5.0, JOINED), (5.0, LEFT)])
    await journal.append([(6.5, JOINED)])
    assert await Journal(database).replay() == [(1, 5.0, JOINED), (2, 5.0, LEFT), (3, 6.5, JOINED)]


async def test_an_empty_journal_replays_to_nothing(database: Database) -> None:
    await Journal(database).append([])
    assert await Journal(database).replay() == []


async def test_a_journal_begins_again_with_the_events_that_say_it_all(database: Database) -> None:
    journal = Journal(database)
    await journal.append([(1.0, JOINED), (2.0, LEFT)])
    await journal.begin_again([(3.0, {"kind": "Configured"})])
    assert await journal.replay() == [(3, 3.0, {"kind": "Configured"})]


@pytest.mark.parametrize("row", ["{'torn", "", "[1]", "null"])
async def test_replay_stops_at_a_row_that_it_cannot_read_and_the_next_replay_does_not_meet_it(
    database: Database, row: str
) -> None:
    journal = Journal(database)
    await journal.append([(1.0, JOINED)])
    async with database.writing() as connection:
        await connection.execute(insert(schema.journal), {"at": 2.0, "event": row})
    await journal.append([(3.0, LEFT)])
    with capture_logs() as logs:
        assert await journal.replay() == [(1, 1.0, JOINED)]
    assert [(line["log_level"], line["seq"]) for line in logs] == [("error", 2)]
    await journal.append([(4.0, JOINED)])
    assert await journal.replay() == [(1, 1.0, JOINED), (4, 4.0, JOINED)]
    async with database.reading() as connection:
        aside = (await connection.execute(select(schema.journal_aside.c.seq, schema.journal_aside.c.event))).all()
    assert [seq for seq, _ in aside] == [2, 3]


async def test_a_row_whose_time_is_no_time_ends_the_replay_too(database: Database) -> None:
    journal = Journal(database)
    await journal.append([(1.0, JOINED)])
    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO journal (at, event) VALUES ('torn', '{}')"))
    assert await journal.replay() == [(1, 1.0, JOINED)]


async def test_a_full_disk_is_told_and_what_was_missed_is_written_when_there_is_room(database: Database) -> None:
    journal = Journal(database)
    await journal.append([(1.0, JOINED)])
    with full_disk(database), pytest.raises(JournalBroken, match="1 events are not on disk: "):
        await journal.append([(2.0, LEFT)])
    await journal.append([(3.0, JOINED)])
    assert await journal.replay() == [(1, 1.0, JOINED), (2, 2.0, LEFT), (3, 3.0, JOINED)]


async def test_a_journal_that_cannot_begin_again_is_still_the_old_one(database: Database) -> None:
    journal = Journal(database)
    await journal.append([(1.0, JOINED)])
    with full_disk(database), pytest.raises(JournalBroken, match="could not begin again"):
        await journal.begin_again([(2.0, LEFT)])
    assert await journal.replay() == [(1, 1.0, JOINED)]


@contextmanager
def full_disk(database: Database) -> Iterator[None]:
    """The operating system lets no file grow beyond the size of the journal's file now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((database.folder / "careline.db-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
