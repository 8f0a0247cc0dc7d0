from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from ivr.asterisk import audiosocket
from ivr.asterisk.audioserver import AudioServer, Expected
from ivr.asterisk.audiosocket import FRAME_SECONDS, Audio, Decoder, Frame
from ivr.asterisk.audiostream import CATCH_UP_FRAMES, AudioStream
from ivr.media.live_audio import DIGITS_AHEAD
from ivr.media.sounds import FRAME_BYTES
from ivr.sockets import Address, CannotListen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SILENCE = Audio(bytes(FRAME_BYTES))
SECONDS = 5
PEERS: list[Peer] = []  # of the running test


class Peer:
    """Asterisk's end of one audio connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = Decoder()
        self._frames: list[Frame] = []

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    async def hears(self) -> Frame | None:
        """The next frame, None at the end of the connection."""
        async with asyncio.timeout(SECONDS):
            while not self._frames:
                try:
                    data = await self._reader.read(65_536)
                except ConnectionResetError:
                    data = b""
                if not data:
                    return None
                self._frames += self._decoder.feed(data)
        return self._frames.pop(0)

    async def hears_all(self) -> list[Frame]:
        """Every frame that came at once."""
        first = await self.hears()
        frames, self._frames = self._frames, []
        return [first, *frames] if first else frames

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
async def server() -> AsyncIterator[AudioServer]:
    opened = AudioServer(Address("127.0.0.1", 0))
    await opened.start()
    yield opened
    await opened.close()
    while PEERS:
        PEERS.pop().close()


def first_frame(uuid: UUID) -> bytes:
    return b"\x01\x00\x10" + uuid.bytes


async def connect(server: AudioServer, greeting: bytes) -> Peer:
    peer = Peer(*await asyncio.open_connection(server.address.host, server.address.port))
    PEERS.append(peer)
    peer.say(greeting)
    return peer


async def talk(server: AudioServer) -> tuple[Peer, AudioStream]:
    expected = server.expect()
    peer = await connect(server, first_frame(expected.uuid))
    return peer, await asyncio.wait_for(expected.stream, SECONDS)


async def test_the_one_who_is_expected_is_let_in_once(server: AudioServer) -> None:
    expected = server.expect()
    first = await connect(server, first_frame(expected.uuid))
    await asyncio.wait_for(expected.stream, SECONDS)
    second = await connect(server, first_frame(expected.uuid))
    assert await second.hears() is None
    assert await first.hears() == SILENCE


async def test_an_id_that_we_forgot_is_refused(server: AudioServer) -> None:
    expected = server.expect()
    expected.stream.cancel()
    assert await (await connect(server, first_frame(expected.uuid))).hears() is None


@pytest.mark.parametrize(
    "greeting",
    [
        first_frame(uuid4()),
        b"GET / HTTP/1.1\r\n\r\n",
        audiosocket.audio(bytes(320)),
        audiosocket.hangup(),
        b"\x03\x00\x011",
    ],
)
async def test_a_stranger_is_refused_and_nobody_else_notices(server: AudioServer, greeting: bytes) -> None:
    good, stream = await talk(server)
    assert await (await connect(server, greeting)).hears() is None
    assert await good.hears() == SILENCE
    assert not stream.ended.is_set()


async def test_a_stranger_who_says_nothing_is_closed(server: AudioServer) -> None:
    assert await (await connect(server, b"")).hears() is None


async def test_silence_is_sent_all_the_time(server: AudioServer) -> None:
    peer, _ = await talk(server)
    assert [await peer.hears() for _ in range(10)] == [SILENCE] * 10


async def test_a_prompt_is_played_whole_and_in_order_and_then_it_is_quiet(server: AudioServer) -> None:
    peer, stream = await talk(server)
    pcm = b"".join(bytes([number, 0]) * (FRAME_BYTES // 2) for number in range(1, 6)) + b"\x07\0"
    stream.play_pcm(pcm)
    await asyncio.wait_for(stream.quiet.wait(), SECONDS)
    heard = b""
    while len(heard) < len(pcm):
        frame = await peer.hears()
        assert isinstance(frame, Audio)
        assert len(frame.pcm) == FRAME_BYTES
        heard += b"" if frame == SILENCE else frame.pcm
    assert heard.rstrip(b"\0") == pcm.rstrip(b"\0")


async def test_sounds_follow_one_another_without_a_gap(server: AudioServer) -> None:
    peer, stream = await talk(server)
    one, two = b"\x01\0" * 320, b"\x02\0" * 160
    stream.play_pcm(one, b"", two, one)
    await asyncio.wait_for(stream.quiet.wait(), SECONDS)
    while (frame := await peer.hears()) == SILENCE:
        pass
    assert [frame, *[await peer.hears() for _ in range(4)]] == [
        Audio(piece[:FRAME_BYTES]) for piece in (one, one, two, one, one)
    ]


async def test_a_sound_that_is_paused_goes_on_where_it_was(server: AudioServer) -> None:
    peer, stream = await talk(server)
    written = [Audio(bytes([number, 0]) * 160) for number in range(1, 9)]
    stream.play_pcm(*(frame.pcm for frame in written))
    heard = [await peer.hears()]
    while heard[-1] == SILENCE:
        heard = [await peer.hears()]
    stream.pause()
    while heard[-1] != SILENCE:
        heard.append(await peer.hears())
    assert not stream.quiet.is_set()
    stream.go_on()
    while heard[-1] != written[-1]:
        heard.append(await peer.hears())
    assert [frame for frame in heard if frame != SILENCE] == written


async def test_a_prompt_that_is_stopped_is_quiet_at_once(server: AudioServer) -> None:
    peer, stream = await talk(server)
    stream.play_pcm(b"\x01\0" * 80_000)
    while await peer.hears() == SILENCE:
        pass
    stream.stop()
    assert stream.quiet.is_set()
    while await peer.hears() != SILENCE:
        pass


async def test_what_the_caller_says_and_presses_is_heard(server: AudioServer) -> None:
    peer, stream = await talk(server)
    heard = asyncio.Queue[bytes]()
    stream.hears = heard.put_nowait
    peer.say(audiosocket.audio(b"ab" * 160) + b"\x03\x00\x015\x03\x00\x01#")
    assert await asyncio.wait_for(heard.get(), SECONDS) == b"ab" * 160
    await asyncio.wait_for(stream.pressed.wait(), SECONDS)
    assert [stream.take_digit(), stream.take_digit(), stream.take_digit()] == ["5", "#", None]
    assert not stream.pressed.is_set()


async def test_a_caller_who_presses_for_ever_does_not_grow_our_memory(server: AudioServer) -> None:
    peer, stream = await talk(server)
    peer.say(b"\x03\x00\x011" * 1000 + b"\x03\x00\x019")
    heard = asyncio.Event()
    stream.hears = lambda _: heard.set()
    peer.say(audiosocket.audio(bytes(320)))
    await asyncio.wait_for(heard.wait(), SECONDS)
    digits = [stream.take_digit() for _ in range(DIGITS_AHEAD + 1)]
    assert digits == ["1"] * (DIGITS_AHEAD - 1) + ["9", None]


async def test_finishing_ends_with_the_hangup_frame_and_waits_for_asterisk_to_close(server: AudioServer) -> None:
    peer, stream = await talk(server)
    stream.finish()
    while (frame := await peer.hears()) == SILENCE:
        pass
    assert frame == audiosocket.Hangup()
    assert not stream.ended.is_set()
    peer.close()
    await asyncio.wait_for(stream.ended.wait(), SECONDS)


async def test_an_asterisk_that_does_not_close_is_closed(server: AudioServer) -> None:
    _, stream = await talk(server)
    stream.finish()
    await asyncio.wait_for(stream.ended.wait(), SECONDS)


@pytest.mark.parametrize("last", [b"\x00\x00\x00", b"\x12\x00\x02ab", b"\x55\x00\x00", first_frame(uuid4())])
async def test_a_hangup_or_garbage_ends_the_stream(server: AudioServer, last: bytes) -> None:
    peer, stream = await talk(server)
    stream.play_pcm(b"\x01\0" * 80_000)
    peer.say(last)
    await asyncio.wait_for(stream.ended.wait(), SECONDS)
    assert stream.quiet.is_set()


async def test_a_delayed_event_loop_catches_up_by_a_few_frames_only(server: AudioServer) -> None:
    peer, _ = await talk(server)
    await peer.hears_all()
    loop = asyncio.get_running_loop()
    until = loop.time() + 15 * FRAME_SECONDS
    while loop.time() < until:
        pass
    burst = await peer.hears_all()
    assert len(burst) <= CATCH_UP_FRAMES + 1


async def test_an_asterisk_that_does_not_read_does_not_grow_our_memory() -> None:
    stream = AudioStream(Stuck())
    for _ in range(10_000):
        stream.send_frame()
    assert Stuck.written < 40_000


class Stuck(asyncio.Transport):
    """A connection whose peer never reads."""

    written = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        Stuck.written += len(data)

    def get_write_buffer_size(self) -> int:
        return Stuck.written


async def test_closing_the_server_ends_streams_and_expectations(server: AudioServer) -> None:
    _, stream = await talk(server)
    expected: Expected = server.expect()
    await server.close()
    await asyncio.wait_for(stream.ended.wait(), SECONDS)
    assert expected.stream.cancelled()


async def test_a_port_in_use_is_told_in_one_sentence(server: AudioServer) -> None:
    with pytest.raises(CannotListen, match="audio"):
        await AudioServer(server.address).start()
