from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.store.database import Database, open_database
from ivr.store.vault import Vault, unlock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "state") as database:
        yield database


@pytest.fixture
async def vault(database: Database) -> Vault:
    return await unlock(database)
