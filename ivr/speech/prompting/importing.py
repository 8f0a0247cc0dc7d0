"""Recordings of a studio: files as they come, each for a prompt, all of them looked at before one is kept."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ivr.errors import UserError
from ivr.menus.mistakes import suggestion
from ivr.speech.prompting import takes
from ivr.speech.sound import riff

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

LISTS = {".csv": ",", ".tsv": "\t"}
REMEDY = {
    takes.SilentTake: "nobody can be heard in it: record it again, nearer to the microphone",
    takes.ClippedTake: "it is too loud, its peaks are cut off: record it again with less gain",
}


class CannotImport(UserError):  # noqa: N818 - says what became of the file
    """A file that no prompt is made from; the message names the file, what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A file, and the prompt that it is said to be; `language` is "" where nobody said."""

    file: Path
    name: str
    language: str = ""


def offered(files: Sequence[Path]) -> Iterator[Offered]:
    """Each file is named like its prompt (en/welcome.wav); a .csv or .tsv lists file, name and, if it likes, language.

    Files of a list are relative to it. Raises CannotImport for a list that cannot be read.
    """
    for file in files:
        if file.suffix.lower() in LISTS:
            yield from _listed(file)
        else:
            yield Offered(file, file.stem.lower())


def check_name(each: Offered, language: str, known: Collection[tuple[str, str]]) -> None:
    """Raises CannotImport for a prompt that the plan does not use."""
    names = {name for of, name in known if of == language}
    if not names:
        raise CannotImport(f"{each.file}: '{language}' is no language of the plan")
    if each.name not in names:
        hint = suggestion(each.name, names) or "; `careline prompts list` has the names"
        raise CannotImport(f"{each.file}: '{each.name}' is no prompt of the plan{hint}")


def take_of(file: Path) -> takes.Take:
    """The recording as it is kept. Raises CannotImport."""
    try:
        return takes.prepared(_read(file))
    except takes.UnusableTake as unusable:
        raise CannotImport(f"{file}: {REMEDY[type(unusable)]}") from None
    except riff.NotWav as fault:
        raise CannotImport(f"{file}: {fault}; save it as a WAV file") from None
    except OSError as error:
        raise CannotImport(f"{file} cannot be read: {error.strerror}") from None


def _listed(file: Path) -> Iterator[Offered]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.reader(lines, delimiter=LISTS[file.suffix.lower()]), start=1):
                cells = [cell.strip() for cell in row]
                if not any(cells) or (number == 1 and cells[:2] == ["file", "name"]):
                    continue
                if len(cells) < 2 or not all(cells[:2]):  # noqa: PLR2004 - a file and a name
                    raise CannotImport(f"{file}:{number}: write the file and the prompt's name, then the language")
                yield Offered(file.parent / cells[0], cells[1], cells[2] if cells[2:] else "")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CannotImport(f"the list {file} cannot be read: {why}") from None


def _read(file: Path) -> riff.Wav:
    return riff.read(file.read_bytes()) if file.suffix.lower() == ".wav" else _decoded(file)


def _decoded(file: Path) -> riff.Wav:
    """MP3, FLAC, Ogg and what else ffmpeg reads, by way of pydub."""
    if not file.is_file():
        raise CannotImport(f"{file}: there is no such file")
    if shutil.which("ffmpeg") is None:
        raise CannotImport(f"{file}: only WAV can be read without ffmpeg: `apt-get install ffmpeg`, or save it as WAV")
    try:
        from pydub import AudioSegment  # noqa: PLC0415 - an extra, which warns on import where there is no ffmpeg
        from pydub.exceptions import CouldntDecodeError  # noqa: PLC0415
    except ImportError:
        raise CannotImport(f"{file}: only WAV can be read without pydub: `pip install 'careline[prompts]'`") from None
    try:
        sound = AudioSegment.from_file(file)
    except CouldntDecodeError:
        raise CannotImport(f"{file}: ffmpeg finds no sound in it; save it as a WAV file") from None
    samples = np.asarray(sound.get_array_of_samples(), np.float64) * 2.0 ** (16 - 8 * sound.sample_width)
    return riff.Wav(samples.reshape(-1, sound.channels).mean(axis=1), sound.frame_rate)
