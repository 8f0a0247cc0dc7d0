"""What a waiting caller is told of the place and the wait: never behind the caller's back, and never too often.

On joining, what there is to tell. Then, every so often as the plan says: a better place, or a wait that has become
clearly longer than what was told last. A place or a wait that is as it was told is no news: then it is the turn of the
practice's own sentences, one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.menus.words.spoken import wait_pieces

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.menus.plan.queues import Announce
    from ivr.services import Prompts

LONGER_SECONDS = 60.0  # an end that comes so much later than told, and …
LONGER_SHARE = 0.25  # … by this share of what was told, is clearly later: the estimate is no promise to the minute


@dataclass(frozen=True, slots=True)
class Saying:
    """What is to be told; a position that is not told is 0. `also` is a prompt that is told instead of news."""

    position: int = 0
    wait_seconds: float | None = None
    longer: bool = False
    also: str = ""


@dataclass(slots=True)
class Announcer:
    """Remembers what was told to one caller in one queue. Times are of one clock that never jumps."""

    rules: Announce | None
    _position: int = 0
    _told_at: float = 0.0
    _wait: float | None = None
    _turns: int = 0

    def first(self, position: int, wait_seconds: float | None, now: float) -> Saying:
        """What is told on joining."""
        return self._told(Saying(position, wait_seconds if self.rules and self.rules.wait else None), position, now)

    def seconds_left(self, now: float) -> float | None:
        """Until something may be told again; None for never."""
        return max(0.0, self._told_at + self.rules.every - now) if self.rules else None

    def next(self, position: int, wait_seconds: float | None, now: float) -> Saying | None:
        """What is to be told now; None, and for as long as before, when there is nothing."""
        if self.rules is None:
            return None
        known = wait_seconds if self.rules.wait else None
        longer = known is not None and self._is_longer(known, now)
        if longer or not self._position or position < self._position:
            return self._told(Saying(position if position != self._position else 0, known, longer), position, now)
        self.put_off(now)
        return self._in_turn()

    def _in_turn(self) -> Saying | None:
        also = self.rules.also if self.rules else ()
        if not also:
            return None
        self._turns += 1
        return Saying(also=also[(self._turns - 1) % len(also)])

    def put_off(self, now: float) -> None:
        """There is no news: ask again when as much time has passed."""
        self._wait = None if self._wait is None else self._wait - (now - self._told_at)
        self._told_at = now

    def _is_longer(self, wait: float, now: float) -> bool:
        if self._wait is None:
            return False
        later = now + wait - (self._told_at + self._wait)
        return later > max(LONGER_SECONDS, LONGER_SHARE * self._wait)

    def _told(self, saying: Saying, position: int, now: float) -> Saying:
        self._position, self._told_at = position, now
        if saying.wait_seconds is not None:
            self._wait = saying.wait_seconds
        return saying


def sounds_of(saying: Saying, prompts: Prompts, language: str) -> tuple[Path, ...]:
    """ "You are next", or "you are number" and the number; then the wait. () where none of it can be said."""
    if saying.also:
        return (prompts.sound(language, saying.also),)
    longer = (prompts.sound(language, "wait_became_longer"),) if saying.longer else ()
    pieces = () if saying.wait_seconds is None else wait_pieces(saying.wait_seconds)
    return (*longer, *_place(saying.position, prompts, language), *prompts.pieces(language, pieces))


def _place(position: int, prompts: Prompts, language: str) -> tuple[Path, ...]:
    if position == 0:
        return ()
    return prompts.pieces(language, ("you_are_next",) if position == 1 else ("you_are_number", position))
