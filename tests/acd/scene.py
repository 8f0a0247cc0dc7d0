"""The practice in which the engine's examples play."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.commands import Command, Ring, TellPosition
from acd.engine import Engine
from acd.events import AgentNotReady, AgentReady, CallerJoined, Configured, OfferAnswered, TalkBegan, TalkEnded
from acd.model import Agent, Condition, Overflow, Queue, Ringing, Step, Urgency, WrapUp
from acd.skills import Needs

if TYPE_CHECKING:
    from collections.abc import Iterable

URGENT = Urgency.URGENT
ANA = Agent("ana", {"desk": 3})
BO = Agent("bo", {"desk": 3})
CAI = Agent("cai", {"desk": 3, "cardiology": 4})


def step(needs: str, *until: Condition) -> Step:
    return Step(Needs.parse(needs), until)


DESK = Queue("desk", (step("desk"),))
HEART = Queue("heart", (step("cardiology"),), wrap_up=WrapUp(30))
BRIEF = Queue("desk", (step("desk"),), overflow=(Overflow(Condition(60), to="voicemail desk"),))
RING_ALL = Queue("desk", (step("desk"),), ringing=Ringing(at_once=0))


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


def talk(engine: Engine, offer: int, now: float) -> list[Command]:
    """Answered, and joined at once; returns what the beginning of the talk caused."""
    engine.handle(OfferAnswered(offer), now)
    return engine.handle(TalkBegan(offer), now)


def serve(engine: Engine, offer: int, begin: float, end: float) -> list[Command]:
    """A whole talk; returns what its end caused."""
    talk(engine, offer, begin)
    return engine.handle(TalkEnded(offer), end)


def ring(offer: int, agent: Agent, call: str, seconds: float = 20) -> Ring:
    return Ring(offer, agent.name, call, seconds)


def rung(commands: Iterable[Command]) -> list[str]:
    """Whose phones begin to ring."""
    return [command.agent for command in commands if isinstance(command, Ring)]


def state_of(engine: Engine, agent: Agent, now: float = 0) -> str:
    """The person's state with its reason, as in "not ready: lunch"."""
    [status] = [status for status in engine.agents(now) if status.agent == agent.name]
    return f"{status.state}: {status.why}" if status.why else str(status.state)


def line_of(engine: Engine, queue: str = "desk") -> list[str]:
    return [caller.call for caller in engine.waiting(now=0) if caller.queue == queue]


def told(commands: Iterable[Command]) -> dict[str, int]:
    return {command.call: command.position for command in commands if isinstance(command, TellPosition)}
