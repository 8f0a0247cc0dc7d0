"""What the words mean: emergencies by the signed list, needs by the plan's phrases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.speech.meaning.manners import manner_of
from ivr.speech.slots.values import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ivr.services import RedFlag, Understood, Wanted
    from ivr.speech.meaning.intents import IntentModel
    from ivr.speech.meaning.red_flags import RedFlags


class PlanUnderstanding:
    """services.Understanding of one plan."""

    def __init__(self, intents: IntentModel, red_flags: RedFlags) -> None:
        self._intents = intents
        self.red_flags = red_flags

    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        return manner_of(language, readings, among) or self._intents.intent(language, readings, among)

    def why(self, language: str, text: str, among: Sequence[str]) -> Mapping[str, Sequence[tuple[str, float]]]:
        """What in the words speaks for and against each intent, as it was learned from the plan's phrases."""
        return self._intents.why(language, text, among)

    def red_flag(self, language: str, readings: Sequence[str]) -> RedFlag | None:  # noqa: ARG002 - in any language
        """The wordings of all languages count: a caller in fear falls back to the mother tongue."""
        return self.red_flags.find(readings)

    def value(self, language: str, wanted: Wanted, readings: Sequence[str], today: date) -> str | None:
        return value_of(wanted, language, readings, today)
