"""The callers: their places in line, and what they are told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from acd.commands import CallbackOver, GiveUp, Moved, Restored, SendAway, TellPosition
from acd.model import Urgency
from acd.queue_room import QueueRoom, closed
from acd.skills import ANYBODY
from acd.state import Back, Caller
from acd.timers import CallerDue, MoreDue, PartyDue

if TYPE_CHECKING:
    from acd.commands import Command
    from acd.crews import Crews
    from acd.events import CallerChanged, CallerJoined, Configured
    from acd.matching import Matching
    from acd.model import Callback, Queue
    from acd.skills import Needs
    from acd.timers import Timers

NO_MORE = "the queue is no more"
TOLD_PLACES = 10
"""Who stands farther back is told the place on joining only: each step of a long line is no news to its end, and one
hand-over must not speak to thousands."""


class Lobby:
    """Everybody who joined and has not left. A caller keeps the place in line until the talk begins.

    Whatever changes for a caller puts them among the `unsettled`: acd.rules then looks at their queue's rules, and
    decides whether they may be offered to somebody. Queues whose line or people changed are among `touched`.
    """

    def __init__(self, matching: Matching, crews: Crews, timers: Timers, orders: list[Command]) -> None:
        self.callers: dict[str, Caller] = {}
        self.rooms: dict[str, QueueRoom] = {}
        self.unsettled: dict[str, None] = {}
        self.lost: dict[str, tuple[tuple[str, ...], float]] = {}
        self.expecting: dict[str, list[str]] = {}  # by party, who waits to be called back, the last to ask last
        self.joins = 0
        self._queues: dict[str, Queue] = {}
        self._operator = self._urgent = ""
        self._matching = matching
        self._crews = crews
        self._timers = timers
        self._orders = orders
        self._lined_up: dict[str, None] = {}
        self._shortened: dict[str, None] = {}

    # ---- the plan -------------------------------------------------------------------------------------------------

    def needs_met(self) -> frozenset[Needs]:
        """The own needs of callers that somebody of the plan meets."""
        return frozenset(each.own_needs for each in self.callers.values() if self._crews.of(each.own_needs).members)

    def configure(self, plan: Configured, met_before: frozenset[Needs], now: float) -> None:
        """Take over the plan into a cleared matching; everybody keeps the place."""
        self.adopt(plan)
        for caller in self.callers.values():
            if not caller.talking:
                caller.resting = False
                caller.queue = self.queue(caller.queue.name)
                if caller.own_needs in met_before and not self._crews.of(caller.own_needs).members:
                    caller.own_needs = ANYBODY
                caller.step = min(caller.step, len(caller.queue.steps) - 1)
                if not caller.offers:
                    caller.phones = caller.queue.ringing.at_once
                self.room(caller).add(caller)
                self.stirred(caller)
        for caller in [each for each in self.callers.values() if not each.talking]:
            if refuge := self._refuge(caller.queue.name, caller.urgency):
                self.move(caller, self.queue(refuge), NO_MORE, now)

    def at_home(self, event: CallerJoined) -> CallerJoined:
        """In a queue of this plan: the caller's session may go by an earlier one."""
        refuge = self._refuge(event.queue, event.urgency)
        if refuge:
            self._orders.append(Moved(event.call, event.queue, refuge, NO_MORE))
        return replace(event, queue=refuge) if refuge else event

    def _refuge(self, queue: str, urgency: Urgency) -> str:
        """Where callers of a queue that is no more go; "" for a queue that there is, and where nothing is planned."""
        wanted = (self._urgent, self._operator) if urgency is Urgency.URGENT else (self._operator,)
        return "" if queue in self._queues else next((name for name in wanted if name in self._queues), "")

    def adopt(self, plan: Configured) -> None:
        """Open the plan's queues, and no others; nobody stands in them yet."""
        self._operator, self._urgent = plan.operator, plan.urgent
        self._queues = {queue.name: queue for queue in plan.queues}
        for name in [name for name in self.rooms if name not in self._queues]:
            del self.rooms[name]
        for queue in self._queues.values():
            self._open(queue)

    def queue(self, name: str) -> Queue:
        return self._queues.get(name) or closed(name)

    def is_closed(self, queue: Queue) -> bool:
        return queue.name not in self._queues

    def room_of(self, queue: Queue) -> QueueRoom:
        return self.rooms.get(queue.name) or self._open(queue)

    def room(self, caller: Caller) -> QueueRoom:
        return self.room_of(caller.queue)

    def _open(self, queue: Queue) -> QueueRoom:
        crew = self._crews.of(queue.needs)
        room = self.rooms.get(queue.name)
        if room is None:
            room = self.rooms[queue.name] = QueueRoom(queue, crew)
        else:
            room.change_plan(queue, crew)
        if room.watched.conditions or queue.escalations:
            for watched in {queue.steps[0].needs: None, queue.needs: None}:
                self._crews.of(watched).watchers.append(queue.name)
            self._crews.touched[queue.name] = None
        return room

    # ---- coming and going -----------------------------------------------------------------------------------------

    def join(self, event: CallerJoined, queue: Queue, now: float) -> Caller:
        """Stand in line; whose line dropped lately stands where they stood."""
        self.joins += 1
        joined = self._joined_before(event, now)
        caller = Caller(
            call=event.call,
            queue=queue,
            own_needs=event.needs,
            urgency=event.urgency,
            number=self.joins,
            joined=joined,
            entered=now,
            stepped=now,
            present_since=joined,
            own_head_start=event.head_start_seconds,
            preferred=event.preferred,
            preferred_until=now + event.preferred_seconds if event.preferred else now,
            site=event.site,
            party=event.party,
            phones=queue.ringing.at_once,
            back=None if event.callback is None else Back(event.callback),
        )
        self.callers[caller.call] = caller
        if caller.back:
            self._expect(caller)
        self.room(caller).stats.joined(now)
        self._step_in(caller, now)
        if joined < now:
            self._orders.append(Restored(caller.call, now - joined))
        return caller

    def moves(self, caller: Caller, event: CallerJoined) -> bool:
        """Whether joining again changes what the caller waits for."""
        return (caller.queue.name, caller.own_needs) != (event.queue, event.needs)

    def rejoin(self, caller: Caller, event: CallerJoined, now: float) -> None:
        """Joining again keeps the place; another queue begins its rules anew. The place is told anew."""
        self._step_out(caller, now)
        if caller.queue.name != event.queue:
            self._enter(caller, self.queue(event.queue), now)
            caller.left.clear()
        caller.own_needs = event.needs
        caller.urgency = max(caller.urgency, event.urgency)
        caller.told = None
        caller.back = None if event.callback is None else Back(event.callback)
        if caller.back is None:
            self._expect_no_more(caller)
        else:
            self._expect(caller)
        self._step_in(caller, now)

    def change(self, caller: Caller, event: CallerChanged) -> None:
        """Another priority, from the next decision on."""
        if not caller.resting:
            self.room(caller).remove(caller)
        caller.urgency = max(caller.urgency, event.urgency)
        if event.head_start_seconds is not None:
            caller.own_head_start = event.head_start_seconds
        if not caller.resting:
            self.room(caller).add(caller)
        self._shortened[caller.queue.name] = None  # who loses a head start makes room
        self._touch(caller)
        self.stirred(caller)

    def move(self, caller: Caller, queue: Queue, why: str, now: float) -> None:
        """Over to another queue of the plan, the place there by age."""
        self._orders.append(Moved(caller.call, caller.queue.name, queue.name, why))
        self.room(caller).stats.overflowed(now - caller.present_since, now)
        self._step_out(caller, now)
        caller.left.append(caller.queue.name)
        self._enter(caller, queue, now)
        caller.told = None
        self._step_in(caller, now)

    def leave(self, caller: Caller, now: float, *, dropped: bool = False) -> None:
        """The caller is gone: hung up (`dropped`), or by choice."""
        if not caller.talking:
            if not caller.away:
                self.room(caller).stats.abandoned(now - caller.present_since, now)
            self._remember(caller, now, dropped=dropped)
            self._step_out(caller, now)
        self._forget(caller)

    def send_away(self, caller: Caller, to: str, why: str, now: float) -> None:
        self._orders.append(SendAway(caller.call, caller.queue.name, to, why))
        self.room(caller).stats.overflowed(now - caller.present_since, now)
        self._step_out(caller, now)
        self._forget(caller)

    def give_up(self, caller: Caller, now: float) -> None:
        """The callback is over, unsuccessfully."""
        assert caller.back is not None
        self._orders.append(GiveUp(caller.call, caller.queue.name, caller.back.dialled))
        self._step_out(caller, now)
        self._forget(caller)

    def call_off(self, caller: Caller, why: str, now: float) -> None:
        """The callback is not wanted any more."""
        self._orders.append(CallbackOver(caller.call, caller.queue.name, why))
        self._step_out(caller, now)
        self._forget(caller)

    def _forget(self, caller: Caller) -> None:
        self._expect_no_more(caller)
        self._timers.cancel(CallerDue(caller.call))
        self._timers.cancel(MoreDue(caller.call))
        del self.callers[caller.call]

    # ---- who rings again ------------------------------------------------------------------------------------------

    def rang_again(self, caller: Caller, now: float) -> None:
        """Who waits to be called back is on the phone by another call, which joins now and takes over the place."""
        self.lost[caller.party] = ((caller.queue.name, *caller.left), caller.joined)
        self._timers.set(PartyDue(caller.party), now)
        self.call_off(caller, "the caller rang again", now)

    def _expect(self, caller: Caller) -> None:
        self._expect_no_more(caller)
        if caller.party:
            self.expecting.setdefault(caller.party, []).append(caller.call)

    def _expect_no_more(self, caller: Caller) -> None:
        calls = self.expecting.get(caller.party, [])
        if caller.call in calls:
            calls.remove(caller.call)
            if not calls:
                del self.expecting[caller.party]

    def _remember(self, caller: Caller, now: float, *, dropped: bool) -> None:
        seconds = caller.queue.return_seconds
        if dropped and seconds and caller.party:
            self.lost[caller.party] = ((caller.queue.name, *caller.left), caller.joined)
            self._timers.set(PartyDue(caller.party), now + seconds)

    def _joined_before(self, event: CallerJoined, now: float) -> float:
        if not self.has_place(event):
            return now
        self._timers.cancel(PartyDue(event.party))
        _, joined = self.lost.pop(event.party)
        return joined

    def has_place(self, event: CallerJoined) -> bool:
        """Whether a place is kept for who joins: in the queue in which the line dropped, or one that led there."""
        queues, _ = self.lost.get(event.party, ((), 0.0))
        return bool(event.party) and event.queue in queues

    # ---- offers ---------------------------------------------------------------------------------------------------

    def rung(self, caller: Caller, offer: int) -> None:
        caller.offers.append(offer)
        self.unsettled[caller.call] = None

    def taken(self, caller: Caller) -> None:
        """One offer has the caller to itself: no other phone rings until it comes to nothing."""
        caller.taken = True
        self.unsettled[caller.call] = None

    def wait_again(self, caller: Caller, offer: int) -> None:
        """The offer came to nothing: the caller waits at the same place."""
        caller.offers.remove(offer)
        if not caller.offers:
            caller.taken = caller.leaving = False
            caller.phones = caller.queue.ringing.at_once
            self._timers.cancel(MoreDue(caller.call))
        self.stirred(caller)

    def talk(self, caller: Caller, now: float) -> None:
        room = self.room(caller)
        self._step_out(caller, now, answered=True)
        caller.talking = True
        self._timers.cancel(CallerDue(caller.call))
        self._timers.cancel(MoreDue(caller.call))
        room.stats.answered(now - caller.present_since, now)

    # ---- callbacks ------------------------------------------------------------------------------------------------

    def hangs_up_for_callback(self, caller: Caller, callback: Callback, now: float) -> None:
        self._step_out(caller, now)
        caller.back = Back(callback)
        caller.told = None
        self._expect(caller)
        self._step_in(caller, now)

    def is_on_the_line(self, caller: Caller, now: float) -> None:
        """A caller who was called back is as present as anybody; the queue's limits on waiting begin anew."""
        self._expect_no_more(caller)
        self._step_out(caller, now)
        caller.back = None
        caller.entered = caller.present_since = now
        self._step_in(caller, now)

    def rest(self, caller: Caller) -> None:
        """Nobody may be called now: the place is kept, and stands in nobody's way."""
        if not caller.resting:
            self.room(caller).remove(caller)
            caller.resting = True
            self._shortened[caller.queue.name] = None
            self._touch(caller)

    def stand(self, caller: Caller) -> None:
        """The caller may be called: back in line, at the place that was kept."""
        if caller.resting:
            caller.resting = False
            self.room(caller).add(caller)
            self._touch(caller)

    # ---- places told ----------------------------------------------------------------------------------------------

    def tell(self, now: float) -> None:
        """The places that are news since the last time: on joining, and when better than what was told last."""
        for call in self._lined_up:
            if (caller := self.callers.get(call)) and not (caller.talking or caller.resting):
                self._news(caller, self.position(caller), now)
        for queue in self._shortened:
            if queue in self.rooms:
                for position, call in enumerate(self.rooms[queue].line.first(TOLD_PLACES), start=1):
                    self._news(self.callers[call], position, now)
        self._lined_up.clear()
        self._shortened.clear()

    def position(self, caller: Caller) -> int:
        """The caller's place in the queue, those before who are being rung for counted; 1 is next."""
        return self.room(caller).line.position(caller.place)

    def _news(self, caller: Caller, position: int, now: float) -> None:
        if caller.offers or caller.away:
            return
        if caller.told is None or position < caller.told:
            caller.told = position
            estimate = self.room(caller).estimate(position - 1, now - caller.joined, now)
            self._orders.append(TellPosition(caller.call, position, estimate))

    # ---- small change ---------------------------------------------------------------------------------------------

    def stirred(self, caller: Caller) -> None:
        """Something changed for the caller: the rules are to be looked at, and the place may be news."""
        self.unsettled[caller.call] = None
        self._lined_up[caller.call] = None

    def _enter(self, caller: Caller, queue: Queue, now: float) -> None:
        caller.queue = queue
        caller.entered = caller.stepped = now
        caller.step = 0
        caller.suggested.clear()
        caller.phones = queue.ringing.at_once
        self.room(caller).stats.joined(now)

    def _step_in(self, caller: Caller, now: float) -> None:
        room = self.room(caller)
        room.add(caller)
        if not caller.away:
            ahead = room.line.position(caller.place) - 1
            room.waits.joined(caller.call, ahead, room.crew.at_work, now, room.crew.free)
        self._touch(caller)
        self.stirred(caller)

    def _step_out(self, caller: Caller, now: float, *, answered: bool = False) -> None:
        room = self.room(caller)
        if not caller.resting:
            room.remove(caller)
        caller.resting = False
        if not answered:
            room.waits.left(caller.call, now)
        elif not caller.away:
            room.waits.answered(caller.call, now)
        self._matching.remove_caller(caller)
        self._shortened[caller.queue.name] = None
        self._touch(caller)

    def _touch(self, caller: Caller) -> None:
        if caller.queue.escalations or self.room(caller).watched.conditions:
            self._crews.touched[caller.queue.name] = None
