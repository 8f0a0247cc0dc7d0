"""The shell of one acd.Engine: events in, journal, engine, commands out, one timer.

    sessions, persons, PBX ──events──▶ journal ──▶ Engine.handle ──commands──▶ PBX, sessions, record, alerts

Events are journalled before their commands are carried out, so a process killed at any moment finds on its next
start what it had decided; what the PBX did meanwhile is learned by `Switch.live` and told as one `Reconciled`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from acd import commands, events
from acd.engine import Engine
from acd.model import Callback, Urgency
from ivr.queueing.backs import Back, Backs, NoRows
from ivr.queueing.journalled import JournalledEngine
from ivr.queueing.news import Gone, News, Place
from ivr.queueing.newsroom import Newsroom
from ivr.queueing.orders import Accept, Alerts, NoAlerts, Orders, Phones, leg_of, offer_of
from ivr.queueing.pbx_news import PbxNews, Watcher
from ivr.services import Clock, Switch, SwitchDown

if TYPE_CHECKING:
    from acd.views import Outlook
    from ivr import record as story
    from ivr.queueing.journalled import Journal

__all__ = ["Accept", "Phones", "Ports", "QueueRunner", "Watcher", "leg_of", "offer_of"]

log = structlog.get_logger()

Observer: TypeAlias = Callable[[events.Event, Sequence[commands.Command], Engine, float], None]
"""Sees every event that was handled, and what it led to, but no replay; must neither wait nor change anything."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What the queues are connected to besides the PBX and the record; the zone is the practice's."""

    backs: Backs = field(default_factory=lambda: Backs(NoRows()))
    alerts: Alerts = field(default_factory=NoAlerts)
    observers: Sequence[Observer] = ()
    timezone: tzinfo = UTC


class QueueRunner:
    """Runs the engine. `run` is its life; everything else only posts events or looks."""

    def __init__(
        self, switch: Switch, journal: Journal, record: story.Record, clock: Clock, ports: Ports | None = None
    ) -> None:
        self._ports = ports or Ports()
        self.backs = self._ports.backs
        self.phones = self._phones_to_come = Phones({}, {})
        self.dangers: dict[str, str] = {}
        self._switch = switch
        self._record = record
        self._clock = clock
        self._journalled = JournalledEngine(journal)
        self._inbox: asyncio.Queue[events.Event] = asyncio.Queue()
        self._newsroom = Newsroom()
        self._orders = Orders(self, switch, self._newsroom, self.backs, self._ports.alerts)
        self._pbx = PbxNews(self, switch, self._newsroom, self.backs, self._orders)
        self._tasks: asyncio.TaskGroup | None = None
        self._day_ends = 0.0

    # ---- life -------------------------------------------------------------------------------------------------

    async def restore(self) -> int:
        """Replay the journal into the engine; returns the number of events. No command of the past is repeated."""
        await self.backs.load()
        replayed = await self._journalled.restore(self._clock.now())
        for call in self.engine.calls():
            if place := self.place_of(call):
                self._newsroom.awaits(call, place)
        return replayed

    async def configure(self, configured: events.Configured, phones: Phones) -> None:
        """Take over the plan: the first one, or another one in its turn among all that happens."""
        self._phones_to_come = phones
        if self._tasks is None:
            await self._take([configured])
        else:
            self.post(configured)
            await self.settled()
        await self._guarded(self._switch.watch(frozenset(phones.device.values())))

    async def run(self, watcher: Watcher) -> None:
        """Serve until cancelled."""
        self._pbx.watcher = watcher
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._listen_to_switch())
            while True:
                batch = await self._next_events()
                await self._take_in_turn(batch or self._due())
                for _ in batch:
                    self._inbox.task_done()
                await self._journalled.shorten(self._clock.now())

    async def _next_events(self) -> list[events.Event]:
        """What happened, in order; nothing when a deadline has come: the engine's next one, or midnight."""
        # What people did goes before what timers say, also when we were slow.
        wait = self._seconds_left() if self._inbox.empty() else None
        try:
            async with asyncio.timeout(wait):
                batch = [await self._inbox.get()]
        except TimeoutError:
            return []
        while not self._inbox.empty():
            batch.append(self._inbox.get_nowait())
        return batch

    def _seconds_left(self) -> float:
        """Until the next deadline, which may have passed."""
        deadline = self.engine.next_deadline()
        if self._day_ends == 0.0:
            self._day_ends = self._midnight_after(self.engine.staff.day_began or self._clock.now())
        nearest = self._day_ends if deadline is None else min(deadline, self._day_ends)
        return max(0.0, nearest - self._clock.now())

    def _due(self) -> list[events.Event]:
        now = self._clock.now()
        if now < self._day_ends:
            return [events.TimePassed()]
        self._day_ends = self._midnight_after(now)
        return [events.DayBegan()]

    def _midnight_after(self, moment: float) -> float:
        """The beginning of the practice's next day."""
        day = datetime.fromtimestamp(moment, self._ports.timezone).date() + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=self._ports.timezone).timestamp()

    async def _take_in_turn(self, batch: Sequence[events.Event]) -> None:
        """What the PBX holds is compared once all before it is decided; else a ring of just now would be no ring."""
        together: list[events.Event] = []
        for event in batch:
            if isinstance(event, events.Reconciled):
                if together:
                    await self._take(together)
                await self._take([self._pbx.with_lately(event)])
                together = []
            else:
                together.append(event)
        if together:
            await self._take(together)

    async def _take(self, batch: Sequence[events.Event]) -> None:
        now = self._clock.now()
        await self._journalled.keep(batch, now)
        for event in batch:
            try:
                self._decide(event, now)
            except Exception:
                log.exception("an event could not be handled", kind=type(event).__name__)
            if isinstance(event, events.CallerLeft) and event.call in self._pbx.hung_up:
                self._tell_the_end(event.call)

    def _decide(self, event: events.Event, now: float) -> None:
        if isinstance(event, events.Configured):
            self.phones = self._phones_to_come
        orders = self._journalled.handle(event, now)
        for order in orders:
            self._orders.carry_out(order)
        for call, entry in self._journalled.notes(event, orders, now):
            self._record.note(call, now, entry)
        for order in orders:
            if isinstance(order, commands.GiveUp | commands.CallbackOver) and self._pbx.watcher:
                self._pbx.watcher.call_ended(order.call)
        for observe in self._ports.observers:
            self._shown(observe, event, orders, now)

    def _shown(self, observe: Observer, event: events.Event, orders: Sequence[commands.Command], now: float) -> None:
        try:
            observe(event, orders, self.engine, now)
        except Exception:
            log.exception("an observer of the queues failed", kind=type(event).__name__)

    def _tell_the_end(self, call: str) -> None:
        """Nothing of a caller's call is left; who hung up to be called back has not come to the end."""
        self._pbx.hung_up.discard(call)
        caller = self.engine.lobby.callers.get(call)
        if caller is not None and caller.away:
            return
        self._newsroom.tell(call, Gone())
        self.spawn(self.backs.over(call))
        if self._pbx.watcher:
            self._pbx.watcher.call_ended(call)

    # ---- what sessions do -------------------------------------------------------------------------------------

    def join(self, call: str, place: Place) -> None:
        """Stand in line; whoever stands in another one already keeps the time of joining."""
        self._pbx.joined_lately.add(call)
        self._newsroom.open(call)
        self.post(
            events.CallerJoined(
                call,
                place.queue,
                place.needs,
                place.urgency,
                preferred=place.preferred,
                preferred_seconds=place.preferred_seconds,
                site=place.site,
                party=place.party,
                head_start_seconds=place.head_start_seconds,
            )
        )

    def endangered(self, call: str, sign: str) -> None:
        """Whoever picks up for the call is told of the sign; the first one that was heard stays."""
        self.dangers.setdefault(call, sign)

    def change(self, call: str, *, urgency: Urgency = Urgency.ROUTINE, head_start_seconds: float | None = None) -> None:
        """Another priority from the next decision on; urgency only rises."""
        self.post(events.CallerChanged(call, urgency, head_start_seconds))

    def cancel_callback(self, call: str) -> None:
        """Who waits to be called back is not called; for everybody else this changes nothing."""
        self.post(events.CallbackCancelled(call))

    async def news(self, call: str) -> News:
        """What next happened to a caller who joined."""
        return await self._newsroom.next(call)

    def leave(self, call: str) -> None:
        """Leave the line by choice; for a caller who talks, or never joined, this changes nothing."""
        self.post(events.CallerLeft(call))

    def forget(self, call: str) -> None:
        """No session listens to the call's news any more."""
        self._newsroom.close(call)
        self._pbx.joined_lately.discard(call)
        self.dangers.pop(call, None)

    def place_of(self, call: str) -> Place | None:
        """Where the caller stands or is offered; None for strangers, for who talks and who is to be called back."""
        caller = self.engine.lobby.callers.get(call)
        if caller is None or caller.talking or caller.away:
            return None
        return Place(caller.queue.name, caller.own_needs, caller.urgency, site=caller.site, party=caller.party)

    def outlook(self, call: str) -> Outlook | None:
        """Place and wait that is left of one who waits."""
        return self.engine.outlook(call, self._clock.now())

    def resume(self, call: str) -> Place | None:
        """Where a caller stood whom an outage took away, None for who stood nowhere; what happened since is news."""
        awaited = self._newsroom.back(call)
        return self.place_of(call) or awaited

    # ---- callbacks --------------------------------------------------------------------------------------------

    async def callback_agreed(self, back: Back, callback: Callback) -> bool:
        """The caller keeps the place, and hangs up now. Returns when all of it is on disk and decided.

        False for a caller whom the queue sent away in this very moment: there is no place to keep.
        """
        await self.backs.agreed(back)
        self.post(events.CallbackAsked(back.call, callback))
        await self.settled()
        caller = self.engine.lobby.callers.get(back.call)
        if caller is None or not caller.away:
            await self.backs.over(back.call)
            return False
        return True

    def callback_may_come(self, call: str, callback: Callback) -> None:
        """The caller has hung up after all was said: no call of ours would find the line busy."""
        caller = self.engine.lobby.callers.get(call)
        if caller is not None and caller.resting:
            self.post(events.CallbackAsked(call, callback))

    def caller_reached(self, call: str, offer: int) -> None:
        """Who was called back is on the line, and stands in line as anybody does."""
        self._pbx.joined_lately.add(call)
        self._newsroom.open(call)
        self.post(events.CallerReached(offer))

    def caller_unreached(self, offer: int, cause: events.Cause) -> None:
        self.post(events.CallerUnreached(offer, cause))

    # ---- what persons do --------------------------------------------------------------------------------------

    def person_ready(self, agent: str) -> None:
        self.post(events.AgentReady(agent))

    def person_not_ready(self, agent: str, reason: str, longest_seconds: float | None = None) -> None:
        self.post(events.AgentNotReady(agent, reason, longest_seconds))

    def wrap_up_extended(self, agent: str, seconds: float) -> None:
        self.post(events.WrapUpExtended(agent, seconds))

    def disposed(self, agent: str, disposition: str) -> None:
        self.post(events.Disposed(agent, disposition))

    def refused(self, offer: int) -> None:
        """The person picked up, and passed the call on."""
        self.post(events.OfferFailed(offer, events.Cause.REFUSED))

    def acknowledge(self, alert: int, by: str) -> None:
        """Somebody sees to it: nobody else is told."""
        self.post(events.Acknowledged(alert, by))
        self._ports.alerts.over(alert)

    # ---- the engine -------------------------------------------------------------------------------------------

    async def settled(self) -> None:
        """Wait until all that was said so far is on disk and decided."""
        await self._inbox.join()

    @property
    def engine(self) -> Engine:
        """To look at (status, explanations), never to change."""
        return self._journalled.engine

    def post(self, event: events.Event) -> None:
        self._inbox.put_nowait(event)

    # ---- the PBX ----------------------------------------------------------------------------------------------

    async def _listen_to_switch(self) -> None:
        async for event in self._switch.events():
            await self._guarded(self._pbx.take(event))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            work.close()  # before `run` nothing of the past is repeated
            return
        self._tasks.create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """One fault costs one order, never the queues."""
        try:
            await work
        except SwitchDown:
            log.warning("an order did not reach the PBX; it will be reconciled when the PBX is back")
        except Exception:
            log.exception("an order failed")
