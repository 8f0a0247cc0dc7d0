"""careline voicemail list | save | delete"""

from __future__ import annotations

import asyncio
import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ivr.commands.calls import here
from ivr.commands.shared import state_from, table, told, with_state
from ivr.store.database import beside
from ivr.store.vault import unlock
from ivr.store.voicemail import Message, StoredMessages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


@click.group()
def voicemail() -> None:
    """The messages that callers left; who listens or deletes is kept."""


@voicemail.command("list")
@with_state
@click.option("--box", help="Only this box.")
def list_(settings_file: Path | None, state: Path | None, box: str | None) -> None:
    """List messages, oldest first."""
    found = _messages(state, settings_file, lambda messages: messages.messages(box=box))
    if not found:
        click.echo("No messages.")
        return
    table(("message", "box", "at", "length", "call", "heard by"), [_row(each) for each in found])


def _row(message: Message) -> tuple[str, ...]:
    at = f"{datetime.fromtimestamp(message.at, here()):%Y-%m-%d %H:%M}"
    return (message.id, message.box, at, f"{message.seconds:.0f} s", message.call_number, message.heard_by)


@voicemail.command()
@click.argument("message")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_state
def save(message: str, file: Path, settings_file: Path | None, state: Path | None) -> None:
    """Write MESSAGE into FILE, a WAV, to listen to it."""

    async def export(messages: StoredMessages) -> None:
        who, at = getpass.getuser(), datetime.now(UTC).timestamp()
        await messages.export(message, file, who=who, at=at)
        await messages.mark_heard(message, who=who, at=at)

    _messages(state, settings_file, export)
    click.echo(f"{file} holds the message in the clear: delete it when you have listened")


@voicemail.command()
@click.argument("message")
@with_state
@click.confirmation_option(prompt="Delete the message for good?")
def delete(message: str, settings_file: Path | None, state: Path | None) -> None:
    """Delete MESSAGE."""
    at = datetime.now(UTC).timestamp()
    _messages(state, settings_file, lambda messages: messages.delete(message, who=getpass.getuser(), at=at))


def _messages(state: Path | None, settings: Path | None, do: Callable[[StoredMessages], Awaitable[T]]) -> T:
    async def work() -> T:
        async with beside(state_from(state, settings)) as database:
            return await do(StoredMessages(database, await unlock(database)))

    with told():
        return asyncio.run(work())
    raise AssertionError  # pragma: no cover - `told` exits
