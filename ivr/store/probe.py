"""What `careline doctor` finds about the database; nothing in it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DatabaseError

from ivr.findings import Finding
from ivr.store import queries
from ivr.store.database import FILE, Database, StoreError, beside
from ivr.store.vault import unlock

if TYPE_CHECKING:
    from pathlib import Path

QUICK_CHECK = "PRAGMA quick_check(1)"  # SQLite's own; a tenth of a second for each 100 MB
PUT_BACK = "stop Careline, put back a copy (docs/operations.md, Files), and start it"


async def examine(folder: Path) -> list[Finding]:
    """`folder` is the state folder."""
    file = folder / FILE
    if not _has(file):
        return [Finding(True, f"{file} is made at the first start")]
    try:
        async with beside(folder) as database:
            return [await _whole(database), await _key(database)]
    except StoreError as wrong:
        return [Finding(False, f"{file} cannot be used", str(wrong))]
    except DatabaseError as broken:
        return [Finding(False, f"{file} cannot be read ({broken.orig})", PUT_BACK)]


async def _whole(database: Database) -> Finding:
    file = database.folder / FILE
    async with database.reading() as connection:
        told = (await connection.exec_driver_sql(QUICK_CHECK)).scalar_one()
    if told == "ok":
        return Finding(True, f"{file} is whole, and of this version")
    return Finding(False, f"{file} is damaged ({told})", PUT_BACK)


async def _key(database: Database) -> Finding:
    """Whether the key is the one; `unlock` would make one for a database that has sealed nothing yet."""
    async with database.reading() as connection:
        sealed = (await connection.execute(queries.FINGERPRINT)).scalar_one_or_none()
    if sealed is None:
        return Finding(True, "vault.key is made at the first start")
    try:
        await unlock(database)
    except StoreError as lost:
        return Finding(False, "the patient data of the database is closed", str(lost))
    return Finding(True, "vault.key opens the patient data; keep a copy of it apart from the database's")


def _has(file: Path) -> bool:
    return file.exists()
