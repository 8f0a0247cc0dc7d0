"""A practice of two queues and two people, and what the feeds are told of it. It begins at second 1000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd import events
from acd.engine import Engine
from acd.model import Agent, CallbackRules, Condition, Escalation, Overflow, Queue, Ringing, Rung, Step, WrapUp
from acd.skills import Needs
from ivr.feeds.happenings import Happenings

if TYPE_CHECKING:
    from ivr.feeds.facts import Fact
    from ivr.feeds.feeds import Feeds

DESK_NEEDS, HEART_NEEDS = Needs.parse("desk"), Needs.parse("cardiology")
DESK = Queue("desk", (Step(DESK_NEEDS),), wrap_up=WrapUp(10))
HEART = Queue("heart", (Step(HEART_NEEDS),), callback=CallbackRules(retry_seconds=(60,)))
BRIEF = Queue("desk", (Step(DESK_NEEDS),), overflow=(Overflow(Condition(60), to="voicemail desk"),))
HELPED = Queue("desk", (Step(DESK_NEEDS),), overflow=(Overflow(Condition(60), queue="heart"),))
EVERYBODY = Queue("desk", (Step(DESK_NEEDS),), ringing=Ringing(at_once=0))
WATCHED = Queue("desk", (Step(DESK_NEEDS),), escalations=(Escalation("long waits", Condition(30), (Rung(("ana",)),)),))
ANA = Agent("ana", {"desk": 3, "cardiology": 3})
BO = Agent("bo", {"desk": 3})
AWAY = Agent("bo", {"desk": 3}, ready=False)


class Practice:
    """An engine to which things happen; `facts` of each event, and all of them told to `feeds`, where given."""

    def __init__(self, *people: Agent, queues: tuple[Queue, ...] = (DESK, HEART), feeds: Feeds | None = None) -> None:
        self.engine = Engine()
        self.happenings = Happenings()
        self._feeds = feeds
        self.plan = events.Configured(queues, people)
        self.first = self.after(self.plan, at=1000)

    def after(self, event: events.Event, at: float) -> list[Fact]:
        orders = self.engine.handle(event, at)
        if self._feeds:
            self._feeds.take(event, orders, self.engine, at)
        return self.happenings.take(event, orders, self.engine, at)

    def all(self, *happened: tuple[events.Event, float]) -> list[Fact]:
        return [fact for event, at in happened for fact in self.after(event, at)]
