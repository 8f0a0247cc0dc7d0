"""How long callers hold the line before they give up, from waits of which most ended otherwise.

    waits ──▶ how long everybody waited, how many gave up ──▶ mean patience

Who is answered, or leaves another way, would have waited longer: that wait is only a lower bound of the caller's
patience (it is censored). The mean wait of those who gave up is far too short: it hears of the impatient alone. The
likeliest Weibull of a given shape k has the scale (Σ wait^k / number who gave up)^(1/k); of shape 1, exponential, its
mean is all that was waited by the number who gave up.

Sources: D. R. Cox, D. Oakes, "Analysis of Survival Data" (1984). O. Garnett, A. Mandelbaum, M. Reiman (see
acd.staffing). L. Brown et al., "Statistical analysis of a telephone call center", Journal of the American Statistical
Association 100 (2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import fsum, gamma
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST = 20  # who gave up: the mean's relative standard error is one by the root of it, here 22 %
LONGEST_WAIT = 4 * 3600.0  # seconds: beyond it a clock was set
SHORTEST = 1.0  # seconds of mean patience: an Erlang formula has none for 0


class Ending(StrEnum):
    """How a wait on the line ended. `ELSEWHERE`: by a rule, by choice, with a callback, or hung up on by the plan."""

    ANSWERED = "answered"
    GAVE_UP = "gave up"
    ELSEWHERE = "went elsewhere"


@dataclass(frozen=True, slots=True)
class Wait:
    """One caller's wait on the line."""

    seconds: float
    ended: Ending


@dataclass(frozen=True, slots=True)
class Patience:
    """The mean patience, and how many gave up. With fewer than LEAST of them it is what was expected beforehand."""

    seconds: float
    gave_up: int

    @property
    def is_seen(self) -> bool:
        return self.gave_up >= LEAST


def patience_of(waits: Iterable[Wait], expected: float, shape: float = 1.0) -> Patience:
    """The mean of the likeliest Weibull of this shape; `expected` seconds, which may be infinite, where few gave up."""
    known = list(waits)
    gave_up = sum(wait.ended is Ending.GAVE_UP for wait in known)
    if gave_up < LEAST:
        return Patience(expected, gave_up)
    endured = fsum(min(wait.seconds, LONGEST_WAIT) ** shape for wait in known)
    mean: float = (endured / gave_up) ** (1 / shape) * gamma(1 + 1 / shape)
    return Patience(max(mean, SHORTEST), gave_up)
