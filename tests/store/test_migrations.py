"""A database of every earlier version, with data in each of its tables, becomes one of today and keeps the data."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, LargeBinary, MetaData, create_engine, insert

from ivr.store import migrations
from ivr.store.database import open_database
from ivr.store.migrations import HEAD

if TYPE_CHECKING:
    from sqlalchemy import Column

SCRIPTS = str(Path(migrations.__file__).parent)
HISTORY = sorted(script.revision for script in ScriptDirectory(SCRIPTS).walk_revisions())
EARLIER = [version for version in HISTORY if version != HEAD]


def test_the_newest_version_is_what_a_database_is_brought_to() -> None:
    assert HISTORY[-1] == HEAD


@pytest.mark.parametrize("version", EARLIER)
async def test_an_earlier_database_keeps_its_data(version: str, tmp_path: Path) -> None:
    file = tmp_path / "careline.db"
    before = filled(file, version)
    async with open_database(tmp_path):
        pass
    assert {name: kept(file, name, columns) for name, columns in before.items()} == {
        name: [tuple(columns.values())] for name, columns in before.items()
    }
    copy = tmp_path / f"careline-before-{HEAD}.db"
    assert kept(copy, "alembic_version", {"version_num": version}) == [(version,)]


def filled(file: Path, version: str) -> dict[str, dict[str, Any]]:
    """Make a database of the version with one row in each table; returns the rows."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        upgraded_to(version, connection)
        tables = MetaData()
        tables.reflect(connection)
        rows = {
            table.name: {column.name: some(column) for column in table.columns}
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }
        for name, row in rows.items():
            connection.execute(insert(tables.tables[name]), row)
    engine.dispose()
    return rows


def upgraded_to(version: str, connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", SCRIPTS)
    command.upgrade(config, version)


def some(column: Column[Any]) -> Any:
    """A value of the column's type: the same in all tables, so that rows that refer to others find them."""
    return b"7" if isinstance(column.type, LargeBinary) else column.type.python_type(7)


def kept(file: Path, table: str, columns: dict[str, Any]) -> list[tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in columns)
    with closing(sqlite3.connect(file)) as database:
        return database.execute(f"SELECT {names} FROM {table}").fetchall()
