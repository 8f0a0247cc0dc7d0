"""careline reload, revert, versions: the plan in force, changed under calls and kept"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivr import control
from ivr.commands.calls import here
from ivr.commands.shared import login_name, state_from, table, told, with_state
from ivr.store.versions import Version, Versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_SECONDS = 900.0  # a plan whose prompts are all new, spoken by a slow synthesiser
note_option = click.option("--note", default="", help="Why, for whoever reads `careline versions` later.")


@click.command()
@note_option
@with_state
def reload(note: str, settings_file: Path | None, state: Path | None) -> None:
    """Put the plan's files in force for whoever calls from now on; with any mistake nothing changes.

    Calls in progress finish on the version that they began with.
    """
    _change(state, settings_file, do="reload", note=note)


@click.command()
@click.argument("version", type=click.IntRange(min=1), required=False)
@note_option
@with_state
def revert(version: int | None, note: str, settings_file: Path | None, state: Path | None) -> None:
    """Put VERSION in force again, or the one before; `careline versions` lists them.

    The plan's files on disk stay as they are, and wait for `careline reload`.
    """
    _change(state, settings_file, do="revert", version=version, note=note)
    click.echo("The plan's files on disk stay as they are: mend them, then run `careline reload`.")


@click.group(invoke_without_command=True)
@with_state
@click.pass_context
def versions(context: click.Context, settings_file: Path | None, state: Path | None) -> None:
    """The versions of the plan that were in force: who, when, why. The last one is in force."""
    if context.invoked_subcommand is None:
        _list(_kept(state, settings_file))


@versions.command()
@click.argument("version", type=click.IntRange(min=1))
@with_state
def show(version: int, settings_file: Path | None, state: Path | None) -> None:
    """Where the files of VERSION are kept: look at them, or copy them back."""
    kept = _kept(state, settings_file)
    with told():
        found = kept.get(version)
        click.echo(f"{_title(found)}:")
        for path in kept.paths_of(found):
            click.echo(str(path))


def _kept(state: Path | None, settings_file: Path | None) -> Versions:
    with told():
        return Versions(state_from(state, settings_file))
    raise AssertionError  # pragma: no cover - `told` exits


def _list(kept: Versions) -> None:
    with told():
        known = kept.all()
    if known:
        table(("version", "since", "who", "note"), [_row(each) for each in reversed(known)])
    else:
        click.echo("No version yet: the first one comes with `careline run`.")


def _row(version: Version) -> Sequence[str]:
    return (str(version.number), _since(version), version.who, _why(version))


def in_force(plan: Mapping[str, Any]) -> str:
    """One line of `careline status`."""
    version = Version(**{name: value for name, value in plan.items() if name != "differs"})
    differs = "; the files on disk differ: `careline reload` puts them in force" if plan["differs"] else ""
    return f"plan {_title(version)}{differs}"


def plan_named(name: str, state: Path | None, settings_file: Path | None) -> Path:
    """A plan's file, or the one of a version by its number. Raises UserError."""
    if not name.isdecimal() or Path(name).exists():
        return Path(name)
    kept = Versions(state_from(state, settings_file))
    return kept.plan_of(kept.get(int(name)))


def _title(version: Version) -> str:
    why = f", {_why(version)}" if _why(version) else ""
    return f"version {version.number}, by {version.who} on {_since(version)}{why}"


def _since(version: Version) -> str:
    return f"{datetime.fromtimestamp(version.at, here()):%Y-%m-%d %H:%M}"


def _why(version: Version) -> str:
    back = "" if version.reverts_to is None else f"back to version {version.reverts_to}"
    return ": ".join(filter(None, [back, version.note]))


def _change(state: Path | None, settings_file: Path | None, **request: Any) -> None:
    with told():
        folder = state_from(state, settings_file)
        reply = asyncio.run(control.ask(folder, LONGEST_SECONDS, who=login_name(), **request))
    for line in lines_of(reply):
        click.echo(line)


def lines_of(reply: Mapping[str, Any]) -> list[str]:
    """What the process did, in sentences: the plan's warnings, what has changed, and what is in force."""
    version = Version(**reply["version"])
    warnings = [f"{each} (warning)" for each in reply["warnings"]]
    if reply["same"]:
        return [*warnings, f"version {version.number} stays in force: nothing in the plan's files has changed"]
    return [
        *warnings,
        *reply["changed"],
        f"version {version.number} of the plan is in force for whoever calls from now on",
    ]
