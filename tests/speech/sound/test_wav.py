from __future__ import annotations

import hashlib
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ivr.speech.sound import g711, wav
from ivr.speech.sound.loudness import level_of

if TYPE_CHECKING:
    from pathlib import Path

EVERY_SAMPLE = np.arange(65536, dtype=np.uint16).view(np.int16)
EVERY_BYTE = bytes(range(256))


def sine(rate: int, hertz: float = 1000.0, seconds: float = 1.0, level: float = 8000.0) -> np.ndarray:
    return np.rint(level * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.int16)


def write_any(path: Path, samples: np.ndarray, rate: int, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def loudest_hertz(sound: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * wav.RATE_HZ / len(sound))


def dbfs(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(sound.astype(float) ** 2)) / 32768))


@pytest.mark.parametrize(
    ("made", "sha256_of_audioops"),
    [
        (g711.to_ulaw(EVERY_SAMPLE), "617fa4850d68d3906597e949f7625fb2fc46db479e29707f33159b3d131721cb"),
        (g711.to_alaw(EVERY_SAMPLE), "f77c76aa923ee25617453f87514828a12896227f82ff383bf3bb53d6ac7c2a0f"),
        (g711.from_ulaw(EVERY_BYTE).tobytes(), "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827"),
        (g711.from_alaw(EVERY_BYTE).tobytes(), "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174"),
    ],
    ids=["to µ-law", "to A-law", "from µ-law", "from A-law"],
)
def test_g711_is_bit_exact_with_audioop(made: bytes, sha256_of_audioops: str) -> None:
    assert hashlib.sha256(made).hexdigest() == sha256_of_audioops


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    sound = sine(8000)
    wav.write(tmp_path / "deep" / "a.wav", sound)
    assert np.array_equal(wav.read(tmp_path / "deep" / "a.wav"), sound)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.wav"]


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 32000, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_and_stereo_become_8_khz_mono(tmp_path: Path, rate: int, channels: int) -> None:
    path = write_any(tmp_path / "a.wav", np.repeat(sine(rate), channels), rate, channels)
    sound = wav.read(path)
    assert (sound.dtype, len(sound)) == (np.int16, pytest.approx(8000, abs=2))
    assert loudest_hertz(sound) == pytest.approx(1000, abs=2)
    assert np.abs(sound).max() == pytest.approx(8000, rel=0.05)


def test_what_8_khz_cannot_carry_does_not_fold_back(tmp_path: Path) -> None:
    path = write_any(tmp_path / "a.wav", sine(48000, hertz=6000), 48000)
    assert np.abs(wav.read(path)[500:-500]).max() <= 1


@pytest.mark.parametrize(
    ("suffix", "encode"),
    [
        (".ulaw", g711.to_ulaw),
        (".alaw", g711.to_alaw),
        (".sln", lambda samples: samples.tobytes()),
        (".sln16", lambda samples: np.repeat(samples, 2).tobytes()),
    ],
)
def test_asterisks_raw_formats_are_read(tmp_path: Path, suffix: str, encode: object) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(encode(sine(8000, hertz=400)))  # type: ignore[operator]
    sound = wav.read(path)
    assert (len(sound), loudest_hertz(sound)) == (8000, pytest.approx(400, abs=2))


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.gsm", b"x", "no format that can be read"),
        ("a.wav", b"", "save it as a WAV file"),
        ("a.wav", b"RIFF\x00\x00\x00\x00WAVE", "save it as a WAV file"),
        ("a.wav", b"ID3 an mp3 by the wrong name" * 9, "save it as a WAV file"),
    ],
)
def test_an_unusable_file_is_named_with_a_remedy(tmp_path: Path, name: str, content: bytes, fault: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(wav.UnusableSound, match=fault) as failure:
        wav.read(tmp_path / name)
    assert str(failure.value).startswith(str(tmp_path / name))


def test_silence_at_both_ends_goes_and_a_margin_stays() -> None:
    sound = np.concatenate([np.zeros(8000, np.int16), sine(8000), np.zeros(4000, np.int16)])
    assert len(wav.trimmed(sound)) == pytest.approx(8000 + 2 * 480, abs=2)


@pytest.mark.parametrize("level", [100.0, 3000.0, 30000.0])
def test_quiet_and_loud_speech_become_equally_loud(level: float) -> None:
    talk = np.concatenate([sine(8000, level=level), np.zeros(16000, np.int16), sine(8000, level=level)])
    assert level_of(wav.for_callers(talk), 8000).active == pytest.approx(-20, abs=0.1)


def test_peaks_stay_below_clipping() -> None:
    clicks = sine(8000, level=500.0)
    clicks[::200] = 30000
    assert np.abs(wav.levelled(clicks).astype(int)).max() <= 32768 * 10 ** (-3 / 20) + 1


@pytest.mark.parametrize("nothing", [np.zeros(0, np.int16), np.zeros(7, np.int16), np.zeros(8000, np.int16)])
def test_silence_stays_silence(nothing: np.ndarray) -> None:
    assert np.array_equal(wav.for_callers(nothing), nothing)


def test_a_tone_has_its_pitch_and_its_length() -> None:
    beep = wav.tone(1000, 0.3)
    assert (len(beep), loudest_hertz(beep)) == (2400, pytest.approx(1000, abs=4))
    assert dbfs(beep) == pytest.approx(-20, abs=0.5)
