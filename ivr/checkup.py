"""`careline doctor`: everything that Careline needs, looked at in the order in which to repair it."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

from ivr.asterisk.probe import examine
from ivr.control import ControlError, ask
from ivr.edition import understanding_of
from ivr.findings import Finding
from ivr.front_doors import asterisk_of
from ivr.menus.reading.load import examine as examine_plan
from ivr.speech.hearing.models import ModelError, find_model
from ivr.speech.meaning.tables import BadTable
from ivr.speech.prompting.tts import NoSynthesiser, VoiceSettings, find_voice, search_folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ivr.menus.plan.model import Plan
    from ivr.settings import Listen, Settings


async def findings(settings: Settings) -> list[Finding]:
    """What is well and what is not. Raises nothing that a user could have caused."""
    examined = examine_plan(settings.plan)
    found = [_plan(settings, examined.plan, len(examined.mistakes))]
    if examined.plan is not None:
        found += [
            *_red_flags(settings, examined.plan),
            *_voices(settings, examined.plan),
            *_ears(settings, examined.plan),
        ]
    return [*found, _state(settings), *await _ports(settings), *await examine(asterisk_of(settings.asterisk))]


def _plan(settings: Settings, plan: Plan | None, mistakes: int) -> Finding:
    if plan is None:
        return Finding(False, f"{settings.plan} has mistakes ({mistakes})", f"run `careline check {settings.plan}`")
    return Finding(True, f"{settings.plan} has no mistakes")


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


def _ears(settings: Settings, plan: Plan) -> Iterator[Finding]:
    if settings.speech.workers == 0:
        yield Finding(True, "speech is not heard (speech: workers: 0): callers use keys")
        return
    for language in plan.practice.languages:
        try:
            model = find_model(language, settings.speech.models, os.environ)
        except ModelError as broken:
            yield Finding(False, f"speech in '{language}' is not heard: callers use keys", str(broken))
        else:
            yield _ear(language, model)


def _ear(language: str, model: Path | None) -> Finding:
    if model is not None:
        return Finding(True, f"speech in '{language}' is heard with the model {model}")
    if language == "en":
        return Finding(
            True, "speech in 'en' is heard with the built-in recogniser; `careline model get en` hears better"
        )
    return Finding(
        False, f"speech in '{language}' is not heard: callers use keys", f"run `careline model get {language}`"
    )


def _state(settings: Settings) -> Finding:
    folder = next(each for each in (settings.state, *settings.state.parents) if each.exists())
    if os.access(folder, os.W_OK):
        return Finding(True, f"{settings.state} can be written")
    return Finding(False, f"{settings.state} cannot be written", f"give {folder} to the user that runs Careline")


async def _ports(settings: Settings) -> list[Finding]:
    try:
        status = await ask(settings.state, do="status")
    except ControlError:
        both = (("AGI", settings.asterisk.agi), ("AudioSocket", settings.asterisk.audiosocket))
        return [_port(what, at) for what, at in both]
    return [Finding(True, "Careline is running and listens for AGI and AudioSocket"), _in_force(status["plan"])]


def _in_force(plan: Mapping[str, Any]) -> Finding:
    what = f"version {plan['number']} of the plan is in force"
    if plan["differs"]:
        return Finding(False, f"{what}, but its files on disk differ", "run `careline reload`, or put them back")
    return Finding(True, what)


def _port(what: str, at: Listen) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in at.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((at.host, at.port))
        except OSError as error:
            why = f"{at.host}:{at.port} for {what} cannot be had ({error.strerror})"
            return Finding(False, why, "stop who has it, or choose another port in the settings")
    return Finding(True, f"{at.host}:{at.port} for {what} is free")
