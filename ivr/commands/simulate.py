"""careline simulate"""

from __future__ import annotations

import asyncio
import json
from calendar import day_name
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

import click

from acd.forecast import WEEKS
from acd.simulation.day import DAY_SECONDS, simulate
from ivr.clock import SystemClock
from ivr.commands.shared import state_from, table, told, with_state
from ivr.errors import UserError
from ivr.menus.mistakes import suggestion
from ivr.menus.plan.hours import WEEKDAYS
from ivr.menus.reading.load import load
from ivr.menus.routing import routing_of
from ivr.reports.simulated_day import (
    Comings,
    day_under,
    expected,
    generated,
    patience_on_record,
    recorded,
    scaled,
    since,
    usual_streams,
    with_patience,
    with_people,
)
from ivr.reports.simulation_report import (
    as_json,
    curve_head,
    curve_rows,
    head,
    occupancy_rows,
    patience_told,
    rows,
    verdict,
)
from ivr.reports.traffic_file import load_traffic
from ivr.store.database import beside
from ivr.store.traffic import visits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from acd.forecast import Visit
    from acd.simulation.figures import Figures
    from ivr.menus.plan.model import Plan
    from ivr.reports.traffic_file import Traffic
    from ivr.services import Clock

Crew: TypeAlias = "tuple[str, ...] | None"
"""Who is at work; None is everybody."""

SILENT_SECONDS = 2.0  # who waits longer wants to see that something goes on
A_TUESDAY = 1


def _weekday(_context: click.Context, _option: click.Parameter, given: str | None) -> int | None:
    if given is None:
        return None
    if given[:3].lower() not in WEEKDAYS:
        raise click.BadParameter(f"{given!r} is no weekday: write it as tuesday or tue")
    return WEEKDAYS.index(given[:3].lower())


@click.command("simulate")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--against", type=click.Path(path_type=Path), help="A changed plan, to be shown side by side.")
@click.option("--traffic", "traffic_file", type=click.Path(path_type=Path), help="A file that describes the day.")
@click.option("--day", "weekday", callback=_weekday, help="What this weekday usually brings, from the record.")
@click.option(
    "--from-record", "recorded_on", type=click.DateTime(["%Y-%m-%d"]), help="The calls of this day on record."
)
@click.option("--calls", type=click.FloatRange(1, 100_000), help="So many calls in all, spread as they would be.")
@click.option("--people", multiple=True, help="Only these are at work; given twice: today, and in the changed plan.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Another one is another day.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@with_state
def simulate_(  # noqa: PLR0917 - click calls it by name
    plan_file: Path,
    against: Path | None,
    traffic_file: Path | None,
    weekday: int | None,
    recorded_on: datetime | None,
    calls: float | None,
    people: tuple[str, ...],
    seed: int,
    is_json: bool,
    settings_file: Path | None,
    state: Path | None,
) -> None:
    """Run a day of calls through a PLAN, and through a changed one: what would callers get?"""
    with told():
        plans = [load(plan_file), *([load(against)] if against else [])]
        crews: list[Crew] = [_crew(names, plans) for names in people] or [None]
        traffic = load_traffic(traffic_file, *plans) if traffic_file else None
        source = Source(weekday, recorded_on.date() if recorded_on else None, calls, seed)
        comings = _comings(plans[0], traffic, source, lambda: state_from(state, settings_file))
        everybody = dict.fromkeys(name for plan in plans for name in plan.people)
        figures = _figures(plans, crews, with_people(comings, everybody, traffic))
    if is_json:
        click.echo(json.dumps(as_json(figures, comings.told, seed, comings.patience), indent=2))
    else:
        _show(plans[0].practice.name, comings, figures)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the calls come from: a weekday or a date of the record; else they are made up."""

    weekday: int | None
    date: date | None
    calls: float | None
    seed: int


def _comings(plan: Plan, traffic: Traffic | None, source: Source, state: Callable[[], Path]) -> Comings:
    streams, zone = expected(plan, traffic), ZoneInfo(plan.practice.timezone)
    if source.date:
        if source.weekday is not None or source.calls is not None:
            raise UserError("--from-record has its own calls: leave out --day and --calls")
        seen = asyncio.run(_seen(state(), since(source.date - timedelta(weeks=WEEKS), zone)))
        patience = patience_on_record(streams, seen)
        comings = recorded(with_patience(streams, patience), seen, source.date, zone, source.seed)
        return replace(comings, patience=patience)
    if source.weekday is None:
        basis = "the day of the file" if traffic else "a typical day"
        return generated(basis, A_TUESDAY, scaled(streams, source.calls), source.seed)
    now = datetime.now(UTC)
    seen = asyncio.run(_seen(state(), now - timedelta(weeks=WEEKS, days=1)))
    patience = patience_on_record(streams, seen)
    usual = usual_streams(with_patience(streams, patience), seen, source.weekday, now.timestamp(), zone)
    basis = f"a usual {day_name[source.weekday]}"
    return replace(generated(basis, source.weekday, scaled(usual, source.calls), source.seed), patience=patience)


async def _seen(state: Path, begin: datetime) -> list[Visit]:
    async with beside(state) as database:
        return await visits(database, begin.timestamp())


def _crew(names: str, plans: Sequence[Plan]) -> tuple[str, ...]:
    """The people of "ana,bo"; raises UserError for strangers."""
    crew = tuple(name.strip() for name in names.split(","))
    everybody = {name for plan in plans for name in plan.people}
    for name in crew:
        if name not in everybody:
            raise UserError(f"'{name}' is nobody of the plan{suggestion(name, everybody)}")
    return crew


def _figures(plans: Sequence[Plan], crews: Sequence[Crew], comings: Comings) -> list[Figures]:
    """Of today's plan and people, and of the changed ones where there are any."""
    changed = len(plans) > 1 or len(crews) > 1
    pairs = [(plans[0], crews[0]), *([(plans[-1], crews[-1])] if changed else [])]
    progress = Progress(SystemClock(), len(pairs) * DAY_SECONDS)
    figures = [simulate(routing_of(plan), day_under(plan, comings, crew), progress.passed) for plan, crew in pairs]
    progress.done()
    return figures


class Progress:
    """One line that tells how far the days are, on the terminal only, and only when they take long."""

    def __init__(self, clock: Clock, total: float) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self._total = total
        self._over = 0.0
        self._last = 0.0
        self._told = False

    def passed(self, moment: float) -> None:
        """So far is the day; one that begins before the last moment is the next day."""
        self._over += DAY_SECONDS if moment < self._last else 0.0
        self._last = moment
        if self._clock.monotonic() - self._began > SILENT_SECONDS:
            self._told = True
            click.echo(f"\rsimulating: {(self._over + moment) / self._total:.0%} ", err=True, nl=False)

    def done(self) -> None:
        if self._told:
            click.echo("\r" + " " * 20 + "\r", err=True, nl=False)


def _show(practice: str, comings: Comings, figures: Sequence[Figures]) -> None:
    click.echo("\n".join([f"{practice}: {comings.told}.", *patience_told(comings.patience), ""]))
    table(head(figures), rows(figures))
    click.echo("\nTime at work that is spent on calls:\n")
    table(head(figures), occupancy_rows(figures))
    click.echo("\nBy half hour, all queues:\n")
    table(curve_head(figures), curve_rows(figures))
    if said := verdict(figures):
        click.echo(f"\n{said}")
