"""Recordings on their way to callers: read, judged, and written as the practice keeps them.

A recording is kept without the silence at its ends, at callers' loudness, in 16 kHz where it has as much.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ivr.speech.sound import riff, wav
from ivr.speech.sound.loudness import level_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BEST_RATE = 16_000  # wideband telephones have no more
SOFTEST_DBOV = -50.0  # below, the levelled speech would be as much noise as voice
SHORTEST_SECONDS = 0.1  # of speech: a click, a cough behind the hand
CLIPPED_LEVEL = 31_900.0  # the largest value of G.711 is 32124
CLIPPED_RUN = 3  # samples: a voice's own peak is one or two wide
CLIPPED_SHARE = 0.001


class UnusableTake(Exception):  # noqa: N818 - says what is wrong with it
    """Callers could not be given the recording."""


class SilentTake(UnusableTake):
    """Nobody can be heard in it: record it again, nearer to the microphone."""


class ClippedTake(UnusableTake):
    """It was recorded too loud, and its peaks are cut off: record it again with less gain."""


class Take(NamedTuple):
    """A recording ready to be kept."""

    sound: wav.Sound
    rate: int


def prepared(recording: riff.Wav) -> Take:
    """A recording as it will be kept. Raises SilentTake, ClippedTake."""
    level = level_of(recording.samples, recording.rate)
    seconds = level.activity * len(recording.samples) / recording.rate
    if level.active < SOFTEST_DBOV or seconds < SHORTEST_SECONDS:
        raise SilentTake
    if _is_clipped(recording.samples):
        raise ClippedTake
    rate = BEST_RATE if recording.rate >= BEST_RATE else wav.RATE_HZ
    sound = wav.resampled(recording.samples, recording.rate, rate)
    return Take(wav.for_callers(sound, rate), rate)


def _is_clipped(samples: NDArray[np.float64]) -> bool:
    """Whether flat tops of full scale are more than a rare accident."""
    loud = np.abs(samples) >= CLIPPED_LEVEL
    tops = np.convolve(loud, np.ones(CLIPPED_RUN)) == CLIPPED_RUN
    return bool(np.count_nonzero(tops) > CLIPPED_SHARE * len(samples))


# ---- kept, with who made it when -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a recording, when (seconds since the epoch), and from what: "phone", or the name of a file."""

    who: str
    at: float
    of: str


def recording_file(folder: Path, language: str, name: str) -> Path:
    return folder / language / f"{name}.wav"


def keep(take: Take, file: Path, origin: Origin) -> None:
    """Write a recording, and its origin beside it. Raises OSError."""
    wav.write(file, take.sound, take.rate)
    _origin_file(file).write_text(json.dumps({"who": origin.who, "at": origin.at, "of": origin.of}), "utf-8")


def origin_of(file: Path) -> Origin | None:
    """Where a recording came from; None where nobody noted it."""
    try:
        noted = json.loads(_origin_file(file).read_text("utf-8"))
        return Origin(str(noted["who"]), float(noted["at"]), str(noted["of"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def remove(file: Path) -> None:
    """A recording and its origin; none there is no error."""
    for each in (file, _origin_file(file)):
        each.unlink(missing_ok=True)


def _origin_file(file: Path) -> Path:
    return file.with_suffix(".json")
