"""The FreeSWITCH call keeps the contract of all calls over a FreeSWITCH in a process of its own, or a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.freeswitch.probe import examine
from ivr.freeswitch.settings import FreeSwitchSettings
from ivr.services import Cause, LegEnded, LegRinging, SwitchBack
from ivr.sockets import Address
from lab.phone import Phone, Rejects
from tests.call_contract import CallContract, patiently
from tests.callers.sip_line import LEG, SipLine, prompts
from tests.freeswitch.house import House, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from lab.freeswitch import PrivateFreeSwitch
    from tests.conftest import PlugIn

pytestmark = pytest.mark.freeswitch


@pytest.fixture
def settings(pbx: PrivateFreeSwitch) -> FreeSwitchSettings:
    return FreeSwitchSettings(
        pbx.esl_password,
        esl=Address(pbx.esl_host, pbx.esl_port),
        outbound=Address("127.0.0.1", pbx.outbound_port),
        audio=pbx.audio,
        phones=pbx.phones,
    )


@pytest.fixture
async def house(settings: FreeSwitchSettings) -> AsyncIterator[House]:
    async with running(settings) as house:
        assert await house.event() == SwitchBack()
        yield house


@pytest.fixture
def sounds(tmp_path: Path) -> tuple[Path, ...]:
    return prompts(tmp_path)


@pytest.fixture
async def ana(pbx: PrivateFreeSwitch, plug_in: PlugIn) -> Phone:
    return await plug_in("ana", port=pbx.people["ana"])


@pytest.fixture
async def line(pbx: PrivateFreeSwitch, house: House, plug_in: PlugIn, sounds: tuple[Path, ...], ana: Phone) -> SipLine:
    phone = (await plug_in()).dial(pbx.uri("100"))
    return SipLine(phone, await house.call(), house, sounds, ana)


class TestFreeSwitchCall(CallContract):
    pass


async def test_the_doctor_finds_nothing_wrong(
    settings: FreeSwitchSettings, house: House, sounds: tuple[Path, ...]
) -> None:
    assert [finding for finding in await examine(settings, sounds[0]) if not finding.ok] == []


@pytest.mark.parametrize(("code", "cause"), [(486, Cause.BUSY), (603, Cause.REFUSED), (480, Cause.NO_ANSWER)])
async def test_a_person_who_refuses(house: House, ana: Phone, code: int, cause: Cause) -> None:
    ana.policy = Rejects(code, after_seconds=0.2)
    await house.door.switch.ring(LEG, "PJSIP/ana", display="billing", seconds=20)
    assert [await patiently(house.event()) for _ in range(2)] == [LegRinging(LEG), LegEnded(LEG, cause, answered=False)]
