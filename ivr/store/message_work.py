"""Messages as work: what still has to be put into words, and who is to be told of what is late or dangerous."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.store import queries
from ivr.store.messages import Message, Words, message_of, sealed

if TYPE_CHECKING:
    from ivr.store.database import Database
    from ivr.store.vault import Vault


class StoredWork:
    """Of the messages that ivr.store.voicemail.StoredMessages keeps."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def not_understood(self) -> list[Message]:
        async with self._database.reading() as connection:
            return [
                message_of(row, self._vault) for row in (await connection.execute(queries.NOT_UNDERSTOOD)).mappings()
            ]

    async def understood(self, message: str, words: Words, *, at: float) -> None:
        told = sealed(message, words, self._vault)
        async with self._database.writing() as connection:
            await connection.execute(queries.MESSAGE_UNDERSTOOD, {"message_": message, "at": at, "words": told})

    async def endangered(self, message: str, *, at: float) -> None:
        """There is a sign of danger in it: whoever is to be told is told at once."""
        async with self._database.writing() as connection:
            await connection.execute(queries.MESSAGE_URGENT, {"message_": message, "at": at})

    async def alerts_due(self, now: float) -> list[Message]:
        async with self._database.reading() as connection:
            found = await connection.execute(queries.ALERTS_DUE, {"now": now})
            return [message_of(row, self._vault) for row in found.mappings()]

    async def next_alert(self) -> float | None:
        async with self._database.reading() as connection:
            found: float | None = (await connection.execute(queries.NEXT_ALERT)).scalar()
            return found

    async def alerted(self, message: str, *, again: float | None) -> None:
        """The next rung is told at `again`, or never."""
        async with self._database.writing() as connection:
            await connection.execute(queries.MESSAGE_ALERTED, {"message_": message, "again": again})
