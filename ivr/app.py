"""The wiring: the one module that knows all others, and nothing but how they fit together."""

from __future__ import annotations

import asyncio
import gc
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from ivr.alerting import AlertCalls, Alerting
from ivr.changeover import Changeover
from ivr.clock import SystemClock
from ivr.control import open_door
from ivr.conversation.closures import Closures
from ivr.conversation.desk import Desk
from ivr.conversation.messages import filed
from ivr.conversation.openings import Openings
from ivr.edition import Editions, pool_maker
from ivr.feeds.ami_server import Access
from ivr.feeds.feeds import Feeds, FeedSettings, Port
from ivr.front_desk import FrontDesk
from ivr.front_doors import front_door_of
from ivr.menus.routing import rotas_of
from ivr.message_desk import MessageDesk
from ivr.notify.dispatcher import Dispatcher
from ivr.notify.outbox import Outbox
from ivr.notify.phone import PhonePort
from ivr.notify.ports import ports_of
from ivr.queueing.backs import Backs
from ivr.queueing.regulars import Regulars
from ivr.queueing.runner import Ports, QueueRunner
from ivr.queueing.shifts import Shifts
from ivr.reloading import Reloading
from ivr.speech.hearing.pools import Pools
from ivr.speech.prompting.studio import RecordingStudio
from ivr.store.closures import StoredSwitches
from ivr.store.database import open_database
from ivr.store.journal import Journal
from ivr.store.message_work import StoredWork
from ivr.store.notices import StoredNotices
from ivr.store.records import RecordWriter
from ivr.store.regulars import StoredBacks, StoredTalks
from ivr.store.vault import unlock
from ivr.store.versions import Versions
from ivr.store.voicemail import StoredMessages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from ivr import settings as given
    from ivr.call import Call
    from ivr.edition import Edition, Progress
    from ivr.store.database import Database

log = structlog.get_logger()


async def serve(settings: given.Settings, progress: Progress, who: str) -> None:
    """Answer the practice's telephone until told to stop (SIGTERM, SIGINT); SIGHUP reloads the plan.

    Raises what the command line turns into one sentence: PlanErrors, BadTable, StoreError, CannotListen, LoginRefused,
    CannotServe. `progress` hears how many of the prompts are ready; `who` is the login name of whoever starts it.
    """
    async with open_database(settings.state) as database, Pools(pool_maker(settings)) as pools:
        editions = Editions(settings, pools)
        versions = Reloading(settings.plan, editions, Versions(settings.state), SystemClock())
        edition = await versions.begin(who, progress)
        stores = await _Stores.of(database, edition)
        await stores.messages.rescue(lambda message: filed(edition.plan, message))
        practice = Practice(settings, stores, editions, versions, edition)
        restored = await practice.begin()
        async with _writing(stores.record), _running(*practice.works):
            await practice.door.start()
            control = await open_door(settings.state, lambda request: versions.answer(request, practice.desk.answer))
            _on_signal(signal.SIGHUP, versions.ask)
            gc.freeze()  # what was built so far stays: the collector need not look at it during calls
            log.info("careline serves", plan=str(settings.plan), events_restored=restored)
            await _told_to_stop()
            log.info("careline stops; callers hear music until it is back")
            control.close()
            await practice.door.close()


@dataclass(frozen=True, slots=True)
class _Stores:
    """All that is kept in the database."""

    record: RecordWriter
    journal: Journal
    messages: StoredMessages
    work: StoredWork
    notices: StoredNotices
    backs: StoredBacks
    switches: StoredSwitches
    regulars: Regulars

    @classmethod
    async def of(cls, database: Database, edition: Edition) -> _Stores:
        vault = await unlock(database)
        return cls(
            record=RecordWriter(database, vault, ZoneInfo(edition.plan.practice.timezone)),
            journal=Journal(database),
            messages=StoredMessages(database, vault),
            work=StoredWork(database, vault),
            notices=StoredNotices(database, vault),
            backs=StoredBacks(database, vault),
            switches=StoredSwitches(database),
            regulars=Regulars(vault.pseudonym, StoredTalks(database)),
        )


class Practice:
    """One practice's telephone, from the PBX to the stores; `begin`, run `works`, and then open the `door`."""

    def __init__(
        self, settings: given.Settings, stores: _Stores, editions: Editions, versions: Reloading, edition: Edition
    ) -> None:
        self._settings = settings
        self._stores = stores
        self._versions = versions
        self._clock = SystemClock()
        self.door = front_door_of(settings, lambda: self.desk.desk.ears, self._take, self._person)
        self._alert_calls = AlertCalls(self.door.switch, edition.prompts, edition.plan.practice.languages[0])
        self._outbox = self._outbox_of(settings.notify)
        self._dispatcher = Dispatcher(edition.contacts, rotas_of(edition.plan), self._outbox, self._clock)
        self._alerting = Alerting(self._dispatcher.alert, self._dispatcher.over, self._clock)
        self._feeds = Feeds(feeds_of(settings.feeds), self._clock)
        self._feeds.metrics.watch(
            "record_lines_lost", "Lines of the call record that were lost", lambda: stores.record.lost
        )
        self._queues = self._queues_of(edition)
        self._closures = Closures(stores.switches)
        self.desk = FrontDesk(
            self._work(edition), lambda: self.door.up, stores.record.close_interrupted, self._alert_calls
        )
        self._message_desk = MessageDesk(stores.messages, stores.work, lambda: self.desk.desk, self._alerting)
        self._shifts = Shifts(self._queues, self._clock)
        self._closures.switched = self._shifts.look
        self._changeover = Changeover(
            edition, editions, self.desk, self._shifts, self._feeds, self._dispatcher, self._alert_calls
        )
        versions.put_in_force = self._changeover.put_in_force

    async def begin(self) -> int:
        """Go on where the process stopped last; returns how many events of the journal were replayed."""
        await self._stores.regulars.load(self._clock.now())
        await self._closures.load()
        restored = await self._queues.restore()
        await self._feeds.open()
        await self._changeover.begin()
        return restored

    @property
    def works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What goes on as long as the telephone is answered."""
        return (
            self._queues.run(self.desk),
            self._shifts.run(),
            self._versions.run(),
            self._changeover.run(),
            self._message_desk.run(),
            self._stores.regulars.run(),
            self._alerting.run(),
            self._outbox.run(),
            self._feeds.run(),
        )

    # ---- what the PBX, people and alerts tell --------------------------------------------------------------------

    async def _take(self, call: Call) -> None:
        await self.desk.serve(call)

    async def _person(self, phone: str, ready: bool) -> bool:
        return await self.desk.person(phone, ready=ready)

    def _acknowledged_by_phone(self, alert: str, address: str) -> None:
        by = self._dispatcher.person_at("phone", address) or "the phone"
        if not self._message_desk.acknowledged(alert, by):
            self._queues.acknowledge(int(alert), by)

    # ---- the parts that take more than a line ----------------------------------------------------------------------

    def _outbox_of(self, notify: given.Notify) -> Outbox:
        phone = PhonePort(self._alert_calls, self._acknowledged_by_phone)
        return Outbox(ports_of(notify, self._clock, phone), self._stores.notices, self._clock)

    def _queues_of(self, edition: Edition) -> QueueRunner:
        ports = Ports(
            Backs(self._stores.backs),
            self._alerting,
            observers=(self._stores.regulars.saw, self._feeds.take),
            timezone=ZoneInfo(edition.plan.practice.timezone),
        )
        return QueueRunner(self.door.switch, self._stores.journal, self._stores.record, self._clock, ports)

    def _work(self, edition: Edition) -> Desk:
        return Desk(
            edition.plan,
            edition.ears,
            edition.understanding,
            edition.prompts,
            self._queues,
            self._stores.record,
            self._stores.messages,
            self._clock,
            self._stores.regulars,
            doors=Openings(edition.plan, self._closures, self._clock),
            closures=self._closures,
            studio=RecordingStudio(self._settings.recordings),
            version=self._versions.version.number,
        )


@asynccontextmanager
async def _running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """All of it goes on until the end of the block; one that fails ends it."""
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in running:
                task.cancel()


@asynccontextmanager
async def _writing(record: RecordWriter) -> AsyncIterator[None]:
    """The record is written while calls live, and to its end when they are over."""
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(record.run())
        try:
            yield
        finally:
            writing.cancel()
            await record.flush()


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        _on_signal(number, stop.set)
    await stop.wait()


def _on_signal(number: signal.Signals, do: Callable[[], object]) -> None:
    asyncio.get_running_loop().add_signal_handler(number, do)


def feeds_of(feeds: given.Feeds) -> FeedSettings:
    ami, metrics = feeds.ami, feeds.metrics
    return FeedSettings(
        queue_log=feeds.queue_log,
        ami=Port(ami.host, ami.port) if ami else None,
        access=Access(ami.user, ami.secret) if ami else Access(),
        metrics=Port(metrics.host, metrics.port) if metrics else None,
    )
