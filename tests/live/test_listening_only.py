"""Who neither speaks nor presses reaches a person: the shipped plan, its real prompts, a real Asterisk, live speech."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.menus.reading.load import load
from lab.careline import Careline
from lab.daytime import always_open
from tests.live.practice import HERE, Practice, entries, first_rung

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lab.private_pbx import PrivatePbx

RINGS_WITHIN_SECONDS = 30.0  # from the first sound of the greeting
SHIPPED = HERE.parents[1] / "dialplans/riverside.yaml"
SPANISH_LINE = {"143": "6175550143"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return always_open(SHIPPED, tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    people = [name for name, person in load(SHIPPED).people.items() if person.phone == f"PJSIP/{name}"]
    return {"people": tuple(people), "numbers": SPANISH_LINE}


@pytest.fixture(scope="module")
def careline(pbx: PrivatePbx, plan: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Careline]:
    """Callers hear what they would hear at Riverside."""
    process = Careline(pbx, plan, folder=tmp_path_factory.mktemp("careline"), speech={"workers": 1})
    asyncio.run(process.start())
    yield process
    asyncio.run(process.stop())
    assert "Traceback" not in process.log
    shutil.rmtree(process.folder)


@pytest.mark.parametrize(("extension", "language"), [("100", "en"), ("143", "es")])
async def test_whoever_only_listens_hears_a_persons_phone_ring_within_half_a_minute(
    house: Practice, extension: str, language: str
) -> None:
    await house.careline.hearing()  # English at least: for Spanish there may be no recogniser here
    call = house.patient.dial(house.pbx.uri(extension))
    await call.heard.first_audio
    greeted_at = asyncio.get_running_loop().time()
    ringing = await first_rung(list(house.phones.values()))
    assert ringing.invited_at - greeted_at < RINGS_WITHIN_SECONDS
    call.hang_up()
    record = await house.record()
    assert [greeted.language for greeted in entries(record, story.Greeted)] == [language]
    assert entries(record, story.HeardKeys) + entries(record, story.HeardSpeech) == []
