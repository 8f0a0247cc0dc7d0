"""The interpreter's protocol: what a caller did (answers) in, what to do next (steps) out.

    Walk.begin() -> Step;  Walk.answered(Answer) -> Step     until a step is final (ToQueue, ToVoicemail, Bye)

    step    answers that it may get
    Say     Done
    Ask     Key, Meant (only where `intents` is not empty), NotUnderstood, Silent, CannotHear
    Recall  Meant, NotUnderstood
    any     Danger

Nobody is asked what they said already: when a caller's words lead to a further menu, the walk first sends a `Recall`
with those words and the new menu's intents. The session looks for them as in any utterance, playing nothing; so
"reschedule my appointment with cardiology" is a Meant scheduling, then a Recall that is a Meant cardiology. For that,
`Meant` carries the readings that it was understood from.
"""

from __future__ import annotations

from dataclasses import dataclass

# ---- what the caller did ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    digits: str


@dataclass(frozen=True, slots=True)
class Meant:
    """Speech was understood.

    `evidence` are the words that spoke for the intent, `readings` all that was heard, best first: patient data.
    """

    intent: str
    confidence: float
    evidence: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()


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
class Recall:
    """Look for one of `intents` in what the caller said before; play nothing. `readings` are patient data."""

    language: str
    readings: tuple[str, ...]
    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One link of the chain that led here, for `careline explain`. `phi` holds the caller's own words, if any."""

    text: str
    phi: str = ""


@dataclass(frozen=True, slots=True)
class ToQueue:
    """Play `prompts`, then queue; `needs` are this caller's own, beyond the queue's."""

    language: str
    queue: str
    needs: frozenset[str] = frozenset()
    urgent: bool = False
    intent: str = ""
    reasons: tuple[Reason, ...] = ()
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToVoicemail:
    """Play `prompts`, then the box's greeting, and record into the box."""

    language: str
    box: str
    intent: str = ""
    reasons: tuple[Reason, ...] = ()
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    """Play `prompts`, then hang up."""

    language: str
    prompts: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


Step = Say | Ask | Recall | ToQueue | ToVoicemail | Bye
