"""A message, while it is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.media.recording import DRAFT_BYTES, Draft, Recording
from tests.asterisk.tiny_asterisk import LOUD

if TYPE_CHECKING:
    from pathlib import Path

HEADER_BYTES = 44
QUIET = bytes(len(LOUD))


def test_a_draft_is_on_disk_while_the_message_is_spoken(tmp_path: Path) -> None:
    draft = Draft(tmp_path / "m.wav")
    frames = 2 * DRAFT_BYTES // len(LOUD)
    for _ in range(frames):
        draft.write(LOUD)
    so_far = (tmp_path / "m.wav").read_bytes()
    assert so_far[:4] == b"RIFF"
    assert len(so_far) >= HEADER_BYTES + DRAFT_BYTES
    draft.close()
    assert (tmp_path / "m.wav").read_bytes()[HEADER_BYTES:] == LOUD * frames


def test_a_disk_that_fails_costs_the_draft_alone(tmp_path: Path) -> None:
    draft = Draft(tmp_path / "no such folder" / "m.wav")
    draft.write(LOUD)
    draft.close()


def test_a_message_ends_without_the_silence_that_ended_it() -> None:
    recording = Recording(longest_seconds=10, silence_seconds=1)
    for pcm in (LOUD * 10, QUIET * 60):
        recording.feed(pcm)
    assert recording.over.is_set()
    assert recording.seconds_of(recording.pcm()) == 0.7


def test_a_message_of_silence_is_none() -> None:
    recording = Recording(longest_seconds=10, silence_seconds=1)
    recording.feed(QUIET * 60)
    assert (recording.over.is_set(), recording.pcm()) == (True, b"")
