"""careline paths"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from ivr.commands.shared import settings_from, table, told, with_state
from ivr.errors import UserError
from ivr.front_doors import placing_calls_of
from ivr.menus.paths import coverage
from ivr.menus.paths.listing import listed
from ivr.menus.reading.load import files_of, load
from ivr.rehearsal.junit import junit
from ivr.rehearsal.live import LiveRehearsal, of_keys
from ivr.rehearsal.page import page
from ivr.rehearsal.report import HEAD, Report, as_json, lines, rows_of
from ivr.rehearsal.signed import sign, signature_file, signed, version_of
from ivr.rehearsal.simulated import SimulatedRehearsal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.menus.paths.nouns import Path as Walked
    from ivr.menus.plan.model import Plan
    from ivr.rehearsal.results import Result

SIMULATED, BY_REAL_CALLS = "in the simulator", "by real calls"
Way: TypeAlias = "Callable[[Plan, Path, Sequence[Walked], datetime], tuple[str, list[Result]]]"
"""How paths are walked: in which words, and what came of it."""


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--run", is_flag=True, help="Walk each path in the simulator, and compare where it ends.")
@click.option("--live", is_flag=True, help="Walk those of keys alone as real calls; nobody may be ready meanwhile.")
@click.option("--entry", help="With --live: where the PBX takes callers in, if not in the shipped hook.")
@with_state
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as a page."
)
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it as JUnit XML.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--sign", "by", help="Walk all paths; when each one passed, sign them with this name.")
def paths(
    plan: Path,
    *,
    run: bool,
    live: bool,
    entry: str | None,
    settings_file: Path | None,
    state: Path | None,
    html_file: Path | None,
    junit_file: Path | None,
    is_json: bool,
    by: str | None,
) -> None:
    """Every path through a PLAN: whoever calls, whatever is open, whatever the caller does."""
    if live and (run or by):
        raise click.UsageError("--live does not go with --run or --sign: sign what was walked in the simulator")
    with told():
        way = _by_real_calls(entry, settings_file, state) if live else _simulated if run or by else None
        report = _report(load(plan), plan, way)
        for file, write in ((html_file, page), (junit_file, junit)):
            if file:
                _write(file, write(report))
    if is_json:
        click.echo(json.dumps(as_json(report), ensure_ascii=False, indent=1))
    else:
        _show(report)
    if report.failed:
        raise SystemExit(1)
    if by:
        with told():
            sign(plan, by, report.made, report.version, [row.path for row in report.rows])
        click.echo(f"signed by {by}: {signature_file(plan)}", err=True)


def _report(plan: Plan, file: Path, way: Way | None) -> Report:
    now = datetime.now(UTC).astimezone()
    found = listed(plan, now)
    told_as, results = way(plan, file, found, now) if way else ("", [])
    signature = signed(file)
    return Report(
        practice=plan.practice.name,
        plan=file.name,
        version=version_of(files_of(file)),
        made=now,
        way=told_as,
        rows=rows_of(found, results, signature),
        places=len(coverage.places(plan, now)),
        missed=coverage.missed(plan, now, found),
        signature=signature,
    )


def _simulated(plan: Plan, file: Path, found: Sequence[Walked], _now: datetime) -> tuple[str, list[Result]]:
    return SIMULATED, list(SimulatedRehearsal(plan, file).run(found))


def _by_real_calls(entry: str | None, settings_file: Path | None, state: Path | None) -> Way:
    settings = settings_from(settings_file)
    rehearsal = LiveRehearsal(lambda: placing_calls_of(settings, entry), state or settings.state)

    def walk(plan: Plan, _file: Path, found: Sequence[Walked], now: datetime) -> tuple[str, list[Result]]:
        return BY_REAL_CALLS, asyncio.run(rehearsal.run(of_keys(plan, found, now)))

    return walk


def _show(report: Report) -> None:
    table(HEAD, lines(report))
    for row in report.failed:
        click.echo(f"failed: {row.path.key}: {row.wrong}")
    for row in report.remarked:
        click.echo(f"remark: {row.path.key}: {row.remark}")
    for key, end in report.gone.items():
        click.echo(f"gone: {key}: {end}")
    for place in report.missed:
        click.echo(f"on no path: {coverage.in_words(place)}")
    for said in filter(None, [report.figures, report.changes]):
        click.echo(f"{said}.")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as refused:
        raise UserError(f"{file} cannot be written ({refused.strerror}): name another file") from refused
