"""The interpreter's protocol: what a caller did (answers) in, what to do next (steps) out.

    Walk.begin() -> Step;  Walk.answered(Answer) -> Step     until a step is final (ToQueue, ToVoicemail, Bye)

    step    answers that it may get
    Say     Done
    Ask     Key, Meant (only where `intents` is not empty), NotUnderstood, Silent, CannotHear, NoSign,
            Given (only where something is `wanted`)
    Recall  Meant, Given, NotUnderstood
    any     Danger

Nobody is asked what they said already: when a caller's words lead to a further menu, the walk first sends a `Recall`
with those words and the new menu's intents. The session looks for them as in any utterance, playing nothing; so
"reschedule my appointment with cardiology" is a Meant scheduling, then a Recall that is a Meant cardiology. For that,
`Meant` carries the readings that it was understood from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.menus.words.spoken import Piece
    from ivr.services import Wanted

# ---- what the caller did ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """Digits; "" is the pound key alone."""

    digits: str


@dataclass(frozen=True, slots=True)
class Meant:
    """Speech was understood.

    `evidence` are the words that spoke for the intent, `readings` all that was heard, best first: patient data.
    `also` is what else was said in the same breath.
    """

    intent: str
    confidence: float
    evidence: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    also: tuple[Meant, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What was wanted, from words or keys, as the value and as what reads it back: patient data both.

    Without `readings` it was pressed.
    """

    value: str
    said_as: tuple[Piece, ...] = ()
    confidence: float = 1.0
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Speech, but nothing in it fits."""


@dataclass(frozen=True, slots=True)
class Silent:
    pass


@dataclass(frozen=True, slots=True)
class NoSign:
    """Neither a key nor a word since the call began, and the patience for that is over: a rotary telephone, or somebody
    who only listens.
    """


@dataclass(frozen=True, slots=True)
class CannotHear:
    """Speech does not work now: ask the same by keys. Not counted as the caller's failure."""


@dataclass(frozen=True, slots=True)
class Danger:
    """A red flag, on any step, also one that asked for keys only, and one that only says something.

    `crisis`: in danger from themselves or from others. `also` are intents that were said in the same breath.
    """

    sign: str
    evidence: tuple[str, ...] = ()
    crisis: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A Say was played."""


Answer = Key | Meant | Given | NotUnderstood | Silent | NoSign | CannotHear | Danger | Done

# ---- what to do next ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Play the named prompts to the end, then answer Done."""

    language: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask; speech when `intents` is not empty, keys always. `closed` tries a closed list of phrases.

    `value` is what the caller gave, said before the prompts: patient data. Where a value is `wanted`, several keys may
    be pressed for it.
    """

    language: str
    prompts: tuple[str, ...]
    keys: frozenset[str]
    intents: tuple[str, ...] = ()
    closed: bool = False
    silence_seconds: float = 6.0
    value: tuple[Piece, ...] = ()
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """Look for one of `intents`, or for what is `wanted`, in what the caller said before; play nothing.

    `readings` are patient data.
    """

    language: str
    readings: tuple[str, ...]
    intents: tuple[str, ...]
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One link of the chain that led here, for `careline explain`. `phi` holds the caller's own words, if any."""

    text: str
    phi: str = ""


@dataclass(frozen=True, slots=True)
class ToQueue:
    """Play `prompts`, then queue; `needs` and `head_start_seconds` are this caller's own, beyond the queue's.

    `also` are intents that were said beside the one that led here, `values` what was given for the plan's slots:
    patient data. `pressing` is who sounds distressed: before routine callers, behind urgent ones.
    """

    language: str
    queue: str
    needs: frozenset[str] = frozenset()
    urgent: bool = False
    intent: str = ""
    reasons: tuple[Reason, ...] = ()
    prompts: tuple[str, ...] = ()
    head_start_seconds: float = 0.0
    also: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    pressing: bool = False


@dataclass(frozen=True, slots=True)
class ToVoicemail:
    """Play `prompts`, then the box's greeting, and record into the box; `also` and `values` as for a queue."""

    language: str
    box: str
    intent: str = ""
    reasons: tuple[Reason, ...] = ()
    prompts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    """Play `prompts`, then hang up."""

    language: str
    prompts: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


Step = Say | Ask | Recall | ToQueue | ToVoicemail | Bye
