"""The wiring: the one module that knows all others, and nothing but how they fit together."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from ivr.alerting import AlertCalls, Alerting
from ivr.asterisk.front_door import AsteriskFrontDoor
from ivr.asterisk.settings import Address, AsteriskSettings
from ivr.clock import SystemClock
from ivr.control import open_door
from ivr.conversation.desk import Desk
from ivr.errors import UserError
from ivr.feeds.ami_server import Access
from ivr.feeds.feeds import Feeds, FeedSettings, Port
from ivr.front_desk import FrontDesk
from ivr.menus import load as plans
from ivr.menus.routing import rotas_of, routing_of
from ivr.menus.wording import intents_of, phrases_of, wordings
from ivr.notify.contact import contact
from ivr.notify.dispatcher import Dispatcher
from ivr.notify.outbox import Outbox
from ivr.notify.phone import PhonePort
from ivr.notify.ports import ports_of
from ivr.queueing.backs import Backs
from ivr.queueing.orders import Accept
from ivr.queueing.regulars import Regulars
from ivr.queueing.runner import Phones, Ports, QueueRunner
from ivr.shipped import shipped
from ivr.speech.intents import IntentModel
from ivr.speech.lexicon import load_lexicons
from ivr.speech.pool import RecognizerPool
from ivr.speech.prompts import PromptFolders, PromptLibrary, load_manifests
from ivr.speech.red_flag_list import load_red_flags
from ivr.speech.tts import VoiceSettings, search_folders
from ivr.speech.understanding import PlanUnderstanding
from ivr.store.database import open_database
from ivr.store.journal import Journal
from ivr.store.notices import StoredNotices
from ivr.store.records import RecordWriter
from ivr.store.regulars import StoredBacks, StoredTalks
from ivr.store.vault import unlock
from ivr.store.voicemail import StoredMessages

if TYPE_CHECKING:
    from pathlib import Path

    from ivr import settings as given
    from ivr.call import Call
    from ivr.menus.model import Plan
    from ivr.services import Clock

log = structlog.get_logger()
Progress = Callable[[int, int], None]


class CannotServe(UserError):  # noqa: N818 - named for the state of the host
    """Callers could not be served as the plan says; the message says what to do."""


async def serve(settings: given.Settings, progress: Progress) -> None:
    """Answer the practice's telephone until told to stop (SIGTERM, SIGINT).

    Raises what the command line turns into one sentence: PlanErrors, BadTable, StoreError, CannotListen, LoginRefused,
    CannotServe. `progress` hears how many of the prompts are ready.
    """
    plan = plans.load(settings.plan)
    understanding = understanding_of(plan, settings.plan)
    if understanding.red_flags.signature.is_example:
        log.warning("the red flags are the product's example: have the practice's clinician review and sign them")
    said = phrases_heard(plan, understanding)
    async with open_database(settings.state) as database, ears_of(said, settings) as ears:
        vault = await unlock(database)
        prompts = await prompts_of(plan, settings, progress)
        clock = SystemClock()
        zone = ZoneInfo(plan.practice.timezone)
        record = RecordWriter(database, vault, zone)
        messages = StoredMessages(database, vault)
        await messages.rescue()

        async def take(call: Call) -> None:
            await desk.serve(call)

        async def person(phone: str, ready: bool) -> bool:
            return await desk.person(phone, ready=ready)

        door = AsteriskFrontDoor(asterisk_of(settings.asterisk), ears, take, person)
        regulars = Regulars(vault.pseudonym, StoredTalks(database))
        await regulars.load(clock.now())

        def acknowledged(alert: str, by: str) -> None:
            queues.acknowledge(int(alert), by)

        alert_calls = AlertCalls(door.switch, prompts, plan.practice.languages[0])
        notices = StoredNotices(database, vault)
        alerting, outbox = alerting_of(
            plan, settings.notify, alert_calls, notices, clock=clock, acknowledged=acknowledged
        )
        backs = Backs(StoredBacks(database, vault))
        feeds = Feeds(feeds_of(settings.feeds), clock)
        feeds.metrics.watch("record_lines_lost", "Lines of the call record that were lost", lambda: record.lost)
        ports = Ports(backs, alerting, observers=(regulars.saw, feeds.take), timezone=zone)
        queues = QueueRunner(door.switch, Journal(database), record, clock, ports)
        work = Desk(plan, ears, understanding, prompts, queues, record, messages, clock, regulars)
        desk = FrontDesk(work, lambda: door.ami.up, record.close_interrupted, alert_calls)
        restored = await queues.restore()
        await feeds.open()
        phones = phones_of(plan)
        feeds.know(phones.device)
        await queues.configure(routing_of(plan), phones)
        async with asyncio.TaskGroup() as group, _writing(record):
            works = (queues.run(desk), regulars.run(), alerting.run(), outbox.run(), feeds.run())
            running = [group.create_task(work) for work in works]
            await door.start()
            control = await open_door(settings.state, desk.answer)
            gc.freeze()  # what was built so far stays: the collector need not look at it during calls
            log.info("careline serves", plan=str(settings.plan), events_restored=restored)
            await _told_to_stop()
            log.info("careline stops; callers hear music until it is back")
            control.close()
            await door.close()
            for task in running:
                task.cancel()


def understanding_of(plan: Plan, file: Path) -> PlanUnderstanding:
    """What words mean in a plan. Raises BadTable for a list of red flags, or a lexicon, that cannot be read."""
    own = file.with_name("lexicon.yaml")
    lexicons = load_lexicons(own if own.is_file() else shipped("dialplans") / "lexicon.yaml")
    flags = load_red_flags(file.parent / plan.red_flags)
    return PlanUnderstanding(IntentModel(intents_of(plan), lexicons), flags)


async def prompts_of(plan: Plan, settings: given.Settings, progress: Progress) -> PromptLibrary:
    """Every sound of the plan. Raises CannotServe when one is missing: nobody shall meet silence."""
    assert settings.cache, "settings.load fills it"
    folders = (*settings.prompts, shipped("prompts"))
    library = PromptLibrary(
        load_manifests(folders, plan.practice.languages),
        PromptFolders(folders, settings.cache / "prompts", settings.asterisk.sounds),
        VoiceSettings(search_folders(os.environ), settings.speech.voices),
    )
    await library.build(wordings(plan), progress)
    if missing := library.missing():
        reasons = "; ".join(dict.fromkeys(each.reason for each in missing))
        raise CannotServe(f"prompts are missing ({len(missing)}), '{missing[0].name}' to begin with: {reasons}")
    return library


def phrases_heard(plan: Plan, understanding: PlanUnderstanding) -> Mapping[str, Sequence[str]]:
    """What the recognisers must know, by language: the plan's phrases, and the words of danger."""
    danger = understanding.red_flags.examples
    return {language: (*phrases, *danger.get(language, ())) for language, phrases in phrases_of(plan).items()}


@asynccontextmanager
async def ears_of(phrases: Mapping[str, Sequence[str]], settings: given.Settings) -> AsyncIterator[RecognizerPool]:
    assert settings.cache, "settings.load fills it"
    pool = RecognizerPool(
        workers=settings.speech.workers,
        models=settings.speech.models,
        cache=settings.cache / "speech",
        phrases=phrases,
        clock=SystemClock(),
    )
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


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
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def alerting_of(
    plan: Plan,
    notify: given.Notify,
    calls: AlertCalls,
    notices: StoredNotices,
    *,
    clock: Clock,
    acknowledged: Callable[[str, str], None],
) -> tuple[Alerting, Outbox]:
    """How people learn of alerts, and what is on its way to them; `acknowledged` hears (alert, person)."""

    def by_phone(alert: str, address: str) -> None:
        acknowledged(alert, dispatcher.person_at("phone", address) or "the phone")

    outbox = Outbox(ports_of(notify, clock, PhonePort(calls, by_phone)), notices, clock)
    contacts = {name: contact(name, person.ways) for name, person in plan.people.items()}
    dispatcher = Dispatcher(contacts, rotas_of(plan), outbox, clock)
    return Alerting(dispatcher.alert, dispatcher.over, clock), outbox


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


def phones_of(plan: Plan) -> Phones:
    """A phone shows the practice's name for a queue, never who calls."""
    outside = {} if plan.outside is None else {"outside": plan.outside.phone_of}
    return Phones(
        device={name: person.phone for name, person in plan.people.items()},
        display={name: name.replace("_", " ").capitalize() for name in plan.queues},
        accept={name: Accept(person.pin or "") for name, person in plan.people.items() if person.is_asked},
        name=plan.practice.name,
        **outside,
    )
