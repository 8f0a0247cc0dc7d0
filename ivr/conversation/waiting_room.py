"""What all callers in line are served with, and how many of them may be listened to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from acd.views import Outlook
    from ivr.menus.plan.model import Plan
    from ivr.queueing.news import News
    from ivr.services import Clock, Ears, Prompts, Understanding

MOST_LISTENED = 50  # speech in a room costs a recogniser as much as a question does; it must not keep menus waiting


class NewsOfQueues(Protocol):
    """Whom to ask what becomes of a caller: the queue runner."""

    async def news(self, call: str) -> News: ...

    def outlook(self, call: str) -> Outlook | None: ...


@dataclass(slots=True)
class Listening:
    """How many waiting callers may still be listened to at the same time."""

    free: int = MOST_LISTENED


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """What all callers in line are served with."""

    plan: Plan
    queues: NewsOfQueues
    prompts: Prompts
    ears: Ears
    understanding: Understanding
    clock: Clock
    listening: Listening
