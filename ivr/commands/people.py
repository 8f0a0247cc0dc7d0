"""careline status, ready, not-ready: the running process, from the command line"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from ivr import control
from ivr.commands.shared import state_from, table, told, with_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@click.command()
@with_state
def status(settings_file: Path | None, state: Path | None) -> None:
    """Who waits, who rings, who talks, who is away."""
    now = _ask(state, settings_file, do="status")
    heard = ", ".join(now["hears"]) or "nothing: callers use keys"
    click.echo(f"PBX {'connected' if now['pbx'] else 'NOT CONNECTED'}; {now['calls']} calls; speech heard: {heard}\n")
    table(("person", "state", "for"), [_person(each) for each in now["people"]])
    click.echo()
    if now["waiting"]:
        table(("queue", "place", "waits", "urgent", "rings"), [_caller(each) for each in now["waiting"]])
    else:
        click.echo("Nobody waits.")


def _person(each: Mapping[str, Any]) -> tuple[str, ...]:
    why = f" ({each['why']})" if each["why"] else ""
    return (each["name"], f"{each['state']}{why}", _minutes(each["seconds"]))


def _caller(each: Mapping[str, Any]) -> tuple[str, ...]:
    urgent = "urgent" if each["urgent"] else ""
    return (each["queue"], str(each["position"]), _minutes(each["seconds"]), urgent, ", ".join(each["ringing"]))


@click.command()
@click.argument("person")
@with_state
def ready(person: str, settings_file: Path | None, state: Path | None) -> None:
    """PERSON takes calls again."""
    _ask(state, settings_file, do="ready", person=person)


@click.command("not-ready")
@click.argument("person")
@click.argument("reason")
@with_state
def not_ready(person: str, reason: str, settings_file: Path | None, state: Path | None) -> None:
    """PERSON takes no calls, for a REASON such as lunch; a call that goes on is finished."""
    _ask(state, settings_file, do="not-ready", person=person, reason=reason)


def _ask(state: Path | None, settings: Path | None, **request: Any) -> Mapping[str, Any]:
    with told():
        return asyncio.run(control.ask(state_from(state, settings), **request))
    raise AssertionError  # pragma: no cover - `told` exits


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
