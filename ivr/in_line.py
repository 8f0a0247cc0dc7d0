"""One caller in line: hears the place, waits on hold, and talks, or is sent away by the queue.

    sounds ─▶ place in line, if nobody can be rung at once ─▶ hold (the PBX's music) ─▶ talk ─▶ gone
      └────────────── cut by whatever ends the waiting ─────────────┘   └─▶ sent away

The engine never waits for any of this: a person's phone rings while the caller still listens.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, assert_never

from ivr import record as story
from ivr.call import Call, CallerGone
from ivr.news import Gone, News, PickedUp, Position, SentAway, Talking
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ivr.services import Prompts

ANNOUNCE_WITHIN_SECONDS = 0.25  # a place in line is told at once or not at all: nobody waits for an announcement
FETCH_AGAIN_SECONDS = 0.5  # the PBX's control connection comes back by itself; the caller hears music meanwhile


class NewsOfQueues(Protocol):
    """Whom to ask what becomes of a caller: the queue runner."""

    async def news(self, call: str) -> News: ...


@dataclass(slots=True)
class InLine:
    """`talks` is true from the first word with a person on; `note` writes the call's record."""

    call: Call
    queues: NewsOfQueues
    prompts: Prompts
    note: Callable[[story.Entry], None]
    talks: bool = False
    _held: bool = False
    _place: int | None = None

    async def stand(self, language: str, *sounds: Path) -> str:
        """Wait in the queue that the caller has joined; returns where it sends the caller. Raises CallerGone.

        The sounds, and the place in line, are for a caller who does not hear music yet.
        """
        self._place = None
        news = None if self._held else await self._playing(*sounds) or await self._tell_place(language)
        while True:
            match news:
                case SentAway(to):
                    return to
                case Gone():
                    raise CallerGone
                case PickedUp() | None:
                    await self._hold()
                case Talking():
                    self.talks = True
                case Position():
                    pass  # music is not interrupted
                case _:
                    assert_never(news)
            news = await self.queues.news(self.call.id)

    async def take_back(self) -> None:
        """End the hold, as soon as the PBX can be told to. Raises CallerGone."""
        while self._held:
            try:
                await self.call.take_back()
                self._held = False
            except SwitchDown:
                await asyncio.sleep(FETCH_AGAIN_SECONDS)

    async def _hold(self) -> None:
        if not self._held:
            await self.call.hold()
            self._held = True

    async def _tell_place(self, language: str) -> News | None:
        """Tell the latest place; there is none where somebody is rung at once, and then the caller is told nothing."""
        if self._place is None:
            news = await self._news_at_once()
            if not isinstance(news, Position):
                return news
            self._place = news.position
        if sounds := place_in_line(self.prompts, language, self._place):
            self.note(story.ToldPosition(self._place))
        return await self._playing(*sounds or (self.prompts.sound(language, "hold_please"),))

    async def _news_at_once(self) -> News | None:
        try:
            async with asyncio.timeout(ANNOUNCE_WITHIN_SECONDS):
                return await self.queues.news(self.call.id)
        except TimeoutError:
            return None

    async def _playing(self, *sounds: Path) -> News | None:
        """Play; what ends the waiting cuts the sounds and is returned, None when they were played to the end."""
        if not sounds:
            return None
        loop = asyncio.get_running_loop()
        playing = loop.create_task(self.call.play(*sounds))
        deciding = loop.create_task(self._decided())
        try:
            await asyncio.wait({playing, deciding}, return_when=asyncio.FIRST_COMPLETED)
            if deciding.done():
                return deciding.result()
            playing.result()
            return None
        finally:
            playing.cancel()
            deciding.cancel()
            await asyncio.gather(playing, deciding, return_exceptions=True)

    async def _decided(self) -> News:
        """The next news that is more than a place in line; the latest place is kept for when the sounds are over."""
        while isinstance(news := await self.queues.news(self.call.id), Position):
            self._place = news.position
        return news


def place_in_line(prompts: Prompts, language: str, position: int) -> tuple[Path, ...]:
    """ "You are next", or "you are number" and the number; () where it cannot be said."""
    if position == 1:
        return (prompts.sound(language, "you_are_next"),)
    number = prompts.number(language, position)
    return (prompts.sound(language, "you_are_number"), *number) if number else ()
