"""The private Asterisk with the lab's phones: a real PBX, real audio."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from lab.asterisk import PrivateAsterisk
from lab.music import NOTES_HZ
from lab.phone import Answers, Phone, Rejects
from lab.sound import find, hears_tone, tone

PlugIn = Callable[..., Awaitable[Phone]]
CLIP = tone(700, 0.5)

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def pbx_settings() -> Mapping[str, Any]:
    return {"people": ("ana",), "extra_extensions": "exten => 200,1,Dial(PJSIP/ana,10)"}


async def test_a_caller_hears_the_own_voice_from_the_echo(pbx: PrivateAsterisk, plug_in: PlugIn) -> None:
    call = (await plug_in()).dial(pbx.uri("echo"))
    async with asyncio.timeout(10):
        await call.answered
        await call.say(CLIP)
        await call.press("7")
    assert find(CLIP, call.heard.pcm()).likeness > 0.95
    assert call.heard.lost == 0


async def test_the_music_on_hold_is_known_by_its_notes(pbx: PrivateAsterisk, plug_in: PlugIn) -> None:
    call = (await plug_in()).dial(pbx.uri("music"))
    async with asyncio.timeout(10):
        await call.answered
        await call.heard.until(lambda pcm: all(hears_tone(pcm, hertz) for hertz in NOTES_HZ))


async def test_a_persons_phone_rings_and_both_hear_each_other(pbx: PrivateAsterisk, plug_in: PlugIn) -> None:
    ana = await plug_in("ana", port=pbx.people["ana"], policy=Answers(after_seconds=0.1, says=tone(900, 0.5)))
    call = (await plug_in("6175550101")).dial(pbx.uri("200"))
    async with asyncio.timeout(10):
        person = await ana.next_call()
        await call.answered
        await call.say(CLIP)
        call.hang_up()
        await person.ended
    assert "6175550101" in person.display
    assert hears_tone(person.heard.pcm(), 700) != []
    assert hears_tone(call.heard.pcm(), 900) != []


async def test_a_persons_refusal_comes_through(pbx: PrivateAsterisk, plug_in: PlugIn) -> None:
    await plug_in("ana", port=pbx.people["ana"], policy=Rejects(486))
    call = (await plug_in()).dial(pbx.uri("200"))
    async with asyncio.timeout(10):
        assert (await call.ended).code == 486


async def test_careline_away_is_music_for_the_caller(pbx: PrivateAsterisk, plug_in: PlugIn) -> None:
    call = (await plug_in()).dial(pbx.uri("100"))
    async with asyncio.timeout(10):
        await call.answered
        await call.heard.until(lambda pcm: hears_tone(pcm, NOTES_HZ[0]))


async def test_it_is_the_same_after_a_restart_and_after_a_power_cut(asterisk: object, plug_in: PlugIn) -> None:
    async with PrivateAsterisk() as pbx:
        await pbx.restart()
        pbx.kill()
        await pbx.start()
        call = (await plug_in()).dial(pbx.uri("echo"))
        async with asyncio.timeout(10):
            await call.answered


@pytest.mark.parametrize(("user", "rights"), [("careline", "call"), ("observer", "all")])
async def test_the_shipped_ami_user_and_the_observer_may_log_in(pbx: PrivateAsterisk, user: str, rights: str) -> None:
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", pbx.ami_port)
        writer.write(f"Action: Login\r\nUsername: {user}\r\nSecret: {pbx.ami_secret}\r\n\r\n".encode())
        await reader.readuntil(b"Authentication accepted")
        writer.close()
    assert rights in await pbx.cli(f"manager show user {user}")


async def test_its_log_has_no_complaint(pbx: PrivateAsterisk) -> None:
    complaints = [line for line in pbx.log.splitlines() if " ERROR[" in line]
    assert (complaints, "0 active channels" in await pbx.cli("core show channels")) == ([], True)
