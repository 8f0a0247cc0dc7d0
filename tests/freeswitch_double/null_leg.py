"""null/…: a leg without a telephone, which answers at once, hears nothing and says silence. Source: mod_loopback.c."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np

from lab.call import Ended
from lab.g711 import ULAW, Codec
from lab.moment import Moment
from lab.rtp import FRAME
from lab.sound import RATE, Pcm
from tests.freeswitch_double.sip_side import Tap

if TYPE_CHECKING:
    from lab.sip import Message

FRAME_SECONDS = 0.02
SILENCE = ULAW.encode(np.zeros(FRAME, np.int16))


class NullLeg:
    """What a channel asks of its leg, without SIP and RTP; what is played takes as long as it would."""

    invite: Message | None = None

    def __init__(self) -> None:
        self.tap = Tap()
        self.ringing, self.answered, self.ended = Moment[None](), Moment[None](), Moment[Ended]()
        self.codec: Codec = ULAW
        self._loop = asyncio.get_running_loop()
        self._began = 0.0
        self._pcm: Pcm | None = None
        self._frames = self._loop.call_later(FRAME_SECONDS, self._say_nothing)
        self.answered.happened(None)

    @property
    def has_media(self) -> bool:
        return not self.ended.over

    def end(self, _: str) -> None:
        self._frames.cancel()
        self.ended.happened(Ended(by_us=True))

    def play(self, pcm: Pcm, *, endless: bool = False) -> Moment[None]:
        played = Moment[None]()
        self._pcm, self._began = pcm, self._loop.time()
        if not endless:
            self._loop.call_later(len(pcm) / RATE, played.happened, None)
        return played

    def stop(self) -> int:
        pcm, self._pcm = self._pcm, None
        return 0 if pcm is None else min(len(pcm), int((self._loop.time() - self._began) * RATE))

    def being_sent(self) -> Pcm | None:
        return None

    def relay(self, audio: bytes, codec: Codec) -> None:
        """Nobody hears it."""

    def forget(self) -> None:
        """Nothing is repeated."""

    def answer(self) -> None:
        """It is."""

    early_media = ring_ready = answer

    def _say_nothing(self) -> None:
        self.tap.on_audio(SILENCE, ULAW)
        self._frames = self._loop.call_later(FRAME_SECONDS, self._say_nothing)
