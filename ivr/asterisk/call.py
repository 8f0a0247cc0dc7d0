"""A caller's call on Asterisk.

    AGI connection --> attached (walked: AudioSocket inside AGI) --hold--> BridgeWait --AMI Bridge--> talk --> end
                          ^                                                   |
                          +------------ take_back, or our outage -------------+

The timer is TIMEOUT(absolute). Only AMI's Hangup, or AMI's answer that there is no such channel, ends a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.audio_line import AudioLine
from ivr.asterisk.fastagi import AgiSession
from ivr.asterisk.keys_voice import KeysVoice
from ivr.callers.walking import WAIT, WalkedCall
from ivr.media.live_voice import LiveVoice
from ivr.services import ALERT_PREFIX, BACK_PREFIX, LEG_PREFIX, SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.asterisk.ami_connection import AmiConnection
    from ivr.asterisk.audioserver import AudioServer
    from ivr.media.voice import Voice
    from ivr.services import Ears
    from ivr.tasks import Tasks

CAME_BACK = "1"  # CARELINE_SEEN, which we set when a call is first attached
NORMAL_CLEARING = "16"
UNKNOWN = "unknown"  # what AGI says for a number that was withheld or not told

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What every call needs of the house."""

    ami: AmiConnection
    audio: AudioServer
    ears: Callable[[], Ears]
    tasks: Tasks


@dataclass(frozen=True, slots=True)
class Hands:
    """An AGI session, and the audio in it."""

    session: AgiSession
    line: AudioLine

    async def leave_for(self, label: str) -> None:
        await self.line.end()
        await self.session.command("SET", "VARIABLE", "CARELINE_NEXT", label)

    def abort(self) -> None:
        self.line.abort()


class AsteriskCall(WalkedCall[AgiSession, Hands]):
    """Implements ivr.call.Call. `Calls` attaches AGI sessions and tells what AMI tells."""

    def __init__(self, session: AgiSession, parts: Parts) -> None:
        told = session.environment
        super().__init__(told["uniqueid"], parts.ears)
        self.channel = told["channel"]
        self._context = told["context"]
        self.came_back = told.get("arg_1") == CAME_BACK
        placed = self.id.startswith((LEG_PREFIX, BACK_PREFIX, ALERT_PREFIX))  # its numbers are our own
        self.caller_number = "" if placed else _number(told.get("callerid", ""))
        self.dialled_number = "" if placed else _number(told.get("arg_2", "")) or _number(told.get("dnid", ""))
        self.bridge = ""  # the id of the bridge of a talk
        self._parts = parts

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

    # ---- inside -----------------------------------------------------------------------------------------------

    async def _taken(self, session: AgiSession) -> Hands:
        await session.command("SET", "VARIABLE", "CARELINE_SEEN", CAME_BACK)
        if session.environment.get("arg_3"):
            await session.command("SET", "VARIABLE", "CARELINE_LOST", "")
            await session.command("EXEC", "StopMusicOnHold")
        return Hands(session, AudioLine(session, self._parts.audio, self._parts.tasks))

    async def _answered(self, hands: Hands) -> None:
        if not hands.line.is_open:
            await hands.session.command("ANSWER")
        await self._voice(hands)

    async def _voice(self, hands: Hands) -> Voice:
        if not self._keys_only:
            stream = await hands.line.stream()
            if stream:
                return LiveVoice(stream, self._hearing())
            self._keys_only = True
            log.warning("no live audio: this call is served by keys; see `careline doctor`", call=self.id)
        return KeysVoice(hands.session)

    async def _cut(self) -> None:
        await self._parts.ami.action("Hangup", ("Channel", self.channel), ("Cause", NORMAL_CLEARING))


def _number(told: str) -> str:
    return "" if told == UNKNOWN else told
