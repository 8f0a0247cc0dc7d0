"""A caller in line: what is heard until a person is there, and what cuts it short."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from acd.views import Outlook
from acd.wait import Estimate
from ivr import record as story
from ivr.call import CallerGone
from ivr.conversation.in_line import InLine, Leaving
from ivr.conversation.waiting_room import Listening, WaitingRoom
from ivr.queueing.news import Gone, News, PickedUp, Position, SentAway, Talking
from ivr.services import SwitchDown
from ivr.simulator.prompts import TextPrompts
from ivr.simulator.switch import SimulatedSwitch
from ivr.simulator.terminal import Script
from ivr.trial import TypedEars
from tests.fakes import PATIENCE, FakeClock, Seen
from tests.house import WatchedCall, Words
from tests.menus.plans import small

if TYPE_CHECKING:
    from ivr.menus.plan.model import Plan

PLAN = small()
ANNOUNCED = small(("overflow: {after: 4m, to: voicemail desk}}", "announce: {every: 10s, wait: yes}}"))
ALSO = small(("overflow: {after: 4m, to: voicemail desk}}", "announce: {every: 10s, also: hours}}"))
WAITS = {"wait_became_longer": "Longer.", "wait_about": "About", "wait_minutes": "minutes.", "wait_under_a_minute": "."}
PLACES = {"you_are_next": "Next.", "you_are_number": "Number"}
PROMPTS = TextPrompts(
    {"en": {"connecting": "Connecting.", "hold_please": "Hold.", "hours": "Nine to five.", **PLACES, **WAITS}}
)
CONNECTING = Path("en/connecting")


class LongPrompts(WatchedCall):
    """A call whose prompts last until `over` is set; `played` tells which were cut."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.over = asyncio.Event()
        self.begun: Seen[str] = Seen()
        self.played: list[str] = []
        self.lost = False
        self.refused: Seen[None] = Seen()

    async def take_back(self) -> None:
        if self.lost:
            self.refused.add(None)
            raise SwitchDown
        await super().take_back()

    async def play(self, *sounds: Path) -> None:
        await super().play(*sounds)
        text = " ".join(map(PROMPTS.text, sounds))
        self.begun.add(text)
        try:
            await self.over.wait()
        except asyncio.CancelledError:
            self.played.append(f"{text} (cut)")
            raise
        self._must_live()
        self.played.append(text)


class Standing:
    """A caller who stands in line, and the queue that sends the news."""

    def __init__(self, plan: Plan | None = None) -> None:
        self.queue: asyncio.Queue[News] = asyncio.Queue()
        self.entries: list[story.Entry] = []
        self.call = LongPrompts("call-1", Script([]), PROMPTS, SimulatedSwitch({}))
        plan = plan or PLAN
        self.clock = FakeClock()
        room = WaitingRoom(plan, self, PROMPTS, TypedEars(), Words(plan), self.clock, Listening())
        self.line = InLine(self.call, "call-1", room, self.entries.append)
        self.view: Outlook | None = None

    async def news(self, call: str) -> News:
        return await self.queue.get()

    def outlook(self, call: str) -> Outlook | None:
        return self.view

    def send(self, *news: News) -> None:
        for each in news:
            self.queue.put_nowait(each)

    def stands(self, *sounds: Path, queue: str = "desk") -> asyncio.Task[Leaving]:
        return asyncio.get_running_loop().create_task(self.line.stand("en", queue, *sounds))

    async def hears(self, text: str) -> None:
        await self.call.begun.until(lambda begun: begun == text)

    async def is_held(self) -> None:
        await self.call.moves.until(lambda move: move == "held")


async def ends(task: asyncio.Task[Leaving]) -> Leaving:
    return await asyncio.wait_for(task, PATIENCE)


async def test_a_person_who_picks_up_cuts_what_the_caller_hears() -> None:
    caller = Standing()
    standing = caller.stands(CONNECTING)
    await caller.hears("Connecting.")
    caller.send(PickedUp("ana"))
    await caller.is_held()
    assert caller.call.played == ["Connecting. (cut)"]
    caller.send(SentAway("voicemail desk"))
    assert await ends(standing) == SentAway("voicemail desk")


async def test_a_place_in_line_is_told_after_what_the_caller_hears() -> None:
    caller = Standing()
    caller.send(Position(3), Position(2))
    standing = caller.stands(CONNECTING)
    await caller.hears("Connecting.")
    caller.call.over.set()
    await caller.is_held()
    assert caller.call.played == ["Connecting.", "Number 2"]
    assert caller.entries == [story.ToldPosition(2)]
    caller.send(SentAway("queue desk"))
    assert await ends(standing) == SentAway("queue desk")


async def test_telling_the_place_stops_the_moment_somebody_picks_up() -> None:
    caller = Standing()
    caller.send(Position(1))
    standing = caller.stands()
    await caller.hears("Next.")
    caller.send(PickedUp("ana"))
    await caller.is_held()
    assert caller.call.played[-1] == "Next. (cut)"
    standing.cancel()


async def test_without_news_the_caller_hears_music_at_once() -> None:
    caller = Standing()
    caller.call.over.set()
    standing = caller.stands()
    await caller.is_held()
    assert caller.entries == []
    standing.cancel()


async def test_music_is_not_interrupted_for_a_better_place() -> None:
    caller = Standing()
    caller.call.over.set()
    standing = caller.stands(CONNECTING)
    await caller.is_held()
    caller.send(Position(1), Talking(), Gone())
    with pytest.raises(CallerGone):
        await ends(standing)
    assert caller.call.played == ["Connecting."]
    assert caller.entries == []
    assert caller.line.talks


async def test_a_held_caller_goes_from_queue_to_queue_with_the_music_on() -> None:
    caller = Standing()
    caller.call.over.set()
    caller.send(Position(1), SentAway("queue desk"))
    assert await ends(caller.stands()) == SentAway("queue desk")
    caller.send(PickedUp("ana"), SentAway("queue nurse"))
    assert await ends(caller.stands(CONNECTING)) == SentAway("queue nurse")
    caller.send(Position(4), PickedUp("bo"), Talking(), Gone())
    with pytest.raises(CallerGone):
        await ends(caller.stands(CONNECTING))
    assert caller.call.moves.all == ["held"]


@pytest.mark.parametrize("cut_by", [SentAway("voicemail desk"), Gone()])
async def test_whatever_ends_the_waiting_cuts_the_prompt(cut_by: News) -> None:
    caller = Standing()
    standing = caller.stands(CONNECTING)
    await caller.hears("Connecting.")
    caller.send(cut_by)
    await asyncio.wait({standing}, timeout=PATIENCE)
    assert caller.call.played == ["Connecting. (cut)"]
    assert isinstance(standing.exception(), CallerGone) == (cut_by == Gone())


async def test_a_hang_up_during_the_prompt_ends_the_waiting() -> None:
    caller = Standing()
    standing = caller.stands(CONNECTING)
    await caller.hears("Connecting.")
    caller.call.caller_hangs_up()
    caller.call.over.set()
    with pytest.raises(CallerGone):
        await ends(standing)


async def test_who_stands_too_far_back_for_a_number_is_asked_to_hold() -> None:
    caller = Standing()
    caller.call.over.set()
    caller.send(Position(10_000))
    standing = caller.stands()
    await caller.is_held()
    assert caller.call.played[-1] == "Hold."
    assert caller.entries == []
    standing.cancel()


# ---- announcements while waiting ----------------------------------------------------------------------------------


def looks(position: int, seconds: float) -> Outlook:
    return Outlook("desk", position, Estimate(seconds, seconds, seconds))


async def told_first(caller: Standing) -> asyncio.Task[Leaving]:
    """Number three, about five minutes, and then music."""
    caller.call.over.set()
    caller.send(Position(3, 290.0))
    standing = caller.stands()
    await caller.is_held()
    assert caller.entries == [story.ToldPosition(3), story.ToldWait(290)]
    return standing


async def test_a_better_place_is_told_between_the_music_and_a_longer_wait_never_hidden() -> None:
    caller = Standing(ANNOUNCED)
    standing = await told_first(caller)
    caller.view = looks(2, 400.0)
    caller.clock.time += 10
    caller.send(Position(2))  # wakes the caller's clock
    await caller.call.moves.until(lambda move: move == "held", times=2)
    assert caller.call.moves.all == ["held", "taken back", "held"]
    assert caller.call.played[-1] == "Longer. Number 2 About 7 minutes."
    assert caller.entries[2:] == [story.ToldPosition(2), story.ToldWait(400, longer=True)]
    standing.cancel()


async def test_an_announcement_is_cut_when_somebody_picks_up() -> None:
    caller = Standing(ANNOUNCED)
    standing = await told_first(caller)
    caller.view = looks(1, 20.0)
    caller.call.over.clear()
    caller.clock.time += 10
    caller.send(Position(1))
    await caller.call.begun.until(lambda begun: begun.startswith("Next."))
    caller.send(PickedUp("ana"))
    await caller.call.moves.until(lambda move: move == "held", times=2)
    assert caller.call.played[-1].endswith("(cut)")
    standing.cancel()


async def test_without_news_a_sentence_of_the_practice_is_told_and_cut_when_somebody_picks_up() -> None:
    caller = Standing(ALSO)
    caller.call.over.set()
    caller.send(Position(3))
    standing = caller.stands()
    await caller.is_held()
    caller.view = looks(3, 20.0)
    caller.call.over.clear()
    caller.clock.time += 10
    caller.send(Position(3))  # wakes the caller's clock
    await caller.call.begun.until(lambda begun: begun == "Nine to five.")
    caller.send(PickedUp("ana"))
    await caller.call.moves.until(lambda move: move == "held", times=2)
    assert caller.call.played[-1] == "Nine to five. (cut)"
    assert caller.entries == [story.ToldPosition(3)]
    standing.cancel()


async def test_whoever_the_pbx_does_not_give_back_hears_music_on() -> None:
    caller = Standing(ANNOUNCED)
    standing = await told_first(caller)
    caller.call.lost = True
    caller.view = looks(1, 20.0)
    caller.clock.time += 10
    caller.send(Position(1))
    await caller.call.refused.until(lambda _: True)
    caller.send(SentAway("voicemail desk"))
    assert await ends(standing) == SentAway("voicemail desk")
    assert caller.call.moves.all == ["held"]
