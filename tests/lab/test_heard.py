"""A recording from RTP packets: on the wall clock's line, whatever the network did to them."""

import struct

import numpy as np

from lab.g711 import ULAW
from lab.heard import Heard
from lab.sip import Media
from lab.sound import Span, tone

SENDER = Media("127.0.0.1", 4000, ULAW)
SOUND = tone(500, 0.02)


def packet(sequence: int, timestamp: int, kind: int = 0, payload: bytes = ULAW.encode(SOUND), source: int = 1) -> bytes:
    return struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, source) + payload


async def heard(*packets: tuple[float, bytes]) -> Heard:
    """A recording that began at second 10."""
    recording = Heard()
    recording.began_at = 10.0
    for at, data in packets:
        recording.take(data, at, SENDER)
    return recording


async def test_packets_that_come_unevenly_make_even_sound() -> None:
    recording = await heard((10.0, packet(1, 0)), (10.055, packet(2, 160)), (10.06, packet(3, 320)))
    assert np.array_equal(recording.pcm(), ULAW.decode(ULAW.encode(np.tile(SOUND, 3))))


async def test_a_pause_of_the_sender_is_silence_of_its_length() -> None:
    recording = await heard((10.0, packet(1, 0)), (11.0, packet(2, 160)))
    sound = recording.pcm()
    assert len(sound) == 8160
    assert not sound[160:8000].any()
    assert recording.gaps() == [Span(0.0, 1.0)]


async def test_a_recording_keeps_the_time_before_the_first_packet() -> None:
    assert len((await heard((10.5, packet(1, 0)))).pcm()) == 4160


async def test_numbers_that_wrap_around_are_no_loss() -> None:
    recording = await heard((10.0, packet(0xFFFF, 0xFFFFFFFF - 159)), (10.02, packet(0x10000, 0x100000000)))
    assert (recording.lost, len(recording.pcm())) == (0, 320)


async def test_missing_packets_are_counted() -> None:
    assert (await heard((10.0, packet(1, 0)), (10.08, packet(5, 640)))).lost == 3


async def test_a_sender_that_starts_anew_has_lost_nothing() -> None:
    assert (await heard((10.0, packet(1, 0)), (10.02, packet(900, 5000, source=2)))).lost == 0


async def test_a_key_counts_once_however_often_it_is_said() -> None:
    key = struct.pack("!BBH", 11, 0x80, 800)
    recording = await heard(*((10.0, packet(n, 7, 101, key)) for n in range(3)), (10.2, packet(3, 900, 101, key)))
    assert (recording.keys, recording.received) == ("##", 0)


async def test_what_is_neither_sound_nor_key_is_dropped() -> None:
    recording = await heard((10.0, packet(1, 0, 13)), (10.0, packet(2, 0, 101, b"x")))
    assert (recording.pcm().size, recording.keys) == (0, "")


async def test_sound_since_a_moment() -> None:
    recording = await heard((10.0, packet(1, 0)), (11.0, packet(2, 160)))
    assert len(recording.since(11.0)) == 160
