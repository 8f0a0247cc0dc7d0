"""The shell of one acd.Engine: events in, journal, engine, commands out, one timer.

    sessions, persons, PBX ──events──▶ journal ──▶ Engine.handle ──commands──▶ PBX, sessions, record

Events are journalled before their commands are carried out, so a process killed at any moment finds on its next
start what it had decided; what the PBX did meanwhile is learned by `Switch.live` and told as one `Reconciled`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, assert_never

import structlog

from acd import commands, events
from ivr import services
from ivr.journalled import JournalledEngine
from ivr.news import Gone, News, PickedUp, Place, Position, SentAway, Talking
from ivr.services import LEG_PREFIX, Clock, Switch, SwitchDown

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from acd.engine import Engine
    from ivr import record as story
    from ivr.journalled import Journal

log = structlog.get_logger()


CAUSES = {
    services.Cause.NO_ANSWER: events.Cause.NO_ANSWER,
    services.Cause.REFUSED: events.Cause.REFUSED,
    services.Cause.BUSY: events.Cause.BUSY,
    services.Cause.UNREACHABLE: events.Cause.UNREACHABLE,
    services.Cause.CANCELLED: events.Cause.LOST,
    services.Cause.ENDED: events.Cause.LOST,
}


class Watcher(Protocol):
    """Who hears of what the PBX says about callers."""

    def call_ended(self, call: str) -> None:
        """A caller is gone, wherever the call was."""

    async def pbx_holds(self, calls: frozenset[str]) -> None:
        """The PBX's control connection is up, and these callers are all that live."""


@dataclass(frozen=True, slots=True)
class Phones:
    """How a person is rung: the PBX's device by person, and what their phone shows while it rings, by queue."""

    device: Mapping[str, str]
    display: Mapping[str, str]


class QueueRunner:
    """Runs the engine. `run` is its life; everything else only posts events or looks."""

    def __init__(self, switch: Switch, journal: Journal, record: story.Record, clock: Clock) -> None:
        self._switch = switch
        self._record = record
        self._clock = clock
        self._journalled = JournalledEngine(journal)
        self._phones = Phones({}, {})
        self._inbox: asyncio.Queue[events.Event] = asyncio.Queue()
        self._news: dict[str, asyncio.Queue[News]] = {}
        self._joined_lately: set[str] = set()  # since the PBX was last asked what it holds: no list has them yet
        self._rung_lately: set[int] = set()
        self._hung_up: set[str] = set()
        self._awaited: dict[str, Place] = {}
        self._watcher: Watcher | None = None
        self._tasks: asyncio.TaskGroup | None = None

    # ---- life -------------------------------------------------------------------------------------------------

    async def restore(self) -> int:
        """Replay the journal into the engine; returns the number of events. No command of the past is repeated."""
        replayed = await self._journalled.restore(self._clock.now())
        self._await_those_in_line()
        return replayed

    def _await_those_in_line(self) -> None:
        """What becomes of callers before the PBX brings them back is kept for their sessions."""
        for call in self.engine.calls():
            if place := self.place_of(call):
                self._awaited[call] = place
                self._news[call] = asyncio.Queue()

    async def configure(self, configured: events.Configured, phones: Phones) -> None:
        self._phones = phones
        await self._take([configured])

    async def run(self, watcher: Watcher) -> None:
        """Serve until cancelled."""
        self._watcher = watcher
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._listen_to_switch())
            while True:
                batch = await self._next_events()
                await self._take(batch or [events.TimePassed()])
                for _ in batch:
                    self._inbox.task_done()
                await self._journalled.shorten(self._clock.now())

    async def _next_events(self) -> list[events.Event]:
        """What happened, in order; nothing when the engine's next deadline has come."""
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

    def _seconds_left(self) -> float | None:
        """Until the engine's next deadline, which may have passed; None when nothing is due."""
        deadline = self.engine.next_deadline()
        return None if deadline is None else max(0.0, deadline - self._clock.now())

    async def _take(self, batch: Sequence[events.Event]) -> None:
        now = self._clock.now()
        await self._journalled.keep(batch, now)
        for event in batch:
            try:
                self._decide(event, now)
            except Exception:
                log.exception("an event could not be handled", kind=type(event).__name__)
            if isinstance(event, events.CallerLeft) and event.call in self._hung_up:
                self._tell_the_end(event.call)

    def _decide(self, event: events.Event, now: float) -> None:
        orders = self._journalled.handle(event, now)
        for order in orders:
            self._carry_out(order)
        for call, entry in self._journalled.notes(event, orders, now):
            self._record.note(call, now, entry)

    # ---- what sessions and persons do -------------------------------------------------------------------------

    def join(self, call: str, place: Place) -> None:
        """Stand in line; whoever stands in another one already keeps the time of joining."""
        self._joined_lately.add(call)
        self._news.setdefault(call, asyncio.Queue())
        self._inbox.put_nowait(events.CallerJoined(call, place.queue, place.needs, place.urgency))

    async def news(self, call: str) -> News:
        """What next happened to a caller who joined."""
        return await self._news.setdefault(call, asyncio.Queue()).get()

    def leave(self, call: str) -> None:
        """Leave the line; for a caller who talks, or never joined, this changes nothing."""
        self._inbox.put_nowait(events.CallerLeft(call))

    def forget(self, call: str) -> None:
        """No session listens to the call's news any more."""
        self._news.pop(call, None)
        self._joined_lately.discard(call)

    def place_of(self, call: str) -> Place | None:
        """Where the caller stands or is offered; None for strangers and for who talks."""
        caller = self.engine.lobby.callers.get(call)
        if caller is None or caller.talking:
            return None
        return Place(caller.queue.name, caller.own_needs, caller.urgency)

    def person_ready(self, agent: str) -> None:
        self._inbox.put_nowait(events.AgentReady(agent))

    def person_not_ready(self, agent: str, reason: str) -> None:
        self._inbox.put_nowait(events.AgentNotReady(agent, reason))

    def resume(self, call: str) -> Place | None:
        """Where a caller stood whom an outage took away, None for who stood nowhere; what happened since is news."""
        awaited = self._awaited.pop(call, None)
        return self.place_of(call) or awaited

    async def settled(self) -> None:
        """Wait until all that was said so far is on disk and decided."""
        await self._inbox.join()

    @property
    def engine(self) -> Engine:
        """To look at (status, explanations), never to change."""
        return self._journalled.engine

    # ---- what the PBX tells -----------------------------------------------------------------------------------

    async def _listen_to_switch(self) -> None:
        async for event in self._switch.events():
            await self._guarded(self._heard_from_switch(event))

    async def _heard_from_switch(self, event: services.SwitchEvent) -> None:
        match event:
            case services.LegRinging():
                pass
            case services.LegAnswered(leg):
                self._post(leg, events.OfferAnswered)
            case services.TalkBegan(call, leg):
                self._post(leg, events.TalkBegan)
                self._tell(call, Talking())
            case services.LegEnded(leg, cause, answered):
                self._leg_ended(leg, cause, answered=answered)
            case services.CallEnded(call):
                self._gone(call)
            case services.SwitchBack():
                await self._reconcile()
            case services.DialFailed() | services.KeyPressed() | services.PhoneChanged():
                pass
            case _:
                assert_never(event)

    def _gone(self, call: str) -> None:
        """The end of a call takes its turn, so that a talk's end is noted before it."""
        self._hung_up.add(call)
        self._inbox.put_nowait(events.CallerLeft(call, dropped=True))

    def _tell_the_end(self, call: str) -> None:
        self._hung_up.discard(call)
        self._tell(call, Gone())
        if self._watcher:
            self._watcher.call_ended(call)

    def _post(self, leg: str, event: Callable[[int], events.Event]) -> None:
        offer = offer_of(leg)
        if offer is not None:
            self._inbox.put_nowait(event(offer))

    def _leg_ended(self, leg: str, cause: services.Cause, *, answered: bool) -> None:
        if answered:
            self._post(leg, events.TalkEnded)
        else:
            self._post(leg, lambda offer: events.OfferFailed(offer, CAUSES[cause]))

    async def _reconcile(self) -> None:
        """Nothing was replayed while we were away: what the PBX holds now is the truth."""
        self._joined_lately.clear()
        self._rung_lately.clear()
        try:
            live = await self._switch.live()
        except SwitchDown:
            return  # SwitchBack comes again
        talking = {offer for _, leg in live.talks if (offer := offer_of(leg)) is not None}
        for call, _ in live.talks:
            self._tell(call, Talking())
        ringing = {offer for leg in live.legs if (offer := offer_of(leg)) is not None} - talking
        if self._watcher:
            await self._watcher.pbx_holds(live.calls)
        known = {offer.id for offer in self.engine.offers()}
        for stray in ringing - known:
            self._spawn(self._switch.cancel(leg_of(stray)))
        ringing |= self._rung_lately - talking
        for call in self.engine.calls() - live.calls - self._joined_lately:
            self._gone(call)
        self._inbox.put_nowait(
            events.Reconciled(live.calls | self._joined_lately, frozenset(ringing & known), frozenset(talking & known))
        )

    # ---- what the engine orders -------------------------------------------------------------------------------

    def _carry_out(self, command: commands.Command) -> None:
        match command:
            case commands.Ring():
                self._spawn(self._ring(command))
            case commands.StopRinging(offer, agent, answered_elsewhere):
                self._spawn(self._switch.cancel(leg_of(offer), answered_elsewhere=answered_elsewhere))
            case commands.Connect(offer, agent, call):
                self._tell(call, PickedUp(agent))
                self._spawn(self._switch.connect(call, leg_of(offer)))
            case commands.TellPosition(call, position):
                self._tell(call, Position(position))
            case commands.SendAway(call, _queue, to):
                self._tell(call, SentAway(to))
            case commands.DialCaller() | commands.StopDialling() | commands.GiveUp() | commands.Suggest():
                pass
            case commands.Restored() | commands.Stepped() | commands.Moved() | commands.Alert() | commands.AlertOver():
                pass
            case _:
                assert_never(command)

    async def _ring(self, command: commands.Ring) -> None:
        """A ring that fails is over at once, or the caller would wait for it: somebody else is rung."""
        self._rung_lately.add(command.offer)
        queue = self.engine.queue_of(command.call) or ""
        try:
            await self._switch.ring(
                leg_of(command.offer),
                self._phones.device[command.agent],
                display=self._phones.display.get(queue, queue),
                seconds=command.ring_seconds,
            )
        except Exception:
            self._inbox.put_nowait(events.OfferFailed(command.offer, events.Cause.LOST))
            raise

    def _tell(self, call: str, news: News) -> None:
        if isinstance(news, Talking | Gone) and self._awaited.pop(call, None) is not None:
            self.forget(call)  # a caller who talks or is gone does not come back for a place in line
        if call in self._news:
            self._news[call].put_nowait(news)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
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


def leg_of(offer: int) -> str:
    return f"{LEG_PREFIX}{offer}"


def offer_of(leg: str) -> int | None:
    """The offer of a leg; None for a leg that is not ours."""
    number = leg.removeprefix(LEG_PREFIX)
    return int(number) if leg.startswith(LEG_PREFIX) and number.isdigit() else None
