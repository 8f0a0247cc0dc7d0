"""The plan, and what its languages need to be spoken and heard."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ivr.edition import understanding_of
from ivr.findings import Finding
from ivr.speech.hearing.models import ModelError, find_model
from ivr.speech.hearing.probe import hears
from ivr.speech.meaning.tables import BadTable
from ivr.speech.prompting.tts import NoSynthesiser, VoiceSettings, find_voice, search_folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.menus.plan.model import Plan
    from ivr.services import Clock
    from ivr.settings import Settings


def read(settings: Settings, plan: Plan | None, mistakes: int) -> Finding:
    if plan is None:
        return Finding(False, f"{settings.plan} has mistakes ({mistakes})", f"run `careline check {settings.plan}`")
    return Finding(True, f"{settings.plan} has no mistakes")


async def needs(settings: Settings, plan: Plan, clock: Clock) -> list[Finding]:
    return [*_red_flags(settings, plan), *_voices(settings, plan), *await _ears(settings, plan, clock)]


def _red_flags(settings: Settings, plan: Plan) -> Iterator[Finding]:
    try:
        signature = understanding_of(plan, settings.plan).red_flags.signature
    except BadTable as wrong:
        yield Finding(False, "the words of danger cannot be read", str(wrong))
        return
    if signature.is_example:
        yield Finding(
            False, f"{plan.red_flags} is the product's example", "have the practice's clinician review it and sign it"
        )
    else:
        yield Finding(True, f"{plan.red_flags} is signed by {signature.by} ({signature.date}, {signature.version})")


def _voices(settings: Settings, plan: Plan) -> Iterator[Finding]:
    chosen = VoiceSettings(search_folders(os.environ), settings.speech.voices)
    for language in plan.practice.languages:
        try:
            voice = find_voice(language, chosen)
        except NoSynthesiser as missing:
            yield Finding(False, f"prompts in '{language}' that are not recorded cannot be spoken", str(missing))
        else:
            yield Finding(True, f"prompts in '{language}' that are not recorded are spoken by {voice.key}")


async def _ears(settings: Settings, plan: Plan, clock: Clock) -> list[Finding]:
    if settings.speech.workers == 0:
        return [Finding(True, "speech is not heard (speech: workers: 0): callers use keys")]
    return [await _ear(settings, language, clock) for language in plan.practice.languages]


async def _ear(settings: Settings, language: str, clock: Clock) -> Finding:
    deaf = f"speech in '{language}' is not heard: callers use keys"
    try:
        model = find_model(language, settings.speech.models, os.environ)
    except ModelError as broken:
        return Finding(False, deaf, str(broken))
    if model is None and language != "en":
        return Finding(False, deaf, f"run `careline model get {language}`")
    return await hears(language, settings.speech.models, clock, _heard_with(model))


def _heard_with(model: Path | None) -> str:
    return f"the model {model}" if model else "the built-in recogniser (`careline model get en` hears better)"
