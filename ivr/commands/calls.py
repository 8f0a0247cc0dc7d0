"""careline calls, careline explain"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, TypeVar

import click

from ivr.commands.shared import state_from, table, told, with_state
from ivr.record import CallRecord, CallSummary, Outcome
from ivr.record.telling import COLUMNS, cells, tell
from ivr.store.database import beside
from ivr.store.readings import StoredRecords
from ivr.store.vault import unlock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

T = TypeVar("T")
patient_data = click.option("--patient-data", is_flag=True, help="Show numbers and the caller's own words.")


@click.command()
@with_state
@click.option("--last", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many.")
@click.option("--hours", type=float, help="Only calls of the last so many hours.")
@click.option("--outcome", type=click.Choice([each.value for each in Outcome]), help="Only calls that ended so.")
@patient_data
def calls(  # noqa: PLR0917 - click calls it by name
    settings_file: Path | None,
    state: Path | None,
    last: int,
    hours: float | None,
    outcome: str | None,
    patient_data: bool,
) -> None:
    """List calls, latest first."""
    since = (datetime.now(UTC) - timedelta(hours=hours)).timestamp() if hours else 0.0
    with told():

        async def find(records: StoredRecords) -> list[CallSummary]:
            return await records.calls(since=since, limit=last, outcome=Outcome(outcome) if outcome else None)

        found = asyncio.run(_reading(state_from(state, settings_file), find))
    if not found:
        click.echo("No calls yet.")
        return
    table(COLUMNS, [cells(call, here(), with_patient_data=patient_data) for call in found])


@click.command()
@click.argument("call")
@with_state
@patient_data
def explain(call: str, settings_file: Path | None, state: Path | None, patient_data: bool) -> None:
    """Tell one CALL as a timeline: what was heard, where it went, who rang and why.

    CALL is a number from `careline calls`, or a beginning of one that only one call has.
    """
    with told():

        async def find(records: StoredRecords) -> CallRecord:
            return await records.call(call)

        record = asyncio.run(_reading(state_from(state, settings_file), find))
    for line in tell(record, here(), with_patient_data=patient_data):
        click.echo(str(line))


async def _reading(state: Path, read: Callable[[StoredRecords], Awaitable[T]]) -> T:
    async with beside(state) as database:
        return await read(StoredRecords(database, await unlock(database)))


def here() -> tzinfo:
    """This host's time zone."""
    zone = datetime.now().astimezone().tzinfo
    assert zone, "astimezone gives one"
    return zone
