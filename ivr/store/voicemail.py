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
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import structlog
from sqlalchemy.exc import DatabaseError

from ivr.conversation.messages import Left
from ivr.store import queries
from ivr.store.database import StoreError
from ivr.store.messages import Message, message_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ivr.store.database import Database
    from ivr.store.vault import Vault

BYTES_PER_SECOND = 16_000  # 8 kHz, 16 bit, mono
HEADER_BYTES = 44  # of the WAV files that calls record
RESCUED_BOX = "front_desk"  # of a draft whose call is not in the record

log = structlog.get_logger()


def _as_it_is(message: Left) -> Left:
    return message


class NoSuchMessage(StoreError):  # noqa: N818 - the answer to a question
    """No message has this id, or its sound is no longer there."""


class StoredMessages:
    """Implements ivr.conversation.messages.Messages, and what people do with messages.

    `arrived` is set whenever a message was kept; who waits for it clears it.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._folder = database.folder / "voicemail"
        self._drafts = self._folder / "drafts"
        self._drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.arrived = asyncio.Event()

    # ---- for calls --------------------------------------------------------------------------------------------------

    def draft(self, call: str) -> Path:
        """Where to record the call's message: one at a time per call."""
        return self._drafts / f"{quote(call, safe='')}.wav"

    async def keep(self, message: Left, recording: Path) -> None:
        """Seal the recording and list it; the draft is gone afterwards, also when there was nothing in it.

        On a full or failing disk the draft stays, for `rescue` at the next start: it is logged, and nothing is raised.
        """
        name = f"V-{secrets.token_hex(4).upper()}"
        try:
            if message.seconds > 0 and await asyncio.to_thread(self._sealed, name, recording):
                await self._list(name, message)
        except (OSError, DatabaseError):
            log.exception("a message cannot be sealed now; its recording stays for the next start", call=message.call)
            return
        await asyncio.to_thread(recording.unlink, missing_ok=True)

    async def _list(self, name: str, message: Left) -> None:
        said = {"id": name, "call": message.call, "box": message.box, "at": message.at, "seconds": message.seconds}
        work = {"message": name, "language": message.language, "queue": message.queue, "due": message.due}
        nothing = {"urgent": False, "rung": 0, "alert_at": message.due, "taken_by": "", "done_by": ""}
        async with self._database.writing() as connection:
            await connection.execute(queries.ADD_VOICEMAIL, said | {"heard_by": ""})
            await connection.execute(queries.ADD_MESSAGE_WORK, work | nothing)
        self.arrived.set()

    async def rescue(self, filed: Callable[[Left], Left] = _as_it_is) -> int:
        """Keep the drafts that a killed process left behind; returns how many. To be called once, before calls.

        `filed` says whose work a message is.
        """
        drafts = sorted(self._drafts.glob("*.wav"))
        for draft in drafts:
            recorded_at = draft.stat().st_mtime
            seconds = _repaired(draft) / BYTES_PER_SECOND
            call = unquote(draft.stem)
            box, language = await self._place_of(call)
            await self.keep(filed(Left(call, box, recorded_at, seconds, language)), draft)
        if drafts:
            log.warning("messages that were being recorded when Careline stopped are kept", count=len(drafts))
        return len(drafts)

    async def _place_of(self, call: str) -> tuple[str, str]:
        """The box, and the caller's language."""
        async with self._database.reading() as connection:
            row = (await connection.execute(queries.CALL, {"call": call})).mappings().one_or_none()
        route, language = (row["route"], row["language"]) if row else ("", "")
        return route.removeprefix("voicemail ") or RESCUED_BOX, language

    # ---- for people -------------------------------------------------------------------------------------------------

    async def messages(self, *, box: str | None = None, since: float = 0.0) -> list[Message]:
        """Oldest first."""
        async with self._database.reading() as connection:
            if box is None:
                found = await connection.execute(queries.VOICEMAILS, {"since": since})
            else:
                found = await connection.execute(queries.VOICEMAILS_OF_BOX, {"since": since, "box": box})
            return [message_of(row, self._vault) for row in found.mappings()]

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

    async def sound(self, message: str) -> bytes:
        """8 kHz, 16-bit little-endian, mono. Raises NoSuchMessage, SealBroken."""
        return (await asyncio.to_thread(self._open, message))[HEADER_BYTES:]

    async def take(self, message: str, *, who: str, at: float) -> None:
        """Somebody sees to it: nobody else is told. Raises NoSuchMessage."""
        async with self._database.writing() as connection:
            await self._find(connection, message)
            await connection.execute(queries.MESSAGE_TAKEN, {"message_": message, "who": who})
            await _audit(connection, at, who, "took voicemail", message)

    async def done(self, message: str, *, who: str, at: float) -> None:
        """What it asked for is done. Raises NoSuchMessage."""
        async with self._database.writing() as connection:
            await self._find(connection, message)
            await connection.execute(queries.MESSAGE_DONE, {"message_": message, "who": who, "at": at})
            await _audit(connection, at, who, "closed voicemail", message)

    async def read(self, message: str, *, who: str, at: float) -> Message:
        """With its words; that somebody read them is in the audit. Raises NoSuchMessage, SealBroken."""
        async with self._database.writing() as connection:
            found = await self._find(connection, message)
            await _audit(connection, at, who, "read voicemail", message)
        return found

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
        return message_of(row, self._vault)

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
