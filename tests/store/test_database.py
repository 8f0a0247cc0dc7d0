import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from ivr.store import schema
from ivr.store.database import Database, StoreError, beside, open_database
from ivr.store.migrations import HEAD

EVENT = {"at": 1.0, "event": "{}"}


async def test_the_migrations_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    async with database.reading() as connection:
        differences = await connection.run_sync(
            lambda plain: compare_metadata(MigrationContext.configure(plain), schema.metadata)
        )
    assert differences == []


async def test_files_and_folder_are_readable_by_their_owner_only(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(schema.journal), EVENT)
    modes = {path.name: path.stat().st_mode & 0o777 for path in database.folder.iterdir()}
    assert modes == dict.fromkeys(("careline.db", "careline.db-wal", "careline.db-shm", "careline.lock"), 0o600)
    assert database.folder.stat().st_mode & 0o777 == 0o700


async def test_what_was_written_is_there_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    async with open_database(tmp_path) as database, database.writing() as connection:
        await connection.execute(insert(schema.journal), EVENT)
    async with open_database(tmp_path) as database, database.reading() as connection:
        assert (await connection.execute(select(schema.journal))).all() == [(1, 1.0, "{}")]


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(insert(schema.journal), [EVENT, {"at": 2.0, "event": None}])
    async with database.reading() as connection:
        assert (await connection.execute(select(schema.journal))).all() == []


SECOND = """
import asyncio, sys
from pathlib import Path
from ivr.store.database import StoreError, open_database

async def main():
    async with open_database(Path(sys.argv[1])):
        pass

try:
    asyncio.run(main())
except StoreError as refused:
    print(refused)
"""


async def test_a_second_careline_on_the_same_folder_is_refused_in_one_sentence(database: Database) -> None:
    second = subprocess.run(  # noqa: ASYNC221 - nothing else to do
        [sys.executable, "-c", SECOND, str(database.folder)], check=True, capture_output=True, text=True
    )
    assert second.stdout == (
        f"{database.folder} is used by another Careline (process {os.getpid()}): "
        "stop that one, or name another state folder\n"
    )


ORPHANING = """
import asyncio, os, signal, sys
from pathlib import Path
from ivr.store.database import open_database

async def main():
    async with open_database(Path(sys.argv[1])):
        worker = os.fork()
        if not worker:
            os.close(1)
            os.close(2)
            signal.pause()
        print(worker, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_forked_worker_that_outlives_us_does_not_keep_the_next_start_out(tmp_path: Path) -> None:
    orphaning = subprocess.run(  # noqa: ASYNC221 - nothing else to do
        [sys.executable, "-W", "ignore", "-c", ORPHANING, str(tmp_path)], check=False, capture_output=True, text=True
    )
    orphan = int(orphaning.stdout)
    try:
        async with open_database(tmp_path):
            pass
    finally:
        os.kill(orphan, signal.SIGKILL)


async def test_one_looks_into_the_folder_of_a_running_careline(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(schema.journal), EVENT)
    async with beside(database.folder) as other, other.reading() as connection:
        assert (await connection.execute(select(schema.journal))).all() == [(1, 1.0, "{}")]


async def test_looking_where_nothing_was_ever_kept_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no call has been kept there yet"):
        async with beside(tmp_path):
            pass


async def test_a_database_of_a_newer_careline_is_left_alone(tmp_path: Path) -> None:
    async with open_database(tmp_path) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as refused:
        async with open_database(tmp_path):
            pass
    assert str(refused.value) == (
        f"{tmp_path}/careline.db was made by a newer Careline (9999): install that version, or put back a copy"
    )


async def test_an_older_database_is_copied_before_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "careline.db"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE kept (what TEXT)")
        old.execute("INSERT INTO kept VALUES ('a patient''s message')")
    old.close()
    async with open_database(tmp_path):
        pass
    copy = tmp_path / f"careline-before-{HEAD}.db"
    assert tables(copy) == {"kept"}
    assert tables(path) > {"kept", "calls", "alembic_version"}
    assert copy.stat().st_mode & 0o777 == 0o600


async def test_a_new_database_needs_no_copy(database: Database) -> None:
    assert list(database.folder.glob("careline-before*")) == []


async def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "careline.db").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StoreError, match=r"careline.db cannot be read \(file is not a database\): put back a copy"):
        async with open_database(tmp_path):
            pass


async def test_a_folder_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        StoreError, match=r"file/state cannot be written \(Not a directory\): name another state folder"
    ):
        async with open_database(tmp_path / "file" / "state"):
            pass


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from sqlalchemy import insert
from ivr.store import schema
from ivr.store.database import open_database

async def main():
    async with open_database(Path(sys.argv[1])) as database:
        for at in range(20):
            async with database.writing() as connection:
                await connection.execute(insert(schema.journal), {"at": float(at), "event": "{}"})
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_killed_process_loses_nothing_and_leaves_no_lock(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)  # noqa: ASYNC221 - nothing else to do
    assert killed.returncode == -9
    async with open_database(tmp_path) as database, database.reading() as connection:
        assert (await connection.execute(select(schema.journal.c.at))).scalars().all() == [
            float(at) for at in range(20)
        ]


def tables(path: Path) -> set[str]:
    database = sqlite3.connect(path)
    try:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    finally:
        database.close()
    return {name for (name,) in names if not re.match("sqlite_", name)}
