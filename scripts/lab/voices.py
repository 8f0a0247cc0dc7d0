"""Patients' voices: sentences spoken by a synthesiser, as a telephone would send them (8 kHz, telephone loudness)."""

import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from lab.sound import RATE, Pcm
from lab.synthesisers import synthesisers

LOUDNESS = 2500.0  # RMS of int16: about -22 dBFS, a person who speaks plainly
AUDIBLE = 0.02  # of the loudest sample: what is quieter before and after the words is cut, so that times are the words'
VOICES = ("slt", "awb", "rms", "kal16")


@cache
def speak(text: str, voice: str = "slt") -> Pcm:
    """The sentence in one of flite's VOICES."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speech.wav"
        subprocess.run(
            [synthesisers() / "flite", "-voice", voice, "-t", text, "-o", file],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
        return _as_telephoned(file)


def _as_telephoned(file: Path) -> Pcm:
    with wave.open(str(file)) as spoken:
        rate, frames = spoken.getframerate(), spoken.readframes(spoken.getnframes())
    pcm: npt.NDArray[np.float32] = soxr.resample(np.frombuffer(frames, "<i2").astype(np.float32), rate, RATE)
    loudness = max(float(np.sqrt(np.mean(pcm**2))), 1.0)
    audible = np.flatnonzero(np.abs(pcm) > AUDIBLE * np.abs(pcm).max())
    loud = pcm[audible[0] : audible[-1] + 1] * (LOUDNESS / loudness)
    return np.asarray(loud.clip(-32767, 32767), dtype=np.int16)


LANGUAGES = {
    "en": ("slt", "awb", "rms", "kal16", "espeak:en-us", "espeak:en-gb+f3"),
    "es": ("espeak:es", "espeak:es-419+f2"),
}
"""Who speaks which language, for `speak_as`: flite's voices, and espeak-ng's by name and variant."""


def speak_as(text: str, language: str, voice: str) -> Pcm:
    """The sentence in one of the language's voices."""
    if voice not in LANGUAGES[language]:
        raise ValueError(voice)
    return _espeak(text, voice.removeprefix("espeak:")) if voice.startswith("espeak:") else speak(text, voice)


@cache
def _espeak(text: str, voice: str) -> Pcm:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speech.wav"
        command = [str(synthesisers() / "espeak-ng"), "-v", voice, "-s", "150", "-w", str(file), text]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        return _as_telephoned(file)
