import asyncio
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, text
from structlog.testing import capture_logs

from ivr import record as story
from ivr.record import CallFacts, CallSummary, Entry, NoSuchCall, Noted, Outcome, Where
from ivr.store import records, schema
from ivr.store.database import Database, open_database
from ivr.store.readings import StoredRecords
from ivr.store.records import RecordWriter
from ivr.store.rows import KINDS, line_of, line_row, summary_of, summary_row
from ivr.store.vault import Vault, unlock
from tests.fakes import RememberedRecord

NOON = 1_795_176_000.0  # 2026-11-20 12:00 UTC
FACTS = CallFacts("1795176000.7", NOON, "+16175550100", "+16175550199", "riverside 3f2a")

DECISION = {
    "offer": 4,
    "call": FACTS.id,
    "queue": "scheduling",
    "needs": ["cardiology", "scheduling"],
    "urgency": "routine",
    "waited_seconds": 1.5,
    "chosen": "ana",
    "rule": "the caller waits longest; the person idle longest",
    "considered": [{"agent": "ana", "verdict": "chosen", "why": "idle longest (95 s)"}],
}
ENTRIES: tuple[Entry, ...] = (
    story.Greeted("Riverside Medical Group", "en"),
    story.Asked(("how_can_we_help",)),
    story.HeardSpeech("i need to reschedule my appointment with cardiology", 0.91),
    story.Understood("scheduling", 0.93, ("reschedule", "appointment")),
    story.RoutedTo(
        "scheduling",
        ("cardiology", "scheduling"),
        intent="scheduling",
        phi_reasons=(story.Because("the caller said", "cardiology"), story.Because("the office is open")),
    ),
    story.Joined("scheduling", 1),
    story.ToldPosition(1),
    story.Offered("bo", DECISION, 20.0),
    story.OfferFailed("bo", "no answer"),
    story.Offered("ana", DECISION, 20.0),
    story.Connected("ana", 3.5),
    story.TalkEnded("ana", 42.0),
    story.HungUp(Where.TALK),
)
OTHER_ENTRIES: tuple[Entry, ...] = (
    story.LanguageChosen("es"),
    story.Misrouted("billing", "ana"),
    story.HeardSpeech("", 0.0),
    story.HeardKeys("4"),
    story.HeardNothing(),
    story.Understood("", 0.2),
    story.RedFlagRaised("chest pain", ("pecho",)),
    story.SoundsDistressed(("cries", "uses words of distress"), "somebody help my appointment"),
    story.SlotGiven("birth", "1952-03-03"),
    story.SentToVoicemail("billing", "billing", (story.Because("the office is closed"),)),
    story.SaidGoodbye((story.Because("the caller was served"),)),
    story.Overflowed("voicemail scheduling", "waited 240 s"),
    story.Moved("scheduling", "front_desk", "waited 60 s"),
    story.ToldWait(300.0, longer=True),
    story.PlaceRestored(130.0),
    story.Stepped("scheduling", 2, "waited 60 s"),
    story.PriorityChanged(urgent=True),
    story.AnsweredElsewhere("bo"),
    story.Suggested("callback", "waited 90 s"),
    story.WentByChoice("voicemail scheduling", "pressed 2"),
    story.CallbackAgreed("+16175550123", own_number=False, not_before=1_795_201_387.0),
    story.CallbackDialled(1),
    story.CallbackReached(),
    story.CallbackNotReached("answering machine"),
    story.CallbackGivenUp(4),
    story.CallbackOver("cancelled"),
    story.Voicemail("scheduling", 12.5),
    story.CameBack(),
    story.RecognizerLost(),
    story.HungUp(Where.VOICEMAIL, by_us=True),
    story.Fault("the prompt could not be played"),
)


# ---- the contract: memory and database give the same readings --------------------------------------------------------


@dataclass(frozen=True)
class Book:
    """A record to write, how to have it written down, and the same to read."""

    record: story.Record
    settle: Callable[[], Awaitable[None]]
    read: story.Records


async def _nothing_to_do() -> None:
    pass


@pytest.fixture(params=["in memory", "in the database"])
async def book(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Book]:
    if request.param == "in memory":
        remembered = RememberedRecord()
        yield Book(remembered, _nothing_to_do, remembered)
        return
    async with open_database(tmp_path / "state") as database:
        vault = await unlock(database)
        writer = RecordWriter(database, vault, UTC)
        yield Book(writer, writer.flush, StoredRecords(database, vault))


async def test_a_call_reads_as_it_was_told(book: Book) -> None:
    tell(book.record, FACTS, *ENTRIES)
    await book.settle()
    read = await book.read.call(FACTS.id)
    assert read.summary == CallSummary(
        id=FACTS.id,
        number="C-20261120-0001",
        started=NOON,
        dialled_number="+16175550100",
        phi_caller_number="+16175550199",
        plan="riverside 3f2a",
        answered=NOON + 1,
        ended=NOON + 14,
        language="en",
        intent="scheduling",
        phi_evidence=("reschedule", "appointment"),
        route="scheduling",
        joined=NOON + 6,
        person="ana",
        wait_seconds=3.5,
        talk_seconds=42.0,
        outcome=Outcome.TALKED,
    )
    assert read.timeline == tuple(Noted(NOON + after, entry) for after, entry in enumerate(ENTRIES, start=1))


async def test_a_call_in_progress_is_read_as_far_as_it_came(book: Book) -> None:
    book.record.began(FACTS)
    book.record.note(FACTS.id, NOON + 1, ENTRIES[0])
    await book.settle()
    read = await book.read.call(FACTS.id)
    assert (read.summary.ended, [noted.entry for noted in read.timeline]) == (None, [ENTRIES[0]])
    book.record.note(FACTS.id, NOON + 2, ENTRIES[1])
    await book.settle()
    assert len((await book.read.call(FACTS.id)).timeline) == 2


async def test_calls_are_listed_latest_first_and_by_start_number_and_outcome(book: Book) -> None:
    for nth in range(4):
        facts = CallFacts(f"c{nth}", NOON + nth * 100)
        tell(book.record, facts, *(ENTRIES if nth % 2 else (story.HungUp(Where.MENU),)))
    book.record.began(CallFacts("open", NOON + 400))
    await book.settle()
    calls = book.read.calls
    assert [call.id for call in await calls()] == ["open", "c3", "c2", "c1", "c0"]
    assert [call.id for call in await calls(limit=2)] == ["open", "c3"]
    assert [call.id for call in await calls(since=NOON + 200)] == ["open", "c3", "c2"]
    assert [call.id for call in await calls(outcome=Outcome.TALKED)] == ["c3", "c1"]
    assert [call.id for call in await calls(outcome=Outcome.LEFT_IN_MENU)] == ["c2", "c0"]


@pytest.mark.parametrize("named", ["1795176000.1", "17951760", "C-20261120-0001", "c-20261120-0001", "C-2026", "c"])
async def test_a_call_is_found_by_id_by_number_and_by_a_beginning_of_either(book: Book, named: str) -> None:
    book.record.began(replace(FACTS, id="1795176000.1"))
    await book.settle()
    assert (await book.read.call(named)).summary.id == "1795176000.1"


async def test_a_whole_id_is_found_though_others_begin_with_it(book: Book) -> None:
    for nth in (1, 10, 11, 12, 13, 14, 15):
        book.record.began(replace(FACTS, id=f"1795176000.{nth}"))
    await book.settle()
    assert (await book.read.call("1795176000.1")).summary.id == "1795176000.1"


async def test_a_name_that_fits_no_call_or_several_says_so(book: Book) -> None:
    book.record.began(FACTS)
    book.record.began(replace(FACTS, id="1795176000.8"))
    await book.settle()
    with pytest.raises(NoSuchCall, match=r"^no call is named '555': `careline calls` lists them$"):
        await book.read.call("555")
    with pytest.raises(NoSuchCall, match=r"^'C-2026' is the beginning of several calls \(C-20261120-0001, C-2"):
        await book.read.call("C-2026")


async def test_a_call_that_comes_back_goes_on_in_its_own_record(book: Book) -> None:
    tell(book.record, FACTS, *ENTRIES[:6])
    await book.settle()
    book.record.began(replace(FACTS, started=NOON + 60))
    book.record.note(FACTS.id, NOON + 60, story.CameBack())
    await book.settle()
    read = await book.read.call(FACTS.id)
    assert (read.summary.started, read.summary.ended, len(read.timeline)) == (NOON, None, 7)


async def test_lines_of_a_call_that_never_began_are_lost_alone(book: Book) -> None:
    book.record.began(FACTS)
    book.record.note("stranger", NOON, ENTRIES[0])
    book.record.ended("stranger", NOON)
    book.record.note(FACTS.id, NOON, ENTRIES[0])
    await book.settle()
    assert [call.id for call in await book.read.calls()] == [FACTS.id]
    assert len((await book.read.call(FACTS.id)).timeline) == 1


@pytest.mark.parametrize("entries", [ENTRIES, OTHER_ENTRIES])
async def test_every_kind_of_entry_reads_as_it_was_written(book: Book, entries: tuple[Entry, ...]) -> None:
    tell(book.record, FACTS, *entries)
    await book.settle()
    assert tuple(noted.entry for noted in (await book.read.call(FACTS.id)).timeline) == entries


def test_the_entries_of_these_tests_are_all_the_kinds_there_are() -> None:
    assert {type(entry).__name__ for entry in ENTRIES + OTHER_ENTRIES} == set(KINDS)


# ---- the database alone ----------------------------------------------------------------------------------------------


async def test_calls_whose_matter_somebody_corrected_are_found_and_who_read_them_is_kept(
    database: Database, vault: Vault
) -> None:
    writer, read = RecordWriter(database, vault, UTC), StoredRecords(database, vault)
    tell(writer, FACTS, *ENTRIES)
    await writer.flush()
    assert await read.misrouted() == []
    writer.note(FACTS.id, NOON + 99, story.Misrouted("billing", "ana"))
    writer.note(FACTS.id, NOON + 100, story.Misrouted("refills", "ana"))
    await writer.flush()
    assert [call.summary.id for call in await read.misrouted()] == [FACTS.id]
    assert await read.misrouted(since=NOON + 1) == []
    await read.looked_at(NOON, "lena", "read what misrouted callers said")
    async with database.reading() as connection:
        rows = (await connection.execute(select(schema.audit.c.who, schema.audit.c.what))).all()
    assert [tuple(row) for row in rows] == [("lena", "read what misrouted callers said")]


async def test_no_patient_data_is_readable_in_the_files(database: Database, vault: Vault) -> None:
    writer = RecordWriter(database, vault, UTC)
    tell(writer, FACTS, *ENTRIES, *OTHER_ENTRIES)
    await writer.flush()
    kept = b"".join(path.read_bytes() for path in database.folder.glob("careline.db*"))
    readable = [
        word for word in ("reschedule", "appointment", "+16175550199", "pecho", "1952-03-03") if word.encode() in kept
    ]
    assert (readable, b"chest pain" in kept, b"how_can_we_help" in kept) == ([], True, True)


@given(some.text(), some.text(), some.floats(0, 1), some.lists(some.text()))
def test_any_text_survives_sealing_and_opening(number: str, words: str, confidence: float, evidence: list[str]) -> None:
    vault = Vault(bytes(32))
    summary = replace(story.opened(FACTS, "C-1"), phi_caller_number=number, phi_evidence=tuple(evidence))
    noted = Noted(1.0, story.HeardSpeech(words, confidence))
    assert summary_of(summary_row(summary, vault), vault) == summary  # type: ignore[arg-type]  # a dict reads like a row
    assert line_of(line_row("c", 3, noted, vault), vault) == noted  # type: ignore[arg-type]


async def test_numbers_go_on_after_a_restart_and_begin_again_on_the_practices_next_day(
    database: Database, vault: Vault
) -> None:
    boston = ZoneInfo("America/New_York")
    midnight = 1_795_150_800.0  # 2026-11-20 00:00 in Boston
    first = RecordWriter(database, vault, boston)
    first.began(CallFacts("a", midnight - 1))
    first.began(CallFacts("b", midnight))
    await first.flush()
    second = RecordWriter(database, vault, boston)
    second.began(CallFacts("c", midnight + 1))
    second.began(CallFacts("d", midnight - 1))
    await second.flush()
    assert {call.id: call.number for call in await StoredRecords(database, vault).calls()} == {
        "a": "C-20261119-0001",
        "b": "C-20261120-0001",
        "c": "C-20261120-0002",
        "d": "C-20261120-0003",
    }


async def test_numbers_go_on_after_the_ten_thousandth_call_of_a_day(database: Database, vault: Vault) -> None:
    writer = RecordWriter(database, vault, UTC)
    for call in ("x", "y"):
        writer.began(replace(FACTS, id=call))
    await writer.flush()
    async with database.writing() as connection:
        await connection.execute(text("UPDATE calls SET number = 'C-20261120-9999' WHERE id = 'x'"))
        await connection.execute(text("UPDATE calls SET number = 'C-20261120-10000' WHERE id = 'y'"))
    restarted = RecordWriter(database, vault, UTC)
    restarted.began(replace(FACTS, id="z"))
    await restarted.flush()
    assert (await StoredRecords(database, vault).call("z")).summary.number == "C-20261120-10001"


async def test_what_an_earlier_run_left_open_is_closed_but_for_those_who_are_alive(
    database: Database, vault: Vault
) -> None:
    before = RecordWriter(database, vault, UTC)
    for call in ("dead", "alive", "talked"):
        before.began(CallFacts(call, NOON))
        before.note(call, NOON + 5, story.Joined("scheduling"))
    before.note("talked", NOON + 9, story.Connected("ana", 4.0))
    await before.flush()

    now = RecordWriter(database, vault, UTC)
    now.began(CallFacts("new", NOON + 60))
    await now.close_interrupted({"alive"})
    read = StoredRecords(database, vault)
    assert {call.id: (call.outcome, call.ended) for call in await read.calls()} == {
        "dead": (Outcome.INTERRUPTED, NOON + 5),
        "alive": (Outcome.LEFT_IN_QUEUE, None),
        "talked": (Outcome.TALKED, NOON + 9),
        "new": (Outcome.LEFT_IN_MENU, None),
    }


async def test_a_call_closed_as_interrupted_is_open_again_when_it_comes_back(database: Database, vault: Vault) -> None:
    before = RecordWriter(database, vault, UTC)
    before.began(FACTS)
    before.note(FACTS.id, NOON + 1, ENTRIES[0])
    await before.flush()
    now = RecordWriter(database, vault, UTC)
    await now.close_interrupted(set())
    now.began(FACTS)
    now.note(FACTS.id, NOON + 9, story.CameBack())
    await now.flush()
    read = await StoredRecords(database, vault).call(FACTS.id)
    assert (read.summary.ended, read.summary.outcome) == (None, Outcome.LEFT_IN_MENU)
    assert [noted.entry for noted in read.timeline] == [ENTRIES[0], story.CameBack()]


async def test_the_writer_writes_by_itself_while_it_runs(database: Database, vault: Vault) -> None:
    writer = RecordWriter(database, vault, UTC)
    read = StoredRecords(database, vault)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(writer.run())
        writer.began(FACTS)
        while not await read.calls():
            await asyncio.sleep(0)
        running.cancel()


async def test_a_writer_that_is_stopped_while_it_writes_writes_it_once(database: Database, vault: Vault) -> None:
    writer = RecordWriter(database, vault, UTC)
    tell(writer, FACTS, *ENTRIES)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(writer.run())
        async with database.writing():
            while not writer._turn.locked():
                await asyncio.sleep(0)
            running.cancel()
    await writer.flush()
    assert len((await StoredRecords(database, vault).call(FACTS.id)).timeline) == len(ENTRIES)


async def test_a_full_disk_delays_the_record_and_costs_nothing_when_there_is_room_again(
    database: Database, vault: Vault
) -> None:
    writer = RecordWriter(database, vault, UTC)
    writer.began(replace(FACTS, id="before"))
    await writer.flush()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((database.folder / "careline.db-wal").stat().st_size, hard))
    try:
        with capture_logs() as logs:
            tell(writer, FACTS, *ENTRIES)
            await writer.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [line["event"] for line in logs] == ["the call record cannot be written now"]
    await writer.flush()
    read = await StoredRecords(database, vault).call(FACTS.id)
    assert (len(read.timeline), read.summary.number, writer.lost) == (len(ENTRIES), "C-20261120-0002", 0)


async def test_a_line_that_cannot_be_written_at_all_is_lost_alone(database: Database, vault: Vault) -> None:
    writer = RecordWriter(database, vault, UTC)
    with capture_logs() as logs:
        tell(writer, FACTS, ENTRIES[0], story.Offered("ana", {"needs": {"a set is no JSON"}}), ENTRIES[1])
        await writer.flush()
    read = await StoredRecords(database, vault).call(FACTS.id)
    assert [noted.entry for noted in read.timeline] == [ENTRIES[0], ENTRIES[1]]
    assert (writer.lost, [line["why"] for line in logs]) == (1, ["TypeError"])


async def test_what_does_not_fit_into_memory_is_counted_as_lost(database: Database, vault: Vault) -> None:
    writer = RecordWriter(database, vault, UTC)
    with capture_logs() as logs:
        for nth in range(records.MOST_PENDING + 2):
            writer.note("c", float(nth), story.CameBack())
    assert (writer.lost, len(logs)) == (2, 2)


async def test_calls_that_are_over_are_not_kept_in_memory(database: Database, vault: Vault) -> None:
    writer = RecordWriter(database, vault, UTC)
    tell(writer, FACTS, *ENTRIES)
    writer.began(replace(FACTS, id="open"))
    await writer.flush()
    assert set(writer._pages) == {"open"}


KILLED = """
import asyncio, os, signal, sys
from datetime import UTC
from pathlib import Path
from ivr.record import CallFacts, CameBack
from ivr.store.database import open_database
from ivr.store.records import RecordWriter
from ivr.store.vault import unlock

async def main():
    async with open_database(Path(sys.argv[1])) as database:
        writer = RecordWriter(database, await unlock(database), UTC)
        writer.began(CallFacts("c", 1.0))
        for at in range(200):
            writer.note("c", float(at), CameBack())
        await writer.flush()
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_killed_process_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)  # noqa: ASYNC221 - nothing else to do
    assert killed.returncode == -9
    async with open_database(tmp_path) as database, database.reading() as connection:
        seqs = (await connection.execute(select(schema.timeline.c.seq).order_by("seq"))).scalars().all()
    assert seqs == list(range(200))


def tell(record: story.Record, facts: CallFacts, *entries: Entry) -> None:
    """A whole call, an entry a second."""
    record.began(facts)
    for after, entry in enumerate(entries, start=1):
        record.note(facts.id, facts.started + after, entry)
    record.ended(facts.id, facts.started + len(entries) + 1)
