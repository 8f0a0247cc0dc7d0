"""The engine's nouns: queues, agents, callers. Frozen data; times are seconds."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - acd.codec reads the types of the fields at run time
from dataclasses import dataclass, field
from enum import IntEnum


class Urgency(IntEnum):
    """Urgency only rises while a caller waits."""

    ROUTINE = 0
    URGENT = 1


@dataclass(frozen=True, slots=True)
class Overflow:
    """Where a caller goes who waited `after_seconds`; `to` is opaque to the engine (e.g. "voicemail scheduling")."""

    after_seconds: float
    to: str


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    needs: frozenset[str] = frozenset()
    ring_seconds: float = 20.0
    wrap_up_seconds: float = 0.0
    overflow: Overflow | None = None
    strategy: str = "longest-idle"


@dataclass(frozen=True, slots=True)
class Agent:
    """A person with a phone. `skills` maps a skill to its level, 1 (some) to 5 (expert).

    A person named in the plan is ready until they say otherwise; with `ready` false they first have to sign in.
    """

    name: str
    skills: Mapping[str, int] = field(default_factory=dict)
    ready: bool = True
