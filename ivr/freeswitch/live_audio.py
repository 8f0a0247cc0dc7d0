"""One caller's live audio on FreeSWITCH: a growing file of what the caller says, playbacks of what the caller hears."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from ivr.freeswitch.player import Player, Sound
from ivr.freeswitch.recorder import Recorder
from ivr.media.live_audio import LiveAudio
from ivr.media.sounds import BYTES_PER_SECOND, pcm_of

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.freeswitch.audio_folder import AudioFolder
    from ivr.freeswitch.esl import Event
    from ivr.freeswitch.outbound import EslSession
    from ivr.tasks import Tasks

MUSIC = "local_stream://moh"
TONE = "tone_stream://%(300,4700,350,440);loops=-1"  # the hook's own, where there is no music
MUSIC_SECONDS = 1.0  # what cannot be played ends at once, again and again

log = structlog.get_logger(__name__)


class FreeSwitchAudio(LiveAudio):
    """Plays in any answered channel of `session`; hears between `open` and `end`, which may come again and again."""

    def __init__(self, session: EslSession, folder: AudioFolder, tasks: Tasks) -> None:
        super().__init__()
        self._session = session
        self._folder = folder
        self._player = Player(session, self._played)
        self._recorder = Recorder(session, folder, tasks, lambda: self.hears)
        self._held: Sound | None = None
        self._told = False
        self._music_began = 0.0
        self._hushed = False
        self._again: asyncio.TimerHandle | None = None
        tasks.start(self._until_over(), "a caller's audio")

    async def open(self) -> bool:
        """Listen to the caller, who is answered. False: there are keys only, and sounds. Raises SessionEnded."""
        return await self._recorder.start()

    async def end(self) -> None:
        """Play nothing and listen no more; the channel stays parked."""
        self.stop()
        self._player.flush()
        await self._recorder.end()

    def play(self, *sounds: Path) -> None:
        self.stop()
        if sounds:
            seconds = sum(map(len, pcm_of(sounds))) / BYTES_PER_SECOND
            self._begin(Sound(str(self._folder.joined(sounds)), seconds))

    def stop(self) -> None:
        self._held = None
        if self._again:
            self._again.cancel()
        self._player.stop()
        self.quiet.set()

    def pause(self) -> None:
        if self._held is None and (rest := self._player.rest()):
            self._held = rest
            self._player.stop()

    def go_on(self) -> None:
        held, self._held = self._held, None
        if held is None:
            return
        if held.left > 0:
            self._begin(held)
        else:
            self.quiet.set()

    async def loop(self, music: str = MUSIC) -> None:
        """Play what FreeSWITCH knows by that name, over and over, until `stop` or `play`; if it cannot, a tone.

        Returns once it is in the channel's queue, so that whatever ends it, on whichever connection, comes after it.
        """
        self.stop()
        self._hushed = False
        try:
            self._begin_music(music or MUSIC)
        except ValueError:
            log.warning("the music's name has control characters: callers on hold hear a tone")
            self._begin_music(TONE)
        await self._player.taken()

    def hush(self) -> None:
        """The caller is about to be joined: music that ends does not begin again."""
        self._hushed = True
        if self._again:
            self._again.cancel()

    def take(self, event: Event) -> None:
        """Take what happens to the channel."""
        if event.name == "DTMF":
            self.press(event["DTMF-Digit"])
        else:
            self._player.take(event)

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _begin(self, sound: Sound) -> None:
        if self.ended.is_set():
            return
        self._player.play(sound)
        self.quiet.clear()

    def _begin_music(self, name: str) -> None:
        self._music_began = asyncio.get_running_loop().time()
        self._begin(Sound(name))

    def _played(self, sound: Sound, played: bool) -> None:
        if sound.is_endless:
            self._music_over(sound.name, played=played)
            return
        if not played and not self._told:
            self._told = True
            log.warning("FreeSWITCH played no prompt to a caller; `careline doctor` says what to do", file=sound.name)
        self.quiet.set()

    def _music_over(self, name: str, *, played: bool) -> None:
        """A file of music begins again, what cannot be played is a tone from now on, neither of them in a hurry."""
        if self._hushed:
            return
        if not played and name != TONE:
            log.warning("no music: callers on hold hear a tone; `careline doctor` says what to do", music=name)
            name = TONE
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._music_began + MUSIC_SECONDS)
        self._again = loop.call_at(at, self._begin_music, name)

    async def _until_over(self) -> None:
        await self._session.ended.wait()
        await self._recorder.close()
        self._player.close()
        self.stop()
        self.ended.set()
