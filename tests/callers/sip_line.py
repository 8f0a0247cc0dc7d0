"""A caller on a SIP phone, as the contract of all calls sees one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.media.sounds import write_wav
from ivr.services import LegAnswered, TalkBegan
from lab.phone import Answers
from lab.sound import RATE, not_silent, tone

if TYPE_CHECKING:
    from pathlib import Path

    from lab.call import PhoneCall
    from lab.phone import Phone
    from lab.sound import Pcm
    from tests.callers.house import House

LOUD = 1000  # of 32,767: above a codec's noise, below our tones
SPEECH_SECONDS = 0.6
LEG = "careline-leg-1"


def loud(pcm: Pcm) -> bool:
    return bool(len(pcm)) and int(abs(pcm.astype("int32")).max()) > LOUD


def prompts(folder: Path) -> tuple[Path, ...]:
    """Two prompts of 0.5 s, and beside them music.wav of 20 s."""
    paths = (folder / "one.wav", folder / "two.wav")
    for path in paths:
        write_wav(path, tone(600, 0.5).tobytes())
    write_wav(folder / "music.wav", tone(700, 20).tobytes())
    return paths


class SipLine:
    def __init__(
        self, phone: PhoneCall, call: Any, house: House[Any, Any], sounds: tuple[Path, ...], ana: Phone
    ) -> None:
        self.phone = phone
        self.call = call
        self.sounds = sounds
        self.music = sounds[0].with_name("music.wav")
        self._house = house
        self._ana = ana

    async def hears_something(self) -> None:
        await self.phone.heard.until(loud)

    async def hears_more_music(self) -> None:
        so_far = len(self.phone.heard.pcm())
        await self.phone.heard.until(lambda pcm: len(pcm) > so_far + RATE // 2)
        assert len(not_silent(self.phone.heard.pcm(), join_seconds=0.06)) == 1

    async def hears_silence(self) -> None:
        """A PBX may send silence, or nothing at all."""
        await self.phone.heard.until(lambda _: not loud(self.phone.heard.last(0.2)))

    async def presses(self, digits: str) -> None:
        self.phone.press(digits)

    async def says(self, words: str) -> None:
        self._house.ears.words = words
        self.phone.say(tone(500, SPEECH_SECONDS))

    async def says_nothing(self) -> None:
        pass

    async def hangs_up(self) -> None:
        self.phone.hang_up()
        await self.call.gone.wait()

    async def talks_with_a_person(self) -> None:
        self._ana.policy = Answers(says=tone(900, 0.5))
        switch = self._house.door.switch
        await switch.ring(LEG, "PJSIP/ana", display="scheduling", seconds=20)
        while (event := await self._house.event()) != TalkBegan(self.call.id, LEG):
            if event == LegAnswered(LEG):
                await switch.connect(self.call.id, LEG)
