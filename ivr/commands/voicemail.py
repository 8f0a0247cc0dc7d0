"""careline voicemail list | read | save | take | done | delete"""

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
from ivr.store.voicemail import StoredMessages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.store.messages import Message

T = TypeVar("T")


@click.group()
def voicemail() -> None:
    """The messages that callers left; who listens or deletes is kept."""


@voicemail.command("list")
@with_state
@click.option("--box", help="Only this box.")
@click.option("--open", "undone", is_flag=True, help="Only those that nobody has done yet.")
def list_(settings_file: Path | None, state: Path | None, box: str | None, undone: bool) -> None:
    """List messages, oldest first."""
    found = _messages(state, settings_file, lambda messages: messages.messages(box=box))
    listed = [each for each in found if not (undone and each.done_at)]
    if not listed:
        click.echo("No messages.")
        return
    head = ("message", "box", "at", "length", "call", "for", "due", "stands")
    table(head, [_row(each) for each in listed])


def _row(message: Message) -> tuple[str, ...]:
    due = _time(message.due) if message.due else ""
    length = f"{message.seconds:.0f} s"
    at, stands = _time(message.at), _stands(message)
    return (message.id, message.box, at, length, message.call_number, message.queue, due, stands)


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, here()):%Y-%m-%d %H:%M}"


def _stands(message: Message) -> str:
    """How far it is seen to; that it sounds like an emergency is told as long as it is not done."""
    if message.done_by:
        return f"done by {message.done_by}"
    stands = f"taken by {message.taken_by}" if message.taken_by else "new"
    if message.heard_by and not message.taken_by:
        stands = f"heard by {message.heard_by}"
    return f"EMERGENCY? {stands}" if message.urgent else stands


@voicemail.command()
@click.argument("message")
@with_state
def read(message: str, settings_file: Path | None, state: Path | None) -> None:
    """Print what was said in MESSAGE, as far as it was understood."""
    at = datetime.now(UTC).timestamp()
    found = _messages(state, settings_file, lambda messages: messages.read(message, who=getpass.getuser(), at=at))
    if found.words is None:
        click.echo("It is not put into words yet.")
        return
    for sentence in found.words.phi_sentences or ("No words were understood.",):
        click.echo(sentence)
    if found.words.phi_sign:
        click.echo(f"Sign of danger: {found.words.phi_sign} ({' '.join(found.words.phi_evidence)})")


@voicemail.command()
@click.argument("message")
@with_state
def take(message: str, settings_file: Path | None, state: Path | None) -> None:
    """Say that you see to MESSAGE: nobody else is told of it."""
    at = datetime.now(UTC).timestamp()
    _messages(state, settings_file, lambda messages: messages.take(message, who=getpass.getuser(), at=at))


@voicemail.command()
@click.argument("message")
@with_state
def done(message: str, settings_file: Path | None, state: Path | None) -> None:
    """Say that what MESSAGE asked for is done."""
    at = datetime.now(UTC).timestamp()
    _messages(state, settings_file, lambda messages: messages.done(message, who=getpass.getuser(), at=at))


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
