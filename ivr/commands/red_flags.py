"""careline red-flags list, careline red-flags test"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.commands.shared import settings_from, settings_option, table, told
from ivr.edition import phrases_heard, pool_maker, understanding_of
from ivr.menus.reading.load import load
from ivr.red_flag_trial import Outcome, figures, read, tried
from ivr.speech.hearing.pools import Pools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.menus.plan.model import Plan
    from ivr.sentences import Sentence
    from ivr.settings import Settings
    from ivr.speech.meaning.red_flags import RedFlags
    from ivr.speech.meaning.understanding import PlanUnderstanding

plan_option = click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="The plan whose list it is; else the settings' own."
)


@click.group("red-flags")
def red_flags() -> None:
    """The signs of danger: what is listed, and what the list finds and misses."""


@red_flags.command("list")
@plan_option
@settings_option
def list_(plan_file: Path | None, settings_file: Path | None) -> None:
    """The signs, the gravest first, how many wordings each has, and who signed the list."""
    with told():
        file = plan_file or settings_from(settings_file).plan
        plan = load(file)
        flags = understanding_of(plan, file).red_flags
    counts = Counter(wording.sign for wording in flags.listed.wordings)
    rows = [
        (sign.name, str(counts[sign.name]), _examples(flags, sign.name), "crisis" if sign.crisis else "")
        for sign in flags.listed.signs
    ]
    table(("sign", "wordings", "examples", ""), rows)
    click.echo(f"{len(rows)} signs, {counts.total()} wordings; {_signed(flags)}")


@red_flags.command("test")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--at-least", default=0.99, show_default=True, help="Fail below this sensitivity.", metavar="SHARE")
@plan_option
@settings_option
def test(file: Path, at_least: float, plan_file: Path | None, settings_file: Path | None) -> None:
    """Try the list on a FILE of sentences: 'raise' or 'ordinary', a tab, the sentence or the path of a WAV.

    Further columns may give the language and the sign. A WAV goes through the recogniser, as a caller does.
    """
    with told():
        settings = None if plan_file else settings_from(settings_file)
        of = plan_file or settings_from(settings_file).plan
        plan = load(of)
        sentences = read(file, plan.practice.languages)
        if settings is None and any(each.recording for each in sentences):
            settings = settings_from(settings_file)
        outcomes = asyncio.run(_tried(plan, understanding_of(plan, of), sentences, settings))
    for outcome in outcomes:
        if not outcome.is_right:
            click.echo(_wrong(outcome))
    _show_signs(outcomes)
    found = figures(outcomes)
    click.echo(
        f"sensitivity {found.sensitivity:.1%} ({found.raised} of {found.dangers}), "
        f"false alarms {found.false_alarm_rate:.1%} ({found.false_alarms} of {found.ordinary})"
    )
    if found.sensitivity < at_least:
        raise SystemExit(1)


async def _tried(
    plan: Plan, understanding: PlanUnderstanding, sentences: Sequence[Sentence], settings: Settings | None
) -> tuple[Outcome, ...]:
    if settings is None or not any(each.recording for each in sentences):
        return await tried(understanding.red_flags, sentences, None)
    async with Pools(pool_maker(settings)) as pools:
        ears = await pools.take(phrases_heard(plan, understanding))
        await ears.ready()
        return await tried(understanding.red_flags, sentences, ears)


def _wrong(outcome: Outcome) -> str:
    """A miss with what was heard, a false alarm with the words that raised it."""
    sentence = outcome.sentence
    if outcome.flag is None:
        heard = f"; heard: {' / '.join(outcome.heard) or 'nothing'}" if sentence.recording else ""
        return f"missed: {sentence.name}{heard}"
    return f"false alarm: {sentence.name}: {outcome.flag.sign} ({' '.join(outcome.flag.evidence)})"


def _show_signs(outcomes: Sequence[Outcome]) -> None:
    """Sensitivity sign by sign, where the file names signs."""
    by_sign: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.sentence.remark and outcome.sentence.label == "raise":
            by_sign.setdefault(outcome.sentence.remark, []).append(outcome)
    if by_sign:
        rows = [(sign, str(sum(each.is_right for each in of)), str(len(of))) for sign, of in sorted(by_sign.items())]
        table(("sign", "raised", "of"), rows)


def _examples(flags: RedFlags, sign: str) -> str:
    by_language = flags.listed.examples.get(sign, {})
    return " ".join(f"{language} {len(texts)}" for language, texts in by_language.items())


def _signed(flags: RedFlags) -> str:
    signature = flags.signature
    said = f"version {signature.version}, {signature.date}, by {signature.by}"
    return f"not signed: {said}" if signature.is_example else f"signed: {said}"
