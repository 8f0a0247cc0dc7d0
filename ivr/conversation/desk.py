"""What the sessions of all callers work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.conversation.closures import Closures
from ivr.conversation.studio import NoStudio, Studio
from ivr.conversation.waiting_room import Listening, WaitingRoom
from ivr.menus.plan.doors import ALWAYS_OPEN, Doors
from ivr.queueing.regulars import Regulars

if TYPE_CHECKING:
    from ivr import record as story
    from ivr.conversation.messages import Messages
    from ivr.menus.plan.model import Plan
    from ivr.queueing.runner import QueueRunner
    from ivr.services import Clock, Ears, Prompts, Understanding


@dataclass(frozen=True, slots=True)
class Desk:
    """What a session works with; one for all sessions that began on the same version of the plan (0: not known)."""

    plan: Plan
    ears: Ears
    understanding: Understanding
    prompts: Prompts
    queues: QueueRunner
    record: story.Record
    messages: Messages
    clock: Clock
    regulars: Regulars = field(default_factory=Regulars)
    listening: Listening = field(default_factory=Listening)
    doors: Doors = ALWAYS_OPEN
    closures: Closures = field(default_factory=Closures)
    studio: Studio = field(default_factory=NoStudio)
    version: int = 0

    @property
    def waiting_room(self) -> WaitingRoom:
        return WaitingRoom(
            self.plan, self.queues, self.prompts, self.ears, self.understanding, self.clock, self.listening
        )
