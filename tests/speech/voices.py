"""Synthesisers for tests: real commands that speak every text as a tone, and note what they were asked."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import numpy as np

from ivr.speech.sound import wav

if TYPE_CHECKING:
    from pathlib import Path

_TONE = """#!{python}
import math, struct, sys, wave
text = sys.stdin.read()
with open({log!r}, "a") as log:
    log.write(repr((sys.argv[1:-1], text)) + "\\n")
{before}
with wave.open(sys.argv[-1], "wb") as out:
    out.setparams((1, 2, 16000, 0, "NONE", ""))
    samples = (int(9000 * math.sin(i / 5)) for i in range(1600 * len(text)))
    out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
"""


def install(folder: Path, name: str, *, before: str = "") -> Path:
    """A synthesiser as `folder`/`name`, whose last argument is the WAV to write; `before` is run first.

    Returns its log: a line for each text, of its other arguments and its input.
    """
    folder.mkdir(exist_ok=True)
    log = folder / f"{name}.log"
    command = folder / name
    command.write_text(_TONE.format(python=sys.executable, log=str(log), before=before))
    command.chmod(0o755)
    return log


def install_quick(folder: Path, name: str) -> None:
    """One that speaks every text as the same tone of 1.5 seconds, in milliseconds: for hundreds of prompts."""
    folder.mkdir(exist_ok=True)
    tone, command = folder / "tone.wav", folder / name
    wav.write(tone, np.rint(9000 * np.sin(np.arange(24_000) / 5)).astype(np.int16), 16_000)
    command.write_text(
        f'#!/bin/sh\n/bin/cat >/dev/null\nfor last; do :; done\n/bin/cp {shlex.quote(str(tone))} "$last"\n'
    )
    command.chmod(0o755)


def asked(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []
