"""A caller's call on FreeSWITCH.

    socket --> attached (walked: playback, uuid_record) --hold--> music, in `socket` too --uuid_bridge--> talk --> end
                  ^                                                 |
                  +----------- take_back, or our outage ------------+

The timer is sched_transfer. Only CHANNEL_HANGUP_COMPLETE, or the answer that there is no such channel, ends a call.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ivr.callers.walking import WAIT, Session, WalkedCall
from ivr.freeswitch.hands import Hands
from ivr.freeswitch.keys_voice import KeysVoice
from ivr.freeswitch.live_audio import MUSIC
from ivr.freeswitch.outbound import EslSession
from ivr.media.live_voice import LiveVoice
from ivr.media.voice import OutOfHands
from ivr.services import ALERT_PREFIX, BACK_PREFIX, LEG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.freeswitch.audio_folder import AudioFolder
    from ivr.freeswitch.connection import EslConnection
    from ivr.freeswitch.esl import Event, Message
    from ivr.media.voice import Voice
    from ivr.services import Ears
    from ivr.tasks import Tasks

CAME_BACK = "1"  # careline_seen, which we set when a call is first attached
UNDEFINED = "_undef_"  # an empty value, as FreeSWITCH tells it
# Source: src/switch_caller.c, SWITCH_DEFAULT_CLID_NUMBER; the words are those that trunks send for a withheld number.
WITHHELD = frozenset({"anonymous", "unknown", "restricted", "unavailable", "0000000000"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what befalls callers: their hang-up, also where their own connection tells it first; that they are
    on hold; the keys that they press there.
    """

    on_event: Callable[[Event], None]
    on_held: Callable[[str], None]
    on_key: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What every call needs of the house."""

    esl: EslConnection
    folder: AudioFolder
    ears: Callable[[], Ears]
    tasks: Tasks
    told: Told


class FreeSwitchCall(WalkedCall[EslSession, Hands]):
    """Implements ivr.call.Call. `Calls` attaches sessions and tells what the inbound connection tells."""

    def __init__(self, session: EslSession, parts: Parts) -> None:
        super().__init__(session.uuid, parts.ears)
        told = session.channel
        self.came_back = told["variable_careline_seen"] == CAME_BACK
        placed = self.id.startswith((LEG_PREFIX, BACK_PREFIX, ALERT_PREFIX))  # its numbers are our own
        self.caller_number = "" if placed else _caller_number(told)
        self.dialled_number = "" if placed else _told(told["variable_careline_dialled"])
        self._is_leg = self.id.startswith(LEG_PREFIX)
        self._parts = parts

    @property
    def is_in_socket(self) -> bool:
        return self._session is not None

    async def take_back(self) -> None:
        self._check()
        if not self._goes_on:
            return
        self._goes_on = ""
        self.held.clear()
        if self._hands:
            self._hands.audio.stop()
            self._attached.set()
        await self._or_gone(self._attached)

    def joins(self) -> None:
        """The talk is ordered: from now on nothing is begun that would be played into it."""
        self.talking = True
        if self._hands:
            self._hands.audio.hush()

    def not_joined(self) -> None:
        """On hold as before. The order has ended the music."""
        self.talking = False
        if self._hands and self.held.is_set():
            self._parts.tasks.start(self._play_on(self._hands), "music again")

    def talks(self) -> None:
        """The talk began: the caller is out of our hands, and out of `socket`."""
        self.talking = True
        if self._session:
            self._session.close()

    def detach(self, session: Session) -> None:
        if self._hands and self._hands.session is session:
            self.held.clear()
        super().detach(session)

    # ---- inside -----------------------------------------------------------------------------------------------

    async def _taken(self, session: EslSession) -> Hands:
        self.talking = False
        hands = Hands(session, self._parts.folder, self._parts.tasks)
        session.on_event = lambda event: self._take(hands, event)
        await session.api(f"uuid_setvar {self.id} careline_seen {CAME_BACK}")
        await session.api(f"uuid_setvar {self.id} careline_tries")
        return hands

    def _take(self, hands: Hands, event: Event) -> None:
        if event.name == "CHANNEL_HANGUP_COMPLETE":
            self._parts.told.on_event(event)
        elif event.name == "DTMF" and self.held.is_set():
            self._parts.told.on_key(self.id, event["DTMF-Digit"])
        else:
            hands.take(event)

    async def _give_back(self, hands: Hands, label: str) -> None:
        if label == WAIT:
            await self._wait(hands)
        else:
            await super()._give_back(hands, label)

    async def _play_on(self, hands: Hands) -> None:
        with suppress(OutOfHands):
            await hands.hold(self._music(hands))

    def _music(self, hands: Hands) -> str:
        """A person who waits hears nothing, as in careline_person."""
        return "" if self._is_leg else _told(hands.session.channel["variable_careline_music"]) or MUSIC

    async def _wait(self, hands: Hands) -> None:
        """FreeSWITCH joins a caller who is in `socket`."""
        if self.held.is_set():
            return
        self._attached.clear()
        try:
            await hands.hold(self._music(hands))
        except OutOfHands:
            log.info("caller was lost while put on hold", call=self.id)
            return
        self.held.set()
        self._parts.told.on_held(self.id)

    async def _answered(self, hands: Hands) -> None:
        await hands.answer()
        await self._voice(hands)

    async def _voice(self, hands: Hands) -> Voice:
        live = LiveVoice(hands.audio, self._hearing())
        if not self._keys_only:
            if await hands.audio.open():
                return live
            self._keys_only = True
        return KeysVoice(live)

    async def _cut(self) -> None:
        await self._parts.esl.api(f"uuid_kill {self.id} NORMAL_CLEARING")


def _caller_number(told: Message) -> str:
    number = _told(told["Caller-Caller-ID-Number"])
    withheld = told["Caller-Privacy-Hide-Number"] == "true" or number.lower() in WITHHELD
    return "" if withheld else number


def _told(value: str) -> str:
    return "" if value == UNDEFINED else value
