"""What a caller's call can do, whichever PBX holds it.

A call is *walked* (the caller is in our hands: prompts, keys, speech) or *held* (the PBX plays music and can join
the caller to a person). The PBX moves a call between the two; `Call` hides how.

    answer -> play / ask / record ... -> hold -> (Switch.connect ...) -> talk -> end
                      ^                    |
                      +----- take_back ----+

The same contract tests run over every implementation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class CallerGone(Exception):  # noqa: N818 - a hang-up is an event of life, not an error
    """The caller hung up; raised by every operation of a call that has ended, and by nothing else."""


@dataclass(frozen=True, slots=True)
class KeyRules:
    """Which keys end a turn. A turn ends at `longest` digits, at `ends_with`, or `between_seconds` after a digit."""

    longest: int = 1
    ends_with: str = "#"
    between_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Hearing:
    """What to listen for in one turn.

    `grammar` is the closed list of phrases that may be said, or None for free speech within the plan's language
    model. `urgent` is asked of every partial result; where it answers true the turn ends at once with that text.
    `pause_seconds` is the silence after speech that ends the turn: short after yes/no, longer for numbers. While
    `enough` answers true to the partial results, the silence after a word (0.4 s) does.
    """

    language: str
    grammar: tuple[str, ...] | None = None
    urgent: Callable[[str], bool] | None = None
    pause_seconds: float = 0.4
    enough: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question: play `sounds`, take keys and speech at any time, also during the sounds (barge-in).

    `sounds` are 8 kHz 16-bit mono WAV files, played one after the other. `silence_seconds` is counted from the end
    of the sounds; `longest_seconds` caps a caller who never stops talking, counted from the start of speech. With
    `within_seconds` the turn is Silence once so much time has passed without a key or speech, also amid the sounds.

    Sound without words (a cough, a door) ends nothing: the sounds go on, and it is told only when nothing else came.

    Without `barge_in`, speech does not stop the sounds (music in a queue). Speech that `minds` answers false to does
    not end the turn, and the sounds go on: whoever waits may talk to others in the room. With `minds`, a lost
    recogniser does not end it either: the sounds and the keys go on to the end, listening begins again as soon as it
    can, and the turn is Deaf only when nobody listens at its end. The silence is counted once: from the end of the
    sounds, or of the speech that went on over it.
    """

    sounds: tuple[Path, ...]
    keys: KeyRules | None = KeyRules()
    hearing: Hearing | None = None
    silence_seconds: float = 6.0
    longest_seconds: float = 15.0
    barge_in: bool = True
    minds: Callable[[Spoke], bool] | None = None
    within_seconds: float | None = None

    def ends_with(self, spoke: Spoke) -> bool:
        """Whether the words end the turn; what is urgent does, whatever `minds` says."""
        urgent = self.hearing.urgent if self.hearing else None
        if self.minds is None or (urgent and any(urgent(each.text) for each in spoke.hypotheses)):
            return True
        return self.minds(spoke)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of what was said; `confidence` 0..1."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody sounded. `loudness_db` is in dBov: 0 is the loudest that a telephone carries, -26 is usual.

    `seconds` of speech; `cry_seconds` is the longest time without a break far above an adult's pitch.
    """

    seconds: float
    loudness_db: float
    pitch_hz: float
    syllables_per_second: float
    cry_seconds: float


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys, without the terminator. They win over speech in the same turn."""

    digits: str


@dataclass(frozen=True, slots=True)
class Spoke:
    """Speech: the readings, best first. An empty tuple is sound without words (a cough, a radio).

    `voice` is None where it was not looked at: what is urgent is not waited for.
    """

    hypotheses: tuple[Hypothesis, ...]
    voice: Voice | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Neither keys nor speech before the turn's time was over."""


@dataclass(frozen=True, slots=True)
class Deaf:
    """The caller spoke, or might have, but the recogniser is late, dead or absent: ask for keys."""


Heard = Pressed | Spoke | Silence | Deaf


class Call(Protocol):
    """One caller. Every coroutine raises CallerGone once the caller has hung up."""

    @property
    def id(self) -> str:
        """The PBX's own id of the call (Asterisk: Uniqueid); stable for the whole call, also over our restart."""

    @property
    def caller_number(self) -> str:
        """As the PBX shows it; "" when withheld. Patient data: never in a log."""

    @property
    def dialled_number(self) -> str:
        """The number the caller dialled (DNIS); "" when the PBX does not tell."""

    @property
    def came_back(self) -> bool:
        """True when this call was with us before and re-entered after an outage."""

    @property
    def hears_speech(self) -> bool:
        """False where the PBX cannot give live audio: keys only."""

    async def answer(self) -> None: ...

    async def play(self, *sounds: Path) -> None:
        """Play to the end. Nothing the caller says or presses stops it, a hang-up does."""

    async def ask(self, turn: Turn) -> Heard: ...

    async def record(self, into: Path, *, longest_seconds: float, silence_seconds: float) -> float:
        """Record the caller into an 8 kHz 16-bit mono WAV until silence, '#', the limit or a hang-up.

        Returns the seconds of audio kept. A hang-up ends the recording without CallerGone: it is kept all the same.
        """

    async def hold(self) -> None:
        """Hand the caller to the PBX: music, and joinable. Returns when the caller can be connected."""

    async def take_back(self) -> None:
        """End the hold (not a talk): the caller is in our hands again."""

    async def hang_up(self) -> None: ...
