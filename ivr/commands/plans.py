"""careline check, diff, schema, try"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.commands.shared import fail, told, with_state
from ivr.commands.versions import plan_named
from ivr.edition import phrases_heard, understanding_of
from ivr.menus.comparing.diff import differences
from ivr.menus.paths.listing import listed
from ivr.menus.reading.load import examine, load
from ivr.menus.reading.schema import schema as schema_of_plans
from ivr.rehearsal.signed import changes_since, signed
from ivr.speech.hearing.vocabulary import unknown_words
from ivr.trial import Moment, try_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.menus.plan.model import Plan


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
def check(plan: Path, strict: bool) -> None:
    """Find everything that is wrong in a PLAN, each with file:line:column and the likely fix."""
    examined = examine(plan)
    for mistake in examined.mistakes:
        click.echo(str(mistake))
    for warning in examined.warnings:
        click.echo(f"{warning} (warning)")
    if examined.plan is None:
        fail(f"{_counted(len(examined.mistakes), 'mistake')} in {plan}; nothing was loaded")
    else:
        with told():
            understanding = understanding_of(examined.plan, plan)
            for language, phrases in phrases_heard(examined.plan, understanding).items():
                _tell_unheard(language, phrases)
            _tell_signed(examined.plan, plan)
        if strict and examined.warnings:
            fail(f"{_counted(len(examined.warnings), 'warning')} in {plan}")
        counts = f"{len(examined.plan.menus)} menus, {len(examined.plan.queues)} queues"
        click.echo(f"{plan}: {counts}, {len(examined.plan.people)} people: no mistakes")


def _tell_signed(plan: Plan, file: Path) -> None:
    """Of paths that are not as they were signed."""
    if signature := signed(file):
        changes = changes_since(signature, listed(plan, datetime.now(UTC).astimezone()))
        click.echo(f"paths: {changes}; `careline paths {file} --run` tells which")


def _tell_unheard(language: str, phrases: Sequence[str]) -> None:
    unheard = sorted(unknown_words(language, phrases, {}, os.environ))
    if unheard:
        words = ", ".join(unheard)
        click.echo(f"the recogniser of '{language}' on this host will not hear: {words}; add other words (warning)")


@click.command()
@click.option("--part", is_flag=True, help="For the files that a plan includes: nothing is missing in them.")
def schema(part: bool) -> None:
    """Print the JSON Schema of plans, with which an editor completes and checks them while you type."""
    click.echo(json.dumps(schema_of_plans(part=part), indent=1, ensure_ascii=False))


@click.command()
@click.argument("old")
@click.argument("new")
@with_state
def diff(old: str, new: str, settings_file: Path | None, state: Path | None) -> None:
    """Say in words what the plan NEW does differently from the plan OLD: files, or numbers of `careline versions`."""
    with told():
        one, other = (plan_named(name, state, settings_file) for name in (old, new))
        said = [str(difference) for difference in differences(load(one), load(other))]
        said += _signs_of_danger(one, other)
    for sentence in said or ["no difference"]:
        click.echo(sentence)


def _signs_of_danger(old: Path, new: Path) -> list[str]:
    """They are no part of a plan, but nothing that a change of them could hide behind."""
    was, now = ((plan.parent / load(plan).red_flags).read_bytes() for plan in (old, new))
    return [] if was == now else ["the list of red flags is another: its clinician signs each change of it"]


@click.command("try")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--dialled", default="", help="The number that the caller dialled.")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d %H:%M"]), help='When: "2026-12-25 10:00" in the practice\'s time; now.'
)
@click.option("--closure", "closures", multiple=True, help="A closure that is switched on; may be given several times.")
def try_(plan: Path, dialled: str, at: datetime | None, closures: tuple[str, ...]) -> None:
    """Call a PLAN from the terminal: type what a caller would say, or keys; no PBX is needed."""
    with told():
        asyncio.run(try_plan(plan, dialled, Moment(at, closures)))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
