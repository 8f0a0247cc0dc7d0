"""The interpreter's protocol: what a caller did (answers) in, what to do next (steps) out.

    Walk.begin() -> Step;  Walk.answered(Answer) -> Step     until a step is final (ToQueue, ToVoicemail, ToNumber, Bye)
"""

from __future__ import annotations

from dataclasses import dataclass, field

# ---- what the caller did ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    digits: str


@dataclass(frozen=True, slots=True)
class Meant:
    """Speech was understood. `evidence` are the caller's words: patient data."""

    intent: str
    confidence: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Speech, but nothing in it fits."""


@dataclass(frozen=True, slots=True)
class Silent:
    pass


@dataclass(frozen=True, slots=True)
class CannotHear:
    """Speech does not work now: ask the same by keys. Not counted as the caller's failure."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A red flag, on any step, also one that asked for keys only."""

    sign: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A Say was played."""


Answer = Key | Meant | NotUnderstood | Silent | CannotHear | Danger | Done

# ---- what to do next ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Play the named prompts to the end, then answer Done."""

    language: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask; speech when `intents` is not empty, keys always. `closed` tries a closed list of phrases."""

    language: str
    prompts: tuple[str, ...]
    keys: frozenset[str]
    intents: tuple[str, ...] = ()
    closed: bool = False
    silence_seconds: float = 6.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One link of the chain that led here, for `careline explain`. `phi` holds the caller's own words, if any."""

    text: str
    phi: str = ""


@dataclass(frozen=True, slots=True)
class ToQueue:
    language: str
    queue: str
    needs: frozenset[str] = frozenset()
    urgent: bool = False
    intent: str = ""
    reasons: tuple[Reason, ...] = ()
    prompts: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ToVoicemail:
    language: str
    box: str
    intent: str = ""
    reasons: tuple[Reason, ...] = ()
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    language: str
    prompts: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


Step = Say | Ask | ToQueue | ToVoicemail | Bye
