"""The log, and what must never be in it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog

from ivr import logs
from ivr import record as story
from ivr.menus.routing import routing_of
from ivr.queueing.runner import Phones
from ivr.simulator.terminal import Script
from tests.house import NUMBER, House, WatchedCall
from tests.menus.plans import small

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from typing import Any

    from ivr.call import Heard, Turn

PLAN = small()
BUSY = small(("skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}", "skills: {desk: 5}, ready: no}"))
WORDS = "billing hezekiah quackenbush"


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every line of the log, as a collector would get it, debugging included."""
    lines: list[str] = []

    def keep(_logger: object, _method: str, line: str) -> str:
        lines.append(line)
        raise structlog.DropEvent

    def as_json(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
        return str(structlog.processors.JSONRenderer()(logger, method, event))

    structlog.configure(processors=[*logs.PROCESSORS, as_json, keep])  # type: ignore[list-item]
    yield lines
    structlog.reset_defaults()


def test_a_field_of_patient_data_has_no_way_into_the_log(logged: list[str]) -> None:
    structlog.get_logger().warning("a call", call="1.1", phi_number=NUMBER, phi_words=WORDS)
    [line] = logged
    assert {"call": "1.1", "event": "a call", "level": "warning"}.items() <= json.loads(line).items()
    assert NUMBER not in line
    assert "phi" not in line


def test_the_trace_of_a_fault_shows_the_code_and_not_its_values(logged: list[str]) -> None:
    def fails(phi_number: str) -> None:
        raise RuntimeError("a fault")

    try:
        fails(NUMBER)
    except RuntimeError:
        structlog.get_logger().exception("it failed")
    [line] = logged
    assert "in fails" in json.loads(line)["exception"]
    assert NUMBER not in line


class Failing(WatchedCall):
    async def ask(self, turn: Turn) -> Heard:
        await super().ask(turn)
        raise OSError("the line is bad")


async def test_whatever_befalls_a_call_its_words_and_number_are_not_in_the_log(logged: list[str]) -> None:
    async with House(BUSY).open() as house:
        house.call(WORDS, "please call me back", call="waits")
        await house.until(story.ToldPosition, call="waits")
        house.journal.broken = True
        house.later(240)
        await house.until_over("waits")
        plan = routing_of(BUSY)
        lost = tuple(replace(each, strategy="unknown") for each in plan.queues)
        await house.queues.configure(replace(plan, queues=lost), Phones({}, {}))
    async with House(PLAN).open() as house:
        house.call(WORDS, call="talks")
        await house.picks_up("PJSIP/ana")
        await house.until(story.Connected, call="talks")
        house.switch.go_down()
        house.queues.person_not_ready("emma", "lunch")
        house.switch.come_back()
        house.calls["talks"].caller_hangs_up()
        await house.until_over("talks")
        broken = Failing("fails", Script([WORDS]), house.prompts, house.switch, caller_number=NUMBER)
        with pytest.raises(OSError, match="the line is bad"):
            await house.desk.serve(broken)
        assert story.Fault("Careline failed and gave the caller back to the PBX") in house.entries("fails")
    assert len(logged) >= 2
    everything = "\n".join(logged)
    for word in ("hezekiah", "quackenbush", NUMBER, "please call"):
        assert word not in everything


@pytest.mark.parametrize("as_json", [False, True])
def test_the_log_is_lines_on_standard_error(as_json: bool) -> None:
    program = f"""
import structlog
from ivr import logs
log = structlog.get_logger()
logs.start(as_json={as_json})
log.debug("nobody needs this")
log.info("careline serves", plan="p.yaml", phi_number="617-0199")
try:
    raise KeyError("x")
except KeyError:
    log.exception("it failed")
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "617-0199" not in done.stderr
    assert "nobody needs this" not in done.stderr
    first, *rest = done.stderr.splitlines()
    if as_json:
        assert json.loads(first)["plan"] == "p.yaml"
        assert [json.loads(line)["event"] for line in rest] == ["it failed"]
    else:
        assert "careline serves" in first
        assert rest[-1] == "KeyError: 'x'"
