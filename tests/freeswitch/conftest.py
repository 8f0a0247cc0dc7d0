"""Fixtures of FreeSWITCH's side: `freeswitch` is a running double, whose people are ana, bo and cleo, `house` a running
Careline.

A test module may have its own fixture `outbound_port`, where its Careline listens, and `hook_globals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.services import SwitchBack
from lab.phone import Phone
from lab.ports import free_port
from tests.freeswitch.house import House, running, settings_of
from tests.freeswitch_double import FreeSwitchDouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from ivr.freeswitch.settings import FreeSwitchSettings


@pytest.fixture
def outbound_port() -> int:
    """Where the hook finds Careline."""
    return free_port()


@pytest.fixture
def hook_globals() -> Mapping[str, str]:
    """Global variables that an administrator set for the hook, such as careline_plain."""
    return {}


@pytest.fixture
async def freeswitch(outbound_port: int, hook_globals: Mapping[str, str]) -> AsyncIterator[FreeSwitchDouble]:
    people = {name: free_port() for name in ("ana", "bo", "cleo")}
    socket = f"127.0.0.1:{outbound_port}"
    async with FreeSwitchDouble(people, socket=socket, globals=hook_globals) as double:
        yield double


@pytest.fixture
def settings(freeswitch: FreeSwitchDouble, outbound_port: int, tmp_path: Path) -> FreeSwitchSettings:
    return settings_of(freeswitch, outbound_port, tmp_path)


@pytest.fixture
async def house(settings: FreeSwitchSettings) -> AsyncIterator[House]:
    async with running(settings) as house:
        assert await house.event() == SwitchBack()
        yield house


@pytest.fixture
async def patient() -> AsyncIterator[Phone]:
    async with await Phone.create("6175550142") as phone:
        yield phone
