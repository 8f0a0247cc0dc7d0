"""The shell of the engine: journal before act, one fault costs one order, nothing is lost over a restart."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from acd import events
from acd.model import Agent, Callback, Condition, Overflow, Queue, Step
from acd.skills import Needs
from acd.state import Presence
from ivr import record as story
from ivr.queueing.backs import Back
from ivr.queueing.journalled import LONGEST_JOURNAL
from ivr.queueing.news import Gone, PickedUp, Place, Position, SentAway, Talking
from ivr.queueing.runner import Phones, Ports, QueueRunner, leg_of, offer_of
from ivr.services import LegAnswered, Live, SwitchBack, SwitchDown, SwitchEvent
from ivr.simulator.switch import Manner, SimulatedSwitch
from tests.fakes import PATIENCE, FakeClock, RememberedJournal, RememberedRecord, Seen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from acd.commands import Command
    from acd.engine import Engine
    from ivr.queueing.news import News

ANA, BO = "PJSIP/ana", "PJSIP/bo"
DESK = Place("desk")
QUEUES = (
    Queue("desk", (Step(Needs.parse("desk")),), overflow=(Overflow(Condition(60), "voicemail desk"),)),
    Queue("empty", (Step(Needs.parse("x")),)),
)
PEOPLE = (Agent("ana", {"desk": 3}), Agent("bo", {"desk": 3}))
PHONES = Phones({"ana": ANA, "bo": BO}, {"desk": "Front desk"})


class Pbx(SimulatedSwitch):
    """A PBX that tells its orders. Those that a test names fail, or hang; `witness` is there when one is given."""

    def __init__(self) -> None:
        super().__init__({ANA: Manner.WAITS, BO: Manner.WAITS})
        self.orders: Seen[str] = Seen()
        self.fails: dict[str, Exception] = {}
        self.hangs: set[str] = set()
        self.witness: Callable[[str], object] = lambda _: None
        self.listed: Seen[Live] = Seen()
        self.lists = asyncio.Event()
        self.lists.set()

    async def live(self) -> Live:
        """What lives at the moment of asking; told once `lists` is set."""
        listed = await super().live()
        self.listed.add(listed)
        await self.lists.wait()
        return listed

    def tells(self, event: SwitchEvent) -> None:
        self._emit(event)

    async def ring(self, leg: str, phone: str, *, display: str, seconds: float, asked: bool = False) -> None:
        await self._order(f"ring {phone} for {display} {seconds:.0f} s", f"ring {phone}")
        await super().ring(leg, phone, display=display, seconds=seconds)

    async def cancel(self, leg: str, *, answered_elsewhere: bool = False) -> None:
        await self._order(f"cancel {leg}{' answered elsewhere' if answered_elsewhere else ''}", "cancel")
        await super().cancel(leg, answered_elsewhere=answered_elsewhere)

    async def connect(self, call: str, leg: str) -> None:
        await self._order(f"connect {call} {leg}", "connect")
        await super().connect(call, leg)

    async def _order(self, told: str, kind: str) -> None:
        self.witness(told)
        self.orders.add(told)
        if kind in self.hangs:
            await asyncio.Event().wait()
        if kind in self.fails:
            raise self.fails[kind]

    async def until(self, order: str, times: int = 1) -> None:
        await self.orders.until(lambda each: each == order, times)


class Floor:
    """The queues of a practice while its process runs; give `after` the floor of a process that was killed."""

    def __init__(self, after: Floor | None = None, ports: Ports | None = None) -> None:
        self.pbx: Pbx = after.pbx if after else Pbx()
        self.journal: RememberedJournal = after.journal if after else RememberedJournal()
        self.clock: FakeClock = after.clock if after else FakeClock()
        self.record: RememberedRecord = after.record if after else RememberedRecord()
        self.queues = QueueRunner(self.pbx, self.journal, self.record, self.clock, ports)
        self.ended: Seen[str] = Seen()
        self.holds: Seen[frozenset[str]] = Seen()

    def call_ended(self, call: str) -> None:
        self.ended.add(call)

    def alert_call_ended(self, call: str) -> None:
        self.ended.add(call)

    async def pbx_holds(self, calls: frozenset[str]) -> None:
        self.holds.add(calls)

    @asynccontextmanager
    async def open(self, queues: Sequence[Queue] = QUEUES, people: Sequence[Agent] = PEOPLE) -> AsyncIterator[Floor]:
        await self.queues.restore()
        await self.queues.configure(events.Configured(tuple(queues), tuple(people)), PHONES)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.queues.run(self))
            await self.holds.until(lambda _: True)
            yield self
            running.cancel()

    def caller(self, call: str, place: Place = DESK) -> None:
        """A caller comes and stands in line, on hold."""
        self.record.began(story.CallFacts(call, self.clock.time))
        self.pbx.arrive(call, lambda: None)
        self.pbx.hold(call)
        self.queues.join(call, place)

    async def talks(self, call: str) -> None:
        self.caller(call)
        await self.pbx.until("ring PJSIP/ana for Front desk 20 s")
        self.pbx.pick_up(ANA)
        assert await self.news(call) == PickedUp("ana")
        assert await self.news(call) == Talking()
        await self.journal.seen.until(lambda event: isinstance(event, events.TalkBegan))

    async def news(self, call: str) -> News:
        return await asyncio.wait_for(self.queues.news(call), PATIENCE)

    async def handled(self, event: events.Event) -> None:
        await self.journal.seen.until(lambda each: each == event)

    def later(self, seconds: float) -> None:
        self.clock.time += seconds
        self.queues.leave("nobody")

    def person(self, name: str) -> str:
        return next(each.state for each in self.queues.engine.agents(self.clock.time) if each.agent == name)

    def line(self) -> list[str]:
        return [each.call for each in self.queues.engine.waiting(self.clock.time)]


async def nobody_ready(floor: Floor) -> None:
    for name in ("ana", "bo"):
        floor.queues.person_not_ready(name, "lunch")
        await floor.handled(events.AgentNotReady(name, "lunch"))


# ---- the way of a caller ----------------------------------------------------------------------------------------


async def test_a_caller_is_connected_and_the_person_wraps_up() -> None:
    async with Floor().open() as floor:
        await floor.talks("call-1")
        assert floor.queues.place_of("call-1") is None
        floor.pbx.put_down(ANA)
        assert await floor.news("call-1") == Gone()
        await floor.ended.until(lambda call: call == "call-1")
        assert floor.pbx.orders.all == ["ring PJSIP/ana for Front desk 20 s", "connect call-1 careline-leg-1"]
        assert [type(entry).__name__ for entry in floor.record.entries_of("call-1")] == [
            "Offered",
            "Connected",
            "TalkEnded",
        ]


async def test_a_caller_in_line_is_told_the_place_and_sent_away_in_time() -> None:
    async with Floor().open() as floor:
        await nobody_ready(floor)
        floor.caller("call-1")
        assert await floor.news("call-1") == Position(1)
        assert floor.queues.place_of("call-1") == DESK
        floor.later(60)
        assert await floor.news("call-1") == SentAway("voicemail desk", "waited 1 min")


async def test_a_person_who_refuses_is_passed_over_and_the_next_one_rings() -> None:
    async with Floor().open() as floor:
        floor.caller("call-1")
        await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")
        floor.pbx.refuse(ANA)
        await floor.pbx.until("ring PJSIP/bo for Front desk 20 s")
        assert floor.person("ana") == Presence.BACK_OFF


async def test_a_person_who_answers_too_late_is_told_answered_elsewhere() -> None:
    async with Floor().open() as floor:
        floor.caller("call-1")
        await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")
        floor.pbx.tells(LegAnswered(leg_of(7)))
        await floor.pbx.until("cancel careline-leg-7 answered elsewhere")


async def test_legs_of_others_are_none_of_our_business() -> None:
    async with Floor().open() as floor:
        floor.pbx.tells(LegAnswered("PJSIP/somebody-00000001"))
        floor.pbx.tells(LegAnswered("careline-leg-x"))
        await floor.talks("call-1")
    assert (leg_of(12), offer_of("careline-leg-12"), offer_of("careline-leg-")) == ("careline-leg-12", 12, None)


async def test_what_is_told_to_nobody_is_not_kept() -> None:
    async with Floor().open() as floor:
        await floor.talks("call-1")
        floor.queues.forget("call-1")
        floor.pbx.put_down(ANA)
        await floor.ended.until(lambda call: call == "call-1")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(floor.queues.news("call-1"), 0)


# ---- journal before act -----------------------------------------------------------------------------------------


async def test_an_event_is_in_the_journal_before_the_pbx_sees_its_order() -> None:
    async with Floor().open() as floor:
        on_disk: dict[str, list[events.Event]] = {}
        floor.pbx.witness = lambda order: on_disk.setdefault(order, floor.journal.events())
        await floor.talks("call-1")
        assert on_disk["ring PJSIP/ana for Front desk 20 s"][-1] == events.CallerJoined("call-1", "desk")
        assert on_disk["connect call-1 careline-leg-1"][-1] == events.OfferAnswered(1)


async def test_a_journal_that_cannot_be_written_stops_nobody() -> None:
    async with Floor().open() as floor:
        floor.journal.broken = True
        with capture_logs() as logged:
            await floor.talks("call-1")
        assert {(each["event"], each["error"]) for each in logged} == {
            ("journal cannot be written; callers are served without it", "the disk is full")
        }


# ---- one fault costs one order ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [SwitchDown(), OSError("the network is down")])
async def test_a_ring_that_fails_is_over_at_once_and_somebody_else_rings(fault: Exception) -> None:
    async with Floor().open() as floor:
        floor.pbx.fails = {"ring PJSIP/ana": fault}
        with capture_logs() as logged:
            floor.caller("call-1")
            await floor.pbx.until("ring PJSIP/bo for Front desk 20 s")
        assert len(logged) == 1
        assert floor.record.entries_of("call-1")[1] == story.OfferFailed("ana", "lost")
        floor.pbx.pick_up(BO)
        assert await floor.news("call-1") == PickedUp("bo")


async def test_a_person_without_a_phone_is_passed_over() -> None:
    async with Floor().open(people=(Agent("zoe", {"desk": 5}), *PEOPLE)) as floor:
        with capture_logs():
            floor.caller("call-1")
            await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")


async def test_a_join_that_fails_puts_the_caller_back_in_line() -> None:
    async with Floor().open() as floor:
        floor.pbx.fails = {"connect": OSError("the network is down")}
        floor.caller("call-1")
        await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")
        with capture_logs() as logged:
            floor.pbx.pick_up(ANA)
            await floor.pbx.until("connect call-1 careline-leg-1")
        assert [each["event"] for each in logged] == ["an order failed"]
        floor.pbx.fails = {}
        floor.later(10)
        await floor.pbx.until("cancel careline-leg-1")
        assert floor.line() == ["call-1"]
        floor.pbx.pick_up(ANA)
        assert [await floor.news("call-1") for _ in range(3)] == [PickedUp("ana"), PickedUp("ana"), Talking()]


async def test_a_cancel_that_fails_costs_nobody_else_anything() -> None:
    async with Floor().open() as floor:
        floor.caller("call-1")
        await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")
        floor.pbx.fails = {"cancel": OSError("the network is down")}
        with capture_logs() as logged:
            floor.pbx.leave("call-1")
            await floor.pbx.until("cancel careline-leg-1")
            floor.queues.person_not_ready("ana", "lunch")
            floor.caller("call-2")
            await floor.pbx.until("ring PJSIP/bo for Front desk 20 s")
        assert [each["event"] for each in logged] == ["an order failed"]


async def test_an_event_that_cannot_be_handled_costs_that_event_now_and_after_a_restart() -> None:
    wrong = (Queue("desk", strategy="by-horoscope"),)
    floor = Floor()
    async with floor.open():
        with capture_logs() as logged:
            await floor.queues.configure(events.Configured(wrong, PEOPLE), PHONES)
        assert [each["event"] for each in logged] == ["an event could not be handled"]
        await nobody_ready(floor)
        floor.caller("call-1")
        assert await floor.news("call-1") == Position(1)
    with capture_logs() as logged:
        async with Floor(after=floor).open() as floor:
            assert floor.line() == ["call-1"]
    assert [each["event"] for each in logged] == ["an event could not be replayed"]


async def test_the_end_is_not_missed_when_something_happens_in_the_same_moment() -> None:
    floor = Floor()
    await floor.queues.configure(events.Configured(QUEUES, PEOPLE), PHONES)
    running = asyncio.get_running_loop().create_task(floor.queues.run(floor))
    await nobody_ready(floor)
    floor.caller("call-1")
    await floor.news("call-1")
    floor.queues.leave("nobody")
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=PATIENCE)
    assert running in done


async def test_no_callback_is_agreed_upon_with_who_was_sent_away_in_this_moment() -> None:
    async with Floor().open() as floor:
        assert not await floor.queues.callback_agreed(Back("call-1", "6175550123", "en"), Callback())
        assert floor.queues.backs.of("call-1") is None


async def test_who_has_hung_up_for_a_callback_is_in_line_again_at_once() -> None:
    async with Floor().open() as floor:
        await nobody_ready(floor)
        floor.caller("call-1")
        floor.caller("call-2")
        soon = Callback(not_before=floor.clock.now() + 20)
        assert await floor.queues.callback_agreed(Back("call-1", "6175550123", "en"), soon)
        assert floor.line() == ["call-2", "call-1"]
        floor.queues.callback_may_come("call-1", Callback())
        await floor.queues.settled()
        assert floor.line() == ["call-1", "call-2"]


# ---- who looks on, and the day -------------------------------------------------------------------------------------


async def test_observers_see_every_event_and_what_it_led_to_but_no_replay_and_one_that_fails_stops_nobody() -> None:
    seen: Seen[tuple[events.Event, list[str]]] = Seen()

    def fails(*_: object) -> None:
        raise OSError

    def sees(event: events.Event, orders: Sequence[Command], engine: Engine, now: float) -> None:
        assert engine.plan.queues == QUEUES
        assert now == FakeClock().time
        seen.add((event, [type(order).__name__ for order in orders]))

    with capture_logs() as logged:
        async with Floor(ports=Ports(observers=(fails, sees))).open() as floor:
            floor.caller("call-1")
            await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")
        before = len(seen.all)
        assert (events.CallerJoined("call-1", "desk"), ["Ring"]) in seen.all
        async with Floor(after=floor, ports=Ports(observers=(sees,))).open():
            replayed = seen.all[before:]
        assert [type(event).__name__ for event, _ in replayed][:1] == ["Configured"]
        assert (events.CallerJoined("call-1", "desk"), ["Ring"]) not in replayed
    assert {each["event"] for each in logged} == {"an observer of the queues failed"}


async def test_a_new_day_begins_at_the_practices_own_midnight() -> None:
    floor = Floor(ports=Ports(timezone=ZoneInfo("America/New_York")))
    midnight = datetime(2027, 1, 16, tzinfo=ZoneInfo("America/New_York")).timestamp()
    floor.clock.time = midnight - 0.05
    async with floor.open():
        floor.queues.leave("nobody")
        await floor.handled(events.CallerLeft("nobody"))
        floor.clock.time = midnight + 1
        await floor.handled(events.DayBegan())
        assert floor.queues.engine.staff.day_began == midnight + 1
        assert floor.journal.events().count(events.DayBegan()) == 1


# ---- after a restart --------------------------------------------------------------------------------------------


async def killed_while_three_wait() -> Floor:
    """Three callers in line, nobody ready, and then no process."""
    async with Floor().open() as floor:
        await nobody_ready(floor)
        for call in ("call-1", "call-2", "call-3"):
            floor.caller(call)
            await floor.news(call)
    return floor


async def test_places_are_kept_and_callers_who_vanished_are_gone() -> None:
    killed = await killed_while_three_wait()
    killed.pbx.go_down()
    killed.pbx.leave("call-2")
    killed.pbx.come_back()
    async with Floor(after=killed).open() as floor:
        await floor.handled(events.Reconciled(frozenset({"call-1", "call-3"}), frozenset(), frozenset()))
        assert floor.line() == ["call-1", "call-3"]
        assert floor.holds.all[0] == {"call-1", "call-3"}
        assert "call-2" in floor.ended.all
        assert floor.pbx.orders.all == []


async def test_nothing_is_kept_for_callers_who_do_not_come_back() -> None:
    killed = await killed_while_three_wait()
    async with Floor(after=killed).open() as floor:
        floor.pbx.leave("call-1")
        await floor.ended.until(lambda call: call == "call-1")
        floor.queues.person_ready("ana")
        await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")
        floor.pbx.pick_up(ANA)
        await floor.pbx.until("connect call-2 careline-leg-1")
        await floor.handled(events.TalkBegan(1))
        assert [floor.queues.resume(f"call-{number}") for number in (1, 2, 3)] == [None, None, DESK]
        assert list(floor.queues._newsroom.queues) == ["call-3"]


async def test_what_was_ordered_before_is_not_ordered_again() -> None:
    async with Floor().open() as killed:
        killed.caller("call-1")
        await killed.pbx.until("ring PJSIP/ana for Front desk 20 s")
    async with Floor(after=killed).open() as floor:
        await floor.handled(events.Reconciled(frozenset({"call-1"}), frozenset({1}), frozenset()))
        assert floor.pbx.orders.all == ["ring PJSIP/ana for Front desk 20 s"]
        floor.pbx.pick_up(ANA)
        await floor.pbx.until("connect call-1 careline-leg-1")


async def test_a_ring_that_never_reached_the_pbx_is_made_up_for() -> None:
    async with Floor().open() as killed:
        killed.pbx.hangs = {"ring PJSIP/ana"}
        killed.caller("call-1")
        await killed.pbx.until("ring PJSIP/ana for Front desk 20 s")
    killed.pbx.hangs = set()
    async with Floor(after=killed).open() as floor:
        await floor.pbx.until("ring PJSIP/ana for Front desk 20 s", times=2)


async def test_a_talk_goes_on_and_its_end_is_noted() -> None:
    async with Floor().open() as killed:
        await killed.talks("call-1")
    async with Floor(after=killed).open() as floor:
        await floor.handled(events.Reconciled(frozenset({"call-1"}), frozenset(), frozenset({1})))
        assert floor.person("ana") == "talking"
        floor.pbx.put_down(ANA)
        await floor.ended.until(lambda call: call == "call-1")
        assert type(floor.record.entries_of("call-1")[-1]) is story.TalkEnded


async def test_a_talk_that_began_while_nobody_watched_is_noted() -> None:
    async with Floor().open() as killed:
        killed.pbx.take_back("call-1")
        killed.caller("call-1")
        killed.pbx.take_back("call-1")
        await killed.pbx.until("ring PJSIP/ana for Front desk 20 s")
        killed.pbx.pick_up(ANA)
        await killed.pbx.until("connect call-1 careline-leg-1")
    killed.pbx.go_down()
    killed.pbx.hold("call-1")
    killed.pbx.come_back()
    async with Floor(after=killed).open() as floor:
        await floor.handled(events.Reconciled(frozenset({"call-1"}), frozenset(), frozenset({1})))
        assert type(floor.record.entries_of("call-1")[-1]) is story.Connected


async def test_a_leg_that_nobody_knows_is_ended() -> None:
    floor = Floor()
    await floor.pbx.ring("careline-leg-9", BO, display="", seconds=20)
    async with floor.open():
        await floor.pbx.until("cancel careline-leg-9")


async def test_who_joins_while_the_pbx_is_asked_is_not_taken_for_vanished() -> None:
    async with Floor().open() as floor:
        await nobody_ready(floor)
        floor.pbx.lists.clear()
        floor.pbx.tells(SwitchBack())
        await floor.pbx.listed.until(lambda _: True, times=2)
        floor.caller("call-1")
        assert await floor.news("call-1") == Position(1)
        floor.pbx.lists.set()
        await floor.handled(events.Reconciled(frozenset({"call-1"}), frozenset(), frozenset()))
        assert floor.line() == ["call-1"]


async def test_a_phone_that_begins_to_ring_while_the_pbx_is_asked_rings_on() -> None:
    async with Floor().open() as floor:
        floor.pbx.lists.clear()
        floor.pbx.tells(SwitchBack())
        await floor.pbx.listed.until(lambda _: True, times=2)
        floor.caller("call-1")
        await floor.pbx.until("ring PJSIP/ana for Front desk 20 s")
        floor.pbx.lists.set()
        await floor.handled(events.Reconciled(frozenset({"call-1"}), frozenset({1}), frozenset()))
        floor.pbx.pick_up(ANA)
        assert [await floor.news("call-1"), await floor.news("call-1")] == [PickedUp("ana"), Talking()]


async def test_a_ring_decided_in_the_moment_in_which_the_pbx_has_answered_is_no_ring_that_failed() -> None:
    async with Floor().open() as floor:
        await nobody_ready(floor)
        floor.caller("call-1")
        assert await floor.news("call-1") == Position(1)
        floor.pbx.lists.clear()
        floor.pbx.tells(SwitchBack())
        await floor.pbx.listed.until(lambda _: True, times=2)
        floor.pbx.lists.set()
        floor.queues.person_ready("ana")
        await floor.handled(events.Reconciled(frozenset({"call-1"}), frozenset({1}), frozenset()))
        floor.pbx.pick_up(ANA)
        assert [await floor.news("call-1"), await floor.news("call-1")] == [PickedUp("ana"), Talking()]
        assert [order for order in floor.pbx.orders.all if order.startswith("ring")] == [
            "ring PJSIP/ana for Front desk 20 s"
        ]


async def test_a_journal_of_another_version_begins_again() -> None:
    killed = await killed_while_three_wait()
    killed.journal.rows.insert(1, (1.0, '{"version": 99, "event": "Teleported"}'))
    with capture_logs() as logged:
        async with Floor(after=killed).open() as floor:
            assert floor.line() == []
            await floor.talks("call-4")
    assert [each["event"] for each in logged] == ["the journal is of another version; it begins again"]
    assert type(killed.journal.events()[0]) is events.Configured
    async with Floor(after=floor).open() as again:
        assert again.person("ana") == "talking"


# ---- the journal begins again -----------------------------------------------------------------------------------


async def filled(floor: Floor) -> None:
    """So many events that the journal is to begin again."""
    for _ in range(LONGEST_JOURNAL):
        floor.queues.leave("nobody")
    floor.queues.person_ready("nobody")
    await floor.handled(events.AgentReady("nobody"))


async def test_a_long_journal_begins_again_and_says_all_that_it_said() -> None:
    async with Floor().open() as floor:
        await nobody_ready(floor)
        floor.caller("call-1")
        await floor.news("call-1")
        await filled(floor)
        floor.queues.leave("nobody")
        await floor.journal.seen.until(lambda each: each == events.CallerLeft("nobody"), LONGEST_JOURNAL + 1)
        assert floor.journal.events() == [events.CallerLeft("nobody")]
        assert (floor.line(), floor.person("ana")) == (["call-1"], Presence.NOT_READY)
    async with Floor(after=floor).open() as again:
        assert (again.line(), again.person("ana")) == (["call-1"], Presence.NOT_READY)


async def test_a_journal_that_cannot_begin_again_stays_as_it_is() -> None:
    async with Floor().open() as floor:
        floor.journal.broken = True
        with capture_logs() as logged:
            await filled(floor)
            floor.queues.leave("nobody")
            await floor.talks("call-1")
        assert "journal cannot be written; it stays long for now" in {each["event"] for each in logged}
