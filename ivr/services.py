"""What the session and the queue runner ask of the world: protocols, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Collection, Sequence
    from datetime import date
    from pathlib import Path

    from ivr.call import Hearing, Spoke


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> float:
        """Seconds since the epoch (UTC); the time in journals and records."""

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps; for durations and deadlines."""


# ---- hearing ----------------------------------------------------------------------------------------------------


class RecognizerUnavailable(Exception):  # noqa: N818 - named for the state the caller meets
    """No recogniser can take this turn now (none started, all busy, dead, or the language has no model)."""


class Ear(Protocol):
    """Listens to one caller's turn. Fed on the event loop, never blocks it."""

    @property
    def speech_began(self) -> asyncio.Event:
        """Set when real speech began, a cough filtered out: stop the prompt."""

    def feed(self, pcm: bytes) -> None:
        """Take caller audio: 8 kHz, 16-bit little-endian, mono; any even length, 320 bytes (20 ms) as a rule."""

    async def heard(self) -> Spoke:
        """The utterance, once the caller paused or a partial was urgent.

        Never returns without speech; the caller of this method holds the time limit.
        Raises RecognizerUnavailable at most one second after the recogniser died or fell behind.
        """

    def finish(self) -> None:
        """No more audio will come: `heard` returns with what there is, after at most one second."""

    def close(self) -> None:
        """Give the recogniser back. Safe to call twice, and in the middle of anything."""


class Ears(Protocol):
    """The recognisers of this host."""

    def can_hear(self, language: str) -> bool:
        """Whether there is a recogniser for the language at all; it may be starting, or busy."""

    def hears_now(self, language: str) -> bool:
        """Whether a recogniser for the language would take an utterance at this moment."""

    def listen(self, hearing: Hearing) -> Ear:
        """Open an ear. Raises RecognizerUnavailable at once when the language cannot be heard now."""


# ---- the persons' side of the PBX ----------------------------------------------------------------------------------


class Cause(StrEnum):
    """Why a person's leg ended."""

    NO_ANSWER = "no answer"
    REFUSED = "refused"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    ENDED = "ended"


class Device(StrEnum):
    """How a phone is, our own legs left out."""

    FREE = "free"
    BUSY = "busy"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class LegRinging:
    leg: str


@dataclass(frozen=True, slots=True)
class LegAnswered:
    leg: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The person's leg is over; `answered` tells a talk's end from a ring that failed."""

    leg: str
    cause: Cause
    answered: bool


@dataclass(frozen=True, slots=True)
class TalkBegan:
    call: str
    leg: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller hung up or was hung up, wherever the call was."""

    call: str


@dataclass(frozen=True, slots=True)
class DialFailed:
    """Who was dialled (`Switch.dial`) was not reached; a reached one comes in as a Call and ends with CallEnded."""

    call: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A caller on hold pressed a key."""

    call: str
    digit: str


@dataclass(frozen=True, slots=True)
class PhoneChanged:
    """What a person's phone does apart from our own legs; told for every phone that `Switch.watch` named, and anew
    after each SwitchBack.
    """

    phone: str
    device: Device


@dataclass(frozen=True, slots=True)
class SwitchBack:
    """The PBX's control connection is up (again): nothing was replayed, so ask `Switch.live` and reconcile."""


SwitchEvent = (
    LegRinging | LegAnswered | LegEnded | TalkBegan | CallEnded | DialFailed | KeyPressed | PhoneChanged | SwitchBack
)


@dataclass(frozen=True, slots=True)
class Live:
    """What exists on the PBX now: ids of callers, of persons' legs, and who talks with whom (call, leg)."""

    calls: frozenset[str]
    legs: frozenset[str]
    talks: frozenset[tuple[str, str]]


class SwitchDown(Exception):  # noqa: N818 - the state, not a mistake
    """The PBX's control connection is down; the command may or may not have reached the PBX and is not repeated."""


LEG_PREFIX = "careline-leg-"
"""Every leg's id begins with it: so we know our own on the PBX after a restart. No PBX names a channel like this."""
BACK_PREFIX = "careline-back-"
"""And so does the id of every call that we place to call somebody back: the offer's number follows."""
ALERT_PREFIX = "careline-alert-"
"""And that of a call that tells somebody of an alert."""


class Switch(Protocol):
    """The PBX as the queue runner sees it. A leg is one ringing of one person's phone; we choose its id."""

    def events(self) -> AsyncIterator[SwitchEvent]: ...

    async def live(self) -> Live: ...

    async def ring(self, leg: str, phone: str, *, display: str, seconds: float, asked: bool = False) -> None:
        """Start ringing; what becomes of it arrives as events. `display` is shown on the phone: never patient data.

        Every ring ends in exactly one LegEnded, also when the phone does not exist. With `asked`, who picks up is in
        our hands first: a Call comes in whose id is the leg's, and LegAnswered follows once that call is held. It is
        for phones that may be picked up by a mailbox.
        """

    async def dial(self, call: str, phone: str, *, display: str, seconds: float) -> None:
        """Call somebody, whose Call comes in with the id `call` once they pick up; DialFailed when they do not.

        To be given up by `cancel(call)`.
        """

    async def watch(self, phones: Collection[str]) -> None:
        """Tell of these phones, and of no others, what they do (PhoneChanged), beginning with how they are now."""

    async def cancel(self, leg: str, *, answered_elsewhere: bool = False) -> None:
        """Stop ringing or hang up; a leg that is gone already is no error."""

    async def connect(self, call: str, leg: str) -> None:
        """Join a held caller with an answered leg; TalkBegan follows. A caller on the way to hold is waited for."""


# ---- understanding -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words mean. `evidence` are the caller's words that spoke for it: patient data.

    Whoever says two things ("a refill, and I have a bill question") is understood as the first, and `also` the others,
    in the order in which they were said.
    """

    intent: str | None
    confidence: float
    evidence: tuple[str, ...]
    also: tuple[Understood, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that a caller is asked for.

    `kind` is one of ivr.menus.plan.slots.SlotKind; `phrases` are a choice's values, each with what callers say for it.
    """

    kind: str
    phrases: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A sign of an emergency in the words; `evidence` are the words: patient data.

    `crisis`: the caller may be in danger from themselves or from others.
    """

    sign: str
    evidence: tuple[str, ...]
    crisis: bool = False


class Understanding(Protocol):
    def intent(self, language: str, readings: Sequence[str], among: Sequence[str]) -> Understood:
        """The most likely of the intents `among` for the readings (best first); intent None when nothing speaks."""

    def red_flag(self, language: str, readings: Sequence[str]) -> RedFlag | None:
        """Any reading with a red flag raises: recognisers mishear, and urgency only rises."""

    def value(self, language: str, wanted: Wanted, readings: Sequence[str], today: date) -> str | None:
        """The value in what was said, or in keys: "1952-03-03", "6175550123", "14:30", "morning", a choice's name.

        `today` is the practice's day.
        """


class Prompts(Protocol):
    def sound(self, language: str, prompt: str) -> Path:
        """The 8 kHz WAV of a named prompt; raises KeyError for a name that the plan does not use."""

    def pieces(self, language: str, pieces: Sequence[str | int]) -> tuple[Path, ...]:
        """The sounds of prompts by name and of cardinals 0..9999, one after the other (see ivr.menus.words.spoken).

        () when a part of it cannot be said here, or not yet; raises KeyError as `sound` does.
        """

    async def all_pieces(self, language: str, pieces: Sequence[str | int]) -> tuple[Path, ...]:
        """The same for what must be said: a part that is not there yet is made first, in some tenths of a second."""

    async def renew(self, language: str, prompt: str) -> None:
        """A recording of the prompt came: whoever is called from now on hears it. Raises KeyError as `sound` does."""
