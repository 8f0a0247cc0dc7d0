"""careline intents test, why, suggest"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr import intent_trial
from ivr.commands.shared import settings_from, settings_option, table, told
from ivr.edition import phrases_heard, pool_maker, understanding_of
from ivr.intent_trial import IntentTrial, accuracy, coverage, shares
from ivr.menus.load import load
from ivr.sentences import BadTrial, lines_of
from ivr.speech.pools import Pools

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ivr.intent_trial import Outcome
    from ivr.sentences import Sentence
    from ivr.settings import Settings

plan_option = click.option("--plan", "plan_file", type=click.Path(path_type=Path), help="Else the settings' own.")
menu_option = click.option("--menu", help="The menu whose question is answered; else the first one.")


@click.group("intents")
def intents() -> None:
    """What callers' words mean: tried on sentences, explained, and improved by what was misrouted."""


@intents.command("test")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--at-least", default=0.0, help="Fail below this accuracy.", metavar="SHARE")
@click.option("--map", "renaming", default="", help="Foreign labels, as book=scheduling,cancel=scheduling; or a file.")
@click.option("--wrong", is_flag=True, help="Tell each sentence that was taken for something else.")
@menu_option
@plan_option
@settings_option
def test(  # noqa: PLR0917 - click calls it by name
    file: Path,
    at_least: float,
    renaming: str,
    wrong: bool,
    menu: str | None,
    plan_file: Path | None,
    settings_file: Path | None,
) -> None:
    """Try the intents on a FILE of sentences: the intent, a tab, the sentence or the path of a WAV.

    A third column may give the language. `none` labels what is no intent, `danger` what must raise a red flag. A WAV
    goes through the recogniser, as a caller does.
    """
    with told():
        of = plan_file or settings_from(settings_file).plan
        plan = load(of)
        name = menu or plan.start
        said = intent_trial.read(file, plan, name, _renamed(renaming))
        trial = IntentTrial(plan, name, understanding_of(plan, of), datetime.now(UTC).date())
        outcomes = asyncio.run(_tried(trial, said, settings_file))
    for outcome in outcomes if wrong else ():
        if not outcome.is_right:
            click.echo(_told(outcome))
    _show_confusion(outcomes)
    for language in dict.fromkeys(each.sentence.language for each in outcomes):
        _show(language, [each for each in outcomes if each.sentence.language == language])
    if accuracy(outcomes) < at_least:
        raise SystemExit(1)


def _renamed(renaming: str) -> Mapping[str, str]:
    """Raises BadTrial."""
    pairs = [pair.split("=") for pair in renaming.split(",") if pair]
    if renaming and Path(renaming).is_file():
        pairs = [row for _, row in lines_of(Path(renaming))]
    if wrong := next((pair for pair in pairs if len(pair) != 2), None):  # noqa: PLR2004 - a pair
        raise BadTrial(f"--map {'='.join(wrong)}: write label=intent, or a file with a label, a tab and its intent")
    return {label.strip(): intent.strip() for label, intent in pairs}


async def _tried(trial: IntentTrial, said: Sequence[Sentence], settings_file: Path | None) -> tuple[Outcome, ...]:
    if not any(each.recording for each in said):
        return await trial.tried(said)
    settings: Settings = settings_from(settings_file)
    understanding = trial.understanding
    async with Pools(pool_maker(settings)) as pools:
        ears = await pools.take(phrases_heard(trial.plan, understanding))
        await ears.ready()
        return await IntentTrial(trial.plan, trial.menu, understanding, trial.today, ears).tried(said)


def _told(outcome: Outcome) -> str:
    heard = f"; heard: {outcome.readings[0] if outcome.readings else 'nothing'}" if outcome.sentence.recording else ""
    by = f" ({' '.join(outcome.evidence)})" if outcome.evidence else ""
    label, name = outcome.sentence.label, outcome.sentence.name
    return f"{label}, taken for {outcome.intent} {outcome.confidence:.2f}{by}: {name}{heard}"


def _show_confusion(outcomes: Sequence[Outcome]) -> None:
    """Label by label: how many, how many right, and what the others became."""
    rows = []
    for label in sorted({each.sentence.label for each in outcomes}):
        of = [each for each in outcomes if each.sentence.label == label]
        became = Counter(each.intent for each in of if not each.is_right).most_common()
        mistaken = ", ".join(f"{intent} {count}" for intent, count in became)
        rows.append((label, str(len(of)), f"{accuracy(of):.0%}", mistaken))
    table(("label", "sentences", "right", "taken for"), rows)


def _show(language: str, outcomes: Sequence[Outcome]) -> None:
    best = coverage(outcomes)
    click.echo(
        f"{language}: accuracy {accuracy(outcomes):.1%} of {len(outcomes)}; "
        f"coverage at 5 % error {best.share:.1%}, with confidence at least {best.threshold:.2f}"
    )
    for what, of in shares(outcomes).items():
        click.echo(f"{language}: {what} {of.share:.1%}, {of.error:.1%} of it wrong ({of.wrong} of {of.count})")
