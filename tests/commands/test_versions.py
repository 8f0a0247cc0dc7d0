"""A plan changed under a running Careline, gone back on, and started again: the words told, and the files kept."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.control import ask
from tests.fakes import PATIENCE
from tests.host import Host, running, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def host() -> Iterator[Host]:
    with TemporaryDirectory() as folder:
        yield set_up(Path(folder))


def careline(host: Host, *arguments: object) -> tuple[int, list[str]]:
    """The exit code, and the lines."""
    told = CliRunner().invoke(main, [*map(str, arguments), "--settings", str(host.settings)], env={"SUDO_USER": "lena"})
    return told.exit_code, told.output.splitlines()


def change(host: Host, old: str, new: str) -> None:
    text = host.plan.read_text("utf-8")
    assert old in text
    host.plan.write_text(text.replace(old, new), "utf-8")


def in_force(host: Host) -> dict[str, Any]:
    plan: dict[str, Any] = asyncio.run(ask(host.state, do="status"))["plan"]
    return plan


def people(host: Host) -> list[str]:
    return [each["name"] for each in asyncio.run(ask(host.state, do="status"))["people"]]


def columns(host: Host) -> list[list[str]]:
    """The table of `careline versions` but for its times."""
    _, lines = careline(host, "versions")
    return [[line.split()[0], line.split()[3], " ".join(line.split()[4:])] for line in lines[1:]]


def test_a_changed_plan_is_in_force_at_once_and_kept_with_who_and_why(host: Host) -> None:
    with running(host):
        change(host, "  ana: ", "  zoe: {phone: PJSIP/zoe, skills: {desk: 5}}\n  ana: ")
        assert "zoe" not in people(host)
        assert in_force(host)["differs"]
        assert careline(host, "reload", "--note", "zoe begins") == (
            0,
            [
                "new person zoe: phone PJSIP/zoe, skills desk 5",
                "version 2 of the plan is in force for whoever calls from now on",
            ],
        )
        assert "zoe" in people(host)
        status = in_force(host)
        assert (status["number"], status["who"], status["note"], status["differs"]) == (2, "lena", "zoe begins", False)
        rows = columns(host)
        assert rows[0] == ["2", "lena", "zoe begins"]
        assert rows[1][::2] == ["1", "at the start"]


def test_a_mistake_changes_nothing_and_comes_back_in_a_sentence(host: Host) -> None:
    with running(host):
        change(host, "start: main", "start: mein")
        code, lines = careline(host, "reload")
        assert (code, lines[0]) == (2, f"careline: {host.plan}:6:8: {lines[0].partition(':6:8: ')[2]}")
        assert "did you mean 'main'?" in lines[0]
        (host.folder / "red_flags.yaml").write_text("signed: [\n")
        change(host, "start: mein", "start: main")
        code, lines = careline(host, "reload")
        assert code == 2
        assert lines[0].startswith(f"careline: {host.folder}/red_flags.yaml:2:1:")
        assert in_force(host)["number"] == 1
        assert [row[0] for row in columns(host)] == ["1"]


def test_what_was_not_changed_is_no_new_version(host: Host) -> None:
    with running(host):
        stays = "version 1 stays in force: nothing in the plan's files has changed"
        assert careline(host, "reload") == (0, [stays])
        assert [row[0] for row in columns(host)] == ["1"]


def test_going_back_leaves_the_files_and_a_restart_does_not_bring_them_in(host: Host) -> None:
    with running(host):
        change(host, "PJSIP/ana", "PJSIP/wrong")
        careline(host, "reload")
        code, lines = careline(host, "revert", "--note", "ana's phone is dead")
        assert code == 0
        assert lines[-2:] == [
            "version 3 of the plan is in force for whoever calls from now on",
            "The plan's files on disk stay as they are: mend them, then run `careline reload`.",
        ]
        assert columns(host)[0] == ["3", "lena", "back to version 1: ana's phone is dead"]
        assert "PJSIP/wrong" in host.plan.read_text("utf-8")
    with running(host):
        assert in_force(host)["number"] == 3
        assert in_force(host)["differs"]
        change(host, "PJSIP/wrong", "PJSIP/right")
    with running(host):
        assert (in_force(host)["number"], in_force(host)["differs"]) == (4, False)


def test_one_goes_back_to_any_version_that_there_was(host: Host) -> None:
    with running(host):
        for name in ("PJSIP/two", "PJSIP/three"):
            change(host, "PJSIP/ana" if name == "PJSIP/two" else "PJSIP/two", name)
            careline(host, "reload")
        assert careline(host, "revert", 1)[0] == 0
        assert careline(host, "revert", 1) == (
            2,
            ["careline: version 4 is in force, which is the same as 1"],
        )
        assert careline(host, "revert") == (2, ["careline: there is no version of the plan before version 1"])
        assert careline(host, "revert", 9) == (
            2,
            ["careline: there is no version 9 of the plan: there are 1 to 4, see `careline versions`"],
        )
        _, lines = careline(host, "versions", "show", 2)
        kept = Path(lines[1])
        assert lines[0].startswith("version 2, by lena on ")
        assert "PJSIP/two" in kept.read_text("utf-8")
        assert sorted(Path(line).name for line in lines[1:]) == ["plan.yaml", "red_flags.yaml"]
        kept.write_text(kept.read_text("utf-8").replace("PJSIP/two", "PJSIP/2"), "utf-8")
        code, lines = careline(host, "revert", 2)
        assert code == 2
        assert lines[0].startswith("careline: version 2 is not what it was: ")


def test_a_broken_file_does_not_keep_a_restart_from_serving(host: Host) -> None:
    with running(host):
        pass
    change(host, "start: main", "start: mein")
    with running(host):
        assert (in_force(host)["number"], in_force(host)["differs"]) == (1, True)


def test_a_hang_up_signal_reloads(host: Host) -> None:
    async def until_two() -> None:
        async with asyncio.timeout(PATIENCE):
            while (await ask(host.state, do="status"))["plan"]["number"] != 2:
                await asyncio.sleep(0.02)  # another process: it has no event to wait for

    with running(host) as serving:
        change(host, "PJSIP/ana", "PJSIP/two")
        serving.send_signal(signal.SIGHUP)
        asyncio.run(until_two())
        change(host, "start: main", "start: mein")
        serving.send_signal(signal.SIGHUP)
        assert in_force(host)["who"] == "SIGHUP"


def test_without_a_process_there_is_nothing_to_reload(host: Host) -> None:
    assert careline(host, "reload")[1] == [f"careline: no Careline runs on {host.state}; start it with 'careline run'"]
    assert careline(host, "versions") == (0, ["No version yet: the first one comes with `careline run`."])
