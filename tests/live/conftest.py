"""Everything in this folder needs a real Asterisk: fixtures `pbx` and `plug_in` are in tests/conftest.py."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.careline import Careline
from lab.private_pbx import PrivatePbx
from tests.live.practice import Practice, at_their_phones
from tests.live.tones import write_tones

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="module")
def speech() -> Mapping[str, Any]:
    """The settings of that name for `careline`; a module of tests may have its own fixture of this name."""
    return {"workers": 0}


@pytest.fixture(scope="module")
def plan() -> Path:
    """The plan that `careline` serves; a module of tests may have its own fixture of this name."""
    return HERE / "house.yaml"


@pytest.fixture(scope="module")
def careline(
    pbx: PrivatePbx, plan: Path, speech: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Careline]:
    """Careline with the plan, whose prompts are tones: one process per test module."""
    folder = tmp_path_factory.mktemp("careline")
    process = Careline(pbx, plan, folder=folder, speech=speech, prompts=write_tones(plan, folder / "prompts"))
    asyncio.run(process.start())
    yield process
    asyncio.run(process.stop())
    assert "Traceback" not in process.log


@pytest.fixture
async def house(pbx: PrivatePbx, careline: Careline) -> AsyncIterator[Practice]:
    """Everybody at their phones and as the plan has them; all calls are over afterwards."""
    async with at_their_phones(pbx, careline) as everybody:
        yield everybody
        await everybody.close_up()
