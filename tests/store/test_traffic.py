"""What the record tells about the queues' traffic."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from acd.forecast import Visit
from acd.patience import Ending, Wait
from ivr import record as story
from ivr.record import CallFacts, Entry
from ivr.store.records import RecordWriter
from ivr.store.traffic import visits
from tests.store.test_queries import STATEMENTS, plan

if TYPE_CHECKING:
    from ivr.store.database import Database
    from ivr.store.vault import Vault

NOON = 1_795_176_000.0
JOINED = (6, story.Joined("desk"))


async def kept(database: Database, vault: Vault, *told: tuple[float, Entry], started: float = NOON) -> list[Visit]:
    """The visits of one call, of which so much was noted so many seconds after its start."""
    writer = RecordWriter(database, vault, UTC)
    call = f"call of {started}"
    writer.began(CallFacts(call, started, phi_caller_number="+16175550199"))
    for after, entry in told:
        writer.note(call, started + after, entry)
    writer.ended(call, started + 1000)
    await writer.flush()
    return await visits(database, NOON)


async def test_a_visit_is_ringing_and_talk(database: Database, vault: Vault) -> None:
    assert await kept(
        database,
        vault,
        (5, story.RoutedTo("desk")),
        (6, story.Joined("desk")),
        (7, story.Offered("bo", {"offer": 1}, 20.0)),
        (27, story.OfferFailed("bo", "no answer")),
        (28, story.Offered("ana", {"offer": 2}, 20.0)),
        (36, story.Connected("ana", 30.0)),
        (156, story.TalkEnded("ana", 120.0)),
        (157, story.HungUp(story.Where.TALK)),
    ) == [Visit("desk", NOON + 6, 128.0, Wait(30.0, Ending.ANSWERED))]


async def test_who_gives_up_has_cost_nobody_time(database: Database, vault: Vault) -> None:
    assert await kept(database, vault, JOINED, (90, story.HungUp(story.Where.QUEUE))) == [
        Visit("desk", NOON + 6, wait=Wait(84.0, Ending.GAVE_UP))
    ]


@pytest.mark.parametrize(
    "left",
    [
        story.Overflowed("voicemail desk", "waited 4 minutes"),
        story.WentByChoice("menu welcome", "pressed 9"),
        story.CallbackAgreed("+16175550199", own_number=True),
        story.HungUp(story.Where.QUEUE, by_us=True),
    ],
)
async def test_a_wait_that_something_else_ended_is_no_giving_up(database: Database, vault: Vault, left: Entry) -> None:
    later = (200, story.HungUp(story.Where.VOICEMAIL))
    assert await kept(database, vault, JOINED, (90, left), later) == [
        Visit("desk", NOON + 6, wait=Wait(84.0, Ending.ELSEWHERE))
    ]


async def test_who_is_called_back_waited_until_the_callback_was_agreed(database: Database, vault: Vault) -> None:
    assert await kept(
        database,
        vault,
        JOINED,
        (90, story.CallbackAgreed("+16175550199", own_number=True)),
        (600, story.Offered("ana")),
        (610, story.CallbackReached()),
        (611, story.Joined("desk")),
        (612, story.Connected("ana", 606.0)),
        (672, story.TalkEnded("ana", 60.0)),
        (673, story.HungUp(story.Where.TALK)),
    ) == [Visit("desk", NOON + 6, 72.0, Wait(84.0, Ending.ELSEWHERE))]


async def test_whom_a_rule_moves_goes_on_with_the_same_wait(database: Database, vault: Vault) -> None:
    moved = (60, story.Moved("desk", "nurse", "after 1m"))
    assert await kept(database, vault, JOINED, moved, (90, story.HungUp(story.Where.QUEUE))) == [
        Visit("desk", NOON + 6, wait=Wait(84.0, Ending.GAVE_UP))
    ]


async def test_a_clock_that_was_set_back_makes_no_wait_of_less_than_nothing(database: Database, vault: Vault) -> None:
    assert await kept(database, vault, JOINED, (2, story.HungUp(story.Where.QUEUE))) == [
        Visit("desk", NOON + 6, wait=Wait(0.0, Ending.GAVE_UP))
    ]


async def test_who_goes_on_to_another_queue_visits_both(database: Database, vault: Vault) -> None:
    assert await kept(
        database,
        vault,
        (6, story.Joined("nurse")),
        (186, story.Overflowed("queue backup")),
        (186, story.Joined("backup")),
        (187, story.Offered("emma")),
        (190, story.Connected("emma", 184.0)),
        (250, story.TalkEnded("emma", 60.0)),
    ) == [
        Visit("nurse", NOON + 6, wait=Wait(180.0, Ending.ELSEWHERE)),
        Visit("backup", NOON + 186, 63.0, Wait(4.0, Ending.ANSWERED)),
    ]


async def test_a_sign_of_danger_leads_on_to_the_urgent_queue(database: Database, vault: Vault) -> None:
    assert await kept(
        database,
        vault,
        JOINED,
        (30, story.RedFlagRaised("chest pain")),
        (31, story.Joined("nurse")),
        (41, story.HungUp(story.Where.QUEUE)),
    ) == [
        Visit("desk", NOON + 6, wait=Wait(25.0, Ending.ELSEWHERE)),
        Visit("nurse", NOON + 31, wait=Wait(10.0, Ending.GAVE_UP)),
    ]


async def test_who_comes_back_after_an_outage_visits_once(database: Database, vault: Vault) -> None:
    back = ((60, story.CameBack()), (61, story.Joined("desk")))
    assert await kept(database, vault, JOINED, *back, (90, story.HungUp(story.Where.QUEUE))) == [
        Visit("desk", NOON + 6, wait=Wait(84.0, Ending.GAVE_UP))
    ]


async def test_a_wait_whose_end_was_not_seen_tells_nothing(database: Database, vault: Vault) -> None:
    assert await kept(database, vault, JOINED) == [Visit("desk", NOON + 6)]


async def test_only_calls_since_then_are_read_in_their_order(database: Database, vault: Vault) -> None:
    await kept(database, vault, (1, story.Joined("desk")), started=NOON + 60)
    await kept(database, vault, (1, story.Joined("desk")), started=NOON - 1)
    assert await kept(database, vault, (1, story.Joined("desk"))) == [
        Visit("desk", NOON + 1),
        Visit("desk", NOON + 61),
    ]
    assert await visits(database, NOON + 100) == []


async def test_calls_that_never_waited_are_no_visits(database: Database, vault: Vault) -> None:
    assert await kept(database, vault, (1, story.Greeted("Lakeside", "en"))) == []


async def test_visits_are_found_by_start_and_read_in_order(database: Database) -> None:
    steps = await plan(database, STATEMENTS["VISITS"])
    assert "SEARCH calls USING INDEX calls_by_start (started>?)" in steps
    assert "SEARCH timeline USING INDEX sqlite_autoindex_timeline_1 (call=?)" in steps
