"""A message is recorded, sealed, listed and saved as it was said, also when the caller hangs up in the middle."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from ivr import record as story
from ivr.record import Outcome, Where
from ivr.store.database import beside
from ivr.store.vault import unlock
from ivr.store.voicemail import Message, StoredMessages
from lab.patients import QUIET_RMS
from lab.phone import Ignores
from lab.sound import RATE, find, read_wav, rms
from lab.voices import speak
from tests.live.practice import Practice, entries
from tests.live.tones import hears

if TYPE_CHECKING:
    from pathlib import Path

    from lab.call import PhoneCall

SAID_WHOLE = 0.9  # likeness after G.711 and a jitter buffer


def command(house: Practice, *words: str) -> str:
    """What `careline WORDS` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "ivr", *words, "--state", house.careline.state],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
    )
    return done.stdout


async def messages_of(house: Practice, call: str, into: Path) -> list[Message]:
    """The call's messages; the last one's sound is in `into`."""
    async with beside(house.careline.state) as database:
        store = StoredMessages(database, await unlock(database))
        found = [message for message in await store.messages() if message.call == call]
        for message in found:
            await store.export(message.id, into, who="test", at=message.at)
        return found


async def after_the_beep(house: Practice, key: str) -> PhoneCall:
    """A caller who is asked for a message."""
    call = house.call()
    await call.heard.first_audio
    call.press(key)
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: hears(call, "beep"))
        await call.heard.until(lambda _: rms(call.heard.last(0.1)) < QUIET_RMS)  # it may be over already
    return call


async def test_who_waits_too_long_leaves_a_message_that_is_kept_as_it_was_said(house: Practice, tmp_path: Path) -> None:
    call = await after_the_beep(house, "4")
    assert hears(call, "voicemail_please")
    said = speak("please call me back about my refill", "awb")
    await call.say(said)
    call.press("#")
    async with asyncio.timeout(5):
        assert not (await call.ended).by_us
    assert hears(call, "voicemail_saved")
    record = await house.record()
    assert record.summary.outcome is Outcome.VOICEMAIL
    assert entries(record, story.Overflowed) == [story.Overflowed("voicemail messages", "waited 1 s")]
    listed = command(house, "voicemail", "list", "--box", "messages")
    message = next(line.split()[0] for line in listed.splitlines() if record.summary.number in line)
    command(house, "voicemail", "save", message, str(tmp_path / "message.wav"))
    assert find(said, read_wav(tmp_path / "message.wav")).likeness > SAID_WHOLE
    assert b"RIFF" not in (house.careline.state / "voicemail" / message).read_bytes()
    assert list((house.careline.state / "voicemail/drafts").iterdir()) == []


async def test_who_hangs_up_in_the_middle_has_left_a_message(house: Practice, tmp_path: Path) -> None:
    call = await after_the_beep(house, "3")
    said = speak("this is about my results", "slt")
    await call.say(said)
    call.hang_up()
    record = await house.record()
    assert record.summary.outcome is Outcome.VOICEMAIL
    assert record.timeline[-1].entry == story.HungUp(Where.VOICEMAIL)
    assert [message.box for message in await messages_of(house, record.summary.id, tmp_path / "message.wav")] == [
        "messages"
    ]
    assert find(said[: -RATE // 5], read_wav(tmp_path / "message.wav")).likeness > SAID_WHOLE


async def test_a_message_that_is_being_spoken_survives_kill_9(house: Practice, tmp_path: Path) -> None:
    call = await after_the_beep(house, "3")
    said = speak("please call me back about my refill", "rms")
    await call.say(said)
    house.careline.kill()
    call.hang_up()
    await house.careline.start()
    record = await house.record()
    [message] = await messages_of(house, record.summary.id, tmp_path / "message.wav")
    assert message.box == "messages"
    assert find(said[:-RATE], read_wav(tmp_path / "message.wav")).likeness > SAID_WHOLE


async def test_who_hangs_up_before_a_word_has_left_none(house: Practice, tmp_path: Path) -> None:
    call = await after_the_beep(house, "3")
    call.hang_up()
    record = await house.record()
    assert record.summary.outcome is Outcome.LEFT_AT_VOICEMAIL
    assert await messages_of(house, record.summary.id, tmp_path / "message.wav") == []


async def test_a_phone_that_rings_when_the_longest_wait_is_over_is_rung_out_first(house: Practice) -> None:
    """Key 4 waits for one second and rings for two."""
    await house.careline.ask(do="ready", person="cleo")
    house.phones["cleo"].policy = Ignores()
    call = await after_the_beep(house, "4")
    assert (await house.phones["cleo"].calls[-1].ended).by_us is False
    call.hang_up()
    record = await house.record()
    assert entries(record, story.OfferFailed) == [story.OfferFailed("cleo", "no answer")]
    assert record.summary.outcome is Outcome.LEFT_AT_VOICEMAIL
