"""A real Asterisk that has never seen Careline, after `careline init` and what that leaves to the administrator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ivr.asterisk.probe import examine
from ivr.cli import main
from ivr.front_doors import asterisk_of
from ivr.settings_file import load
from lab.asterisk import PrivateAsterisk

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asterisk


def without_careline(etc: Path) -> None:
    """Take out what the private Asterisk has of ours."""
    manager, extensions = etc / "manager.conf", etc / "extensions.conf"
    manager.write_text(manager.read_text().split("; The AMI user of Careline")[0])
    extensions.write_text(re.sub(r"^#include.*careline.*$", "", extensions.read_text(), flags=re.MULTILINE))


def with_what_is_left_to_do(told: str) -> None:
    for file, line in re.findall(r"add to (\S+): (#include \S+)", told):
        with open(file, "a", encoding="utf-8") as opened:  # noqa: PTH123 - its path is text that we were told
            opened.write(f"\n{line}\n")


async def test_the_doctor_finds_nothing_wrong_after_init(tmp_path: Path) -> None:
    settings = tmp_path / "careline.yaml"
    async with PrivateAsterisk() as pbx:
        etc = pbx.folder / "etc"
        without_careline(etc)
        command = ["init", "asterisk", "--conf", str(etc), "--settings", str(settings), "--user", "root"]
        told = CliRunner().invoke(main, command)
        assert told.exit_code == 0
        with_what_is_left_to_do(told.output)
        for reload in re.findall(r"asterisk -rx '(.*)'", told.output):
            await pbx.cli(reload)
        found = await examine(asterisk_of(load(settings).asterisk))
        again = CliRunner().invoke(main, command)
    assert [each.what for each in found if not each.ok] == []
    assert (again.exit_code, "left to you" in again.output) == (0, False)
