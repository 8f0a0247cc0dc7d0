"""careline doctor, careline model get"""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ivr import logs
from ivr.checkup import findings
from ivr.commands.shared import settings_from, settings_option, told
from ivr.speech.hearing import models


@click.command()
@settings_option
def doctor(settings_file: Path | None) -> None:
    """Look at everything that Careline needs, and say what to do about what is missing."""
    with told():
        logs.start()
        found = asyncio.run(findings(settings_from(settings_file)))
    for each in found:
        mark = click.style("ok   ", fg="green") if each.ok else click.style("wrong", fg="red")
        click.echo(f"{mark} {each.what}" if each.ok else f"{mark} {each.what}: {each.do}")
    if not all(each.ok for each in found):
        raise SystemExit(2)


@click.group()
def model() -> None:
    """Speech models."""


@model.command()
@click.argument("language", type=click.Choice(["en", "es"]))
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Else the user's own models folder.")
def get(language: str, into: Path | None) -> None:
    """Download Vosk's small model of LANGUAGE, about 40 MB; it is used from the next start on."""
    with told(), click.progressbar(length=100, label=f"model for {language}") as bar:
        folder = models.get(
            language, into or models.user_folder(), lambda share: bar.update(int(share * 100) - bar.pos)
        )
    click.echo(f"{folder} is used from the next start on")
