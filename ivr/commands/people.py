"""careline status, ready, not-ready, wrap-up, priority: the running process, from the command line"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from ivr import control
from ivr.commands.shared import fail, state_from, table, told, with_state
from ivr.commands.versions import in_force

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
LONGEST = 24 * UNITS["h"]


def duration(text: str) -> float:
    """The seconds of 90s, 30m, 1h, or a plain number of seconds."""
    number, unit = (text[:-1], UNITS[text[-1]]) if text[-1:] in UNITS else (text, 1.0)
    if not number.replace(".", "", 1).isdecimal() or not 0 < float(number) * unit <= LONGEST:
        raise click.BadParameter(f"{text!r} is no time: write 90s, 30m or 1h, at most 24h")
    return float(number) * unit


@click.command()
@with_state
def status(settings_file: Path | None, state: Path | None) -> None:
    """Who waits, who rings, who talks, who is away, and how the queues do."""
    now = ask(state, settings_file, do="status")
    heard = ", ".join(now["hears"]) or "nothing: callers use keys"
    click.echo(f"PBX {'connected' if now['pbx'] else 'NOT CONNECTED'}; {now['calls']} calls; speech heard: {heard}")
    click.echo(in_force(now["plan"]))
    for each in now["closures"]:
        click.echo(f"Switched on: {each['closure']}{', until ' + each['until'] if each['until'] else ''}")
    click.echo()
    table(("person", "state", "for"), [_person(each) for each in now["people"]])
    click.echo()
    queues = ("queue", "waiting", "callbacks", "longest", "ready", "would wait", "answered", "in time", "left")
    table(queues, [_queue(each) for each in now["queues"]])
    click.echo()
    if now["waiting"]:
        head = ("call", "queue", "place", "waits", "to wait", "step", "urgent", "rings")
        table(head, [_caller(each) for each in now["waiting"]])
    else:
        click.echo("Nobody waits.")
    if now["alerts"]:
        click.echo(f"\n{len(now['alerts'])} alerts: `careline alerts` lists them.")


def _person(each: Mapping[str, Any]) -> tuple[str, ...]:
    why = f" ({each['why']})" if each["why"] else ""
    return (each["name"], f"{each['state']}{why}", minutes(each["seconds"]))


def _queue(each: Mapping[str, Any]) -> tuple[str, ...]:
    figures = each["figures"]
    level = figures["service_level"]
    return (
        each["queue"],
        str(each["waiting"]),
        str(each["callbacks"]),
        minutes(each["longest_seconds"]) if each["waiting"] else "",
        f"{each['ready']} of {each['staffed']}",
        "" if each["estimate"] is None else minutes(each["estimate"]),
        str(figures["answered"]),
        "" if level is None else f"{level:.0%}",
        str(figures["abandoned"]),
    )


def _caller(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        each["call"],
        each["queue"],
        str(each["position"]),
        f"{minutes(each['seconds'])}{' (to be called back)' if each['callback'] else ''}",
        "" if each["estimate"] is None else minutes(each["estimate"]),
        str(each["step"]),
        "urgent" if each["urgent"] else "",
        ", ".join(each["ringing"]),
    )


@click.command()
@click.argument("person")
@with_state
def ready(person: str, settings_file: Path | None, state: Path | None) -> None:
    """PERSON takes calls again."""
    ask(state, settings_file, do="ready", person=person)


@click.command("not-ready")
@click.argument("person")
@click.argument("reason")
@click.option("--for", "seconds", type=duration, help="Ready again by itself after this time, such as 30m.")
@with_state
def not_ready(person: str, reason: str, seconds: float | None, settings_file: Path | None, state: Path | None) -> None:
    """PERSON takes no calls, for a REASON such as lunch; a call that goes on is finished."""
    ask(state, settings_file, do="not-ready", person=person, reason=reason, seconds=seconds)


@click.command("wrap-up")
@click.argument("person")
@click.option("--extend", type=duration, help="So much more time after the call, such as 2m.")
@click.option("--done", metavar="DISPOSITION", help="What became of the call, such as booked.")
@with_state
def wrap_up(
    person: str, extend: float | None, done: str | None, settings_file: Path | None, state: Path | None
) -> None:
    """PERSON needs more time after a call, or says what became of it."""
    if (extend is None) == (done is None):
        fail("give either --extend TIME or --done DISPOSITION")
    if extend is not None:
        ask(state, settings_file, do="wrap-up", person=person, extend=extend)
    else:
        ask(state, settings_file, do="wrap-up", person=person, done=done)


@click.command()
@click.argument("call")
@click.option("--urgent", is_flag=True, help="Before everybody who is not urgent.")
@click.option("--head-start", type=duration, help="Counts as having waited so much longer, such as 5m.")
@with_state
def priority(call: str, urgent: bool, head_start: float | None, settings_file: Path | None, state: Path | None) -> None:
    """Let CALL, which waits, go before others; `careline status` lists the calls."""
    if urgent == (head_start is not None):
        fail("give either --urgent or --head-start TIME")
    if urgent:
        ask(state, settings_file, do="priority", call=call, urgent=True)
    else:
        ask(state, settings_file, do="priority", call=call, head_start=head_start)


@click.command("cancel-callback")
@click.argument("call")
@with_state
def cancel_callback(call: str, settings_file: Path | None, state: Path | None) -> None:
    """CALL, which waits to be called back, is not called any more; `careline status` lists the calls."""
    ask(state, settings_file, do="cancel-callback", call=call)


def ask(state: Path | None, settings: Path | None, **request: Any) -> Mapping[str, Any]:
    """What the running process answers."""
    with told():
        return asyncio.run(control.ask(state_from(state, settings), **request))
    raise AssertionError  # pragma: no cover - `told` exits


def minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
