"""A plan's queues, people and rotas as the routing engine knows them. Targets are texts that `Target.parse` reads.

Two things change with the hour: whoever is on call has the skill named like the rota, and a rule that sends callers to
a queue that is closed sends them where that queue leads instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from acd import model as engine
from acd import rota
from acd.events import Cause, Configured
from ivr.menus.plan.doors import ALWAYS_OPEN, past_closed
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ivr.menus.plan.doors import Doors
    from ivr.menus.plan.model import Plan
    from ivr.menus.plan.people import Person, Rota
    from ivr.menus.plan.queues import Condition, Escalation, Overflow, Queue, Refusal, Step

Led: TypeAlias = Callable[[Target], Target | None]
"""Where a rule that sends callers to a target leads now; None for nowhere: they go on waiting."""

IN_DANGER = "a caller in danger"
MOST_SKILLED = 5  # the first of those on call; each further one is a level below, down to 1


def routing_of(
    plan: Plan, on_call: Mapping[str, Sequence[str]] | None = None, doors: Doors = ALWAYS_OPEN
) -> Configured:
    """The whole plan as one event for the engine; `on_call` by the rota's name, see `on_call_at`."""
    return Configured(
        tuple(_queue(name, queue, _led(plan, name, doors), _danger(plan, name)) for name, queue in plan.queues.items()),
        tuple(_agent(name, person, on_call or {}) for name, person in plan.people.items()),
        dict(plan.sites),
        {Cause(cause): seconds for cause, seconds in plan.after_failed_ring.items()},
        operator=plan.operator.queue,
        urgent=plan.urgent.queue,
    )


def rotas_of(plan: Plan) -> Mapping[str, rota.Rota]:
    """Who is on call, by the rota's name: ask acd.rota.on_call."""
    return {name: _rota(name, plan.practice.timezone, written) for name, written in plan.rotas.items()}


def on_call_at(plan: Plan, moment: datetime) -> Mapping[str, tuple[str, ...]]:
    """Who is on call at an aware moment, by the rota's name, in the order in which they are called."""
    return {name: rota.on_call(each, moment) for name, each in rotas_of(plan).items()}


def on_call_skills(name: str, on_call: Mapping[str, Sequence[str]]) -> Mapping[str, int]:
    """The skills that a person has by being on call: the rotas' names, the first person's at the highest level."""
    return {each: max(1, MOST_SKILLED - who.index(name)) for each, who in on_call.items() if name in who}


def _led(plan: Plan, queue: str, doors: Doors) -> Led:
    def led(target: Target) -> Target | None:
        arrived, passed = past_closed(plan, target, doors.is_open)
        if passed and (arrived == Target(Kind.QUEUE, queue) or arrived.kind is Kind.GOODBYE):
            return None  # nobody who waits is hung up on
        return arrived

    return led


def _agent(name: str, person: Person, on_call: Mapping[str, Sequence[str]]) -> engine.Agent:
    return engine.Agent(
        name,
        {**person.skills, **on_call_skills(name, on_call)},
        ready=person.ready,
        site=person.site or "",
        weight=person.weight,
        calls_per_hour=person.calls_per_hour,
        capacity=dict(person.capacity),
    )


def _danger(plan: Plan, queue: str) -> tuple[engine.Escalation, ...]:
    """Who is told that somebody in danger waits: in the urgent queue, and where it leads while it is closed."""
    ladder = tuple(engine.Rung(rung.who, rung.for_) for rung in plan.urgent.alert)
    arrived, passed = past_closed(plan, Target(Kind.QUEUE, plan.urgent.queue), lambda _: False)
    on_the_way = {plan.urgent.queue, arrived.name, *(detour.closed.to.name for detour in passed)}
    return (
        (engine.Escalation(IN_DANGER, engine.Condition(urgent=True), ladder),) if ladder and queue in on_the_way else ()
    )


def _queue(name: str, queue: Queue, led: Led, danger: tuple[engine.Escalation, ...]) -> engine.Queue:
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
        refuse=tuple(_refusals(queue.refuse, led)),
        overflow=tuple(_overflows(queue.overflow, led)),
        escalations=tuple(_escalation(alert) for alert in queue.alert) + danger,
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


def _refusals(rules: Iterable[Refusal], led: Led) -> Iterator[engine.Overflow]:
    for rule in rules:
        if to := led(rule.to):
            yield _rule(_condition(rule.when), to)


def _overflows(rules: Iterable[Overflow], led: Led) -> Iterator[engine.Overflow]:
    for rule in rules:
        when = _condition(rule.when) if rule.when else engine.Condition(rule.after or 0.0)
        to = led(rule.target)
        if to and rule.offer:
            yield engine.Overflow(when, to=str(to), offered=True)
        elif to:
            yield _rule(when, to)


def _rule(when: engine.Condition, to: Target) -> engine.Overflow:
    """Only who is sent to a queue is moved by the engine."""
    if to.kind is Kind.QUEUE:
        return engine.Overflow(when, queue=to.name)
    return engine.Overflow(when, to=str(to))


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
