"""careline staffing"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from pydantic import TypeAdapter, ValidationError

from acd.forecast import WEEKS
from acd.staffing import Target
from ivr.commands.shared import settings_from, table, told, with_state
from ivr.errors import UserError
from ivr.menus.mistakes import suggestion
from ivr.menus.plan.values import Seconds
from ivr.menus.reading.load import load
from ivr.reports.staffing_chart import chart
from ivr.reports.staffing_report import (
    HEAD,
    Crew,
    QueueWeek,
    Records,
    Wish,
    as_json,
    asked,
    basis,
    queue_week,
    rows,
    verdict,
)
from ivr.store.database import beside
from ivr.store.traffic import visits

if TYPE_CHECKING:
    from collections.abc import Callable

    from acd.forecast import Visit
    from ivr.menus.plan.model import Plan

NEVER = "never"
DURATION: TypeAdapter[float] = TypeAdapter(Seconds)


def _duration(_context: click.Context, _option: click.Parameter, given: str | None) -> float | None:
    """A time as plans have it: 90, 90s, 3m; or never."""
    if given is None:
        return None
    if given == NEVER:
        return inf
    try:
        seconds = DURATION.validate_python(float(given) if given.isdecimal() else given)
    except ValidationError as wrong:
        raise click.BadParameter(wrong.errors()[0]["msg"]) from None
    if seconds == 0:
        raise click.BadParameter("must be more than 0 seconds")
    return seconds


def _share(least: float, most: float) -> Callable[[click.Context, click.Parameter, str | None], float | None]:
    """30% or 30, as a share from 0 to 1."""

    def read(_context: click.Context, _option: click.Parameter, given: str | None) -> float | None:
        if given is None:
            return None
        try:
            percent = float(given.removesuffix("%"))
        except ValueError:
            raise click.BadParameter(f"{given!r} is no percentage: write it as 30%") from None
        if not least <= percent <= most:
            raise click.BadParameter(f"{given} is not between {least:g}% and {most:g}%")
        return percent / 100

    return read


@click.command()
@with_state
@click.option("--queue", help="Only this queue of the plan.")
@click.option(
    "--percent", default=80.0, show_default=True, type=click.FloatRange(1, 99.9), help="So many of callers ..."
)
@click.option("--seconds", default=30.0, show_default=True, type=click.FloatRange(0, 3600), help="... answered within.")
@click.option(
    "--patience", callback=_duration, help="When callers give up on average, as 3m, or never; else as on record."
)
@click.option(
    "--shrinkage", default="0%", show_default=True, callback=_share(0, 90), help="Breaks, training, absences."
)
@click.option(
    "--occupancy", default="100%", show_default=True, callback=_share(10, 100), help="Nobody is busier than this."
)
@click.option(
    "--busy", callback=_share(50, 99), help="Plan for a day that is busier than so many, as 80%; else the mean."
)
@click.option("--svg", "svg_file", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture, too.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
def staffing(  # noqa: PLR0917 - click calls it by name
    settings_file: Path | None,
    state: Path | None,
    queue: str | None,
    percent: float,
    seconds: float,
    patience: float | None,
    shrinkage: float,
    occupancy: float,
    busy: float | None,
    svg_file: Path | None,
    is_json: bool,
) -> None:
    """How many people each half hour of the week needs, from the calls on record."""
    wish = Wish(Target(percent, seconds, occupancy, shrinkage), patience, busy)
    with told():
        settings = settings_from(settings_file)
        plan = load(settings.plan)
        crews = _crews(plan, queue)
        now = datetime.now(UTC)
        seen = asyncio.run(_seen(state or settings.state, since=now - timedelta(weeks=WEEKS, days=1)))
        records = Records(seen, now.timestamp(), ZoneInfo(plan.practice.timezone))
        found = {crew.queue: queue_week(crew, wish, records) for crew in crews}
        weeks = [week for week in found.values() if week]
        if svg_file and weeks:
            _write(svg_file, chart(plan.practice.name, weeks))
    if is_json:
        click.echo(json.dumps({"queues": [as_json(week) for week in weeks]}, indent=2))
        return
    for week in weeks:
        _show(week)
    if unknown := [name for name, week in found.items() if week is None]:
        click.echo(f"Nothing to go by yet for {', '.join(unknown)}: no whole day with an answered call is on record.")


def _crews(plan: Plan, only: str | None) -> list[Crew]:
    if only is not None and only not in plan.queues:
        raise UserError(f"'{only}' is not a queue of the plan{suggestion(only, plan.queues)}")
    serves = {
        name: {queue for queue, its in plan.queues.items() if its.required.met_by(person.skills)}
        for name, person in plan.people.items()
    }
    return [
        Crew(
            queue,
            people=tuple(name for name, queues in serves.items() if queue in queues),
            wrap_up_seconds=plan.queues[queue].wrap_up.for_,
            shared=any(queue in queues and len(queues) > 1 for queues in serves.values()),
        )
        for queue in plan.queues
        if only in {None, queue}
    ]


async def _seen(state: Path, since: datetime) -> list[Visit]:
    async with beside(state) as database:
        return await visits(database, since.timestamp())


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as refused:
        raise UserError(f"{file} cannot be written ({refused.strerror}): name another file") from refused


def _show(week: QueueWeek) -> None:
    click.echo(f"{week.crew.queue}: people needed (and calls planned for), so that {asked(week.wish)}.")
    click.echo(f"{basis(week)}\n")
    table(HEAD, rows(week))
    click.echo(f"\n{verdict(week)}\n")
