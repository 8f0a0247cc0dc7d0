"""Lab phones against each other over loopback: what the live tests believe must be true of the phones first."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lab.call import Ended, PhoneCall
from lab.g711 import ALAW, ULAW, Codec
from lab.moment import NeverHappened
from lab.phone import Answers, Ignores, Phone, Policy, Rejects
from lab.sound import find, hears_tone, tone

PlugIn = Callable[..., Awaitable[Phone]]
CLIP = tone(700, 0.4)


async def both(plug_in: PlugIn, policy: Policy, codec: Codec = ULAW) -> tuple[PhoneCall, PhoneCall]:
    """A caller's call and the same call at the person's end."""
    person = await plug_in("ana", policy=policy, codec=codec)
    caller = await plug_in("6175550101", codec=codec)
    call = caller.dial(f"sip:ana@127.0.0.1:{person.port}", display="Front door")
    async with asyncio.timeout(5):
        return call, await person.next_call()


@pytest.mark.parametrize("codec", [ULAW, ALAW])
async def test_both_hear_what_the_other_says(plug_in: PlugIn, codec: Codec) -> None:
    call, person = await both(plug_in, Answers(after_seconds=0, says=tone(900, 0.5)), codec)
    async with asyncio.timeout(5):
        await call.answered
        await call.say(CLIP)
        await call.heard.first_audio
    assert find(CLIP, person.heard.pcm()).likeness > 0.99
    assert hears_tone(call.heard.pcm(), 900) != []
    assert (person.heard.lost, person.heard.gaps(0.5)) == (0, [])


async def test_keys_arrive_in_order_and_each_once(plug_in: PlugIn) -> None:
    call, person = await both(plug_in, Answers(after_seconds=0))
    async with asyncio.timeout(5):
        await call.answered
        call.press("112")
        await call.press("#")
    assert person.heard.keys == "112#"


async def test_what_was_being_said_goes_on_after_a_key(plug_in: PlugIn) -> None:
    call, person = await both(plug_in, Answers(after_seconds=0))
    async with asyncio.timeout(5):
        await call.answered
        said = call.say(CLIP)
        call.press("5")
        await said
    assert person.heard.keys == "5"
    assert hears_tone(person.heard.pcm(), 700) != []


async def test_a_caller_who_hangs_up_ends_the_call_at_both_ends(plug_in: PlugIn) -> None:
    call, person = await both(plug_in, Answers(after_seconds=0))
    async with asyncio.timeout(5):
        await call.answered
        call.hang_up()
        assert await person.ended == Ended(by_us=False)
    assert await call.ended == Ended(by_us=True)


async def test_a_person_hangs_up_when_the_policy_says_so(plug_in: PlugIn) -> None:
    call, _ = await both(plug_in, Answers(after_seconds=0, hangs_up_after_seconds=0.05))
    async with asyncio.timeout(5):
        assert await call.ended == Ended(by_us=False)


async def test_a_caller_who_gives_up_while_it_rings_stops_the_ringing(plug_in: PlugIn) -> None:
    call, person = await both(plug_in, Ignores())
    async with asyncio.timeout(5):
        await call.ringing
        call.hang_up()
        assert await person.ended == Ended(by_us=False)
        with pytest.raises(NeverHappened, match="hung up"):
            await person.answered


@pytest.mark.parametrize(("code", "reason"), [(486, "Busy Here"), (603, "Decline"), (480, "Temporarily Unavailable")])
async def test_a_refusal_reaches_the_caller_with_its_code(plug_in: PlugIn, code: int, reason: str) -> None:
    call, _ = await both(plug_in, Rejects(code))
    async with asyncio.timeout(5):
        assert await call.ended == Ended(by_us=False, code=code, reason=reason)
        with pytest.raises(NeverHappened, match=f"{code} {reason}"):
            await call.answered


async def test_a_muted_caller_sends_nothing(plug_in: PlugIn) -> None:
    call, person = await both(plug_in, Ignores())
    call.mute()
    person.answer()
    person.say(CLIP)
    async with asyncio.timeout(5):
        await call.heard.first_audio
        assert person.heard.received == 0
        call.unmute()
        await person.heard.first_audio


async def test_the_phone_shows_who_calls(plug_in: PlugIn) -> None:
    _, person = await both(plug_in, Ignores())
    assert person.display.startswith('"Front door" <sip:6175550101@127.0.0.1:')


async def test_a_moment_waited_for_too_long_can_be_waited_for_again(plug_in: PlugIn) -> None:
    call, person = await both(plug_in, Ignores())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(call.answered, 0.01)
    person.answer()
    async with asyncio.timeout(5):
        await call.answered


async def test_garbage_does_not_disturb_a_phone(plug_in: PlugIn) -> None:
    phone = await plug_in("ana")
    for data in (b"", b"\0" * 40, b"INVITE\r\n\r\n", b"SIP/2.0 abc\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n"):
        phone.datagram_received(data, ("127.0.0.1", 9))
    assert phone.calls == []
