"""careline closure: snow days, emergencies and messages, switched on and off"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import click

from ivr.commands.people import ask
from ivr.commands.shared import table, with_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


Where = tuple["Path | None", "Path | None"]
"""The options --state and --settings, as given to the group."""


@click.group(invoke_without_command=True)
@click.option("--history", is_flag=True, help="Who switched what, and when; the latest first.")
@with_state
@click.pass_context
def closure(ctx: click.Context, history: bool, settings_file: Path | None, state: Path | None) -> None:
    """Closures and messages: which are on. Times are the practice's own."""
    ctx.obj = (state, settings_file)
    if ctx.invoked_subcommand is not None:
        return
    if history:
        _tell_history(ask(state, settings_file, do="closure-history"))
    else:
        _tell(ask(state, settings_file, do="closures"))


by_option = click.option("--by", default=getpass.getuser, help="Who switches it; else the name of this login.")


@closure.command("on")
@click.argument("name")
@click.option("--until", metavar='"2026-12-01 12:00"', help="Off by itself from then on, in the practice's own time.")
@by_option
@with_state
@click.pass_obj
def on(group: Where, /, name: str, until: str | None, by: str, **own: Path | None) -> None:
    """Switch NAME on: from the next call on."""
    _tell(ask(*_where(group, **own), do="closure", on=name, until=until, by=by))


@closure.command("off")
@click.argument("name")
@by_option
@with_state
@click.pass_obj
def off(group: Where, /, name: str, by: str, **own: Path | None) -> None:
    """Switch NAME off: from the next call on."""
    _tell(ask(*_where(group, **own), do="closure", off=name, by=by))


def _where(group: Where, state: Path | None, settings_file: Path | None) -> Where:
    """The options stand before or after `on` and `off`."""
    return state or group[0], settings_file or group[1]


def _tell(reply: Mapping[str, Any]) -> None:
    if reply["closures"]:
        table(("closure", "is", "until", "by", "closes", "says"), [_row(each) for each in reply["closures"]])
    else:
        click.echo("The plan has no closures.")


def _row(each: Mapping[str, Any]) -> tuple[str, ...]:
    until = each["until"] or ("switched off" if each["on"] else "")
    by = f"{each['by']}, {each['since']}" if each["on"] else ""
    return (each["closure"], "ON" if each["on"] else "off", until, by, ", ".join(each["closes"]), each["says"])


def _tell_history(reply: Mapping[str, Any]) -> None:
    if reply["switches"]:
        table(("at", "closure", "was switched", "until", "by"), [_switch(each) for each in reply["switches"]])
    else:
        click.echo("Nothing was ever switched.")


def _switch(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (each["at"], each["closure"], "on" if each["on"] else "off", each["until"], each["by"])
