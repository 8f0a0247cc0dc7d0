"""careline alerts, acknowledge: the queues that need somebody"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import click

from ivr.commands.people import ask
from ivr.commands.shared import table, with_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@click.command()
@with_state
def alerts(settings_file: Path | None, state: Path | None) -> None:
    """The alerts that are not over, and who sees to them."""
    open_ones = ask(state, settings_file, do="alerts")["alerts"]
    if open_ones:
        table(("alert", "queue", "why", "told so far", "seen to by"), [_alert(each) for each in open_ones])
    else:
        click.echo("No alerts.")


def _alert(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(each["alert"]), each["queue"], each["name"], f"rung {each['rung']}", each["by"])


@click.command()
@click.argument("number", type=int)
@click.option("--by", help="Who sees to it; else the name of this login.")
@with_state
def acknowledge(number: int, by: str | None, settings_file: Path | None, state: Path | None) -> None:
    """Say that somebody sees to the alert NUMBER: nobody else is told."""
    ask(state, settings_file, do="acknowledge", alert=number, by=by or getpass.getuser())
