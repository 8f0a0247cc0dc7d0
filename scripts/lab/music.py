"""Music on hold of our own: a soft arpeggio of four known notes, pleasant enough, and findable in a recording."""

from pathlib import Path

import numpy as np

from lab.sound import RATE, Pcm, write_wav

NOTES_HZ = (262.0, 330.0, 392.0, 523.0)  # c, e, g, c': no prompt and no test tone is near
NOTE_SECONDS = 0.6
LOUDNESS = 4000


def arpeggio(rounds: int = 8) -> Pcm:
    """The notes up and down, each fading, int16 at 8 kHz."""
    melody = (*NOTES_HZ, *NOTES_HZ[2:0:-1])
    return np.concatenate([_note(hertz) for hertz in melody * rounds])


def write_music(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_wav(folder / "arpeggio.wav", arpeggio())


def _note(hertz: float) -> Pcm:
    t = np.arange(int(NOTE_SECONDS * RATE)) / RATE
    shape = np.minimum(1, t / 0.03) * np.exp(-1.5 * t)
    return (LOUDNESS * shape * np.sin(2 * np.pi * hertz * t)).astype(np.int16)
