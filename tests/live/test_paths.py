"""careline paths --live: the PBX calls itself and presses the keys; the record tells where it came to."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.live.practice import HERE

if TYPE_CHECKING:
    from lab.careline import Careline
    from tests.live.practice import Practice

PLAN = HERE / "house.yaml"


def paths_live(careline: Careline) -> subprocess.CompletedProcess[str]:
    settings = careline.folder / "careline.yaml"
    command = [sys.executable, "-m", "ivr", "paths", str(PLAN), "--live", "--settings", str(settings)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)


async def test_keys_lead_where_the_plan_says_and_nobody_is_rung(house: Practice) -> None:
    for name in house.careline.plan.people:
        await house.careline.ask(do="not-ready", person=name, reason="rehearsal")
    told = paths_live(house.careline)
    lines = [" ".join(line.split()) for line in told.stdout.splitlines()]
    assert told.returncode == 0, told.stdout + told.stderr
    assert "any number anybody open en press 3 voicemail messages → message kept passed" in lines
    assert lines[-1].endswith("walked by real calls, 0 failed.")
    assert [phone.calls for phone in house.phones.values()] == [[], [], []]


async def test_while_somebody_is_ready_nothing_is_rehearsed(house: Practice) -> None:
    told = paths_live(house.careline)
    assert told.returncode == 2
    assert "phones would ring: first `careline not-ready ana rehearsal`, and so for all 2" in told.stderr
