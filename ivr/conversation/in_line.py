"""One caller in line: hears the place, waits with music, is heard all the while, and talks or leaves.

    sounds ─▶ place in line, if nobody can be rung at once ─▶ music ⇄ announcements ─▶ hold ─▶ talk ─▶ gone
      └──────── cut by whatever ends the waiting ────────────┘   └─▶ sent away, chose to go, in danger

Where the queue listens and there is live audio, the music is ours: keys, words that lead out and signs of danger end
it. Else the PBX holds the caller, plays its own, and tells of keys. The engine never waits for any of this: a person's
phone rings while the caller still listens.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ivr import record as story
from ivr.call import Call, CallerGone, Deaf, KeyRules, Pressed, Turn
from ivr.conversation.announcing import Announcer, Saying, sounds_of
from ivr.conversation.overhearing import Chose, InDanger, Overhearing
from ivr.menus.checking.leaving import ACCEPT_KEY
from ivr.menus.plan.values import Target
from ivr.menus.words.wording import exit_prompt, music_prompt, suggestion_prompt
from ivr.queueing.news import Gone, KeyHeard, MovedTo, News, PickedUp, PlaceKept, Position, SentAway, Suggested, Talking
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from ivr.conversation.waiting_room import WaitingRoom


ANNOUNCE_WITHIN_SECONDS = 0.25  # a place in line is told at once or not at all: nobody waits for an announcement
FETCH_AGAIN_SECONDS = 0.5  # the PBX's control connection comes back by itself; the caller hears music meanwhile
QUIET_SECONDS = 2.0  # whoever speaks, to us or to somebody in the room, is not talked over
SUGGESTED_SILENCE_SECONDS = 4.0
MUSIC = "music"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Done(Generic[_T]):
    """What was to be done is done."""

    value: _T


@dataclass(frozen=True, slots=True)
class _Due:
    """There is something to announce."""

    saying: Saying


Leaving = SentAway | Chose | InDanger
_Happening = News | Chose | InDanger | _Due


@dataclass(slots=True)
class InLine:
    """`name` is the engine's id of the call, `talks` is true from the first word with a person on; `note` writes the
    call's record. `queue` is where the caller stands, which the queue's rules may change.
    """

    call: Call
    name: str
    room: WaitingRoom
    note: Callable[[story.Entry], None]
    talks: bool = False
    queue: str = ""
    _language: str = ""
    _held: bool = False
    _joining: bool = False
    _begun: bool = False
    _place: Position | None = None
    _ear: Overhearing = field(init=False)
    _announcer: Announcer = field(default_factory=lambda: Announcer(None))
    _put_off: list[_Happening] = field(default_factory=list)

    async def stand(self, language: str, queue: str, *sounds: Path) -> Leaving:
        """Wait in the queue that the caller has joined; returns how the caller leaves it. Raises CallerGone.

        The sounds, and the place in line, are for a caller who does not hear music yet.
        """
        self._language, self._joining = language, False
        if queue != self.queue:
            self._enter(queue)
        happening = None if self._held or self._put_off else await self._begin(sounds)
        self._begun = True
        while True:
            if isinstance(happening, SentAway | Chose | InDanger):
                return happening
            happening = await self._handle(happening) or await self._next()

    async def unless_decided(self, doing: Coroutine[Any, Any, _T]) -> _T | None:
        """What comes of `doing`; None when something else ends it, which `stand` then goes on with."""
        outcome = await self._unless(self._ended(), _done(doing))
        if isinstance(outcome, _Done):
            return outcome.value
        self._put_off.append(outcome)
        return None

    async def take_back(self) -> None:
        """End the hold, as soon as the PBX can be told to. Raises CallerGone."""
        while self._held:
            try:
                await self.call.take_back()
                self._held = False
            except SwitchDown:
                await asyncio.sleep(FETCH_AGAIN_SECONDS)

    # ---- what happens -----------------------------------------------------------------------------------------

    def _enter(self, queue: str) -> None:
        self.queue = queue
        self._begun = False
        self._place = None
        planned = self.room.plan.queues.get(queue)
        self._announcer = Announcer(planned.announce if planned else None)
        self._ear = Overhearing(self.room.understanding, self.room.clock, self.room.plan, queue, self._language)

    async def _begin(self, sounds: tuple[Path, ...]) -> _Happening | None:
        said = await self._saying(*sounds)
        return said if said or self._begun else await self._tell_first()

    async def _handle(self, happening: _Happening | None) -> _Happening | None:
        """What follows from it at once; None for nothing."""
        match happening:
            case Gone():
                raise CallerGone
            case PickedUp():
                self._joining = True
                await self._hold()
            case Talking():
                self.talks = True
            case MovedTo(queue):
                self._enter(queue)
            case PlaceKept() if not self._held:
                return await self._saying(self._sound("place_kept"))
            case Suggested(to):
                return await self._suggest(Target.parse(to))
            case KeyHeard(digit):
                return self._ear.exit(digit)
            case _Due(saying):
                return await self._announce(saying)
            case _:
                pass
        return None

    async def _next(self) -> _Happening | None:
        if self._put_off:
            return self._put_off.pop(0)
        if self._joining or not self._may_listen():
            await self._hold()
            return await self._decided()
        return await self._while_listening(self._listen())

    async def _hold(self) -> None:
        if not self._held:
            await self.call.hold()
            self._held = True

    # ---- what is told -----------------------------------------------------------------------------------------

    async def _tell_first(self) -> _Happening | None:
        """Tell the latest place; there is none where somebody is rung at once, and then the caller is told nothing."""
        if self._place is None:
            news = await self._news_at_once()
            if not isinstance(news, Position):
                return news
            self._place = news
        saying = self._announcer.first(self._place.position, self._place.wait_seconds, self.room.clock.monotonic())
        sounds = sounds_of(saying, self.room.prompts, self._language)
        if sounds:
            self._note_told(saying)
        return await self._saying(*sounds or (self._sound("hold_please"),), *self._exit_sounds())

    async def _announce(self, saying: Saying) -> _Happening | None:
        """Whoever the PBX does not give back now hears it another time."""
        sounds = sounds_of(saying, self.room.prompts, self._language)
        if not sounds or not await self._is_ours():
            return None
        self._note_told(saying)
        return await self._saying(*sounds, *self._exit_sounds())

    async def _suggest(self, to: Target) -> _Happening | None:
        prompt = suggestion_prompt(to)
        if not await self._is_ours():
            return None
        turn = Turn((self._sound(prompt),), KeyRules(), silence_seconds=SUGGESTED_SILENCE_SECONDS)
        if self._may_listen():
            turn = replace(self._ear.turn(*turn.sounds), silence_seconds=SUGGESTED_SILENCE_SECONDS)
        happening = await self._unless(self._ended(), self._asked(turn))
        if isinstance(happening, KeyHeard):
            took = happening.digit == ACCEPT_KEY
            return Chose(to, f"pressed {ACCEPT_KEY} when it was offered") if took else self._ear.exit(happening.digit)
        return happening

    async def _is_ours(self) -> bool:
        """Fetch a held caller, for a word; false when that cannot be done now."""
        if self._joining:
            return False
        try:
            if self._held:
                await self.call.take_back()
        except SwitchDown:
            return False
        self._held = False
        return True

    def _note_told(self, saying: Saying) -> None:
        if saying.position:
            self.note(story.ToldPosition(saying.position))
        if saying.wait_seconds is not None:
            self.note(story.ToldWait(round(saying.wait_seconds), saying.longer))

    async def _saying(self, *sounds: Path) -> _Happening | None:
        """Keys and words that lead out of the queue count meanwhile; None when it was said to the end."""
        if not sounds:
            return None
        if self._may_listen():
            return await self._while_listening(self._overhear(*sounds))
        if not self._ear.exits:
            return await self._until_decided(self.call.play(*sounds))
        happening = await self._until_decided(self._asked(Turn(sounds, KeyRules(), silence_seconds=0.0)))
        return self._ear.exit(happening.digit) if isinstance(happening, KeyHeard) else happening

    async def _asked(self, turn: Turn) -> KeyHeard | Chose | InDanger | None:
        heard = await self.call.ask(turn)
        return KeyHeard(heard.digits) if isinstance(heard, Pressed) else self._ear.meant(heard)

    # ---- what is heard ----------------------------------------------------------------------------------------

    def _may_listen(self) -> bool:
        free = not self._held and self.room.listening.free > 0
        return free and self._ear.wanted and self.call.hears_speech and self.room.ears.hears_now(self._language)

    async def _while_listening(self, doing: Coroutine[Any, Any, _Happening | None]) -> _Happening | None:
        self.room.listening.free -= 1
        try:
            return await self._until_decided(doing)
        finally:
            self.room.listening.free += 1

    async def _overhear(self, *sounds: Path) -> _Happening | None:
        return self._ear.meant(await self.call.ask(self._ear.turn(*sounds)))

    async def _listen(self) -> _Happening | None:
        """Music, until the caller means something, or cannot be heard any more."""
        planned = self.room.plan.queues.get(self.queue)
        turn = self._ear.turn(self._sound(music_prompt(planned.music) if planned and planned.music else MUSIC))
        while True:
            heard = await self.call.ask(turn)
            if meant := self._ear.meant(heard):
                return meant
            if isinstance(heard, Deaf) and not self.room.ears.hears_now(self._language):
                await self._hold()
                return None

    def _exit_sounds(self) -> tuple[Path, ...]:
        return tuple(self._sound(exit_prompt(self.queue, key)) for key in self._ear.exits)

    def _sound(self, prompt: str) -> Path:
        return self.room.prompts.sound(self._language, prompt)

    # ---- what ends the waiting --------------------------------------------------------------------------------

    async def _news_at_once(self) -> News | None:
        try:
            async with asyncio.timeout(ANNOUNCE_WITHIN_SECONDS):
                return await self.room.queues.news(self.name)
        except TimeoutError:
            return None

    async def _until_decided(self, doing: Coroutine[Any, Any, _T]) -> _T | _Happening:
        """Do it to the end; what is decided meanwhile cuts it, and is returned."""
        return await self._unless(self._decided(), doing)

    async def _unless(
        self, decision: Coroutine[Any, Any, _Happening], doing: Coroutine[Any, Any, _T]
    ) -> _T | _Happening:
        loop = asyncio.get_running_loop()
        done, deciding = loop.create_task(doing), loop.create_task(decision)
        try:
            await asyncio.wait({done, deciding}, return_when=asyncio.FIRST_COMPLETED)
            if not deciding.done():
                return done.result()
            meant = _result(done)
            return deciding.result() if meant is None else self._sooner(meant, deciding.result())
        finally:
            done.cancel()
            deciding.cancel()
            await asyncio.gather(done, deciding, return_exceptions=True)

    def _sooner(self, meant: _T, news: _Happening) -> _T | _Happening:
        """Of two things at the same moment: a person who comes or an end goes first, then what the caller said."""
        if isinstance(news, PickedUp | Talking | SentAway | Gone) or not isinstance(meant, Chose | InDanger):
            return news
        if isinstance(news, MovedTo):
            self._put_off.append(news)
        return meant

    async def _decided(self) -> _Happening:
        """The next news that is more than a place in line; or that it is time to tell the place."""
        clock = self.room.clock
        while True:
            wait = self._announcer.seconds_left(clock.monotonic()) if self._place and not self._joining else None
            quiet = self._ear.spoke_at + QUIET_SECONDS - clock.monotonic()
            try:
                async with asyncio.timeout(wait if wait is None else max(wait, quiet)):
                    news = await self.room.queues.news(self.name)
            except TimeoutError:
                if saying := self._worth_telling():
                    return _Due(saying)
                continue
            if not isinstance(news, Position):
                return news
            self._place = news

    async def _ended(self) -> _Happening:
        """The news that no question to the caller outlives; what else happens meanwhile is for later, or for nobody."""
        while True:
            match await self.room.queues.news(self.name):
                case PickedUp() | Talking() | SentAway() | Gone() as news:
                    return news
                case MovedTo() as moved:
                    self._put_off.append(moved)
                case Position() as place:
                    self._place = place
                case _:
                    pass

    def _worth_telling(self) -> Saying | None:
        outlook, now = self.room.queues.outlook(self.name), self.room.clock.monotonic()
        if outlook is None:
            self._announcer.put_off(now)
            return None
        left = outlook.estimate.seconds if outlook.estimate else None
        return self._announcer.next(outlook.position, left, now)


async def _done(doing: Coroutine[Any, Any, _T]) -> _Done[_T]:
    return _Done(await doing)


def _result(task: asyncio.Task[_T]) -> _T | None:
    """What a task came to; None while it goes on, or when it failed."""
    return task.result() if task.done() and not task.cancelled() and task.exception() is None else None
