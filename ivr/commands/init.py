"""careline init asterisk | freeswitch"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ivr.commands.shared import told
from ivr.initialising.asterisk import asterisk as for_asterisk
from ivr.initialising.files import Fate, Wanted
from ivr.initialising.freeswitch import freeswitch as for_freeswitch
from ivr.initialising.host import Host
from ivr.settings_file import SETTINGS_FILES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.initialising.host import Initialisation

F = TypeVar("F", bound="Callable[..., object]")


@click.group()
def init() -> None:
    """Write the PBX's hook and Careline's settings for it; what is there already is never changed."""


def _options(command: F) -> F:
    for option in (
        click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing."),
        click.option("--user", default="careline", show_default=True, help="Who runs Careline."),
        click.option(
            "--settings",
            "settings_file",
            type=click.Path(path_type=Path, dir_okay=False),
            default=SETTINGS_FILES[-1],
            show_default=True,
            help="The settings file.",
        ),
        click.option(
            "--conf",
            type=click.Path(path_type=Path, file_okay=False),
            help="The PBX's folder of configuration, else where it usually is.",
        ),
    ):
        command = option(command)
    return command


@init.command()
@_options
def asterisk(conf: Path | None, settings_file: Path, user: str, *, dry_run: bool) -> None:
    """For Asterisk or FreePBX: the manager user, the dialplan's hook, the settings."""
    with told():
        _carry_out(for_asterisk(conf, Host(settings_file, user), secrets.token_hex(16)), dry_run=dry_run)


@init.command()
@_options
def freeswitch(conf: Path | None, settings_file: Path, user: str, *, dry_run: bool) -> None:
    """For FreeSWITCH: the dialplan's hook, the settings."""
    with told():
        _carry_out(for_freeswitch(conf, Host(settings_file, user)), dry_run=dry_run)


def _carry_out(wanted: Initialisation, *, dry_run: bool) -> None:
    """Exit code 1 when something is there that is not as it should be."""
    fates = [_bring_about(each, dry_run=dry_run) for each in wanted.files]
    if wanted.todo:
        click.echo("\nleft to you:")
    for sentence in wanted.todo:
        click.echo(f"  - {sentence}")
    click.echo("\nthen:")
    for command in wanted.then:
        click.echo(f"  {command}")
    if Fate.DIFFERS in fates:
        raise SystemExit(1)


def _bring_about(wanted: Wanted, *, dry_run: bool) -> Fate:
    fate = wanted.fate()
    match fate:
        case Fate.NEW if dry_run:
            click.echo(f"would write {wanted.path}")
        case Fate.NEW:
            wanted.write()
            click.echo(f"wrote {wanted.path}")
        case Fate.SAME:
            click.echo(f"{wanted.path} is as it should be")
        case Fate.DIFFERS:
            diff = wanted.diff() or "what differs is a secret, which is not shown: make the two the same"
            click.echo(f"{wanted.path} is left as it is, but differs:\n{diff}")
    return fate
