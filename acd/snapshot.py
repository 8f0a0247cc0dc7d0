"""The whole engine as JSON and back: what is restored goes on exactly as the original would.

    {"version": 2, "plan": {…}, "people": […], "callers": […], "offers": […], "timers": […], …}

Lines, crews and groups are worked out anew from these. A journal begins again with a snapshot, and so stays short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from acd.alarms import Alarm
from acd.codec import VERSION, EventFormatError, decode, encode, form_of
from acd.engine import Engine
from acd.events import Configured
from acd.state import Caller, Offer, Person
from acd.stats import QueueStats, StatsFormatError
from acd.timers import Subject
from acd.wait import WaitEstimator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acd.codec import JSON

_PERSON, _OFFER, _ALARM = form_of(Person), form_of(Offer), form_of(Alarm)
_CALLER = {name: form_of(hint) for name, hint in get_type_hints(Caller).items() if name != "queue"}
_SUBJECTS = {kind.__name__: form_of(kind) for kind in get_args(Subject)}


def snapshot(engine: Engine) -> dict[str, Any]:
    """What the engine knows between two events, as what json.dumps takes."""
    lobby, offers = engine.lobby, engine.offers_made
    standing = engine.matching.standing()
    return {
        "version": VERSION,
        "plan": encode(engine.plan),
        "day_began": engine.staff.day_began,
        "people": [_PERSON.write(person) for person in engine.staff.people.values()],
        "callers": [_written(caller, standing.get(caller.call)) for caller in lobby.callers.values()],
        "joins": lobby.joins,
        "lost": {party: [list(queues), joined] for party, (queues, joined) in lobby.lost.items()},
        "expecting": {party: list(calls) for party, calls in lobby.expecting.items()},
        "rooms": {
            name: {"stats": room.stats.as_json(), "waits": room.waits.as_json(), "held": list(room.watched.held)}
            for name, room in lobby.rooms.items()
        },
        "offers": [_OFFER.write(offer) for offer in offers.open.values()],
        "ended": [[number, *who] for number, who in offers.ended.items()],
        "last_offer": offers.last,
        "last_rung": dict(engine.matching.last_rung),
        "alarms": [_ALARM.write(alarm) for alarm in engine.alarms.open.values()],
        "last_alarm": engine.alarms.last,
        "timers": [
            [due, type(subject).__name__, _SUBJECTS[type(subject).__name__].write(subject)]
            for due, subject in engine.timers.all()
        ],
    }


def restored(data: Mapping[str, Any]) -> Engine:
    """The engine that was written. Raises EventFormatError for anything else."""
    if data.get("version") != VERSION:
        raise EventFormatError(f"the snapshot has format version {data.get('version')!r}; this program reads {VERSION}")
    try:
        return _restored(data)
    except (KeyError, TypeError, ValueError, StatsFormatError) as wrong:
        raise EventFormatError(f"the snapshot cannot be read: {wrong!r}") from wrong


def _restored(data: Mapping[str, Any]) -> Engine:
    engine = Engine()
    engine.plan = _plan(data["plan"])
    engine.staff.restore(engine.plan, [_PERSON.read(each) for each in data["people"]], data["day_began"])
    engine.lobby.adopt(engine.plan)
    for name, figures in data["rooms"].items():
        room = engine.lobby.room_of(engine.lobby.queue(name))
        room.stats = QueueStats.from_json(figures["stats"])
        room.waits = WaitEstimator.from_json(figures["waits"])
        room.watched.held[:] = figures["held"]
    for written in data["callers"]:
        _add_caller(engine, dict(written))
    engine.lobby.joins = data["joins"]
    engine.lobby.lost.update((party, (tuple(queues), joined)) for party, (queues, joined) in data["lost"].items())
    engine.lobby.expecting.update((party, list(calls)) for party, calls in data["expecting"].items())
    engine.offers_made.open.update((each["id"], _OFFER.read(each)) for each in data["offers"])
    engine.offers_made.ended.update((number, (agent, call)) for number, agent, call in data["ended"])
    engine.offers_made.last = data["last_offer"]
    engine.matching.last_rung.update(data["last_rung"])
    for alarm in map(_ALARM.read, data["alarms"]):
        engine.alarms.open[alarm.queue, alarm.name] = alarm
    engine.alarms.last = data["last_alarm"]
    for due, kind, subject in data["timers"]:
        engine.timers.set(_SUBJECTS[kind].read(subject), due)
    engine.crews.touched.clear()
    return engine


def _plan(written: Mapping[str, Any]) -> Configured:
    plan = decode(written)
    if not isinstance(plan, Configured):
        raise EventFormatError(f"the snapshot's plan is a {type(plan).__name__}")
    return plan


def _written(caller: Caller, only: tuple[str, ...] | None) -> dict[str, JSON]:
    """`offered_to` are the people whom the caller may be offered to: [] is everybody able, None nobody now."""
    fields = {name: form.write(getattr(caller, name)) for name, form in _CALLER.items()}
    return {**fields, "queue": caller.queue.name, "offered_to": None if only is None else list(only)}


def _add_caller(engine: Engine, written: dict[str, Any]) -> None:
    only, queue = written.pop("offered_to"), written.pop("queue")
    caller = Caller(
        queue=engine.lobby.queue(queue), **{name: _CALLER[name].read(each) for name, each in written.items()}
    )
    engine.lobby.callers[caller.call] = caller
    if not caller.talking and not caller.resting:
        engine.lobby.room(caller).add(caller)
    if only is not None:
        engine.matching.add_caller(caller, tuple(only))
