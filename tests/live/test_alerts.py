"""A queue that waits too long alerts people, on a real Asterisk: rung by rung, until somebody sees to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from lab.phone import Ignores
from tests.live.practice import HERE, Practice, rung
from tests.live.tones import hears

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RUNG_SECONDS = 10


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana", "bo", "cleo", "dan", "eve", "fay", "gus")}


@pytest.fixture(scope="module")
def plan() -> Path:
    return HERE / "routing.yaml"


async def alerts(house: Practice) -> list[dict[str, Any]]:
    """As `careline alerts` tells."""
    told: list[dict[str, Any]] = (await house.careline.ask(do="alerts"))["alerts"]
    return told


async def test_an_alert_climbs_its_ladder_until_somebody_takes_it_by_key(house: Practice) -> None:
    """Fay, whom the caller needs, is not ready. Bo lets it ring; ten seconds later cleo is called, and sees to it."""
    bo, cleo = house.phones["bo"], house.phones["cleo"]
    bo.policy = Ignores()
    call = await house.caller("5")
    first = await rung(bo)
    assert "alert" in first.display
    assert [(each["name"], each["rung"], each["by"]) for each in await alerts(house)] == [("nurse wait", 1, "")]
    assert not cleo.calls
    second = await rung(cleo)
    assert [each["rung"] for each in await alerts(house)] == [2]
    await second.answered
    async with asyncio.timeout(10):
        await second.heard.until(lambda _: hears(second, "alert_press"))
    second.press("1")
    assert not (await first.ended).by_us
    assert not (await second.ended).by_us
    assert [each["by"] for each in await alerts(house)] == ["cleo"]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.gather(bo.next_call(), cleo.next_call()), RUNG_SECONDS + 1)
    assert len(bo.calls) == len(cleo.calls) == 1
    call.hang_up()
    await house.until_status(lambda status: not status["alerts"])


async def test_an_alert_ends_with_its_reason(house: Practice) -> None:
    bo = house.phones["bo"]
    bo.policy = Ignores()
    call = await house.caller("5")
    alert = await rung(bo)
    call.hang_up()
    assert not (await alert.ended).by_us
    assert await alerts(house) == []
