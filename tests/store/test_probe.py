"""What `careline doctor` finds about the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from ivr.store.database import open_database
from ivr.store.probe import examine
from ivr.store.vault import unlock

if TYPE_CHECKING:
    from pathlib import Path


async def made(folder: Path) -> Path:
    """A database that has sealed something."""
    async with open_database(folder) as database:
        await unlock(database)
    return folder / "careline.db"


async def bad(folder: Path) -> dict[str, str]:
    return {found.what: found.do for found in await examine(folder) if not found.ok}


async def test_a_database_is_made_at_the_first_start(tmp_path: Path) -> None:
    [found] = await examine(tmp_path)
    assert (found.ok, found.what) == (True, f"{tmp_path / 'careline.db'} is made at the first start")


async def test_a_database_that_is_whole(tmp_path: Path) -> None:
    file = await made(tmp_path)
    assert [found.what for found in await examine(tmp_path) if found.ok] == [
        f"{file} is whole, and of this version",
        "vault.key opens the patient data; keep a copy of it apart from the database's",
    ]


async def test_a_key_that_is_lost_is_told_and_none_is_made(tmp_path: Path) -> None:
    await made(tmp_path)
    (tmp_path / "vault.key").unlink()
    [(what, do)] = (await bad(tmp_path)).items()
    assert what == "the patient data of the database is closed"
    assert "put back the key from your copies" in do
    assert not (tmp_path / "vault.key").exists()


async def test_a_database_that_has_sealed_nothing_yet_gets_no_key_from_us(tmp_path: Path) -> None:
    async with open_database(tmp_path):
        pass
    assert (await bad(tmp_path), (tmp_path / "vault.key").exists()) == ({}, False)


async def test_a_database_of_a_newer_version(tmp_path: Path) -> None:
    with closing(sqlite3.connect(await made(tmp_path))) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    [(what, do)] = (await bad(tmp_path)).items()
    assert what == f"{tmp_path / 'careline.db'} cannot be used"
    assert "was made by a newer Careline (9999)" in do


async def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "careline.db").write_bytes(b"not a database" * 1000)
    assert list(await bad(tmp_path)) == [f"{tmp_path / 'careline.db'} cannot be used"]


async def test_a_database_with_a_hole(tmp_path: Path) -> None:
    file = await made(tmp_path)
    content = bytearray(file.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    content[5 * page : 7 * page] = bytes(2 * page)
    file.write_bytes(content)
    [(_, do), *_] = (await bad(tmp_path)).items()
    assert "put back a copy" in do
