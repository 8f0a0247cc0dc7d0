from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.call import CallerGone
from ivr.services import CallEnded
from tests.call_contract import patiently
from tests.freeswitch.persons import cut
from tests.freeswitch.test_outbound import Peer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.freeswitch.call import FreeSwitchCall
    from lab.call import PhoneCall
    from lab.phone import Phone
    from tests.freeswitch.house import House
    from tests.freeswitch_double import FreeSwitchDouble


@pytest.fixture
def hook_globals() -> Mapping[str, str]:
    return {"careline_plain": "echo XML public"}


@pytest.fixture
async def phone(freeswitch: FreeSwitchDouble, house: House, patient: Phone) -> PhoneCall:
    """It has dialled Careline."""
    return patient.dial(f"sip:100@127.0.0.1:{freeswitch.sip_port}")


@pytest.fixture
async def call(house: House, phone: PhoneCall) -> FreeSwitchCall:
    call = await house.call()
    await call.answer()
    return call


async def pretends(house: House, uuid: str) -> Peer:
    """Somebody who says that a channel is handed to us."""
    peer = Peer(*await asyncio.open_connection("127.0.0.1", house.door.outbound_port))
    told = {"Event-Name": "CHANNEL_DATA", "Unique-ID": uuid, "Socket-Mode": "async", "Control": "full"}
    headers = {"Content-Type": "command/reply", "Reply-Text": "+OK"} | told
    await peer.greet("".join(f"{name}: {value}\n" for name, value in headers.items()) + "\n")
    return peer


async def test_a_session_that_fails_sends_the_caller_to_the_plain_destination_for_good(
    freeswitch: FreeSwitchDouble, house: House, phone: PhoneCall
) -> None:
    house.fails = True
    channel = freeswitch.channels[(await house.call()).id]
    async with asyncio.timeout(10):
        await phone.heard.until(lambda pcm: len(pcm) > 8000 * 6)
    assert channel.profile.destination == "echo"


async def test_a_caller_whose_session_is_over_is_hung_up(house: House, phone: PhoneCall) -> None:
    house.hasty = True
    call = await house.call()
    await asyncio.wait_for(phone.ended, 10)
    assert await house.event() == CallEnded(call.id)


async def test_a_caller_whose_hangup_was_missed_is_noticed_by_the_timer(
    freeswitch: FreeSwitchDouble, house: House, call: FreeSwitchCall
) -> None:
    freeswitch.channels.pop(call.id)
    assert await house.event() == CallEnded(call.id)
    with pytest.raises(CallerGone):
        await patiently(call.answer())


async def test_a_hang_up_is_learnt_from_the_callers_own_connection(
    freeswitch: FreeSwitchDouble, house: House, call: FreeSwitchCall, phone: PhoneCall
) -> None:
    freeswitch.password = "changed"
    cut(freeswitch)
    phone.hang_up()
    assert await house.event() == CallEnded(call.id)


async def test_a_caller_who_is_lost_is_looked_for(
    freeswitch: FreeSwitchDouble, house: House, call: FreeSwitchCall
) -> None:
    """The timer of who was lost is the hook's."""
    freeswitch.channels[call.id].transfer("lost", "XML", "careline")
    async with asyncio.timeout(10):
        while call.is_in_socket:
            await asyncio.sleep(0)
    freeswitch.channels.pop(call.id)
    assert await house.event() == CallEnded(call.id)


async def test_somebody_who_only_pretends_to_be_a_call_is_turned_away(house: House) -> None:
    peer = await pretends(house, "no-such-channel")
    call = await house.call()
    assert await peer.hears() == "api uuid_setvar no-such-channel careline_seen 1"
    await asyncio.wait_for(call.gone.wait(), 10)
    assert await peer.hears() == ""
    peer.close()


async def test_a_channel_whose_id_would_be_more_than_a_word_is_no_call(house: House) -> None:
    peer = await pretends(house, "x XML elsewhere")
    assert await peer.over()
    assert house.calls.empty()
    peer.close()


async def test_who_speaks_for_a_call_anew_ends_the_connection_before(house: House) -> None:
    before = await pretends(house, "no-such-channel")
    assert await before.hears() == "api uuid_setvar no-such-channel careline_seen 1"
    after = await pretends(house, "no-such-channel")
    assert await before.hears() == ""
    before.close()
    after.close()
