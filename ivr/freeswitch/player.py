"""What FreeSWITCH plays to one caller: one application at a time, begun when the one before is known to be over.

    we                                      FreeSWITCH
    sendmsg playback, Event-UUID: 7  ->     +OK: queued
                                            CHANNEL_EXECUTE, Application-UUID 7 (within 20 ms)
                                            PLAYBACK_START (does not say whose; the last that was executed)
    api uuid_break UUID all          ->     +OK
                                            PLAYBACK_STOP
                                            CHANNEL_EXECUTE_COMPLETE, Application-UUID 7 (within 20 ms)

A break flushes what is queued and not begun, of which no event ever comes. And a break is lost when it comes between
CHANNEL_EXECUTE and the first frame: so we look after it, and break again.
Source: FreeSWITCH src/mod/applications/mod_commands/mod_commands.c (break_function), src/switch_core_session.c
(switch_core_session_exec), src/switch_ivr.c (switch_ivr_parse_event).
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from ivr.freeswitch import esl
from ivr.freeswitch.outbound import EslSession, SessionEnded
from ivr.media.sounds import RATE
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable

PLAYED = "FILE PLAYED"  # FreeSWITCH's Application-Response, of a broken one, too
HUNG_UP = "hangup"  # Answer-State of a caller who did not want to hear it to the end
BREAK_SECONDS = 0.1  # five frames: a break needs one
LATE_SECONDS = 2.0  # to begin needs one frame; who has not begun, or ended, so much later never will


@dataclass(frozen=True, slots=True)
class Sound:
    """A file or a stream of FreeSWITCH's. `seconds` is how long the whole of it lasts, `start` where to begin."""

    name: str
    seconds: float = inf
    start: float = 0.0

    @property
    def argument(self) -> str:
        """Of playback: it begins at a sample of the file, counted at the file's own rate."""
        sample = round(self.start * RATE)
        return f"{self.name}@@{sample}" if sample else self.name

    @property
    def is_endless(self) -> bool:
        return self.seconds == inf

    @property
    def left(self) -> float:
        return self.seconds - self.start


class _Playback:
    def __init__(self, sound: Sound, number: str, packet: bytes) -> None:
        self.sound = sound
        self.number = number
        self.packet = packet
        self.began = False
        self.sounds_since: float | None = None  # PLAYBACK_START
        self.broken = False


class Player:
    """`on_end` is told when the newest sound is over by itself, and whether FreeSWITCH has played it."""

    def __init__(self, session: EslSession, on_end: Callable[[Sound, bool], None]) -> None:
        self._session = session
        self._on_end = on_end
        self._ours = f"careline-{secrets.token_hex(4)}-"  # whoever else plays on this channel has other numbers
        self._numbers = itertools.count(1)
        self._wanted: _Playback | None = None
        self._running: _Playback | None = None  # in FreeSWITCH: queued, or begun
        self._executed = ""  # the number of what began last
        self._settling: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._taken = asyncio.Event()  # FreeSWITCH has what is wanted, or nothing is

    def play(self, sound: Sound) -> None:
        """Instead of what was playing. Raises ValueError for a name with a control character."""
        number = f"{self._ours}{next(self._numbers)}"
        packet = esl.sendmsg("", "playback", sound.argument, event_uuid=number)
        self._want(_Playback(sound, number, packet))

    def stop(self) -> None:
        self._want(None)

    async def taken(self) -> None:
        """Wait until FreeSWITCH has the newest sound in the channel's queue: what it is told now comes after."""
        await self._taken.wait()

    def rest(self) -> Sound | None:
        """Return what is still to be played of the newest sound."""
        if self._wanted is None:
            return None
        sound, since = self._wanted.sound, self._wanted.sounds_since
        return sound if since is None else replace(sound, start=sound.start + _now() - since)

    def flush(self) -> None:
        """Stop, and leave nothing behind in the channel's queue, wherever the channel goes now."""
        self._wanted = None
        self._settle()

    def close(self) -> None:
        """The session is over."""
        self._closed = True
        self._wanted = self._running = None
        self._taken.set()
        for timer in (self._settling, self._timer):
            if timer:
                timer.cancel()

    def take(self, event: esl.Event) -> None:
        running, number = self._running, event["Application-UUID"]
        match event.name:
            case "CHANNEL_EXECUTE":
                self._executed = number
                if running and running.number == number:
                    running.began = True
            case "PLAYBACK_START":
                self._sounds()
            case "CHANNEL_EXECUTE_COMPLETE" if running and running.number == number:
                self._over(running, played=event["Application-Response"] == PLAYED or event["Answer-State"] == HUNG_UP)

    # ---- what is wanted, and what FreeSWITCH does ---------------------------------------------------------------

    def _want(self, playback: _Playback | None) -> None:
        """FreeSWITCH is told at the end of this turn of the event loop: what was stopped again it never hears of."""
        self._wanted = playback
        if playback and not self._closed:
            self._taken.clear()
        else:
            self._taken.set()
        if not self._closed and self._settling is None:
            self._settling = asyncio.get_running_loop().call_soon(self._settle)

    def _settle(self) -> None:
        if self._settling:
            self._settling.cancel()
            self._settling = None
        if self._running is None and self._wanted:
            self._begin(self._wanted)
        elif self._running and self._running is not self._wanted and not self._running.broken:
            self._break(self._running)

    def _begin(self, playback: _Playback) -> None:
        self._running = playback
        if reply := self._send(playback.packet):
            reply.add_done_callback(lambda done: self._queued(playback, done))
            self._look_after(LATE_SECONDS)

    def _queued(self, playback: _Playback, reply: asyncio.Future[esl.Message]) -> None:
        if playback is self._wanted:
            self._taken.set()
        refused = isinstance(reply.exception(), SwitchDown) or not reply.result().text.startswith("+OK")
        if refused and playback is self._running:
            self._over(playback, played=False)

    def _break(self, playback: _Playback) -> None:
        playback.broken = True
        self._send(esl.command(f"api uuid_break {self._session.uuid} all"))
        self._look_after(BREAK_SECONDS)

    def _sounds(self) -> None:
        running = self._running
        if running and running.number == self._executed:
            running.sounds_since = _now()
            if running is self._wanted:
                self._look_after(running.sound.left + LATE_SECONDS)
        elif self._executed.startswith(self._ours):
            # It was taken for flushed. What is queued behind it is wanted: no `all`.
            self._send(esl.command(f"api uuid_break {self._session.uuid}"))

    def _over(self, playback: _Playback, *, played: bool) -> None:
        self._running = None
        if self._timer:
            self._timer.cancel()
        if playback is self._wanted:
            self._wanted = None
            self._on_end(playback.sound, played)
        self._settle()

    def _look_after(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if seconds < inf:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._late)

    def _late(self) -> None:
        """The event that was to come has not come."""
        playback = self._running
        if playback is None:
            return
        if playback.broken and playback.began:
            self._break(playback)
        elif playback.broken:  # flushed
            self._over(playback, played=False)
        else:
            self._break(playback)
            self._over(playback, played=False)

    def _send(self, packet: bytes) -> asyncio.Future[esl.Message] | None:
        try:
            return self._session.begin(packet)
        except SessionEnded:
            self.close()
            return None


def _now() -> float:
    return asyncio.get_running_loop().time()
