"""A plan's queues and people as the routing engine knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.model import Agent, Overflow, Queue

if TYPE_CHECKING:
    from ivr.menus import model


def routing_of(plan: model.Plan) -> tuple[tuple[Queue, ...], tuple[Agent, ...]]:
    """`Overflow.to` is a target's text, which `Target.parse` reads."""
    return (
        tuple(_queue(name, queue) for name, queue in plan.queues.items()),
        tuple(Agent(name, dict(person.skills), ready=person.ready) for name, person in plan.people.items()),
    )


def _queue(name: str, queue: model.Queue) -> Queue:
    overflow = queue.overflow
    return Queue(
        name,
        needs=queue.needs,
        ring_seconds=queue.ring_seconds,
        wrap_up_seconds=queue.wrap_up,
        overflow=Overflow(overflow.after, str(overflow.to)) if overflow else None,
    )
