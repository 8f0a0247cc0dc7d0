"""What the record tells about the queues' traffic."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from acd.forecast import Visit
from ivr import record as story
from ivr.record import CallFacts, Entry
from ivr.store.records import RecordWriter
from ivr.store.traffic import visits
from tests.store.test_queries import STATEMENTS, plan

if TYPE_CHECKING:
    from ivr.store.database import Database
    from ivr.store.vault import Vault

NOON = 1_795_176_000.0


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
    ) == [Visit("desk", NOON + 6, 128.0)]


async def test_who_gives_up_has_cost_nobody_time(database: Database, vault: Vault) -> None:
    assert await kept(database, vault, (6, story.Joined("desk")), (90, story.HungUp(story.Where.QUEUE))) == [
        Visit("desk", NOON + 6)
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
    ) == [Visit("nurse", NOON + 6), Visit("backup", NOON + 186, 63.0)]


async def test_who_comes_back_after_an_outage_visits_once(database: Database, vault: Vault) -> None:
    assert await kept(
        database, vault, (6, story.Joined("desk")), (60, story.CameBack()), (61, story.Joined("desk"))
    ) == [Visit("desk", NOON + 6)]


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
