"""Patient data at rest: AES-256-GCM under one key, kept in a file beside the database.

    sealed = version (1 byte, 0x01) | nonce (12 bytes) | ciphertext and tag

The context (row and field, "calls/1700000000.12/evidence") is associated data: what was sealed for one row does not
open in another. A copy of the database without `vault.key` holds no readable patient data; without a copy of the key
it never will again, so the two are copied together but kept apart.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ivr.store import queries
from ivr.store.database import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.database import Database

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


class SealBroken(StoreError):  # noqa: N818 - named for the state of the seal
    """A sealed value does not open: it was changed, moved to another row, or sealed with another key."""


class Vault:
    """Seals and opens with one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._pseudonyms = hashlib.sha256(b"careline pseudonyms" + key).digest()
        self.fingerprint = hashlib.sha256(b"careline vault key" + key).hexdigest()

    def pseudonym(self, text: str) -> str:
        """The same for the same text, and telling nothing of it to who has no key: 64 hexadecimal digits."""
        return hmac.new(self._pseudonyms, text.encode(), hashlib.sha256).hexdigest()

    def seal(self, text: str, context: str) -> bytes:
        return self.seal_bytes(text.encode(), context)

    def open(self, sealed: bytes, context: str) -> str:
        """The text. Raises SealBroken."""
        return self.open_bytes(sealed, context).decode()

    def seal_bytes(self, data: bytes, context: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, data, context.encode())

    def open_bytes(self, sealed: bytes, context: str) -> bytes:
        """The data. Raises SealBroken."""
        start = len(VERSION) + NONCE_BYTES
        if sealed[: len(VERSION)] != VERSION:
            raise SealBroken(f"{context} does not open: it was changed, or sealed by another version of Careline")
        try:
            return self._cipher.decrypt(sealed[len(VERSION) : start], sealed[start:], context.encode())
        except InvalidTag:
            raise SealBroken(f"{context} does not open: it was changed, or sealed with another vault.key") from None


async def unlock(database: Database) -> Vault:
    """The vault of an open database; its key is made once, at the first start.

    Raises StoreError when the key is lost, unreadable or another one: nothing is sealed with a second key.
    """
    path = database.folder / "vault.key"
    async with database.reading() as connection:
        fingerprint = (await connection.execute(queries.FINGERPRINT)).scalar_one_or_none()
    if fingerprint is None:
        vault = Vault(_made(path))
        async with database.writing() as connection:
            await connection.execute(queries.KEEP_FINGERPRINT, {"fingerprint": vault.fingerprint})
        return vault
    vault = Vault(_read(path))
    if vault.fingerprint != fingerprint:
        raise StoreError(f"{path} is not the key that sealed this database: put back the right one from your copies")
    return vault


def _made(path: Path) -> bytes:
    """A new key; or the one that a start which was killed half-way left behind."""
    if path.exists():
        return _read(path)
    key = os.urandom(KEY_BYTES)
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return key


def _read(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as missing:
        raise StoreError(
            f"{path} cannot be read ({missing.strerror}): put back the key from your copies; "
            "without it the patient data of this database stays closed"
        ) from missing
    if len(key) != KEY_BYTES:
        raise StoreError(f"{path} is not a key ({len(key)} bytes instead of {KEY_BYTES}): put back the one you copied")
    return key
