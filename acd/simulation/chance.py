"""Chance that can be repeated: a number depends on a seed and on what it is for, not on what happened before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import exp, gamma, log
from statistics import NormalDist

from acd.strategies import drawn

_NORMAL = NormalDist()


class Draw(IntEnum):
    """What a number is for. The values are part of every seed's day: none is ever given a second meaning."""

    GAP = 1
    PATIENCE = 2
    TALK = 3
    URGENT = 4
    CALLBACK = 5
    NEEDS = 6
    PICK_UP = 7
    MISSED = 8
    REACHED = 9
    PLACE = 10


@dataclass(frozen=True, slots=True)
class Chance:
    """The draws of one caller, or of one half hour. `numbers` tell apart draws of one kind: the second ring's."""

    seed: int

    def of(self, *numbers: int) -> Chance:
        """The chance of a part: always the same for the same numbers."""
        return Chance(drawn(self.seed, *numbers))

    def share(self, *numbers: int) -> float:
        """Evenly between 0 and 1, neither of which it is."""
        return ((drawn(self.seed, *numbers) >> 11) + 0.5) / (1 << 53)

    def exponential(self, mean: float, *numbers: int) -> float:
        return -mean * log(self.share(*numbers))

    def weibull(self, mean: float, shape: float, *numbers: int, beyond: float = 0.0) -> float:
        """Shape 1 is exponential; above 1 fewer give up early. Of those only that are longer than `beyond`."""
        scale = mean / gamma(1 + 1 / shape)
        stretched: float = ((beyond / scale) ** shape - log(self.share(*numbers))) ** (1 / shape)
        return max(scale * stretched, beyond)

    def log_normal(self, mean: float, spread: float, *numbers: int) -> float:
        """`spread` is the standard deviation of the logarithm; 0 is always the mean."""
        if mean <= 0 or spread <= 0:
            return mean
        return mean * exp(spread * _NORMAL.inv_cdf(self.share(*numbers)) - spread * spread / 2)
