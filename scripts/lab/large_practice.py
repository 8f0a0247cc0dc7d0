"""A practice far larger than any: 40 queues of every kind, 1,000 people who serve 1 to 8 of them, and their callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.events import CallerJoined, Configured
from acd.model import (
    Agent,
    CallbackRules,
    Condition,
    Escalation,
    Overflow,
    Queue,
    Ringing,
    Rung,
    Step,
    Urgency,
    WrapUp,
)
from acd.skills import ANYBODY, Needs
from acd.strategies import STRATEGIES

if TYPE_CHECKING:
    from random import Random

QUEUES = 40
PEOPLE = 1_000
SITES = ("downtown", "harbor", "hill")
LANGUAGES = (ANYBODY, ANYBODY, ANYBODY, ANYBODY, Needs.parse("spanish"))


def large_practice(rng: Random) -> Configured:
    """Every strategy is some queue's; half the queues have steps, all overflow, a quarter escalates."""
    people = tuple(_person(number, rng) for number in range(PEOPLE))
    return Configured(tuple(_queue(number) for number in range(QUEUES)), people, {SITES[0]: SITES[1:]}, seed=1)


def caller(number: int, rng: Random) -> CallerJoined:
    """One in five needs Spanish, one in 25 is urgent, some have a person whom they know or ring again."""
    return CallerJoined(
        f"c{number}",
        f"q{rng.randrange(QUEUES)}",
        needs=rng.choice(LANGUAGES),
        urgency=Urgency.URGENT if rng.random() < 0.04 else Urgency.ROUTINE,
        preferred=(f"p{rng.randrange(PEOPLE)}",) if rng.random() < 0.05 else (),
        preferred_seconds=20.0,
        site=rng.choice(SITES),
        party=f"n{number}",
    )


def _person(number: int, rng: Random) -> Agent:
    queues = rng.sample(range(QUEUES), rng.randint(1, 8))
    skills = {f"s{queue}": rng.randint(1, 5) for queue in queues}
    if rng.random() < 0.4:
        skills["spanish"] = rng.randint(1, 5)
    return Agent(f"p{number}", skills, site=rng.choice(SITES), weight=rng.randint(1, 4))


def _queue(number: int) -> Queue:
    strategies = sorted(STRATEGIES)
    return Queue(
        f"q{number}",
        steps=_steps(number),
        strategy=strategies[number % len(strategies)],
        nearest_first=number % 5 == 0,
        ringing=Ringing(at_once=2, more=1, every_seconds=8.0) if number % 10 == 3 else Ringing(),
        weight=1.0 + number % 3 / 2,
        head_start_seconds=60.0 if number % 8 == 0 else 0.0,
        wrap_up=WrapUp(seconds=20.0 + number),
        overflow=_overflow(number),
        escalations=_escalations(number),
        callback=CallbackRules(caller_first=number % 2 == 0),
        return_seconds=120.0 if number % 3 == 0 else 0.0,
    )


def _steps(number: int) -> tuple[Step, ...]:
    able = Needs.parse(f"s{number}")
    if number % 2:
        return (Step(able),)
    waited = (Condition(waited_seconds=45.0), Condition(waited_seconds=10.0, staffed_below=5))
    return (Step(Needs.parse(f"s{number} >= 4"), waited), Step(able))


def _overflow(number: int) -> tuple[Overflow, ...]:
    """A callback is offered (a third goes by the estimated wait); later the next queue helps, or voicemail."""
    estimated = 300.0 if number % 3 == 0 else None
    offered = Overflow(Condition(120.0, estimated_wait_seconds=estimated), to="callback", offered=True)
    later = Condition(waited_seconds=1200.0 + 60.0 * number)
    if number % 4 == 1:
        return (offered, Overflow(later, queue=f"q{(number + 2) % QUEUES}"))
    return (offered, Overflow(later, to="voicemail"))


def _escalations(number: int) -> tuple[Escalation, ...]:
    ladder = (Rung((f"p{number}",), 180.0), Rung(("p0", "p1"), 300.0))
    return (
        Escalation("somebody waits long", Condition(waited_seconds=300.0), ladder),
        Escalation("few are answered in time", Condition(service_level_below=0.5, length=10), ladder),
    )[: 2 if number % 4 == 0 else 0]
