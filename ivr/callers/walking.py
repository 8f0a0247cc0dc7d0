"""A caller's call as every PBX has it: walked by us or held by the PBX, and handed to us again when we lost it.

    session --> attached: walked --hold--> held --joined--> talk --> end
                   ^                         |
                   +-- take_back, our outage-+

Whatever the PBX runs for the caller, a timer runs with it and is wound up by `KnownCalls` every second. When we were
too slow, the dialplan takes the caller out of it and connects to us again: the call is attached again, and goes on with
what was asked of it last. Only the PBX's control connection tells that a call is over, never the end of a session.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import structlog

from ivr.call import CallerGone, Heard, Turn
from ivr.media.sounds import write_wav
from ivr.media.voice import OutOfHands, Voice
from ivr.tasks import any_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from ivr.services import Ears

WAIT, BYE, PLAIN = "wait", "bye", "plain"  # where the dialplan takes a caller whom we give back
INTERRUPTED_SECONDS = 0.5  # audio ended and the session did not: so long may the PBX need to tell of a hang-up
HANG_UP_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Session(Protocol):
    """One connection of the dialplan, for one call. `close` ends it: the dialplan goes on."""

    @property
    def ended(self) -> asyncio.Event: ...

    def close(self) -> None: ...


SessionT = TypeVar("SessionT", bound=Session)


class Hands(Protocol):
    """What we hold the caller with while walked."""

    @property
    def session(self) -> Session: ...

    async def leave_for(self, label: str) -> None:
        """End the audio, and tell the dialplan where to go on once the session ends. Raises OutOfHands."""

    def abort(self) -> None:
        """The caller is gone: the audio is over."""


HandsT = TypeVar("HandsT", bound=Hands)
T = TypeVar("T")


class WalkedCall(ABC, Generic[SessionT, HandsT]):
    """The part of ivr.call.Call that is the same everywhere.

    `gone` is set when the call has ended, `held` while the caller waits in the PBX and can be joined to a person.
    """

    def __init__(self, call_id: str, ears: Callable[[], Ears]) -> None:
        self.id = call_id
        self.gone = asyncio.Event()
        self.held = asyncio.Event()
        self.talking = False
        self._ears_of_now = ears
        self._ears: Ears | None = None
        self._session: SessionT | None = None  # the newest, from its first moment: `_hands` only when it answered
        self._hands: HandsT | None = None
        self._attached = asyncio.Event()
        self._keys_only = False
        self._goes_on = ""  # the label where the dialplan takes the caller; "" while the caller is walked

    @property
    def hears_speech(self) -> bool:
        return not self._keys_only

    @property
    def is_walked(self) -> bool:
        return not (self._goes_on or self.talking or self.gone.is_set())

    @property
    def has_left(self) -> bool:
        """Whether the caller was sent to the plain destination, which ours no longer is to watch over."""
        return self._goes_on == PLAIN

    # ---- ivr.call.Call ----------------------------------------------------------------------------------------

    async def answer(self) -> None:
        """Also opens the live audio, so that `hears_speech` is known from here on."""
        self._ears = self._ears or self._ears_of_now()
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

    async def hang_up(self) -> None:
        """The call is over when this returns. Raises SwitchDown when a caller who is not with us cannot be reached."""
        in_hands = self._hands is not None
        await self.go_on(BYE)
        if in_hands and await any_of(self.gone, within=HANG_UP_SECONDS):
            return
        await self._cut()
        await any_of(self.gone, within=HANG_UP_SECONDS)

    # ---- what KnownCalls tells --------------------------------------------------------------------------------

    async def attach(self, session: SessionT) -> None:
        """The dialplan hands us the caller, for the first time or again. Raises OutOfHands."""
        if self._session:
            self._session.close()  # the dialplan is in one place: whatever else still speaks for the call is dead
        self._session = session
        self._hands = hands = await self._taken(session)
        if self._goes_on:
            await self._give_back(hands, self._goes_on)
        else:
            self._attached.set()

    def detach(self, session: Session) -> None:
        """The session is over; another may follow, or the news that the caller is gone."""
        if self._session is session:
            self._session = None
        if self._hands and self._hands.session is session:
            self._hands = None
            self._attached.clear()

    def hung_up(self) -> None:
        self.gone.set()
        if self._hands:
            self._hands.abort()
        if self._session:
            self._session.close()

    async def go_on(self, label: str) -> None:
        """Give the caller back to the dialplan, at `label`; now, or when the dialplan comes again."""
        self._check()
        self._goes_on = label
        if self._hands:
            await self._give_back(self._hands, label)

    # ---- what differs from PBX to PBX -------------------------------------------------------------------------

    @abstractmethod
    async def _taken(self, session: SessionT) -> HandsT:
        """Greet the dialplan, which hands us the caller. Raises OutOfHands."""

    @abstractmethod
    async def _answered(self, hands: HandsT) -> None:
        """Answer the call, and open its audio. Raises OutOfHands."""

    @abstractmethod
    async def _voice(self, hands: HandsT) -> Voice:
        """Raises OutOfHands."""

    @abstractmethod
    async def _cut(self) -> None:
        """Hang up over the control connection. Raises SwitchDown."""

    # ---- inside -----------------------------------------------------------------------------------------------

    async def _give_back(self, hands: HandsT, label: str) -> None:
        """Should this fail, or be cancelled halfway, the dialplan comes again, and `attach` does it once more."""
        self.detach(hands.session)
        try:
            await hands.leave_for(label)
        except OutOfHands:
            log.info("caller was lost while given back", call=self.id)
        finally:
            hands.session.close()

    async def _spoken(self, use: Callable[[Voice], Awaitable[T]]) -> T:
        async def with_voice(hands: HandsT) -> T:
            return await use(await self._voice(hands))

        return await self._walked(with_voice)

    async def _walked(self, use: Callable[[HandsT], Awaitable[T]]) -> T:
        """Do it from the beginning as often as the caller is taken out of our hands and comes again."""
        while True:
            self._check()
            await self._or_gone(self._attached)
            hands = self._hands
            assert hands, "attached"
            try:
                return await use(hands)
            except OutOfHands:
                await self._interrupted(hands)

    async def _interrupted(self, hands: HandsT) -> None:
        await any_of(self.gone, hands.session.ended, within=INTERRUPTED_SECONDS)
        if hands.session.ended.is_set():
            self.detach(hands.session)

    def _hearing(self) -> Ears:
        """By whom the caller is heard, from the answer to the end of the call."""
        return self._ears or self._ears_of_now()

    async def _or_gone(self, event: asyncio.Event) -> None:
        await any_of(event, self.gone)
        self._check()

    def _check(self) -> None:
        if self.gone.is_set():
            raise CallerGone
