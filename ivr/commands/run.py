"""careline run"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from ivr import app, logs
from ivr.clock import SystemClock
from ivr.commands.shared import login_name, settings_from, settings_option, told

if TYPE_CHECKING:
    from pathlib import Path

SILENT_SECONDS = 1.0


@click.command()
@settings_option
def run(settings_file: Path | None) -> None:
    """Answer the practice's telephone until told to stop."""
    with told():
        settings = settings_from(settings_file)
        logs.start(as_json=settings.log_json)
        asyncio.run(app.serve(settings, Progress(), login_name()))


class Progress:
    """Tells of the prompts only where they take long: they are spoken once, at the first start."""

    def __init__(self) -> None:
        self._began = SystemClock().monotonic()

    def __call__(self, done: int, total: int) -> None:
        if SystemClock().monotonic() - self._began > SILENT_SECONDS and (done == total or done % 25 == 0):
            click.echo(f"careline: {done} of {total} prompts are spoken", err=True)
