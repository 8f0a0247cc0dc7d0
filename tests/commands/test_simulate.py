"""`careline simulate`, as an administrator types it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from ivr import record as story
from ivr.cli import main
from ivr.commands.simulate import Progress
from ivr.record import CallFacts
from ivr.store.database import open_database
from ivr.store.records import RecordWriter
from ivr.store.vault import unlock
from tests.host import Host, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def host() -> Iterator[Host]:
    with TemporaryDirectory() as folder:
        yield set_up(Path(folder))


def simulate(host: Host, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["simulate", str(host.plan), *map(str, arguments)])


def told(host: Host, *arguments: object) -> dict[str, object]:
    said: dict[str, object] = json.loads(simulate(host, *arguments, "--json").stdout)
    return said


def test_a_typical_day_is_shown_without_a_file_or_a_record(host: Host) -> None:
    shown = simulate(host)
    lines = shown.output.splitlines()
    assert (shown.exit_code, lines[0]) == (0, "Lakeside: a typical day, about 120 calls, seed 1.")
    assert [line.split()[0] for line in lines[2:4]] == ["today", "all"]
    assert "By half hour, all queues:" in lines


def test_the_same_seed_shows_the_same_and_another_one_another_day(host: Host) -> None:
    assert simulate(host).output == simulate(host).output
    assert told(host)["today"] != told(host, "--seed", 2)["today"]


def test_a_changed_plan_meets_the_same_callers(host: Host) -> None:
    other = host.folder / "other.yaml"
    other.write_text(host.plan.read_text("utf-8").replace("after: 4m", "after: 30s"), "utf-8")
    said = told(host, "--against", other)
    today, changed = (said[name]["total"] for name in ("today", "changed"))  # type: ignore[index]
    assert today["offered"] == changed["offered"]
    assert sum(changed["overflowed"].values()) > sum(today["overflowed"].values())
    assert "The change, in all:" in simulate(host, "--against", other).output


def test_people_given_twice_are_todays_and_the_changed_ones(host: Host) -> None:
    said = told(host, "--people", "ana,emma", "--people", "ana")
    occupied = [set(said[name]["occupancy"]) for name in ("today", "changed")]  # type: ignore[index]
    assert occupied == [{"ana", "emma"}, {"ana"}]


def test_as_many_calls_as_are_asked_for_come_about(host: Host) -> None:
    assert "about 400 calls" in simulate(host, "--calls", 400).output


def test_a_file_describes_the_day(host: Host) -> None:
    traffic = host.folder / "traffic.yaml"
    traffic.write_text('queues: {desk: {calls: {"08:00-09:00": 10}}}\npeople: {ana: {at_work: "08:00-09:00"}}', "utf-8")
    said = told(host, "--traffic", traffic)
    assert (said["day"], set(said["today"]["occupancy"])) == (  # type: ignore[index]
        "the day of the file, about 20 calls, seed 1",
        {"ana"},
    )


def test_a_day_on_record_is_run_again(host: Host) -> None:
    async def keep() -> None:
        async with open_database(host.state) as database:
            record = RecordWriter(database, await unlock(database), UTC)
            nine = datetime(2026, 11, 17, 9, tzinfo=ZoneInfo("America/New_York")).timestamp()
            for at in (nine, nine + 600):
                record.began(CallFacts(f"call {at}", at, phi_caller_number="+16175550199"))
                record.note(f"call {at}", at + 1, story.Joined("desk"))
                record.note(f"call {at}", at + 2, story.Offered("ana"))
                record.note(f"call {at}", at + 7, story.Connected("ana", 6.0))
                record.note(f"call {at}", at + 122, story.TalkEnded("ana", 115.0))
                record.ended(f"call {at}", at + 122)
            await record.flush()

    asyncio.run(keep())
    shown = simulate(host, "--state", host.state, "--from-record", "2026-11-17")
    assert (shown.exit_code, shown.output.splitlines()[:3]) == (
        0,
        [
            "Lakeside: Tuesday, 2026-11-17, with the 2 calls on record.",
            "Patience: desk 4:00, as expected (0 gave up: too few); nurse 4:00, as expected (0 gave up: too few).",
            "",
        ],
    )
    said = told(host, "--state", host.state, "--from-record", "2026-11-17")
    assert said["patience"] == {"desk": {"seconds": 240.0, "gave_up": 0}, "nurse": {"seconds": 240.0, "gave_up": 0}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--people", "bob"], "careline: 'bob' is nobody of the plan\n"),
        (["--from-record", "2026-11-17", "--calls", "3"], "careline: --from-record has its own calls: leave out"),
        (["--day", "someday"], "'someday' is no weekday: write it as tuesday or tue"),
    ],
)
def test_a_wrong_option_is_one_sentence(host: Host, arguments: list[str], said: str) -> None:
    shown = simulate(host, *arguments)
    assert shown.exit_code == 2
    assert said in shown.output


def test_a_weekday_that_is_not_on_record_is_told(host: Host) -> None:
    async def begin() -> None:
        async with open_database(host.state):
            pass

    asyncio.run(begin())
    shown = simulate(host, "--state", host.state, "--day", "tue")
    assert (shown.exit_code, "no whole day of that weekday is on record yet" in shown.output) == (2, True)


def test_a_mistake_in_a_file_is_told_with_its_line(host: Host) -> None:
    traffic = host.folder / "traffic.yaml"
    traffic.write_text('queues:\n  dsk: {calls: {"08:00-09:00": 10}}\n', "utf-8")
    shown = simulate(host, "--traffic", traffic)
    assert (shown.exit_code, shown.output) == (
        2,
        f"careline: {traffic}:2:3: 'dsk' is no queue of the plan; did you mean 'desk'?\n",
    )


class SlowClock:
    """Each look is a second later."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.monotonic()

    def monotonic(self) -> float:
        self.seconds += 1.0
        return self.seconds


def test_a_long_simulation_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(SlowClock(), total=2 * 86_400.0)
    for moment in (21_600.0, 43_200.0, 64_800.0, 21_600.0):
        progress.passed(moment)
    progress.done()
    assert capsys.readouterr().err.split("\r")[1:3] == ["simulating: 38% ", "simulating: 62% "]
