"""What a waiting caller does that is meant for us: keys and words that lead out of the queue, signs of danger.

Whoever waits may talk to others in the room; all of that is nobody's business, and ends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.call import Heard, Hearing, KeyRules, Pressed, Spoke, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.queues import Exit
    from ivr.menus.plan.values import Target
    from ivr.services import Clock, RedFlag, Understanding


@dataclass(frozen=True, slots=True)
class Chose:
    """The caller wants to go to `to`; `how` says by which key, or that a word was said."""

    to: Target
    how: str


@dataclass(frozen=True, slots=True)
class InDanger:
    flag: RedFlag


@dataclass(slots=True)
class Overhearing:
    """One caller in one queue. `spoke_at` is when the caller last said something, by the clock that never jumps."""

    understanding: Understanding
    clock: Clock
    plan: Plan
    queue: str
    language: str
    spoke_at: float = 0.0

    @property
    def wanted(self) -> bool:
        """Whether the plan wants waiting callers to be listened to."""
        planned = self.plan.queues.get(self.queue)
        return planned is not None and planned.listens

    @property
    def exits(self) -> Mapping[str, Exit]:
        planned = self.plan.queues.get(self.queue)
        return planned.exits if planned else {}

    def exit(self, digit: str) -> Chose | None:
        way = self.exits.get(digit)
        return Chose(way.to, f"pressed {digit}") if way else None

    def turn(self, *sounds: Path) -> Turn:
        """One playing of music, or of what is told, which only what is meant for us ends."""
        return Turn(
            sounds,
            KeyRules(),
            Hearing(self.language, urgent=self._urgent),
            silence_seconds=0.0,
            barge_in=False,
            minds=lambda spoke: self.meant(spoke) is not None,
        )

    def meant(self, heard: Heard) -> Chose | InDanger | None:
        match heard:
            case Pressed(digits):
                return self.exit(digits)
            case Spoke():
                return self._said(heard)
            case _:
                return None

    def _said(self, spoke: Spoke) -> Chose | InDanger | None:
        readings = [each.text for each in spoke.hypotheses]
        if flag := self.understanding.red_flag(self.language, readings):
            return InDanger(flag)
        ways = {way.intent: way.to for way in self.exits.values() if way.intent}
        if not ways or not readings:
            return None
        found = self.understanding.intent(self.language, readings, list(ways))
        sure = min(found.confidence, 2 * spoke.hypotheses[0].confidence)
        if found.intent is None or sure < self.plan.confidence.route:
            return None
        return Chose(ways[found.intent], f"said something that means '{found.intent}'")

    def _urgent(self, text: str) -> bool:
        self.spoke_at = self.clock.monotonic()
        return self.understanding.red_flag(self.language, [text]) is not None
