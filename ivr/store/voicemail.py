"""Voicemail: the sound sealed in one file per message, the rest on a row, every listening and deletion in the audit.

state/voicemail/drafts/CALL.wav    while it is recorded: the only plain sound, for minutes at most
state/voicemail/V-1A2B3C4D         sealed
"""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import structlog
from sqlalchemy.exc import DatabaseError

from ivr.store import queries
from ivr.store.database import StoreError
from ivr.store.rows import caller_number

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from ivr.store.database import Database
    from ivr.store.vault import Vault

BYTES_PER_SECOND = 16_000  # 8 kHz, 16 bit, mono
HEADER_BYTES = 44  # of the WAV files that calls record
RESCUED_BOX = "front_desk"  # of a draft whose call is not in the record

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `call_number` is "" when the call's record is lost, `heard_at` None until somebody listened."""

    id: str
    call: str
    call_number: str
    phi_caller_number: str
    box: str
    at: float
    seconds: float
    heard_by: str = ""
    heard_at: float | None = None


class NoSuchMessage(StoreError):  # noqa: N818 - the answer to a question
    """No message has this id, or its sound is no longer there."""


class StoredMessages:
    """Implements ivr.conversation.session.Messages, and what people do with messages."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._folder = database.folder / "voicemail"
        self._drafts = self._folder / "drafts"
        self._drafts.mkdir(mode=0o700, parents=True, exist_ok=True)

    # ---- for calls --------------------------------------------------------------------------------------------------

    def draft(self, call: str) -> Path:
        """Where to record the call's message: one at a time per call."""
        return self._drafts / f"{quote(call, safe='')}.wav"

    async def keep(self, call: str, box: str, recording: Path, *, at: float, seconds: float) -> None:
        """Seal the recording and list it; the draft is gone afterwards, also when there was nothing in it.

        On a full or failing disk the draft stays, for `rescue` at the next start: it is logged, and nothing is raised.
        """
        message = f"V-{secrets.token_hex(4).upper()}"
        row = {"id": message, "call": call, "box": box, "at": at, "seconds": seconds, "heard_by": ""}
        try:
            if seconds > 0 and await asyncio.to_thread(self._sealed, message, recording):
                async with self._database.writing() as connection:
                    await connection.execute(queries.ADD_VOICEMAIL, row)
        except (OSError, DatabaseError):
            log.exception("a message cannot be sealed now; its recording stays for the next start", call=call)
            return
        await asyncio.to_thread(recording.unlink, missing_ok=True)

    async def rescue(self) -> int:
        """Keep the drafts that a killed process left behind; returns how many. To be called once, before calls."""
        drafts = sorted(self._drafts.glob("*.wav"))
        for draft in drafts:
            recorded_at = draft.stat().st_mtime
            seconds = _repaired(draft) / BYTES_PER_SECOND
            call = unquote(draft.stem)
            await self.keep(call, await self._box_of(call), draft, at=recorded_at, seconds=seconds)
        if drafts:
            log.warning("messages that were being recorded when Careline stopped are kept", count=len(drafts))
        return len(drafts)

    async def _box_of(self, call: str) -> str:
        async with self._database.reading() as connection:
            row = (await connection.execute(queries.CALL, {"call": call})).mappings().one_or_none()
        route = row["route"] if row else ""
        return route.removeprefix("voicemail ") or RESCUED_BOX

    # ---- for people -------------------------------------------------------------------------------------------------

    async def messages(self, *, box: str | None = None, since: float = 0.0) -> list[Message]:
        """Oldest first."""
        async with self._database.reading() as connection:
            if box is None:
                found = await connection.execute(queries.VOICEMAILS, {"since": since})
            else:
                found = await connection.execute(queries.VOICEMAILS_OF_BOX, {"since": since, "box": box})
            return [self._message(row) for row in found.mappings()]

    async def export(self, message: str, into: Path, *, who: str, at: float) -> None:
        """Write the message as a WAV file that only its owner reads. Raises NoSuchMessage, SealBroken, OSError."""
        async with self._database.writing() as connection:
            await self._find(connection, message)
            await _audit(connection, at, who, "exported voicemail", message)
        sound = await asyncio.to_thread(self._open, message)
        await asyncio.to_thread(_write, into, sound)

    async def mark_heard(self, message: str, *, who: str, at: float) -> None:
        """Raises NoSuchMessage."""
        async with self._database.writing() as connection:
            await self._find(connection, message)
            await connection.execute(queries.MARK_HEARD, {"message": message, "who": who, "when": at})
            await _audit(connection, at, who, "heard voicemail", message)

    async def delete(self, message: str, *, who: str, at: float) -> None:
        """Remove sound and row; that it was there, and who removed it, stays in the audit. Raises NoSuchMessage."""
        async with self._database.writing() as connection:
            await self._find(connection, message)
            await connection.execute(queries.DELETE_VOICEMAIL, {"message": message})
            await _audit(connection, at, who, "deleted voicemail", message)
        (self._folder / message).unlink(missing_ok=True)

    async def _find(self, connection: AsyncConnection, message: str) -> Message:
        row = (await connection.execute(queries.VOICEMAIL, {"message": message})).mappings().one_or_none()
        if row is None:
            raise NoSuchMessage(f"no message is named {message!r}: `careline voicemail` lists them")
        return self._message(row)

    def _message(self, row: RowMapping) -> Message:
        return Message(
            id=row["id"],
            call=row["call"],
            call_number=row["number"] or "",
            phi_caller_number=caller_number(row["call"], row["sealed_caller_number"], self._vault),
            box=row["box"],
            at=row["at"],
            seconds=row["seconds"],
            heard_by=row["heard_by"],
            heard_at=row["heard_at"],
        )

    # ---- files: blocking, to be called in a thread ------------------------------------------------------------------

    def _sealed(self, message: str, recording: Path) -> bool:
        """Seal the recording; false when there is none."""
        try:
            sound = recording.read_bytes()
        except FileNotFoundError:
            return False
        _write(self._folder / message, self._vault.seal_bytes(sound, _context(message)))
        return True

    def _open(self, message: str) -> bytes:
        try:
            return self._vault.open_bytes((self._folder / message).read_bytes(), _context(message))
        except FileNotFoundError:
            raise NoSuchMessage(f"the sound of message {message} is gone: put back its file from your copies") from None


def _context(message: str) -> str:
    return f"voicemail/{message}"


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # a message cannot be asked for again


def _repaired(draft: Path) -> int:
    """Write the header that a killed recorder could not; returns the bytes of sound."""
    sound = draft.read_bytes()[HEADER_BYTES:]
    sound = sound[: len(sound) // 2 * 2]
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(sound)
    draft.write_bytes(whole.getvalue())
    return len(sound)


async def _audit(connection: AsyncConnection, at: float, who: str, what: str, subject: str) -> None:
    await connection.execute(queries.ADD_TO_AUDIT, {"at": at, "who": who, "what": what, "subject": subject})
