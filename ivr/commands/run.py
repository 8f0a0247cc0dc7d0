"""careline run"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from ivr import app, logs
from ivr.commands.shared import settings_from, settings_option, told

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@settings_option
def run(settings_file: Path | None) -> None:
    """Answer the practice's telephone until told to stop."""
    with told(app.CannotServe):
        settings = settings_from(settings_file)
        logs.start(as_json=settings.log_json)
        asyncio.run(app.serve(settings, _progress))


def _progress(done: int, total: int) -> None:
    """Prompts are spoken once; the first start takes a few seconds."""
    if done == total or done % 25 == 0:
        click.echo(f"careline: {done} of {total} prompts are ready", err=True)
