"""`careline staffing`, as an administrator types it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from ivr import record as story
from ivr.cli import main
from ivr.record import CallFacts
from ivr.store.database import open_database
from ivr.store.records import RecordWriter
from ivr.store.vault import unlock
from tests.host import Host, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = "+16175550199"


@pytest.fixture
def host() -> Iterator[Host]:
    with TemporaryDirectory() as folder:
        yield set_up(Path(folder))


def staffing(host: Host, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["staffing", "--settings", str(host.settings), *map(str, arguments)])


def kept(host: Host, days: int, calls: int) -> None:
    """So many calls for the desk at nine on each of the last days, and one on the evening before them."""

    async def keep() -> None:
        async with open_database(host.state) as database:
            record = RecordWriter(database, await unlock(database), UTC)
            today = datetime.now(ZoneInfo("America/New_York")).replace(hour=9, minute=0, second=0, microsecond=0)
            _tell(record, (today - timedelta(days=days + 1)).replace(hour=20).timestamp())
            for ago in range(1, days + 1):
                for n in range(calls):
                    _tell(record, (today - timedelta(days=ago)).timestamp() + n)
            await record.flush()

    asyncio.run(keep())


def kept_impatient(host: Host, calls: int, gives_up_after: float) -> None:
    """So many calls yesterday at noon whose callers gave up."""

    async def keep() -> None:
        async with open_database(host.state) as database:
            record = RecordWriter(database, await unlock(database), UTC)
            noon = datetime.now(ZoneInfo("America/New_York")).replace(hour=12) - timedelta(days=1)
            for n in range(calls):
                at, call = noon.timestamp() + n, f"impatient {n}"
                record.began(CallFacts(call, at, phi_caller_number=NUMBER))
                record.note(call, at + 1, story.Joined("desk"))
                record.note(call, at + 1 + gives_up_after, story.HungUp(story.Where.QUEUE))
                record.ended(call, at + 1 + gives_up_after)
            await record.flush()

    asyncio.run(keep())


def _tell(record: RecordWriter, at: float) -> None:
    call = f"call {at}"
    record.began(CallFacts(call, at, phi_caller_number=NUMBER))
    record.note(call, at + 1, story.Joined("desk"))
    record.note(call, at + 2, story.Offered("ana"))
    record.note(call, at + 7, story.Connected("ana", 6.0))
    record.note(call, at + 122, story.TalkEnded("ana", 115.0))
    record.ended(call, at + 122)


def test_the_week_is_shown_beside_the_plan(host: Host) -> None:
    kept(host, days=28, calls=6)
    shown = staffing(host)
    lines = shown.output.splitlines()
    assert (shown.exit_code, lines[:6]) == (
        0,
        [
            "desk: people needed (and calls planned for), so that 80 % of callers are answered within 30 s.",
            (
                "From 4 weeks of record; a call takes 2:00 of a person's time; "
                "as if nobody gave up (0 did: too few to tell patience from)."
            ),
            "",
            "       Mon       Tue       Wed       Thu       Fri       Sat       Sun",
            "09:00  2! (6.0)  2! (6.0)  2! (6.0)  2! (6.0)  2! (6.0)  2! (6.0)  2! (6.0)",
            "hours  1         1         1         1         1         1         1",
        ],
    )
    assert lines[7].startswith(
        "The plan has 1 person for desk (ana); what other queues take of their time comes on top. "
    )
    assert lines[9:] == ["Nothing to go by yet for nurse: no whole day with an answered call is on record."]


def test_the_wishes_are_options(host: Host) -> None:
    kept(host, days=14, calls=6)
    options = ("--queue", "desk", "--percent", 50, "--seconds", 60, "--patience", "3m", "--shrinkage", "30%")
    told = json.loads(staffing(host, *options, "--occupancy", "85%", "--busy", 80, "--json").output)
    (desk,) = told["queues"]
    assert desk["target"] == {
        "percent": 50.0,
        "seconds": 60.0,
        "max_occupancy": 0.85,
        "shrinkage": 0.3,
        "busy": 0.8,
    }
    assert (desk["patience_seconds"], desk["gave_up"]) == (180.0, 0)
    assert {(each["at"], each["people"], each["rostered"]) for each in desk["half_hours"]} == {("09:00", 1, 2)}


def test_patience_comes_from_the_record_unless_it_is_given(host: Host) -> None:
    kept(host, days=14, calls=6)
    kept_impatient(host, calls=25, gives_up_after=20.0)
    for options, told in (
        ((), "; patience 0:40, from 25 who gave up."),
        (("--patience", "3m"), "; callers give up after 3:00 on average."),
        (("--patience", "never"), "; as if nobody gave up."),
    ):
        assert told in staffing(host, "--queue", "desk", *options).output


def test_a_picture_is_written(host: Host) -> None:
    kept(host, days=14, calls=6)
    picture = host.folder / "week.svg"
    assert staffing(host, "--svg", picture).exit_code == 0
    assert "Lakeside: people per half hour" in picture.read_text("utf-8")
    refused = staffing(host, "--svg", host.folder / "nowhere" / "week.svg")
    assert (refused.exit_code, refused.output) == (
        2,
        f"careline: {host.folder}/nowhere/week.svg cannot be written (No such file or directory): name another file\n",
    )


def test_patient_data_never_appears(host: Host) -> None:
    kept(host, days=14, calls=6)
    picture = host.folder / "week.svg"
    shown = staffing(host, "--json").output + staffing(host, "--svg", picture).output + picture.read_text("utf-8")
    assert NUMBER.removeprefix("+") not in shown


def test_before_there_is_a_record_one_sentence_says_so(host: Host) -> None:
    empty = staffing(host)
    assert empty.exit_code == 2
    assert empty.output.startswith(f"careline: {host.state}/careline.db does not exist: no call has been kept there")
    kept(host, days=0, calls=0)
    picture = host.folder / "week.svg"
    early = staffing(host, "--svg", picture)
    assert (early.exit_code, early.output) == (
        0,
        "Nothing to go by yet for desk, nurse: no whole day with an answered call is on record.\n",
    )
    assert not picture.exists()
    assert json.loads(staffing(host, "--json").output) == {"queues": []}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--queue", "dosk"), "careline: 'dosk' is not a queue of the plan; did you mean 'desk'?"),
        (("--patience", "soon"), "must be a time such as 60s, 4m or a number of seconds, at most a day, not 'soon'"),
        (("--patience", "0"), "must be more than 0 seconds"),
        (("--shrinkage", "some"), "'some' is no percentage: write it as 30%"),
        (("--shrinkage", "95"), "95 is not between 0% and 90%"),
        (("--percent", "100"), "100.0 is not in the range 1<=x<=99.9"),
    ],
)
def test_a_wish_that_makes_no_sense_is_one_sentence(host: Host, options: tuple[str, ...], told: str) -> None:
    refused = staffing(host, *options)
    assert refused.exit_code == 2
    assert told in refused.output
