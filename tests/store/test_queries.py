"""Every query uses an index: what SQLite plans for it is asked of SQLite."""

import pytest
from sqlalchemy import Executable, text
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store import queries
from ivr.store.database import Database

STATEMENTS = {name: value for name, value in vars(queries).items() if name.isupper()}
SMALL = {"FINGERPRINT"}  # one row, for ever


def test_there_are_statements() -> None:
    assert len(STATEMENTS) > 20


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - SMALL))
async def test_no_statement_scans_a_table(database: Database, name: str) -> None:
    steps = await plan(database, STATEMENTS[name])
    assert [step for step in steps if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"] == []


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("REPLAY_JOURNAL", "SEARCH journal USING INTEGER PRIMARY KEY (rowid>?)"),
        ("CALLS", "SEARCH calls USING INDEX calls_by_start (started>?)"),
        ("CALLS_BY_OUTCOME", "SEARCH calls USING INDEX calls_by_outcome (outcome=? AND started>?)"),
        ("OPEN_CALLS", "SEARCH calls USING INDEX calls_by_end (ended=?)"),
        ("TIMELINE", "SEARCH timeline USING INDEX sqlite_autoindex_timeline_1 (call=?)"),
        ("NOTICES", "SEARCH notices USING INDEX notices_by_due (due>?)"),
        ("VOICEMAILS_OF_BOX", "SEARCH voicemails USING INDEX voicemails_by_box (box=? AND at>?)"),
    ],
)
async def test_the_listing_queries_read_in_the_order_of_their_index(database: Database, name: str, index: str) -> None:
    steps = await plan(database, STATEMENTS[name])
    assert index in steps
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_every_statement_can_be_said_to_postgresql(name: str) -> None:
    assert str(STATEMENTS[name].compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


async def plan(database: Database, statement: Executable) -> list[str]:
    sql = statement.compile(dialect=sqlite.dialect(paramstyle="named"))  # type: ignore[attr-defined]
    async with database.reading() as connection:
        rows = await connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"), dict.fromkeys(sql.params, 1))
        return [row.detail for row in rows]
