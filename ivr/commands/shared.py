"""What the commands share: options, and errors told in one sentence with exit code 2."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ivr.errors import UserError
from ivr.settings_file import find, load

if TYPE_CHECKING:
    from ivr.settings import Settings

F = TypeVar("F", bound=Callable[..., object])


@contextmanager
def told() -> Iterator[None]:
    """Tell a user's error as its own sentence and exit with 2; everything else is a fault of ours, with traceback."""
    try:
        yield
    except UserError as error:
        fail(str(error))
    except ExceptionGroup as group:
        known, fault = group.split(UserError)
        if fault or known is None:
            raise
        fail(str(_first(known)))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as plain text: nothing is cut off in a narrow window, and grep and cut read it as well."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def fail(sentence: str) -> None:
    click.echo(f"careline: {sentence}", err=True)
    raise SystemExit(2)


def _first(group: BaseException) -> BaseException:
    return _first(group.exceptions[0]) if isinstance(group, BaseExceptionGroup) else group


settings_option = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    help="The settings file; else ./careline.yaml, else /etc/careline/careline.yaml.",
)
state_option = click.option(
    "--state", type=click.Path(path_type=Path, file_okay=False), help="The state folder; else the settings' own."
)


def settings_from(file: Path | None) -> Settings:
    return load(file or find())


def state_from(state: Path | None, file: Path | None) -> Path:
    return state or settings_from(file).state


def login_name() -> str:
    """Who is at the keyboard: with sudo, the person and not whom the command runs as."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def with_state(command: F) -> F:
    """The options --state and --settings."""
    return settings_option(state_option(command))
