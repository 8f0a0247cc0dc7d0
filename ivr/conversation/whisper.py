"""What the person who picks up for a caller in danger hears before the two are joined: "Emergency: chest pain."."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from ivr.menus.words.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ivr.menus.plan.values import Language
    from ivr.services import Prompts

GENERIC = "danger_whisper"
_SENTENCES: Mapping[str, str] = {"en": "Emergency: {sign}.", "es": "Emergencia: {sign}."}


class Named(Protocol):
    """A sign of the list; `called` is its name by language."""

    @property
    def name(self) -> str: ...

    @property
    def called(self) -> Mapping[str, str]: ...


def whispers(signs: Iterable[Named], language: Language) -> Mapping[str, Wording]:
    """A prompt for each sign that has a name in the language."""
    return {
        _prompt(sign.name): Wording(_SENTENCES[language].format(sign=sign.called[language]), language)
        for sign in signs
        if language in sign.called
    }


def whisper_of(prompts: Prompts, language: str, sign: str | None) -> tuple[Path, ...]:
    """() for a caller without a sign; a sign that has no prompt of its own is an emergency all the same."""
    if sign is None:
        return ()
    try:
        return (prompts.sound(language, _prompt(sign)),)
    except KeyError:
        return (prompts.sound(language, GENERIC),)


def _prompt(sign: str) -> str:
    return "danger_" + re.sub(r"[^a-z0-9]+", "_", sign.lower()).strip("_")
