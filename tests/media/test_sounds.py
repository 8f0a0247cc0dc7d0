from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.media.sounds import SoundUnusable, pcm_of, write_wav

if TYPE_CHECKING:
    from pathlib import Path


def test_a_sound_is_filled_up_to_whole_frames(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", b"\x01\0" * 170)
    assert pcm_of([tmp_path / "a.wav"]) == (b"\x01\0" * 170 + bytes(300),)


def test_all_who_hear_a_sound_share_it(tmp_path: Path) -> None:
    write_wav(tmp_path / "music.wav", b"\x01\0" * 8000)
    write_wav(tmp_path / "next.wav", b"\x02\0" * 8000)
    (music,) = pcm_of([tmp_path / "music.wav"])
    assert pcm_of([tmp_path / "next.wav", tmp_path / "music.wav"])[1] is music


def test_a_sound_of_another_shape_says_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"an mp3, really")
    with pytest.raises(SoundUnusable, match="prompts are 8 kHz 16-bit mono WAV"):
        pcm_of([tmp_path / "a.wav"])
