"""playback: files, tones, silence and music. Source: mod_dptools.c, switch_ivr_play_say.c, libteletone."""

from __future__ import annotations

import re
import wave
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr

from lab.music import arpeggio
from lab.sound import RATE, Pcm, tone

if TYPE_CHECKING:
    from tests.freeswitch_double.channel import Channel

PARAMETERS = re.compile(r"^\{[^}]*\}")
TONE = re.compile(r"%\(([\d.]+),([\d.]+),([\d.,]+)\)")
LOUDNESS = 6000
DIGITS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class Sound:
    pcm: Pcm  # at 8 kHz
    endless: bool = False


async def play(channel: Channel, data: str, *, keys: bool = True) -> str:
    """The Application-Response. Events PLAYBACK_START and PLAYBACK_STOP come for a file that could be opened."""
    channel.vars.pop("playback_terminator_used", None)
    path, start = _path_and_start(PARAMETERS.sub("", data))
    sound = sound_of(path)
    if sound is None:
        return "FILE NOT FOUND"
    channel.pre_answer()
    if not channel.has_media:
        return "PLAYBACK ERROR"
    about = {"Playback-File-Path": path}
    channel.fire("PLAYBACK_START", about)
    status, sent = await _played(channel, sound.pcm[start:], endless=sound.endless, keys=keys)
    channel.vars["playback_last_offset_pos"] = str(start + sent)
    channel.vars["playback_ms"] = str(sent // 8)
    channel.vars["playback_seconds"] = str(sent // RATE)
    channel.vars["playback_samples"] = str(sent)
    channel.fire("PLAYBACK_STOP", {**about, "Playback-Status": status})
    return "FILE PLAYED" if channel.ready else "PLAYBACK ERROR"


def sound_of(path: str) -> Sound | None:
    """What a path sounds like; None when FreeSWITCH would say FILE NOT FOUND."""
    if path.startswith("tone_stream://"):
        return _tones(path.removeprefix("tone_stream://"))
    if path.startswith("silence_stream://"):
        milliseconds = int(path.removeprefix("silence_stream://").split(",")[0])
        return Sound(np.zeros(max(0, milliseconds) * 8, np.int16), endless=milliseconds < 0)
    if path.startswith("local_stream://"):
        return Sound(_music(), endless=True)
    file = Path(path)
    return Sound(_wav(file, file.stat().st_mtime_ns)) if file.is_file() else None


async def _played(channel: Channel, pcm: Pcm, *, endless: bool, keys: bool) -> tuple[str, int]:
    """Whether it was broken off or done, and how many samples were sent."""
    terminators = _terminators(channel) if keys else ""
    channel.keys.clear()
    over = channel.leg.play(pcm, endless=endless)
    channel.wake_when(over)
    status = "done"
    while channel.ready and not over.over:
        await channel.turn()
        if channel.broken or _terminated(channel, terminators):
            status = "break"
            break
        await channel.run_private()
    return status, channel.leg.stop()


def _terminators(channel: Channel) -> str:
    named = channel.vars.get("playback_terminators", "*")
    return {"any": DIGITS, "none": ""}.get(named, named)


def _terminated(channel: Channel, terminators: str) -> bool:
    used = next((key for key in channel.keys if key in terminators), "")
    channel.keys.clear()
    if used:
        channel.vars["playback_terminator_used"] = used
    return bool(used)


def _path_and_start(data: str) -> tuple[str, int]:
    """`FILE@@SAMPLES`, only where the first @ is followed by a second."""
    path, at, rest = data.partition("@")
    if at and rest.startswith("@"):
        return path, int(re.match(r"\d*", rest[1:])[0] or 0)  # type: ignore[index]
    return data, 0


def _tones(spec: str) -> Sound | None:
    """`%(ON,OFF,HERTZ,HERTZ...)` in milliseconds, several after each other, and `loops=N`; -1 is endless."""
    text, *options = spec.split(";")
    found = [TONE.fullmatch(each) for each in [text, *options] if each.startswith("%")]
    loops = next((int(each.removeprefix("loops=")) for each in options if each.startswith("loops=")), 1)
    once = [_tone(match) for match in found if match]
    if not once:
        return None
    whole = np.concatenate(once)
    return Sound(whole, endless=True) if loops < 0 else Sound(np.tile(whole, loops))


def _tone(match: re.Match[str]) -> Pcm:
    on, off = float(match[1]) / 1000, float(match[2]) / 1000
    pitches = [float(hertz) for hertz in match[3].split(",")]
    sounds = [tone(hertz, on, LOUDNESS // len(pitches)) for hertz in pitches]
    return np.concatenate([np.sum(sounds, axis=0).astype(np.int16), np.zeros(int(off * RATE), np.int16)])


@lru_cache(1)
def _music() -> Pcm:
    return arpeggio()


@lru_cache(64)
def _wav(file: Path, _changed: int) -> Pcm:
    """A mono or stereo 16-bit WAV of any rate."""
    with wave.open(str(file)) as source:
        samples = np.frombuffer(source.readframes(source.getnframes()), "<i2")
        mono = samples.reshape(-1, source.getnchannels())[:, 0]
        rate = source.getframerate()
    return mono.astype(np.int16) if rate == RATE else soxr.resample(mono, rate, RATE).astype(np.int16)
