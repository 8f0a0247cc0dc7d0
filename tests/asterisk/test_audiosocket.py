from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.audiosocket import (
    MAX_AUDIO_BYTES,
    Audio,
    AudioSocketError,
    Decoder,
    Digit,
    Failure,
    Hangup,
    Id,
    audio,
    hangup,
)
from ivr.media.sounds import FRAME_BYTES
from tests.asterisk.recordings import byte_by_byte, frames, whole


@pytest.mark.parametrize("name", ["audiosocket-full.txt", "audiosocket-caller-hangs-up.txt"])
@pytest.mark.parametrize("direction", ["C>S", "S>C"])
def test_a_recording_gives_the_same_frames_whole_and_byte_by_byte(name: str, direction: str) -> None:
    data = frames(name, direction)
    assert byte_by_byte(Decoder, data) == whole(Decoder, data) != []


def test_a_recorded_call_begins_with_its_id_and_tells_its_digit() -> None:
    told = whole(Decoder, frames("audiosocket-full.txt", "C>S"))
    assert told[0] == Id(UUID("c90fec66-0aba-40af-af63-c23dffb2a648"))
    assert Digit("7") in told
    assert {(len(frame.pcm), frame.rate) for frame in told if isinstance(frame, Audio)} == {(FRAME_BYTES, 8000)}


def test_our_frames_are_what_asterisk_was_sent() -> None:
    assert hangup() == frames("audiosocket-full.txt", "S>C")
    first = frames("audiosocket-caller-hangs-up.txt", "S>C")[:323]
    assert audio(first[3:]) == first


def test_wider_audio_is_told_by_its_kind() -> None:
    assert whole(Decoder, b"\x12\x00\x04abcd\x11\x00\x02ab") == [Audio(b"abcd", 16_000), Audio(b"ab", 12_000)]


def test_an_error_frame_tells_its_code_and_a_hangup_frame_is_empty() -> None:
    assert whole(Decoder, b"\xff\x00\x01\x02\x00\x00\x00") == [Failure(2), Hangup()]


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1",
        b"\x02\x00\x00",
        b"\x01\x00\x0f",
        b"\x03\x00\x02",
        b"\x03\x00\x01\n",
        b"\x00\x00\x01",
        b"\xff\x00\x00",
        b"\x10\x00\x03",
        b"\x10" + (MAX_AUDIO_BYTES + 2).to_bytes(2, "big"),
    ],
)
def test_garbage_is_refused_by_its_header(garbage: bytes) -> None:
    with pytest.raises(AudioSocketError):
        Decoder().feed(garbage)


@pytest.mark.parametrize("pcm", [b"odd", bytes(MAX_AUDIO_BYTES + 2)])
def test_audio_that_is_no_frame_is_not_sent(pcm: bytes) -> None:
    with pytest.raises(ValueError, match="no audio frame"):
        audio(pcm)


@given(st.binary(max_size=400))
def test_any_bytes_give_frames_or_an_error_and_nothing_else(data: bytes) -> None:
    try:
        told = byte_by_byte(Decoder, data)
    except AudioSocketError:
        return
    assert told == whole(Decoder, data)
