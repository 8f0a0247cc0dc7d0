"""One version of the plan with all that belongs to it, ready before the first caller is served by it.

    files ─▶ plan ─▶ what words mean ─▶ every prompt ─▶ recognisers that know the phrases ─▶ Edition

What lives as long as the process (the queues, the record, the PBX) is in ivr.app.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import structlog

from ivr.clock import SystemClock
from ivr.conversation.whisper import whispers
from ivr.errors import UserError
from ivr.menus.mistakes import PlanErrors
from ivr.menus.reading.load import LEXICON, examine, files_of
from ivr.menus.words.wording import learned_of, phrases_of, wordings
from ivr.notify.contact import Contact, contact
from ivr.queueing.orders import Accept, Phones
from ivr.shipped import shipped
from ivr.speech.hearing.pool import RecognizerPool
from ivr.speech.meaning.intents import IntentModel
from ivr.speech.meaning.lexicon import load_lexicons
from ivr.speech.meaning.red_flag_list import load_red_flags
from ivr.speech.meaning.understanding import PlanUnderstanding
from ivr.speech.prompting.prompts import PromptFolders, PromptLibrary, load_manifests
from ivr.speech.prompting.tts import VoiceSettings, search_folders
from ivr.speech.sound.wav import RATE_HZ
from ivr.store.versions import Files, files_as_they_are

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.menus.mistakes import Mistake
    from ivr.menus.plan.model import Plan
    from ivr.settings import Settings
    from ivr.speech.hearing.pools import Phrases, Pools
    from ivr.speech.meaning.red_flags import RedFlags

log = structlog.get_logger()

Progress: TypeAlias = Callable[[int, int], None]
"""Hears how many of the prompts are ready, and of how many."""
READY_SECONDS = 60.0  # a new language model is made and loaded in two to ten; a host that is busy may need longer


class CannotServe(UserError):  # noqa: N818 - named for the state of the host
    """Callers could not be served as the plan says; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Edition:
    """`files` are those that the plan was read from, `warnings` what `careline check` would say of them."""

    plan: Plan
    understanding: PlanUnderstanding
    prompts: PromptLibrary
    ears: RecognizerPool
    contacts: Mapping[str, Contact]
    files: Files
    warnings: tuple[Mistake, ...] = ()


class Editions:
    """Makes editions, and clears away what nobody needs any more."""

    def __init__(self, settings: Settings, pools: Pools) -> None:
        self._settings = settings
        self._pools = pools

    async def build(self, file: Path, progress: Progress, *, hearing: bool = True) -> Edition:
        """Everything that the plan in `file` needs. Whatever is wrong, nothing is left behind.

        With `hearing` the recognisers are ready, too; else they come up by themselves, a second or two later.
        Raises PlanErrors, BadTable, BadWay, ModelError, CannotServe.
        """
        files = await asyncio.to_thread(files_of_plan, file)
        plan, warnings = await asyncio.to_thread(_examined, file)
        understanding = await asyncio.to_thread(understanding_of, plan, file)
        if understanding.red_flags.signature.is_example:
            log.warning("the red flags are the product's example: have the practice's clinician review and sign them")
        if await asyncio.to_thread(files_of_plan, file) != files:
            raise CannotServe(f"{file}, or a file that belongs to it, was changed while it was read: try again")
        contacts = contacts_of(plan)
        prompts = await prompts_of(plan, self._settings, progress, understanding.red_flags)
        ears = await self._pools.take(phrases_heard(plan, understanding))
        edition = Edition(plan, understanding, prompts, ears, contacts, files, warnings)
        if hearing:
            await self._until_heard(edition)
        return edition

    async def let_go(self, edition: Edition) -> None:
        """Nobody is served by it any more. Its prompts stay on disk: another version may have the same."""
        await self._pools.give_back(edition.ears)

    async def _until_heard(self, edition: Edition) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await edition.ears.ready()
        except TimeoutError:
            await self.let_go(edition)
            raise CannotServe(
                f"no recogniser was ready within {READY_SECONDS:g} s: look into the log, or set speech: workers: 0"
            ) from None


def files_of_plan(file: Path) -> Files:
    """What is on disk now of a plan that may have mistakes; what cannot be read is left out."""
    return files_as_they_are(files_of(file))


def _examined(file: Path) -> tuple[Plan, tuple[Mistake, ...]]:
    """The plan, and its warnings. Raises PlanErrors."""
    examined = examine(file)
    if examined.plan is None:
        raise PlanErrors(examined.mistakes)
    return examined.plan, examined.warnings


def understanding_of(plan: Plan, file: Path) -> PlanUnderstanding:
    """What words mean in a plan. Raises BadTable for a list of red flags, or a lexicon, that cannot be read."""
    own = file.with_name(LEXICON)
    lexicons = load_lexicons(own if own.is_file() else shipped("dialplans") / LEXICON)
    flags = load_red_flags(file.parent / plan.red_flags)
    return PlanUnderstanding(IntentModel(learned_of(plan), lexicons), flags)


def library_of(plan: Plan, settings: Settings, rate: int = RATE_HZ) -> PromptLibrary:
    """What the plan's prompts can be made from on this host; nothing is made yet. Raises BadTable."""
    assert settings.cache, "settings.load fills it"
    folders = (settings.recordings, *settings.prompts, shipped("prompts"))
    return PromptLibrary(
        load_manifests(folders, plan.practice.languages),
        PromptFolders(folders, settings.cache / "prompts", settings.sounds),
        VoiceSettings(search_folders(os.environ), settings.speech.voices),
        rate,
    )


async def prompts_of(plan: Plan, settings: Settings, progress: Progress, red_flags: RedFlags) -> PromptLibrary:
    """Every sound of the plan. Raises CannotServe when one is missing: nobody shall meet silence."""
    library = await asyncio.to_thread(library_of, plan, settings)
    own, first = wordings(plan), plan.practice.languages[0]
    of_danger = whispers(red_flags.signs.values(), first)
    await library.build({**own, first: {**of_danger, **own[first]}}, progress)
    # Where nobody can speak a sign's name, whoever picks up hears the generic sentence.
    if missing := [each for each in library.missing() if each.name not in of_danger]:
        reasons = "; ".join(dict.fromkeys(each.reason for each in missing))
        raise CannotServe(f"prompts are missing ({len(missing)}), '{missing[0].name}' to begin with: {reasons}")
    return library


def phrases_heard(plan: Plan, understanding: PlanUnderstanding) -> Mapping[str, Sequence[str]]:
    """What the recognisers must know, by language: the plan's phrases, and the words of danger."""
    danger = understanding.red_flags.examples
    return {language: (*phrases, *danger.get(language, ())) for language, phrases in phrases_of(plan).items()}


def pool_maker(settings: Settings) -> Callable[[Phrases], RecognizerPool]:
    """How this host makes a pool of recognisers."""
    assert settings.cache, "settings.load fills it"
    cache = settings.cache / "speech"

    def make(phrases: Phrases) -> RecognizerPool:
        return RecognizerPool(
            workers=settings.speech.workers,
            models=settings.speech.models,
            cache=cache,
            phrases=phrases,
            clock=SystemClock(),
        )

    return make


def contacts_of(plan: Plan) -> Mapping[str, Contact]:
    """How each person learns of an alert. Raises BadWay."""
    return {name: contact(name, person.ways) for name, person in plan.people.items()}


def phones_of(plan: Plan) -> Phones:
    """A phone shows the practice's name for a queue, never who calls."""
    outside = {} if plan.outside is None else {"outside": plan.outside.phone_of}
    return Phones(
        device={name: person.phone for name, person in plan.people.items()},
        display={name: name.replace("_", " ").capitalize() for name in plan.queues},
        accept={name: Accept(person.pin or "") for name, person in plan.people.items() if person.is_asked},
        name=plan.practice.name,
        whispers=plan.urgent.whisper,
        **outside,
    )
