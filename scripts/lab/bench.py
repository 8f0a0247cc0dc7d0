"""scripts/bench: runs measurements, prints their tables, writes their figures."""

import asyncio
import importlib
import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table as RichTable

from lab.report import Report, Table
from lab.terminal import LabError, say

# Each is a module lab.bench_NAME with `async def run() -> Report`, imported only when it is asked for.
BENCHES = {
    "asterisk": "a person becomes free, the next caller's phone call leaves: ours and app_queue's",
    "red-flags": "how many callers in danger are heard through G.711, by voice and noise, and how many others raise",
    "intents": "how many callers are understood, typed and through G.711, how many surely, and what key words would do",
    "speech": "end of speech to action, barge-in to silence, recogniser streams per core",
    "calls": "how many callers speak with the menus at once without an audio gap",
    "engine": "what the routing engine costs per event, per caller who waits and per restart, and how that grows",
    "wait": "how near the estimated wait is to the truth: ours, app_queue's, OpenSIPS' and queue-length formulas",
}
HELP = "Measures on this machine:\n\n" + "\n\n".join(f"{name}: {what}" for name, what in BENCHES.items())


@click.command(help=HELP)
@click.argument("names", nargs=-1, required=True, type=click.Choice(list(BENCHES)), metavar="NAME...")
@click.option("--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures to this file.")
def main(names: tuple[str, ...], file: Path | None) -> None:
    try:
        reports = {name: measure(name) for name in names}
    except LabError as error:
        say(str(error))
        sys.exit(2)
    if file:
        figures = {name: dict(report.figures) for name, report in reports.items()}
        file.write_text(json.dumps(figures[names[0]] if len(figures) == 1 else figures, indent=2) + "\n")


def measure(name: str) -> Report:
    """Run one measurement and print its tables."""
    report: Report = asyncio.run(importlib.import_module(f"lab.bench_{name.replace('-', '_')}").run())
    for table in report.tables:
        Console().print(_drawn(table))
    return report


def _drawn(table: Table) -> RichTable:
    drawn = RichTable(title=table.title, title_justify="left")
    for number, column in enumerate(table.columns):
        drawn.add_column(column, justify="right" if number else "left")
    for row in table.rows:
        drawn.add_row(*row)
    return drawn


if __name__ == "__main__":
    main(prog_name="scripts/bench")
