"""Fixtures of FreeSWITCH's side: `freeswitch` is a running double, whose people are ana, bo and cleo.

A test module may have its own fixture `outbound_port`, where its Careline listens, and `hook_globals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.ports import free_port
from tests.freeswitch_double import FreeSwitchDouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


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
