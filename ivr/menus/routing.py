"""A plan's queues, people and rotas as the routing engine knows them. Targets are texts that `Target.parse` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd import model as engine
from acd import rota
from acd.events import Cause, Configured
from ivr.menus.values import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.menus.model import Plan
    from ivr.menus.people import Person, Rota
    from ivr.menus.queues import Condition, Escalation, Overflow, Queue, Refusal, Step


def routing_of(plan: Plan) -> Configured:
    """The whole plan as one event for the engine."""
    return Configured(
        tuple(_queue(name, queue) for name, queue in plan.queues.items()),
        tuple(_agent(name, person) for name, person in plan.people.items()),
        dict(plan.sites),
        {Cause(cause): seconds for cause, seconds in plan.after_failed_ring.items()},
    )


def rotas_of(plan: Plan) -> Mapping[str, rota.Rota]:
    """Who is on call, by the rota's name: ask acd.rota.on_call."""
    return {name: _rota(name, plan.practice.timezone, written) for name, written in plan.rotas.items()}


def _agent(name: str, person: Person) -> engine.Agent:
    return engine.Agent(
        name,
        dict(person.skills),
        ready=person.ready,
        site=person.site or "",
        weight=person.weight,
        calls_per_hour=person.calls_per_hour,
        capacity=dict(person.capacity),
    )


def _queue(name: str, queue: Queue) -> engine.Queue:
    return engine.Queue(
        name,
        steps=tuple(_step(step) for step in queue.stages),
        strategy=queue.strategy,
        prefers=queue.prefers,
        nearest_first=queue.nearest_site,
        ringing=engine.Ringing(queue.ring.at_once, queue.ring.more or 0, queue.ring.every),
        ring_seconds=queue.ring_seconds,
        weight=queue.weight,
        head_start_seconds=queue.head_start,
        wrap_up=engine.WrapUp(queue.wrap_up.for_, queue.wrap_up.longest_seconds, queue.wrap_up.disposition),
        refuse=tuple(_refusal(rule) for rule in queue.refuse),
        overflow=tuple(_overflow(rule) for rule in queue.overflow),
        escalations=tuple(_escalation(alert) for alert in queue.alert),
        callback=_callback(queue),
        target_seconds=queue.service_level.seconds,
        return_seconds=queue.return_within,
        kind=queue.kind,
    )


def _step(step: Step) -> engine.Step:
    time = () if step.for_ is None else (engine.Condition(step.for_),)
    return engine.Step(step.needs, (*time, *(_condition(each) for each in step.until)))


def _condition(condition: Condition) -> engine.Condition:
    below = condition.service_level_below
    return engine.Condition(
        waited_seconds=condition.waited or 0.0,
        length=condition.length,
        estimated_wait_seconds=condition.estimated_wait,
        service_level_below=None if below is None else below / 100,
        staffed_below=condition.staffed_below,
        empty=condition.empty,
    )


def _refusal(rule: Refusal) -> engine.Overflow:
    if rule.to.kind is Kind.QUEUE:
        return engine.Overflow(_condition(rule.when), queue=rule.to.name)
    return engine.Overflow(_condition(rule.when), to=str(rule.to))


def _overflow(rule: Overflow) -> engine.Overflow:
    """Only who is sent to a queue is moved by the engine; who is asked goes by the caller's answer."""
    when = _condition(rule.when) if rule.when else engine.Condition(rule.after or 0.0)
    if rule.to and rule.to.kind is Kind.QUEUE:
        return engine.Overflow(when, queue=rule.to.name)
    return engine.Overflow(when, to=str(rule.target), offered=rule.offer is not None)


def _escalation(alert: Escalation) -> engine.Escalation:
    ladder = tuple(engine.Rung(rung.who, rung.for_) for rung in alert.ladder)
    return engine.Escalation(alert.name, _condition(alert.when), ladder)


def _callback(queue: Queue) -> engine.CallbackRules:
    if queue.callback is None:
        return engine.CallbackRules()
    return engine.CallbackRules(queue.callback.first == "caller", queue.callback.retries)


def _rota(name: str, timezone: str, written: Rota) -> rota.Rota:
    return rota.Rota(
        name,
        timezone,
        tuple(rota.Shift(shift.who, shift.days, shift.from_, shift.to) for shift in written.shifts),
        rota.Rotation(written.starts, written.weekly) if written.starts else None,
        tuple(rota.Swap(swap.from_, swap.to, swap.instead_of, swap.who) for swap in written.swaps),
    )
