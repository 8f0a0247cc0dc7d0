"""careline intents test, why, suggest; careline misrouted"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr import control, intent_trial
from ivr.clock import SystemClock
from ivr.commands.shared import login_name, settings_from, settings_option, state_from, table, told, with_state
from ivr.edition import phrases_heard, pool_maker, understanding_of
from ivr.intent_trial import NONE, IntentTrial, accuracy, coverage, shares
from ivr.menus.reading.load import load
from ivr.sentences import BadTrial, Sentence, lines_of
from ivr.speech.hearing.pools import Pools
from ivr.store.database import beside
from ivr.store.readings import StoredRecords
from ivr.store.vault import unlock
from ivr.suggestions import as_yaml, suggestions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ivr.intent_trial import Outcome
    from ivr.record import CallRecord
    from ivr.settings import Settings

plan_option = click.option("--plan", "plan_file", type=click.Path(path_type=Path), help="Else the settings' own.")
menu_option = click.option("--menu", help="The menu whose question is answered; else the first one.")


MOST_TOLD = 5  # the rest says next to nothing
DONE = {"route": "acted on", "confirm": "confirmed first", "ask": "asked again"}


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


@intents.command("why")
@click.argument("sentence")
@click.option("--language", help="Else the plan's first.")
@menu_option
@plan_option
@settings_option
def why(
    sentence: str, language: str | None, menu: str | None, plan_file: Path | None, settings_file: Path | None
) -> None:
    """Tell what a SENTENCE means at a menu, and which words spoke for and against it; <concepts> are the lexicon's."""
    with told():
        of = plan_file or settings_from(settings_file).plan
        plan = load(of)
        understanding = understanding_of(plan, of)
        name, tongue = menu or plan.start, language or plan.practice.languages[0]
        among = intent_trial.opened(plan, name, tongue).intents
        trial = IntentTrial(plan, name, understanding, datetime.now(UTC).date())
    outcome = trial.understood(Sentence(NONE, sentence, language=tongue), (sentence,))
    click.echo(f"{outcome.intent}, confidence {outcome.confidence:.2f}: {DONE[outcome.what]}")
    told_by = understanding.why(tongue, sentence, among)
    strongest = sorted(told_by, key=lambda intent: -sum(weight for _, weight in told_by[intent]))[:MOST_TOLD]
    rows = [(intent, f"{sum(w for _, w in told_by[intent]):+.1f}", _words(told_by[intent])) for intent in strongest]
    table(("intent", "sum", "spoke for it (+), or against it (-)"), rows)


def _words(told_by: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {weight:+.1f}" for name, weight in told_by[:MOST_TOLD])


@intents.command("suggest")
@with_state
@click.option("--plan", "plan_file", type=click.Path(path_type=Path), help="Else the settings' own.")
@click.option("--days", default=30.0, show_default=True, help="Calls of the last so many days.")
@click.option("--patient-data", is_flag=True, help="Show what callers said, names and numbers masked; this is kept.")
@click.option("--accept", type=click.IntRange(1), help="Print the lines of suggestion N, to be put into the plan.")
def suggest(  # noqa: PLR0917 - click calls it by name
    settings_file: Path | None,
    state: Path | None,
    plan_file: Path | None,
    days: float,
    patient_data: bool,
    accept: int | None,
) -> None:
    """Propose phrases from calls of which somebody noted what they were about; `careline misrouted` notes it."""
    with told():
        of = plan_file or settings_from(settings_file).plan
        plan = load(of)
        known = phrases_heard(plan, understanding_of(plan, of))
        who = login_name() if patient_data or accept else ""
        calls = asyncio.run(_misrouted(state_from(state, settings_file), days, who))
        found = suggestions(calls, known)
        if accept:
            if accept > len(found):
                raise BadTrial(f"there is no suggestion {accept}; the last one is {len(found)}")
            click.echo(as_yaml(found[accept - 1]))
            return
    rows = [
        (str(number), each.phi_text if patient_data else "(not shown)", each.taken or NONE, each.meant, str(each.times))
        for number, each in enumerate(found, 1)
    ]
    table(("", "said", "taken for", "was", "times"), rows)


async def _misrouted(state: Path, days: float, who: str) -> list[CallRecord]:
    now = SystemClock().now()
    async with beside(state) as database:
        records = StoredRecords(database, await unlock(database))
        if who:
            await records.looked_at(now, who, "read what misrouted callers said")
        return await records.misrouted(since=now - days * 86_400)


@click.command()
@click.argument("call")
@click.argument("intent")
@with_state
def misrouted(call: str, intent: str, settings_file: Path | None, state: Path | None) -> None:
    """Note that CALL was about INTENT in truth; `careline calls` lists the calls, the plan the intents."""
    with told():
        where = state_from(state, settings_file)
        asyncio.run(_note(where, call, intent))


async def _note(state: Path, call: str, intent: str) -> None:
    async with beside(state) as database:
        record = await StoredRecords(database, await unlock(database)).call(call)
    await control.ask(state, do="misrouted", call=record.summary.id, intent=intent, by=login_name())
