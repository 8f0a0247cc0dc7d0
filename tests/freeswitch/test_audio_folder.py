from __future__ import annotations

import os
import re
import stat
import wave
from typing import TYPE_CHECKING

import pytest

from ivr.freeswitch.audio_folder import AudioFolder, FolderUnusable
from ivr.media.sounds import SoundUnusable, write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONE, TWO = b"\x01\x00" * 160, b"\x02\x00" * 320


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[AudioFolder]:
    folder = AudioFolder(tmp_path / "audio")
    folder.open()
    yield folder
    folder.close()


@pytest.fixture
def sounds(tmp_path: Path) -> tuple[Path, Path]:
    one, two = tmp_path / "one.wav", tmp_path / "two.wav"
    write_wav(one, ONE)
    write_wav(two, TWO)
    return one, two


def pcm(path: Path) -> bytes:
    with wave.open(str(path)) as sound:
        return sound.readframes(sound.getnframes())


def prompts(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "audio").iterdir())


def test_the_folder_is_for_us_and_the_group(folder: AudioFolder, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "audio").stat().st_mode) == 0o2770


def test_what_an_earlier_careline_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    for name in ("caller-1.raw", "prompt-1.wav", "prompt-2.part", "theirs.wav"):
        (tmp_path / "audio" / name).write_bytes(b"left")
    AudioFolder(tmp_path / "audio").open()
    assert prompts(tmp_path) == ["theirs.wav"]


def test_closing_leaves_nothing(tmp_path: Path, sounds: tuple[Path, Path]) -> None:
    folder = AudioFolder(tmp_path / "audio")
    folder.open()
    folder.joined(sounds)
    folder.close()
    assert prompts(tmp_path) == []


@pytest.mark.parametrize("name", ["my audio", "{audio}", "audio@@1", "$(id)", "a!b"])
def test_a_folder_that_freeswitch_would_misread_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FolderUnusable, match="choose an 'audio' folder"):
        AudioFolder(tmp_path / name).open()


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match=r"cannot make or clear .*file/audio \(Not a directory\)"):
        AudioFolder(tmp_path / "file" / "audio").open()


def test_a_folder_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "audio").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FolderUnusable, match="belongs to somebody else"):
        AudioFolder(tmp_path / "audio").open()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    os.chown(tmp_path / "audio", 65534, 65534)
    with pytest.raises(FolderUnusable, match="could listen to callers"):
        AudioFolder(tmp_path / "audio").open()


def test_each_recording_has_a_name_of_its_own(folder: AudioFolder, tmp_path: Path) -> None:
    again = AudioFolder(tmp_path / "audio")
    names = {folder.raw("1-2"), folder.raw("1-2"), folder.raw("../ 1"), again.raw("1-2")}
    assert len(names) == 4
    assert {name.parent for name in names} == {tmp_path / "audio"}
    assert not [name for name in names if " " in str(name)]


def test_one_sound_is_copied_for_freeswitch_to_read(
    folder: AudioFolder, sounds: tuple[Path, Path], tmp_path: Path
) -> None:
    played = folder.joined(sounds[:1])
    assert (played.parent, pcm(played), stat.S_IMODE(played.stat().st_mode)) == (tmp_path / "audio", ONE, 0o640)


@pytest.mark.parametrize("name", ["a b.wav", "a@@80.wav", "a!b.wav", "{a=b}c.wav", "${a}.wav", "niño.wav", "a,b'.wav"])
def test_a_name_that_means_something_to_freeswitch_is_played_under_another(
    folder: AudioFolder, tmp_path: Path, name: str
) -> None:
    write_wav(tmp_path / name, ONE)
    played = folder.joined([tmp_path / name])
    assert (re.sub(r"[0-9a-f]{32}", "", played.name), pcm(played)) == ("prompt-.wav", ONE)


def test_several_sounds_are_one_file_without_a_gap(folder: AudioFolder, sounds: tuple[Path, Path]) -> None:
    joined = folder.joined(sounds)
    assert pcm(joined) == ONE + TWO
    assert stat.S_IMODE(joined.stat().st_mode) == 0o640


def test_the_same_sounds_are_joined_once(folder: AudioFolder, sounds: tuple[Path, Path]) -> None:
    first = folder.joined(sounds)
    made = first.stat().st_ino
    assert (folder.joined(sounds), first.stat().st_ino) == (first, made)
    assert folder.joined(tuple(reversed(sounds))) != first


def test_a_sound_that_was_recorded_anew_is_joined_anew(folder: AudioFolder, sounds: tuple[Path, Path]) -> None:
    folder.joined(sounds)
    write_wav(sounds[0], TWO)
    assert pcm(folder.joined(sounds)) == TWO + TWO


def test_what_somebody_removed_is_made_again(folder: AudioFolder, sounds: tuple[Path, Path]) -> None:
    folder.joined(sounds).unlink()
    assert pcm(folder.joined(sounds)) == ONE + TWO


def test_what_was_unused_longest_makes_room(tmp_path: Path, sounds: tuple[Path, Path]) -> None:
    folder = AudioFolder(tmp_path / "audio", joined_bytes=3000)
    folder.open()
    one, two = sounds
    first, second = folder.joined([one, two]), folder.joined([two, one])
    folder.joined([one, two])
    third = folder.joined([two, two, one])
    assert [path.exists() for path in (first, second, third)] == [True, False, True]


def test_a_sound_that_is_none_says_what_it_must_be(folder: AudioFolder, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"an mp3, really")
    with pytest.raises(SoundUnusable, match="prompts are 8 kHz 16-bit mono WAV"):
        folder.joined([tmp_path / "a.wav"] * 2)
    with pytest.raises(FileNotFoundError):
        folder.joined([tmp_path / "missing.wav"] * 2)
