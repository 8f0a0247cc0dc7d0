from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.sound.audio import FRAME_BYTES, Framer, level


@given(st.lists(st.integers(0, 500), max_size=20))
def test_audio_of_any_lengths_comes_out_in_whole_frames_and_in_order(sizes: list[int]) -> None:
    framer = Framer()
    sent = b"".join(bytes([n % 251]) * size for n, size in enumerate(sizes))
    out, at = b"", 0
    for size in sizes:
        for frame in framer.feed(sent[at : at + size]):
            assert len(frame) == FRAME_BYTES
            out += frame
        at += size
    assert sent.startswith(out)
    assert len(sent) - len(out) < FRAME_BYTES


def test_the_level_is_the_mean_magnitude() -> None:
    assert level(b"\x00\x01\x00\xff" * 80) == 256.0
