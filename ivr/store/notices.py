"""Alerts on their way to people, as rows; the address, often a private number or a secret link, is sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import DatabaseError

from ivr.store import queries
from ivr.store.vault import SealBroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping

    from ivr.store.database import Database
    from ivr.store.vault import Vault

log = structlog.get_logger()


class StoredNotices:
    """Implements ivr.notify.outbox.NoticeRows."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def keep(self, row: Mapping[str, Any]) -> None:
        plain = {name: value for name, value in row.items() if name != "address"}
        sealed = self._vault.seal(row["address"], _context(row["id"]))
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.REMOVE_NOTICE, {"notice": row["id"]})
                await connection.execute(queries.ADD_NOTICE, plain | {"sealed_address": sealed})
        except (DatabaseError, OSError):
            log.exception("an alert is not on disk: a restart would lose it")

    async def remove(self, notice: str) -> None:
        try:
            async with self._database.writing() as connection:
                await connection.execute(queries.REMOVE_NOTICE, {"notice": notice})
        except (DatabaseError, OSError):
            log.exception("an alert stays on disk: a restart within minutes would send it again")

    async def all(self) -> list[Mapping[str, Any]]:
        """The first due first. One whose address does not open is logged, and left out."""
        try:
            async with self._database.reading() as connection:
                rows = (await connection.execute(queries.NOTICES, {"since": 0.0})).mappings().all()
        except (DatabaseError, OSError):
            log.exception("alerts from before the restart cannot be read")
            return []
        return [opened for row in rows if (opened := self._opened(row)) is not None]

    def _opened(self, row: RowMapping) -> dict[str, Any] | None:
        plain = {name: value for name, value in row.items() if name != "sealed_address"}
        try:
            return plain | {"address": self._vault.open(row["sealed_address"], _context(row["id"]))}
        except SealBroken:
            log.exception("an alert from before the restart does not open", person=row["person"])
            return None


def _context(notice: str) -> str:
    return f"notices/{notice}/address"
