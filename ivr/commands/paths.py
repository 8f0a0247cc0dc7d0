"""careline paths"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.commands.shared import table, told
from ivr.errors import UserError
from ivr.menus.load import files_of, load
from ivr.menus.paths import coverage
from ivr.menus.paths.listing import listed
from ivr.rehearsal.junit import junit
from ivr.rehearsal.page import page
from ivr.rehearsal.report import HEAD, Report, as_json, lines, rows_of
from ivr.rehearsal.signed import sign, signature_file, signed, version_of
from ivr.rehearsal.simulated import SimulatedRehearsal

if TYPE_CHECKING:
    from ivr.menus.model import Plan
    from ivr.rehearsal.results import Result

SIMULATED = "in the simulator"


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--run", is_flag=True, help="Walk each path in the simulator, and compare where it ends.")
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as a page."
)
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it as JUnit XML.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--sign", "by", help="Walk all paths; when each one passed, sign them with this name.")
def paths(
    plan: Path, *, run: bool, html_file: Path | None, junit_file: Path | None, is_json: bool, by: str | None
) -> None:
    """Every path through a PLAN: whoever calls, whatever is open, whatever the caller does."""
    with told():
        report = _report(load(plan), plan, run=run or by is not None)
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


def _report(plan: Plan, file: Path, *, run: bool) -> Report:
    now = datetime.now(UTC).astimezone()
    found = listed(plan, now)
    results: list[Result] = list(SimulatedRehearsal(plan, file).run(found)) if run else []
    signature = signed(file)
    return Report(
        practice=plan.practice.name,
        plan=file.name,
        version=version_of(files_of(file)),
        made=now,
        way=SIMULATED if run else "",
        rows=rows_of(found, results, signature),
        places=len(coverage.places(plan, now)),
        missed=coverage.missed(plan, now, found),
        signature=signature,
    )


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
