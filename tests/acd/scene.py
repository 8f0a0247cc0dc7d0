"""The practice in which the engine's examples play."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.commands import Command, Ring, TellPosition
from acd.engine import Engine
from acd.events import AgentNotReady, AgentReady, CallerJoined, Configured, OfferAnswered, TalkBegan
from acd.model import Agent, Overflow, Queue, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable

URGENT = Urgency.URGENT
ANA = Agent("ana", {"desk": 3})
BO = Agent("bo", {"desk": 3})
CAI = Agent("cai", {"desk": 3, "cardiology": 4})
DESK = Queue("desk", frozenset({"desk"}))
HEART = Queue("heart", frozenset({"cardiology"}), wrap_up_seconds=30)
BRIEF = Queue("desk", frozenset({"desk"}), overflow=Overflow(60, "voicemail desk"))


def engine_with(*agents: Agent, queues: Iterable[Queue] = (DESK, HEART)) -> Engine:
    """An engine at second 0. Everybody is ready, and idle longer the earlier they are named."""
    engine = Engine()
    engine.handle(Configured(tuple(queues), agents), now=0)
    for agent in agents:
        engine.handle(AgentNotReady(agent.name, "coffee"), now=0)
    for order, agent in enumerate(agents):
        engine.handle(AgentReady(agent.name), now=-10.0 * (len(agents) - order))
    return engine


def join(engine: Engine, *calls: str, queue: str = "desk", now: float = 1) -> list[Command]:
    """Let callers join in turn; returns what the last one caused."""
    commands: list[Command] = []
    for call in calls:
        commands = engine.handle(CallerJoined(call, queue), now)
    return commands


def talk(engine: Engine, offer: int, now: float) -> None:
    engine.handle(OfferAnswered(offer), now)
    engine.handle(TalkBegan(offer), now)


def ring(offer: int, agent: Agent, call: str, seconds: float = 20) -> Ring:
    return Ring(offer, agent.name, call, seconds)


def state_of(engine: Engine, agent: Agent, now: float = 0) -> str:
    """The person's state with its reason, as in "not ready: lunch"."""
    [status] = [status for status in engine.agents(now) if status.agent == agent.name]
    return f"{status.state}: {status.why}" if status.why else str(status.state)


def line_of(engine: Engine, queue: str = "desk") -> list[str]:
    return [caller.call for caller in engine.waiting(now=0) if caller.queue == queue]


def told(commands: Iterable[Command]) -> dict[str, int]:
    return {command.call: command.position for command in commands if isinstance(command, TellPosition)}
