"""What becomes of a message once it is left: it is put into words, looked through for danger, and nobody forgets it.

kept ─▶ put into words ─▶ a sign of danger? ─▶ told at once ─┐
   └──────────── due, and nobody has done it ────────────────┴▶ rung by rung, until somebody takes it
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import structlog

from ivr.call import Hearing
from ivr.menus.plan.queues import Rung
from ivr.notify.port import Alert
from ivr.services import RecognizerUnavailable
from ivr.speech.hearing.recorded import utterances
from ivr.store.messages import Message, Words
from ivr.store.voicemail import NoSuchMessage, StoredMessages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ivr.conversation.desk import Desk
    from ivr.menus.plan.model import Plan
    from ivr.services import RedFlag
    from ivr.store.message_work import StoredWork

PAUSE_SECONDS = 0.8  # who leaves a message thinks between sentences, and nobody waits for the words
AT_ONCE = 2  # recordings that are put into words at a time: callers have the recognisers first
LOOK_AGAIN_SECONDS = 60.0  # for a recogniser that was not there
OF_A_MESSAGE = "V-"  # how the alert of a message begins: with the message's own name

log = structlog.get_logger()


class Alerts(Protocol):
    """ivr.alerting.Alerting."""

    def tell(self, alert: Alert, who: Sequence[str]) -> None: ...

    def withdraw(self, alert: str) -> None: ...


class MessageDesk:
    """`desk` is the one of now; a message is heard `pace` times as fast as it was spoken."""

    def __init__(
        self,
        messages: StoredMessages,
        work: StoredWork,
        desk: Callable[[], Desk],
        alerts: Alerts,
        pace: float = 1.0,
    ) -> None:
        self._messages = messages
        self._work = work
        self._desk = desk
        self._alerts = alerts
        self._pace = pace
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._busy: set[str] = set()
        self._taken: list[tuple[str, str]] = []

    async def run(self) -> None:
        """Until cancelled."""
        arrived = self._messages.arrived
        async with asyncio.TaskGroup() as group:
            while True:
                arrived.clear()
                for message in await self._work.not_understood():
                    if message.id not in self._busy and self._desk().ears.hears_now(message.language):
                        self._busy.add(message.id)
                        group.create_task(self._understand(message))
                await self._write_down_who_took()
                await self._tell_of_what_is_due()
                await self._until(arrived)

    def acknowledged(self, alert: str, by: str) -> bool:
        """Somebody said on the phone that they see to it; false for an alert that is not of a message."""
        if not alert.startswith(OF_A_MESSAGE):
            return False
        self._taken.append((alert, by))
        self._messages.arrived.set()
        return True

    # ---- what was said --------------------------------------------------------------------------------------------

    async def _understand(self, message: Message) -> None:
        try:
            async with self._turns:
                words = await self._words(message)
            await self._work.understood(message.id, words, at=self._now())
        except RecognizerUnavailable:
            log.warning("a message is not put into words yet: the recogniser was lost", message=message.id)
        except Exception:
            log.exception("a message cannot be put into words", message=message.id)
            await self._work.understood(message.id, Words(), at=self._now())
        finally:
            self._busy.discard(message.id)

    async def _words(self, message: Message) -> Words:
        desk = self._desk()
        sentences: list[str] = []
        flag: RedFlag | None = None
        sound = await self._messages.sound(message.id)
        async for spoke in utterances(
            desk.ears, Hearing(message.language, pause_seconds=PAUSE_SECONDS), sound, pace=self._pace
        ):
            readings = [each.text for each in spoke.hypotheses]
            sentences.append(readings[0])
            if flag is None and (flag := desk.understanding.red_flag(message.language, readings)):
                log.warning("there is a sign of danger in a message", message=message.id)
                await self._work.endangered(message.id, at=self._now())
                self._messages.arrived.set()
        return Words(tuple(sentences), flag.sign if flag else "", flag.evidence if flag else ())

    # ---- who is told, and who sees to it --------------------------------------------------------------------------

    async def _tell_of_what_is_due(self) -> None:
        now = self._now()
        for message in await self._work.alerts_due(now):
            rungs = ladder(self._desk().plan, message)
            if rungs:
                rung = rungs[min(message.rung, len(rungs) - 1)]
                await self._work.alerted(message.id, again=now + rung.for_)
                self._alerts.tell(in_words(message, now), rung.who)
            else:
                log.error("the plan names nobody to be told of a message", message=message.id, box=message.box)
                await self._work.alerted(message.id, again=None)

    async def _write_down_who_took(self) -> None:
        while self._taken:
            message, by = self._taken.pop(0)
            with suppress(NoSuchMessage):  # deleted meanwhile
                await self._messages.take(message, who=by, at=self._now())
            self._alerts.withdraw(message)

    async def _until(self, arrived: asyncio.Event) -> None:
        """A message comes, or the next one is to be told of."""
        next_alert = await self._work.next_alert()
        seconds = LOOK_AGAIN_SECONDS if next_alert is None else min(LOOK_AGAIN_SECONDS, next_alert - self._now())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await arrived.wait()

    def _now(self) -> float:
        return self._desk().clock.now()


def ladder(plan: Plan, message: Message) -> Sequence[Rung]:
    """Who is told. Of danger in a box without an `alert`, everybody who may answer the urgent queue."""
    box = plan.voicemail.get(message.box)
    if box and box.alert:
        return box.alert
    if not message.urgent:
        return ()
    needed = plan.queues[plan.urgent.queue].required
    able = tuple(name for name, person in plan.people.items() if needed.met_by(person.skills))
    return (Rung(who=able),) if able else ()


def in_words(message: Message, now: float) -> Alert:
    """Names nobody, and not what the danger is."""
    box, late_minutes = message.box.replace("_", " "), (now - (message.due or now)) / 60
    what = "sounds like an emergency" if message.urgent else f"is late by {late_minutes:.0f} min"
    title = f"A message in {box} {what}"
    name = message.id
    text = f"{title}. To listen: careline voicemail save {name} FILE. To see to it: careline voicemail take {name}"
    return Alert(name, title, text, message.queue or message.box, message.rung, now)
