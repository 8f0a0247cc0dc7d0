from __future__ import annotations

import pytest

from ivr.call import Hypothesis, Spoke, Voice
from ivr.speech.hearing import wire
from ivr.speech.hearing.wire import Decoder, Frame, Kind, WireError

SENT = (
    wire.encode_json(Kind.OPEN, 7, {"language": "es", "grammar": ["sí"]})
    + wire.encode(Kind.AUDIO, 7, bytes(320))
    + wire.encode_progress(7, 320, "sí señor")
)


def test_frames_arrive_whole_however_they_are_cut() -> None:
    whole = Decoder().feed(SENT)
    decoder = Decoder()
    assert [frame for byte in SENT for frame in decoder.feed(bytes([byte]))] == whole
    assert whole[0].json() == {"language": "es", "grammar": ["sí"]}
    assert whole[1] == Frame(Kind.AUDIO, 7, bytes(320))
    assert wire.progress(whole[2]) == (320, "sí señor")


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"\xff\xff\xff\xff\x01\0\0\0\0", id="too long"),
        pytest.param(b"\0\0\0\1\1\0\0\0\0", id="shorter than its own head"),
        pytest.param(b"\0\0\0\5\x63\0\0\0\0", id="unknown kind"),
    ],
)
def test_what_is_no_frame_is_refused(garbage: bytes) -> None:
    with pytest.raises(WireError):
        Decoder().feed(garbage)


def test_a_body_that_is_not_what_its_kind_says_is_refused() -> None:
    with pytest.raises(WireError):
        Frame(Kind.FINAL, 1, b"{").json()
    with pytest.raises(WireError):
        wire.progress(Frame(Kind.PROGRESS, 1, b"\0"))


def test_what_was_heard_comes_back_as_it_was_sent() -> None:
    for voice in (None, Voice(1.5, -26.0, 180.0, 4.5, 0.2)):
        heard = Spoke((Hypothesis("sí", 0.5), Hypothesis("si", 0.25)), voice)
        (frame,) = Decoder().feed(wire.encode_spoke(7, heard))
        assert (frame.stream, wire.spoke(frame)) == (7, heard)


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"readings": [["a"]], "voice": null}', b'{"readings": [], "voice": {"x": 1}}']
)
def test_a_final_frame_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        wire.spoke(Frame(Kind.FINAL, 1, body))
