"""An alert in words, and on a phone that rings until somebody presses the key."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from acd import commands
from ivr.alerting import Alerting, in_words
from ivr.notify.port import Alert
from ivr.simulator.terminal import Script
from tests.fakes import PATIENCE, FakeClock, Seen
from tests.house import House
from tests.menus.plans import small

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

EMMA = "PJSIP/emma"
ORDER = commands.Alert(7, "nurse_triage", "a patient waits long", 1, ("emma",), "waited 5 min")
ALERT = in_words(ORDER, at=12.0)


def test_an_alert_is_told_in_words_without_patient_data() -> None:
    assert (
        Alert(
            "7",
            "nurse triage: a patient waits long",
            "The queue nurse triage needs somebody: waited 5 min. To say that you see to it: careline acknowledge 7",
            "nurse_triage",
            1,
            12.0,
        )
        == ALERT
    )


async def test_alerts_are_handed_on_and_one_that_fails_costs_no_other() -> None:
    delivered: Seen[tuple[str, Sequence[str]]] = Seen()
    withdrawn: list[str] = []

    async def deliver(alert: Alert, who: Sequence[str]) -> None:
        if alert.id == "7":
            raise OSError
        delivered.add((alert.id, who))

    alerting = Alerting(deliver, withdrawn.append, FakeClock())
    running = asyncio.get_running_loop().create_task(alerting.run())
    with capture_logs() as logged:
        alerting.alert(ORDER)
        alerting.alert(commands.Alert(8, "desk", "", 0, ("ana",), ""))
        assert await delivered.until(lambda _: True) == ("8", ("ana",))
    assert [each["event"] for each in logged] == ["an alert was not handed on"]
    alerting.over(8)
    assert withdrawn == ["8"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def ringing(*lines: str) -> AsyncIterator[tuple[House, asyncio.Task[bool]]]:
    """Emma's phone rings with the alert; she does what the lines say once she picks up."""
    house = House(small())
    house.switch.lines[EMMA] = lines
    async with house.open():
        ring = asyncio.get_running_loop().create_task(house.alert_calls(EMMA, ALERT))
        await house.rings(EMMA)
        yield house, ring


@pytest.mark.parametrize(("lines", "acknowledged"), [(["1"], True), (["5", "1"], True), (["", ""], False), ([], False)])
async def test_who_presses_one_sees_to_it(lines: list[str], acknowledged: bool) -> None:
    async with ringing(*lines) as (house, ring):
        house.switch.pick_up(EMMA)
        assert await asyncio.wait_for(ring, PATIENCE) is acknowledged
        heard = house.scripts["careline-alert-7-1"].heard
        assert heard[0] == "A queue needs help. Callers are waiting."
        assert ("Thank you. Nobody else will be called about this." in heard) is acknowledged


async def test_a_phone_that_is_not_answered_acknowledges_nothing() -> None:
    async with ringing() as (house, ring):
        house.switch.refuse(EMMA)
        assert await asyncio.wait_for(ring, PATIENCE) is False


async def test_an_alert_that_is_over_stops_the_ringing() -> None:
    async with ringing() as (house, ring):
        ring.cancel()
        await house.told.until(lambda told: told == f"{EMMA} is free again: cancelled")


async def test_a_phone_cannot_ring_while_the_pbx_is_away() -> None:
    async with House(small()).open() as house:
        house.switch.go_down()
        assert await house.alert_calls(EMMA, ALERT) is False


async def test_who_picks_up_for_an_alert_of_before_a_restart_is_hung_up_on() -> None:
    async with House(small()).open() as house:
        script = Script([])
        await asyncio.wait_for(house.comes_in("careline-alert-3-1", script), PATIENCE)
        assert "A queue needs help. Callers are waiting." not in script.heard
