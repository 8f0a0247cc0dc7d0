"""A session of the hook, and the caller's audio in it: opened to speak with the caller, ended to hold or to give back.

The audio is over when the session is.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ivr.freeswitch.live_audio import FreeSwitchAudio
from ivr.freeswitch.outbound import EslSession, SessionEnded
from ivr.tasks import any_of

if TYPE_CHECKING:
    from ivr.freeswitch.audio_folder import AudioFolder
    from ivr.freeswitch.esl import Event
    from ivr.tasks import Tasks

ANSWER_SECONDS = 5.0  # it takes some milliseconds; a channel that does not get to it is better handed to us anew


class Hands:
    def __init__(self, session: EslSession, folder: AudioFolder, tasks: Tasks) -> None:
        self.session = session
        self.audio = FreeSwitchAudio(session, folder, tasks)
        self._answered = asyncio.Event()
        if session.channel["Answer-State"] == "answered":
            self._answered.set()

    def take(self, event: Event) -> None:
        """Take what happens to the caller's channel."""
        match event.name, event["Application"]:
            case ("CHANNEL_ANSWER", _) | ("CHANNEL_EXECUTE_COMPLETE", "answer"):
                self._answered.set()
        self.audio.take(event)

    async def answer(self) -> None:
        """Nothing may be played or recorded before. Raises SessionEnded."""
        if self._answered.is_set():
            return
        await self.session.execute("answer")
        if not await any_of(self._answered, self.session.ended, within=ANSWER_SECONDS):
            self.session.close()
        if self.session.ended.is_set():
            raise SessionEnded

    async def hold(self, music: str) -> None:
        """Listen no more, and play what FreeSWITCH knows by that name, "" for nothing. Raises SessionEnded."""
        await self.audio.end()
        while self.audio.take_digit() is not None:
            """Keys that were pressed before the hold answer no question after it."""
        if music:
            await self.audio.loop(music)
        if self.session.ended.is_set():
            raise SessionEnded

    async def leave_for(self, label: str) -> None:
        await self.audio.end()
        await self.session.api(f"uuid_setvar {self.session.uuid} careline_next {label}")

    def abort(self) -> None:
        """Nothing is left to do: the session ends, too."""
