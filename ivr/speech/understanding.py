"""What the words mean: emergencies by the signed list, needs by the plan's phrases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.services import RedFlag, Understood
    from ivr.speech.intents import IntentModel
    from ivr.speech.red_flags import RedFlags


class PlanUnderstanding:
    """services.Understanding of one plan."""

    def __init__(self, intents: IntentModel, red_flags: RedFlags) -> None:
        self._intents = intents
        self.red_flags = red_flags

    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        return self._intents.intent(language, readings, among)

    def red_flag(self, language: str, readings: Sequence[str]) -> RedFlag | None:  # noqa: ARG002 - in any language
        """The wordings of all languages count: a caller in fear falls back to the mother tongue."""
        return self.red_flags.find(readings)
