from pathlib import Path

import pytest

from ivr.store.database import Database, StoreError, open_database
from ivr.store.vault import SealBroken, Vault, unlock

WORDS = "my chest hurts"


def test_what_was_sealed_opens_in_its_own_context() -> None:
    vault = Vault(bytes(32))
    assert vault.open(vault.seal(WORDS, "calls/1/evidence"), "calls/1/evidence") == WORDS


def test_the_same_words_are_never_sealed_the_same_way_twice() -> None:
    vault = Vault(bytes(32))
    assert vault.seal(WORDS, "calls/1/evidence") != vault.seal(WORDS, "calls/1/evidence")


@pytest.mark.parametrize("damage", ["moved", "changed", "cut", "versioned", "another key"])
def test_what_is_not_as_it_was_sealed_does_not_open(damage: str) -> None:
    vault = Vault(bytes(32))
    sealed = vault.seal(WORDS, "calls/1/evidence")
    context = "calls/2/evidence" if damage == "moved" else "calls/1/evidence"
    opener = Vault(bytes(31) + b"x") if damage == "another key" else vault
    damaged = {
        "changed": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut": sealed[:20],
        "versioned": b"\x02" + sealed[1:],
    }.get(damage, sealed)
    with pytest.raises(SealBroken, match="does not open"):
        opener.open(damaged, context)


async def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    async with open_database(tmp_path) as database:
        sealed = (await unlock(database)).seal(WORDS, "here")
        assert (tmp_path / "vault.key").stat().st_mode & 0o777 == 0o600
    async with open_database(tmp_path) as database:
        assert (await unlock(database)).open(sealed, "here") == WORDS


async def test_a_lost_key_is_told_and_no_second_one_is_made(database: Database) -> None:
    await unlock(database)
    key = database.folder / "vault.key"
    key.unlink()
    with pytest.raises(StoreError) as lost:
        await unlock(database)
    assert str(lost.value) == (
        f"{key} cannot be read (No such file or directory): put back the key from your copies; "
        "without it the patient data of this database stays closed"
    )
    assert not key.exists()


async def test_another_key_is_refused(database: Database) -> None:
    await unlock(database)
    (database.folder / "vault.key").write_bytes(b"k" * 32)
    with pytest.raises(StoreError, match="is not the key that sealed this database"):
        await unlock(database)


async def test_a_key_of_the_wrong_length_is_refused(database: Database) -> None:
    await unlock(database)
    (database.folder / "vault.key").write_bytes(b"short")
    with pytest.raises(StoreError, match=r"is not a key \(5 bytes instead of 32\)"):
        await unlock(database)


async def test_a_first_start_that_was_killed_half_way_goes_on_with_its_key(database: Database) -> None:
    key = database.folder / "vault.key"
    key.write_bytes(b"k" * 32)
    assert (await unlock(database)).fingerprint == Vault(b"k" * 32).fingerprint
