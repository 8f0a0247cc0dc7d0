"""Delivers alerts behind the calls' backs: each on its own, again and again with distance, until it is there or late.

    post ──▶ pending ──▶ port ──▶ delivered: forgotten
               ▲           │
               └── retry ──┴────▶ too late: logged, and shown as given up

Nobody waits for it: posting and withdrawing are done at once, and the rows on disk follow. After a restart `run` goes
on with what is on disk; an alert may so arrive twice, but is not lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from ivr.notify.port import Alert, NotDelivered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ivr.notify.port import Port
    from ivr.services import Clock

MOST_PENDING = 1000  # a practice's people, ways and alerts many times over; a loop of alerts must not fill the memory
MOST_GIVEN_UP = 20  # what a status page shows

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how long after the first, second … failure one tries again (the last for ever), how long one try may
    take, and how old an alert may become: who is told after a quarter of an hour is told about another queue.
    """

    retries: tuple[float, ...] = (1.0, 5.0, 30.0, 120.0, 300.0)
    attempt_seconds: float = 90.0  # a phone rings, is answered, and says the alert
    keep_seconds: float = 900.0

    def after(self, failures: int) -> float:
        return self.retries[min(failures, len(self.retries)) - 1]


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert on one way to one person. `due` and `expires` are seconds since the epoch.

    `reason` is why it last failed. A notice with the `id` of a pending one takes its place, and its earlier `due`.
    """

    id: str
    person: str
    kind: str
    address: str = field(repr=False)
    alert: Alert
    due: float
    expires: float
    failures: int = 0
    reason: str = ""


class NoticeRows(Protocol):
    """Notices on disk, as plain values: the fields of Notice, those of Alert beginning with "alert_".

    Nothing here raises for a disk that fails: it is logged, and notices are delivered without one.
    """

    async def keep(self, row: Mapping[str, Any]) -> None:
        """Add the row, or replace the one with its "id"."""

    async def remove(self, notice: str) -> None:
        """A row that is not there is no error."""

    async def all(self) -> Sequence[Mapping[str, Any]]:
        """The first due first."""


class Outbox:
    """`ports` by kind. `run` delivers until it is cancelled."""

    def __init__(self, ports: Mapping[str, Port], rows: NoticeRows, clock: Clock, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self._ports = ports
        self._rows = rows
        self._clock = clock
        self._pending: dict[str, Notice] = {}
        self._given_up: deque[Notice] = deque(maxlen=MOST_GIVEN_UP)
        self._unwritten: dict[str, None] = {}  # ids, the oldest change first
        self._changed = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._trying: set[asyncio.Task[Any] | None] = set()

    # ---- told by the dispatcher -------------------------------------------------------------------------------------

    def delivers(self, kind: str) -> bool:
        """Whether the settings have a port of the kind."""
        return kind in self._ports

    def post(self, notices: Iterable[Notice]) -> None:
        """Deliver the notices when they are due."""
        for notice in notices:
            if notice.id not in self._pending and len(self._pending) >= MOST_PENDING:
                log.error("an alert is dropped: too many are pending", person=notice.person, kind=notice.kind)
                continue
            before = self._pending.get(notice.id, notice)
            self._set(replace(notice, due=min(before.due, notice.due)))
            if self._tasks.get(notice.id) not in self._trying:  # nobody is cut off in the middle of listening
                self._start(notice.id)

    def withdraw(self, alert: str) -> None:
        """The alert is seen to, or over: stop ringing for it, and tell nobody else."""
        for notice in [each for each in self._pending.values() if each.alert.id == alert]:
            self._stop(notice.id)
            self._forget(notice.id)

    # ---- for people who look ----------------------------------------------------------------------------------------

    def pending(self) -> tuple[Notice, ...]:
        """What is not delivered yet, the first due first."""
        return tuple(sorted(self._pending.values(), key=lambda notice: notice.due))

    def given_up(self) -> tuple[Notice, ...]:
        """What became too old since the start, the latest last."""
        return tuple(self._given_up)

    # ---- running ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Deliver until cancelled; what is pending then is on disk."""
        try:
            await self._restore()
            async with asyncio.TaskGroup() as self._group:
                for notice in self.pending():
                    self._start(notice.id)
                while True:
                    await self._changed.wait()
                    await self._write()
        finally:
            self._group = None
            await self._write()

    async def _restore(self) -> None:
        for row in await self._rows.all():
            notice = _notice(row)
            self._pending.setdefault(notice.id, notice)

    def _start(self, notice: str) -> None:
        if self._group is not None:
            self._stop(notice)
            self._tasks[notice] = self._group.create_task(self._deliver(notice), name=f"notice {notice}")

    def _stop(self, notice: str) -> None:
        """A phone port withdraws within its own delivery, which then goes on to its end."""
        task = self._tasks.pop(notice, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _deliver(self, name: str) -> None:
        task = asyncio.current_task()
        while (notice := self._pending.get(name)) and self._tasks.get(name) is task:
            await asyncio.sleep(max(0.0, notice.due - self._clock.now()))
            if self._clock.now() >= notice.expires:
                self._give_up(notice)
                return
            failure = await self._tried(notice)
            if self._pending.get(name) is not notice:
                continue  # it is over, or a later rung came meanwhile
            if failure is None:
                log.info("alert delivered", **_named(notice))
                self._forget(name)
            else:
                self._failed(notice, failure)

    async def _tried(self, notice: Notice) -> str | None:
        """Why the notice was not delivered; None when it was."""
        task = asyncio.current_task()
        self._trying.add(task)
        try:
            await self._try(notice)
        except NotDelivered as failed:
            return str(failed)
        finally:
            self._trying.discard(task)
        return None

    async def _try(self, notice: Notice) -> None:
        port = self._ports.get(notice.kind)
        if port is None:
            raise NotDelivered(f"the settings have nothing for {notice.kind}")
        try:
            async with asyncio.timeout(self.pace.attempt_seconds):
                await port.deliver(notice.address, notice.alert)
        except NotDelivered:
            raise
        except TimeoutError:
            raise NotDelivered(f"not done within {self.pace.attempt_seconds:g} s") from None
        except Exception as error:  # noqa: BLE001 - a faulty port must not keep the others from alerting
            raise NotDelivered(f"a fault of Careline ({type(error).__name__})") from None  # its words may be secret

    def _failed(self, notice: Notice, reason: str) -> None:
        failures = notice.failures + 1
        due = self._clock.now() + self.pace.after(failures)
        later = replace(notice, due=due, failures=failures, reason=reason)
        if due >= later.expires:
            self._give_up(later)
        else:
            log.warning("alert not delivered, tried again later", **_named(notice), why=reason, failures=failures)
            self._set(later)

    def _give_up(self, notice: Notice) -> None:
        log.error("alert given up, it is too old", **_named(notice), why=notice.reason)
        self._given_up.append(notice)
        self._forget(notice.id)

    # ---- rows -------------------------------------------------------------------------------------------------------

    def _set(self, notice: Notice) -> None:
        self._pending[notice.id] = notice
        self._note(notice.id)

    def _forget(self, notice: str) -> None:
        self._pending.pop(notice, None)
        self._tasks.pop(notice, None)
        self._note(notice)

    def _note(self, notice: str) -> None:
        self._unwritten[notice] = None
        self._changed.set()

    async def _write(self) -> None:
        """Bring the rows up to date. What is cancelled half-way stays to be written."""
        self._changed.clear()
        while self._unwritten:
            changed = next(iter(self._unwritten))
            notice = self._pending.get(changed)
            await (self._rows.remove(changed) if notice is None else self._rows.keep(_row(notice)))
            if self._pending.get(changed) is notice:
                del self._unwritten[changed]


def _named(notice: Notice) -> dict[str, str]:
    """What a log may say of it: never the address."""
    return {"alert": notice.alert.id, "person": notice.person, "kind": notice.kind}


def _row(notice: Notice) -> dict[str, Any]:
    alert = notice.alert
    return {
        "id": notice.id,
        "person": notice.person,
        "kind": notice.kind,
        "address": notice.address,
        "due": notice.due,
        "expires": notice.expires,
        "failures": notice.failures,
        "reason": notice.reason,
        "alert_id": alert.id,
        "alert_title": alert.title,
        "alert_text": alert.text,
        "alert_queue": alert.queue,
        "alert_rung": alert.rung,
        "alert_at": alert.at,
    }


def _notice(row: Mapping[str, Any]) -> Notice:
    of_alert = {name.removeprefix("alert_"): value for name, value in row.items() if name.startswith("alert_")}
    own = {name: value for name, value in row.items() if not name.startswith("alert_")}
    return Notice(alert=Alert(**of_alert), **own)
