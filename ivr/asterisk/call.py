"""A caller's call on Asterisk.

    AGI connection --> attached (walked: AudioSocket inside AGI) --hold--> BridgeWait --AMI Bridge--> talk --> end
                          ^                                                   |
                          +------------ take_back, or our outage -------------+

Whatever Asterisk runs for the caller, TIMEOUT(absolute) runs with it and is wound up by `Calls` every second. When we
were too slow, the dialplan takes the caller out of it and connects to AGI again: the call is attached again, and goes
on with what was asked of it last. Only AMI's Hangup, or AMI's answer that there is no such channel, ends a call.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import structlog

from ivr.asterisk.audio_line import AudioLine
from ivr.asterisk.fastagi import AgiEnded, AgiSession
from ivr.asterisk.keys_voice import KeysVoice
from ivr.call import CallerGone, Heard, Turn
from ivr.media.live_audio import StreamEnded
from ivr.media.live_voice import LiveVoice
from ivr.media.sounds import write_wav
from ivr.services import ALERT_PREFIX, BACK_PREFIX, LEG_PREFIX, SwitchDown
from ivr.tasks import Tasks, any_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from ivr.asterisk.ami_connection import AmiConnection
    from ivr.asterisk.audioserver import AudioServer
    from ivr.media.voice import Voice
    from ivr.services import Ears

CAME_BACK = "1"  # CARELINE_SEEN, which we set when a call is first attached
WAIT, BYE, PLAIN = "wait", "bye", "plain"  # labels of the dialplan: what CARELINE_NEXT may name
INTERRUPTED_SECONDS = 0.5  # audio ended and AGI did not: so long may Asterisk need to tell of a hang-up
HANG_UP_SECONDS = 2.0
NORMAL_CLEARING = "16"
UNKNOWN = "unknown"  # what AGI says for a number that was withheld or not told

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What every call needs of the house."""

    ami: AmiConnection
    audio: AudioServer
    ears: Callable[[], Ears]
    tasks: Tasks


@dataclass(frozen=True, slots=True)
class _Hands:
    """What we hold the caller with while walked."""

    session: AgiSession
    line: AudioLine


class AsteriskCall:
    """Implements ivr.call.Call. `Calls` attaches AGI sessions and tells what AMI tells.

    `gone` is set when the call has ended, `held` while the caller waits in the PBX and can be joined to a person.
    """

    def __init__(self, session: AgiSession, parts: Parts) -> None:
        told = session.environment
        self.id = told["uniqueid"]
        self.channel = told["channel"]
        self._context = told["context"]
        self.came_back = told.get("arg_1") == CAME_BACK
        placed = self.id.startswith((LEG_PREFIX, BACK_PREFIX, ALERT_PREFIX))  # its numbers are our own
        self.caller_number = "" if placed else _number(told.get("callerid", ""))
        self.dialled_number = "" if placed else _number(told.get("arg_2", "")) or _number(told.get("dnid", ""))
        self.gone = asyncio.Event()
        self.held = asyncio.Event()
        self.talking = False
        self.bridge = ""  # the id of the bridge of a talk
        self._parts = parts
        self._session: AgiSession | None = None  # the newest, from its first moment: `_hands` only when it answered
        self._hands: _Hands | None = None
        self._attached = asyncio.Event()
        self._keys_only = False
        self._ears: Ears | None = None
        self._goes_on = ""  # the label where the dialplan takes the caller; "" while the caller is walked

    @property
    def hears_speech(self) -> bool:
        return not self._keys_only

    @property
    def is_walked(self) -> bool:
        return not (self._goes_on or self.talking or self.gone.is_set())

    # ---- ivr.call.Call ----------------------------------------------------------------------------------------

    async def answer(self) -> None:
        """Also opens the live audio, so that `hears_speech` is known from here on."""
        self._ears = self._ears or self._parts.ears()
        await self._walked(self._answered)

    async def play(self, *sounds: Path) -> None:
        await self._spoken(lambda voice: voice.play(sounds))

    async def ask(self, turn: Turn) -> Heard:
        return await self._spoken(lambda voice: voice.ask(turn))

    async def record(self, into: Path, *, longest_seconds: float, silence_seconds: float) -> float:
        self._check()
        try:
            return await self._spoken(lambda voice: voice.record(into, longest_seconds, silence_seconds))
        except CallerGone:  # before the first word
            await asyncio.to_thread(write_wav, into, b"")
            return 0.0

    async def hold(self) -> None:
        await self.go_on(WAIT)
        await self._or_gone(self.held)

    async def take_back(self) -> None:
        """Raises SwitchDown when the caller cannot be fetched now; the hold goes on."""
        self._check()
        if not self._goes_on:
            return
        target = (("Context", self._context), ("Exten", "s"), ("Priority", "again"))
        self._goes_on = ""
        try:
            await self._parts.ami.action("Redirect", ("Channel", self.channel), *target)
        except SwitchDown:
            self._goes_on = WAIT
            raise
        await self._or_gone(self._attached)

    async def hang_up(self) -> None:
        """The call is over when this returns. Raises SwitchDown when a held caller cannot be reached."""
        walked = self._hands is not None
        await self.go_on(BYE)
        if walked and await any_of(self.gone, within=HANG_UP_SECONDS):
            return
        await self._parts.ami.action("Hangup", ("Channel", self.channel), ("Cause", NORMAL_CLEARING))
        await any_of(self.gone, within=HANG_UP_SECONDS)

    # ---- what Calls tells -------------------------------------------------------------------------------------

    async def attach(self, session: AgiSession) -> None:
        """The dialplan hands us the caller, for the first time or again. Raises AgiEnded."""
        if self._session:
            self._session.close()  # the dialplan is in one place: whatever else still speaks for the call is dead
        self._session = session
        await session.command("SET", "VARIABLE", "CARELINE_SEEN", CAME_BACK)
        if session.environment.get("arg_3"):
            await session.command("SET", "VARIABLE", "CARELINE_LOST", "")
            await session.command("EXEC", "StopMusicOnHold")
        self._hands = _Hands(session, AudioLine(session, self._parts.audio, self._parts.tasks))
        if self._goes_on:
            await self._give_back(self._hands, self._goes_on)
        else:
            self._attached.set()

    def detach(self, session: AgiSession) -> None:
        """The session is over; another may follow, or the news that the caller is gone."""
        if self._session is session:
            self._session = None
        if self._hands and self._hands.session is session:
            self._hands = None
            self._attached.clear()

    def hung_up(self) -> None:
        self.gone.set()
        if self._hands:
            self._hands.line.abort()
        if self._session:
            self._session.close()

    async def go_on(self, label: str) -> None:
        """Give the caller back to the dialplan, at `label`; now, or when the dialplan comes again."""
        self._check()
        self._goes_on = label
        if self._hands:
            await self._give_back(self._hands, label)

    # ---- inside -----------------------------------------------------------------------------------------------

    async def _give_back(self, hands: _Hands, label: str) -> None:
        """Should this fail, or be cancelled halfway, the dialplan comes again, and `attach` does it once more."""
        self.detach(hands.session)
        try:
            await hands.line.end()
            await hands.session.command("SET", "VARIABLE", "CARELINE_NEXT", label)
        except AgiEnded:
            log.info("caller was lost while given back", call=self.id)
        finally:
            hands.session.close()

    async def _spoken(self, use: Callable[[Voice], Awaitable[T]]) -> T:
        async def with_voice(hands: _Hands) -> T:
            return await use(await self._voice(hands))

        return await self._walked(with_voice)

    async def _walked(self, use: Callable[[_Hands], Awaitable[T]]) -> T:
        """Do it from the beginning as often as the caller is taken out of our hands and comes again."""
        while True:
            self._check()
            await self._or_gone(self._attached)
            hands = self._hands
            assert hands, "attached"
            try:
                return await use(hands)
            except (AgiEnded, StreamEnded):
                await self._interrupted(hands)

    async def _interrupted(self, hands: _Hands) -> None:
        await any_of(self.gone, hands.session.ended, within=INTERRUPTED_SECONDS)
        if hands.session.ended.is_set():
            self.detach(hands.session)

    async def _answered(self, hands: _Hands) -> None:
        if not hands.line.is_open:
            await hands.session.command("ANSWER")
        await self._voice(hands)

    async def _voice(self, hands: _Hands) -> Voice:
        if not self._keys_only:
            stream = await hands.line.stream()
            if stream:
                return LiveVoice(stream, self._ears or self._parts.ears())
            self._keys_only = True
            log.warning("no live audio: this call is served by keys; see `careline doctor`", call=self.id)
        return KeysVoice(hands.session)

    async def _or_gone(self, event: asyncio.Event) -> None:
        await any_of(event, self.gone)
        self._check()

    def _check(self) -> None:
        if self.gone.is_set():
            raise CallerGone


def _number(told: str) -> str:
    return "" if told == UNKNOWN else told
