"""The wiring: the one module that knows all others, and nothing but how they fit together."""

from __future__ import annotations

import asyncio
import gc
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from ivr.alerting import AlertCalls, Alerting
from ivr.asterisk.front_door import AsteriskFrontDoor
from ivr.asterisk.settings import AsteriskSettings
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
from ivr.sockets import Address
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
    from ivr.services import Clock

log = structlog.get_logger()


async def serve(settings: given.Settings, progress: Progress, who: str) -> None:
    """Answer the practice's telephone until told to stop (SIGTERM, SIGINT); SIGHUP reloads the plan.

    Raises what the command line turns into one sentence: PlanErrors, BadTable, StoreError, CannotListen, LoginRefused,
    CannotServe. `progress` hears how many of the prompts are ready; `who` is the login name of whoever starts it.
    """
    async with open_database(settings.state) as database, Pools(pool_maker(settings)) as pools:
        clock = SystemClock()
        editions = Editions(settings, pools)
        versions = Reloading(settings.plan, editions, Versions(settings.state), clock)
        edition = await versions.begin(who, progress)
        plan = edition.plan
        vault = await unlock(database)
        zone = ZoneInfo(plan.practice.timezone)
        record = RecordWriter(database, vault, zone)
        messages = StoredMessages(database, vault)
        await messages.rescue(lambda message: filed(plan, message))

        async def take(call: Call) -> None:
            await desk.serve(call)

        async def person(phone: str, ready: bool) -> bool:
            return await desk.person(phone, ready=ready)

        door = AsteriskFrontDoor(asterisk_of(settings.asterisk), lambda: desk.desk.ears, take, person)
        regulars = Regulars(vault.pseudonym, StoredTalks(database))
        await regulars.load(clock.now())

        def acknowledged(alert: str, by: str) -> None:
            if not message_desk.acknowledged(alert, by):
                queues.acknowledge(int(alert), by)

        alert_calls = AlertCalls(door.switch, edition.prompts, plan.practice.languages[0])
        alerting, dispatcher, outbox = alerting_of(
            edition,
            settings.notify,
            alert_calls,
            StoredNotices(database, vault),
            clock=clock,
            acknowledged=acknowledged,
        )
        feeds = Feeds(feeds_of(settings.feeds), clock)
        feeds.metrics.watch("record_lines_lost", "Lines of the call record that were lost", lambda: record.lost)
        ports = Ports(
            Backs(StoredBacks(database, vault)), alerting, observers=(regulars.saw, feeds.take), timezone=zone
        )
        queues = QueueRunner(door.switch, Journal(database), record, clock, ports)
        closures = Closures(StoredSwitches(database))
        await closures.load()
        work = Desk(
            plan,
            edition.ears,
            edition.understanding,
            edition.prompts,
            queues,
            record,
            messages,
            clock,
            regulars,
            doors=Openings(plan, closures, clock),
            closures=closures,
            studio=RecordingStudio(settings.recordings),
            version=versions.version.number,
        )
        desk = FrontDesk(work, lambda: door.ami.up, record.close_interrupted, alert_calls)
        message_desk = MessageDesk(messages, StoredWork(database, vault), lambda: desk.desk, alerting)
        restored = await queues.restore()
        await feeds.open()
        shifts = Shifts(queues, clock)
        closures.switched = shifts.look
        changeover = Changeover(edition, editions, desk, shifts, feeds, dispatcher, alert_calls)
        versions.put_in_force = changeover.put_in_force
        await changeover.begin()
        ours = (queues.run(desk), shifts.run(), versions.run(), changeover.run(), message_desk.run())
        async with _writing(record), _running(*ours, regulars.run(), alerting.run(), outbox.run(), feeds.run()):
            await door.start()
            control = await open_door(settings.state, lambda request: versions.answer(request, desk.answer))
            _on_signal(signal.SIGHUP, versions.ask)
            gc.freeze()  # what was built so far stays: the collector need not look at it during calls
            log.info("careline serves", plan=str(settings.plan), events_restored=restored)
            await _told_to_stop()
            log.info("careline stops; callers hear music until it is back")
            control.close()
            await door.close()


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


def alerting_of(
    edition: Edition,
    notify: given.Notify,
    calls: AlertCalls,
    notices: StoredNotices,
    *,
    clock: Clock,
    acknowledged: Callable[[str, str], None],
) -> tuple[Alerting, Dispatcher, Outbox]:
    """How people learn of alerts, who they are, and what is on its way; `acknowledged` hears (alert, person)."""

    def by_phone(alert: str, address: str) -> None:
        acknowledged(alert, dispatcher.person_at("phone", address) or "the phone")

    outbox = Outbox(ports_of(notify, clock, PhonePort(calls, by_phone)), notices, clock)
    dispatcher = Dispatcher(edition.contacts, rotas_of(edition.plan), outbox, clock)
    return Alerting(dispatcher.alert, dispatcher.over, clock), dispatcher, outbox


def feeds_of(feeds: given.Feeds) -> FeedSettings:
    ami, metrics = feeds.ami, feeds.metrics
    return FeedSettings(
        queue_log=feeds.queue_log,
        ami=Port(ami.host, ami.port) if ami else None,
        access=Access(ami.user, ami.secret) if ami else Access(),
        metrics=Port(metrics.host, metrics.port) if metrics else None,
    )


def asterisk_of(asterisk: given.Asterisk) -> AsteriskSettings:
    ami, agi, audio = asterisk.ami, asterisk.agi, asterisk.audiosocket
    return AsteriskSettings(
        secret=ami.secret,
        user=ami.user,
        ami=Address(ami.host, ami.port),
        agi=Address(agi.host, agi.port),
        audio=Address(audio.host, audio.port),
    )
