"""The shipped hook without a Careline: whoever calls hears music, and comes to the plain destination at last."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from lab.music import NOTES_HZ
from lab.ports import free_port
from lab.sound import hears_tone, tone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from lab.call import PhoneCall
    from lab.phone import Phone
    from lab.sound import Pcm
    from tests.freeswitch.house import House
    from tests.freeswitch_double import FreeSwitchDouble

PATIENCE_SECONDS = 15.0
TRIES = 30  # as many x as the hook counts before it gives up
VOICE_HZ = 940.0


def music(heard: Pcm) -> bool:
    return any(hears_tone(heard, note) for note in NOTES_HZ)


@pytest.fixture
def hook_globals() -> Mapping[str, str]:
    """The last try but one is over."""
    return {"careline_plain": "echo XML public", "careline_tries": "x" * (TRIES - 1)}


@pytest.fixture
async def mute(outbound_port: int) -> AsyncIterator[None]:
    """A Careline that takes callers and says nothing."""
    taken: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: taken.append(writer), "127.0.0.1", outbound_port)
    yield
    server.close()
    for writer in taken:
        writer.close()


def dials(freeswitch: FreeSwitchDouble, patient: Phone) -> PhoneCall:
    return patient.dial(f"sip:100@127.0.0.1:{freeswitch.sip_port}")


async def hears_music(call: PhoneCall) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await call.answered
        await call.heard.until(music)


async def hears_the_echo(call: PhoneCall) -> None:
    """Of the plain destination."""
    call.say(tone(VOICE_HZ, 0.5), repeat=True)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await call.heard.until(lambda heard: bool(hears_tone(heard, VOICE_HZ)))


async def test_where_nobody_takes_callers_they_hear_music_and_then_come_to_the_plain_destination(
    freeswitch: FreeSwitchDouble, patient: Phone
) -> None:
    call = dials(freeswitch, patient)
    await hears_music(call)
    await hears_the_echo(call)


@pytest.mark.usefixtures("mute")
async def test_whom_a_mute_careline_takes_is_taken_away_from_it(freeswitch: FreeSwitchDouble, patient: Phone) -> None:
    call = dials(freeswitch, patient)
    await hears_music(call)
    await hears_the_echo(call)


class TestWithoutAPlainDestination:
    @pytest.fixture
    def hook_globals(self) -> Mapping[str, str]:
        return {"careline_tries": "x" * (TRIES - 1)}

    async def test_callers_hear_music_as_long_as_it_takes(self, freeswitch: FreeSwitchDouble, patient: Phone) -> None:
        call = dials(freeswitch, patient)
        await hears_music(call)
        [channel] = freeswitch.channels.values()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await call.heard.until(lambda _: len(channel.vars["careline_tries"]) > TRIES + 1)
        assert not call.ended.over
        assert not call.heard.gaps(1.0)


class TestWithASecondCareline:
    @pytest.fixture
    def hook_globals(self, outbound_port: int) -> Mapping[str, str]:
        return {"careline_socket": f"127.0.0.1:{free_port()}|127.0.0.1:{outbound_port}"}

    async def test_callers_come_to_it_where_the_first_refuses(
        self, freeswitch: FreeSwitchDouble, house: House, patient: Phone
    ) -> None:
        dials(freeswitch, patient)
        assert (await house.call()).dialled_number == "100"
