"""careline prompts build | list | script | import"""

from __future__ import annotations

import asyncio
import csv
import getpass
import shutil
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ivr.clock import SystemClock
from ivr.commands.calls import here
from ivr.commands.shared import settings_from, settings_option, table, told
from ivr.edition import library_of
from ivr.menus.reading.load import load
from ivr.menus.words.wording import wordings
from ivr.settings import Settings
from ivr.speech.prompting import takes
from ivr.speech.prompting.importing import CannotImport, Offered, check_name, offered, take_of
from ivr.speech.prompting.making import Made, Source
from ivr.speech.prompting.prompt_numbers import give_numbers
from ivr.speech.sound import wav
from ivr.speech.sound.loudness import PEAK_DBOV, TARGET_DBOV, Level, level_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ivr.menus.plan.model import Plan
    from ivr.speech.prompting.making import Wish
    from ivr.speech.prompting.prompts import Key, PromptLibrary

F = TypeVar("F", bound="Callable[..., object]")

WIDE_HZ = 16_000
SUFFIXES = {wav.RATE_HZ: ".wav", WIDE_HZ: ".wav16"}  # Asterisk's names for the two
RATES = {"8000": (wav.RATE_HZ,), "16000": (WIDE_HZ,), "both": (wav.RATE_HZ, WIDE_HZ)}


@click.group()
def prompts() -> None:
    """What callers hear: make it, list it, have it recorded."""


def _of_a_plan(command: F) -> F:
    """The argument PLAN, else the plan of the settings."""
    return click.argument("plan", required=False, type=click.Path(path_type=Path))(settings_option(command))


@prompts.command()
@_of_a_plan
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Write them there, as en/NAME.wav.")
@click.option("--rate", type=click.Choice(list(RATES)), default="8000", show_default=True, help="In Hz.")
def build(plan: Path | None, settings_file: Path | None, into: Path | None, rate: str) -> None:
    """Make every prompt of PLAN, or of the settings' plan, and say what each language's were made from."""
    began = SystemClock().monotonic()
    with told():
        settings = _settings(plan, settings_file)
        for hertz in RATES[rate]:
            library, _ = _built(settings, hertz)
            _tell_built(library, hertz)
            if into:
                _write(library, into, SUFFIXES[hertz])
        click.echo(f"made in {SystemClock().monotonic() - began:.1f} s" + (f"; they are in {into}" if into else ""))
        _tell_missing(library)


@prompts.command("list")
@_of_a_plan
@click.option("--language", help="Only this language.")
@click.option("--missing", "only_missing", is_flag=True, help="Only what callers would not hear; exit code 1 if any.")
def list_(plan: Path | None, settings_file: Path | None, language: str | None, only_missing: bool) -> None:
    """List the prompts: their number for the telephone, and what they are made from."""
    with told():
        settings = _settings(plan, settings_file)
        library, wishes = _built(settings, wav.RATE_HZ)
        numbers = give_numbers(settings.recordings, wishes)
        lost = {(each.language, each.name) for each in library.missing()}
        shown = [key for key in sorted(wishes) if key[0] == (language or key[0])]
        if only_missing:
            shown = [key for key in shown if key in lost]
        head = ("number", "language", "name", "from", "seconds", "dBov")
        table(head, [(str(numbers[key]), *key, *_facts(library.made().get(key))) for key in shown])
        if only_missing:
            _tell_missing(library)


@prompts.command()
@_of_a_plan
@click.option("--language", help="Only this language.")
@click.option("--markdown", is_flag=True, help="A table to print, in place of tab-separated values.")
def script(plan: Path | None, settings_file: Path | None, language: str | None, markdown: bool) -> None:
    """Write the sentences for whoever records them: language, the file's name, the text."""
    with told():
        wishes = _wishes(*_planned(_settings(plan, settings_file), wav.RATE_HZ))
    rows = [(*key, wish.text) for key, wish in sorted(wishes.items()) if wish.text and key[0] == (language or key[0])]
    head = ("language", "name", "text")
    if not markdown:
        csv.writer(sys.stdout, delimiter="\t", lineterminator="\n").writerows([head, *rows])
        return
    for row in (head, ("---",) * 3, *rows):
        click.echo(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |")


@prompts.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--plan", type=click.Path(path_type=Path), help="Else the settings' plan.")
@settings_option
@click.option("--language", help="Of the files; else their folder's name, else the plan's first language.")
@click.option("--replace", is_flag=True, help="Overwrite recordings that are there.")
def import_(
    files: Sequence[Path], plan: Path | None, settings_file: Path | None, language: str | None, replace: bool
) -> None:
    """Take FILES, recordings named like their prompts (or lists of them: file, name, language), for the prompts."""
    refused = 0
    with told():
        settings = _settings(plan, settings_file)
        made_for, library = _planned(settings, wav.RATE_HZ)
        known = _wishes(made_for, library)
        for each in offered(files):
            of = language or each.language or _folder_language(each.file, made_for)
            try:
                file = _imported(each, of, known, settings, replace=replace)
                click.echo(f"{each.file} is now {file}")
            except CannotImport as refusal:
                refused += 1
                click.echo(f"careline: {refusal}", err=True)
    if refused:
        raise SystemExit(2)
    click.echo("callers hear them from the next `careline reload` or start on")


def _imported(each: Offered, language: str, known: Mapping[Key, Wish], settings: Settings, *, replace: bool) -> Path:
    """The file that it was written to. Raises CannotImport."""
    check_name(each, language, known)
    by_phone = takes.recording_file(settings.recordings, language, each.name)
    file = takes.recording_file((*settings.prompts, settings.recordings)[0], language, each.name)
    if not replace and (there := next((some for some in (file, by_phone) if some.exists()), None)):
        raise CannotImport(f"{each.file}: {there} is there already; --replace overwrites it")
    take = take_of(each.file)
    if by_phone != file:
        takes.remove(by_phone)  # it would go before the new one
    takes.keep(take, file, takes.Origin(getpass.getuser(), SystemClock().now(), each.file.name))
    return file


def _folder_language(file: Path, plan: Plan) -> str:
    languages = plan.practice.languages
    return next((each for each in languages if each == file.parent.name), languages[0])


# ---- a plan's prompts -----------------------------------------------------------------------------------------------


def _settings(plan: Path | None, file: Path | None) -> Settings:
    """Those of the host; with a plan alone, what is made is kept in the user's own cache folder."""
    if plan is None:
        return settings_from(file)
    if file is not None:
        return settings_from(file).model_copy(update={"plan": plan})
    own = Path.home() / ".cache" / "careline"
    return Settings(plan=plan, state=own, cache=own)


def _planned(settings: Settings, rate: int) -> tuple[Plan, PromptLibrary]:
    plan = load(settings.plan)
    return plan, library_of(plan, settings, rate)


def _wishes(plan: Plan, library: PromptLibrary) -> Mapping[Key, Wish]:
    return library.wishes(wordings(plan))


def _built(settings: Settings, rate: int) -> tuple[PromptLibrary, Mapping[Key, Wish]]:
    plan, library = _planned(settings, rate)
    asyncio.run(_complete(library, plan))
    return library, _wishes(plan, library)


async def _complete(library: PromptLibrary, plan: Plan) -> None:
    await library.build(wordings(plan))
    await library.complete()


def _write(library: PromptLibrary, into: Path, suffix: str) -> None:
    for (language, name), made in library.made().items():
        (into / language).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made.path, into / language / f"{name}{suffix}")


# ---- what is told ----------------------------------------------------------------------------------------------------


def _tell_built(library: PromptLibrary, rate: int) -> None:
    made = library.made()
    for language in dict.fromkeys(language for language, _ in made):
        some = [each for (of, _), each in made.items() if of == language]
        counts = Counter(
            f"{each.source} ({each.origin})" if each.source is Source.SPOKEN else each.source for each in some
        )
        parts = ", ".join(f"{count} {what}" for what, count in counts.most_common())
        click.echo(f"{language}, {rate // 1000} kHz: {len(some)} prompts: {parts}")
    levels = [_level(each).active for each in made.values() if each.source is not Source.TONE]
    if levels:
        least, most = min(levels), max(levels)
        click.echo(
            f"loudness: {least:.1f} to {most:.1f} dBov (ITU-T P.56; wanted {TARGET_DBOV:g}, peaks below {PEAK_DBOV:g})"
        )


def _tell_missing(library: PromptLibrary) -> None:
    """Why, a line for each reason; exit code 1 when callers would miss something."""
    missing = library.missing()
    for reason, count in Counter(each.reason for each in missing).items():
        click.echo(f"careline: {count} missing: {reason}", err=True)
    if missing:
        raise SystemExit(1)


def _facts(made: Made | None) -> tuple[str, str, str]:
    if made is None:
        return ("MISSING", "", "")
    level = _level(made)
    loudness = "" if made.source is Source.TONE else f"{level.active:.1f}"
    return (_source(made), f"{_seconds(made):.1f}", loudness)


def _source(made: Made) -> str:
    if made.source is Source.RECORDED and (origin := takes.origin_of(Path(made.origin))):
        return f"recorded by {origin.who}, {datetime.fromtimestamp(origin.at, here()):%Y-%m-%d}, {origin.of}"
    return f"{made.source}: {made.origin}" if made.origin else made.source


def _level(made: Made) -> Level:
    rate, sound = _sound(made)
    return level_of(sound, rate)


def _seconds(made: Made) -> float:
    rate, sound = _sound(made)
    return len(sound) / rate


def _sound(made: Made) -> tuple[int, wav.Sound]:
    return wav.RATE_HZ, wav.read(made.path)
