"""Escalations: who is told that a queue needs help, rung by rung, until somebody takes care of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acd.commands import Alert, AlertOver, Command
from acd.conditions import Facts, holds_for_all, in_words
from acd.timers import AlarmDue, QueueDue

if TYPE_CHECKING:
    from acd.crews import Crews
    from acd.lobby import Lobby
    from acd.model import Escalation
    from acd.queue_room import QueueRoom
    from acd.timers import Timers

LOOK_AGAIN_SECONDS = 10.0
"""Service level and estimated wait change while nothing happens; they are looked at so often while it matters."""


@dataclass(slots=True)
class Alarm:
    """An escalation whose condition holds. `rung` is the last one told, `by` who takes care of it ("": nobody yet)."""

    id: int
    queue: str
    name: str
    rung: int = 0
    by: str = ""


class Alarms:
    """Looks at the queues where something changed, and climbs the ladders."""

    def __init__(self, lobby: Lobby, crews: Crews, timers: Timers, orders: list[Command]) -> None:
        self.open: dict[tuple[str, str], Alarm] = {}
        self.last = 0
        self._due: dict[tuple[str, str], None] = {}
        self._lobby = lobby
        self._crews = crews
        self._timers = timers
        self._orders = orders

    def configure(self) -> None:
        """An alarm whose escalation the plan no longer has is over."""
        for queue, name in tuple(self.open):
            if self._escalation(queue, name) is None:
                self._over(self.open[queue, name])

    def look(self, touched: dict[str, None], now: float) -> None:
        """Raise and end the alarms of these queues, and forget them."""
        for queue in sorted(touched):
            if room := self._lobby.rooms.get(queue):
                for escalation in room.queue.escalations:
                    self._look(room, escalation, now)
                self._look_again(room, now)
        touched.clear()
        self._due.clear()

    def rung_over(self, queue: str, name: str) -> None:
        """The time of a rung is over, or somebody has waited long enough for an alarm: the queue is to be looked at."""
        self._due[queue, name] = None

    def acknowledged(self, number: int, by: str) -> None:
        for alarm in self.open.values():
            if alarm.id == number and not alarm.by:
                alarm.by = by
                self._timers.cancel(AlarmDue(alarm.queue, alarm.name))

    def _look(self, room: QueueRoom, escalation: Escalation, now: float) -> None:
        key = (room.queue.name, escalation.name)
        alarm = self.open.get(key)
        if not self._holds(room, escalation, now):
            if alarm:
                self._over(alarm)
            self._time(room, escalation, now)
        elif alarm is None:
            self.last += 1
            alarm = self.open[key] = Alarm(self.last, *key)
            self._tell(alarm, escalation, now)
        elif key in self._due and not alarm.by:
            alarm.rung = min(alarm.rung + 1, len(escalation.ladder) - 1)
            self._tell(alarm, escalation, now)

    def _holds(self, room: QueueRoom, escalation: Escalation, now: float) -> bool:
        waited = escalation.when.waited_seconds
        if waited:
            oldest = room.oldest_since()
            if oldest is None or now < oldest + waited:
                return False
        return holds_for_all(escalation.when, Facts(room, self._crews, now))

    def _tell(self, alarm: Alarm, escalation: Escalation, now: float) -> None:
        rung = escalation.ladder[alarm.rung]
        why = in_words(escalation.when)
        self._orders.append(Alert(alarm.id, alarm.queue, alarm.name, alarm.rung, rung.who, why))
        self._timers.set(AlarmDue(alarm.queue, alarm.name), now + rung.seconds)

    def _over(self, alarm: Alarm) -> None:
        del self.open[alarm.queue, alarm.name]
        self._timers.cancel(AlarmDue(alarm.queue, alarm.name))
        self._orders.append(AlertOver(alarm.id, alarm.queue, alarm.name))

    def _time(self, room: QueueRoom, escalation: Escalation, now: float) -> None:
        """Come back when whoever waits longest has waited too long."""
        oldest, waited = room.oldest_since(), escalation.when.waited_seconds
        if waited and oldest is not None and oldest + waited > now:
            self._timers.set(AlarmDue(room.queue.name, escalation.name), oldest + waited)
        else:
            self._timers.cancel(AlarmDue(room.queue.name, escalation.name))

    def _look_again(self, room: QueueRoom, now: float) -> None:
        name = room.queue.name
        matters = room.watched.ticks and (room.line or any(queue == name for queue, _ in self.open))
        if not matters:
            self._timers.cancel(QueueDue(name))
        elif not self._timers.is_set(QueueDue(name)):
            self._timers.set(QueueDue(name), now + LOOK_AGAIN_SECONDS)

    def _escalation(self, queue: str, name: str) -> Escalation | None:
        room = self._lobby.rooms.get(queue)
        escalations = room.queue.escalations if room else ()
        return next((each for each in escalations if each.name == name), None)
