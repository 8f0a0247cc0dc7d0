"""Fixtures for all tests: how long random searches are, and a PBX with telephones for those that ask."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from lab.asterisk import PrivateAsterisk
from lab.asterisk_root import asterisk_root
from lab.freeswitch import PrivateFreeSwitch
from lab.phone import Phone
from lab.private_pbx import PrivatePbx
from lab.terminal import LabError
from lab.unpacked import Unpacked

THOROUGH = bool(os.environ.get("CARELINE_THOROUGH"))
ON_FREESWITCH = os.environ.get("CARELINE_LIVE_PBX") == "freeswitch"

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "thorough", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("thorough" if THOROUGH else "ci")


@pytest.fixture(scope="session")
def thorough() -> bool:
    """Whether this run may take long (scripts/test --full)."""
    return THOROUGH


@pytest.fixture(scope="session")
def asterisk() -> Unpacked:
    """A real Asterisk, unpacked. Where it cannot be had, the test fails with the reason."""
    try:
        return asterisk_root()
    except LabError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    """What `pbx` is made with; a test module may have its own fixture of this name."""
    return {"people": ("ana", "bo", "cleo")}


@pytest.fixture(scope="module")
def pbx(pbx_settings: Mapping[str, Any], request: pytest.FixtureRequest) -> Iterator[PrivatePbx]:
    """A running PBX of our own, one per test module; its folder is kept when a test of the module fails.

    An Asterisk, or with CARELINE_LIVE_PBX=freeswitch a FreeSWITCH.
    """
    failed_before = request.session.testsfailed
    try:
        private = _made(pbx_settings, request)
        asyncio.run(private.start())
    except LabError as error:
        pytest.fail(str(error), pytrace=False)
    yield private
    private.kill()
    if request.session.testsfailed == failed_before:
        shutil.rmtree(private.folder, ignore_errors=True)


def _made(pbx_settings: Mapping[str, Any], request: pytest.FixtureRequest) -> PrivatePbx:
    if ON_FREESWITCH:
        return PrivateFreeSwitch(**pbx_settings)
    request.getfixturevalue("asterisk")
    return PrivateAsterisk(**pbx_settings)


PlugIn = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def plug_in() -> AsyncIterator[PlugIn]:
    """Makes phones, with the arguments of Phone.create; unplugs them after the test."""
    async with AsyncExitStack() as phones:

        async def make(*args: Any, **kwargs: Any) -> Phone:
            return await phones.enter_async_context(await Phone.create(*args, **kwargs))

        yield make
