"""What a worker asks of a recogniser library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ivr.call import Hypothesis

ALTERNATIVES = 3
CLOSED_WEIGHT = 8  # how much likelier a closed list is than all else that callers may say: red flags are heard anywhere


class Utterance(Protocol):
    """One utterance being recognised."""

    def take(self, pcm: bytes) -> None:
        """8 kHz, 16-bit little-endian, mono."""

    def partial(self) -> str:
        """The best reading so far; "" when there is none."""

    def final(self) -> tuple[Hypothesis, ...]:
        """The readings, best first, at most ALTERNATIVES and all different; () when no word was heard. Ends it."""

    def close(self) -> None:
        """Give the utterance up; safe after `final` and to call twice."""


class Recognizer(Protocol):
    """One language of one worker."""

    def begin(self, grammar: tuple[str, ...] | None) -> Utterance:
        """`grammar` is the closed list of the step, None for free speech within the plan."""
