"""Where speech models are: a setting, an environment variable, the usual folders; and the way to get one.

CARELINE_VOSK_EN=/path names the English model, CARELINE_VOSK_ES the Spanish one. In the usual folders the newest
`vosk-model-small-LANGUAGE…` is taken. Without any, English is heard by PocketSphinx with the model in its wheel.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import urllib.request
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SYSTEM_FOLDERS = (Path("/var/lib/careline/models"), Path("/usr/share/vosk"))
GRAPHS = (("graph/HCLG.fst",), ("graph/HCLr.fst", "graph/Gr.fst"))  # one that is composed, or both parts
MODEL_LIST = "https://alphacephei.com/vosk/models/model-list.json"
LISTED_AS = {"en": "en-us"}  # the list's name of a language, where it is not ours
TIMEOUT_SECONDS = 30.0
BLOCK_BYTES = 1 << 18
MAX_UNPACKED_BYTES = 1 << 30  # a small model is 60 MB; an archive must not fill the disk
NUMBER = re.compile(r"\d+")


class ModelError(UserError):
    """A speech model cannot be used or got; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Recognizer:
    """Which library hears a language with which files; `dictionary` is PocketSphinx's."""

    engine: Literal["vosk", "pocketsphinx"]
    model: Path
    dictionary: Path | None = None


def user_folder() -> Path:
    return Path.home() / ".cache" / "careline" / "models"


def find_model(language: str, chosen: Mapping[str, Path], environ: Mapping[str, str]) -> Path | None:
    """The folder of the language's model, None where there is none. Raises ModelError when a named one is no model."""
    named = chosen.get(language) or environ.get(f"CARELINE_VOSK_{language.upper()}")
    if not named:
        return next(_usual(language), None)
    folder = Path(named)
    if not (is_vosk(folder) or is_pocketsphinx(folder)):
        raise ModelError(
            f"{folder} is not a whole speech model for '{language}'; "
            f"run `careline model get {language}`, or correct the path"
        )
    return folder


def recognizer_of(language: str, chosen: Mapping[str, Path], environ: Mapping[str, str]) -> Recognizer | None:
    """Who hears the language; None when nobody does. Raises ModelError."""
    folder = find_model(language, chosen, environ)
    if folder is None:
        return _embedded() if language == "en" else None
    if is_vosk(folder):
        return Recognizer("vosk", folder)
    return Recognizer("pocketsphinx", folder / "acoustic_model", _dictionary(folder))


def is_vosk(folder: Path) -> bool:
    """Whether all is there without which Kaldi would end the process that loads it."""
    return (folder / "am" / "final.mdl").is_file() and any(
        all((folder / part).is_file() for part in graph) for graph in GRAPHS
    )


def is_pocketsphinx(folder: Path) -> bool:
    return (folder / "acoustic_model" / "mdef").is_file() and _dictionary(folder) is not None


def _dictionary(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("*dict*"))), None)


def _embedded() -> Recognizer | None:
    """The English model in PocketSphinx's wheel."""
    spec = find_spec("pocketsphinx")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "model" / "en-us"
    return Recognizer("pocketsphinx", folder / "en-us", folder / "cmudict-en-us.dict")


def _usual(language: str) -> Iterator[Path]:
    for folder in (user_folder(), *SYSTEM_FOLDERS, Path.home() / ".cache" / "vosk"):
        models = sorted(folder.glob(f"vosk-model-small-{language}*"), key=_version, reverse=True)
        yield from filter(is_vosk, models)


def _version(folder: Path) -> tuple[list[int], str]:
    """vosk-model-small-en-us-0.22 is newer than …-0.15."""
    return [int(number) for number in NUMBER.findall(folder.name)], folder.name


def get(language: str, into: Path, progress: Callable[[float], None], model_list: str = MODEL_LIST) -> Path:
    """Download the official small model into a folder of `into`, and return that; blocks, so not on an event loop.

    `progress` hears the share that has come, 0..1. A model that is there already is kept. Raises ModelError.
    """
    try:
        listed = _listed(language, model_list)
        folder = into / PurePosixPath(listed["name"]).name
        if not is_vosk(folder):
            into.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=into, prefix=".model-") as part:
                archive = Path(part) / "model.zip"
                _download(listed, archive, progress)
                _unpack(archive, Path(part) / "unpacked")
                _move(Path(part) / "unpacked" / folder.name, folder)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the model for '{language}' could not be got from {model_list} ({error}); "
            f"download it elsewhere and unpack it into {into}"
        ) from error
    progress(1.0)
    return folder


def _listed(language: str, model_list: str) -> dict[str, Any]:
    with urllib.request.urlopen(model_list, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - a constant, or a test's
        listed = json.load(answer)
    name = LISTED_AS.get(language, language)
    small = (
        each for each in listed if each["lang"] == name and each["type"] == "small" and each["obsolete"] == "false"
    )
    found: dict[str, Any] | None = next(small, None)
    if found is None:
        raise ValueError("it lists none")
    return found


def _download(listed: Mapping[str, Any], archive: Path, progress: Callable[[float], None]) -> None:
    digest = hashlib.md5(usedforsecurity=False)  # what the list gives: it finds a broken download
    size = int(listed["size"])
    with (
        urllib.request.urlopen(listed["url"], timeout=TIMEOUT_SECONDS) as answer,  # noqa: S310 - from the list
        archive.open("wb") as file,
    ):
        while block := answer.read(BLOCK_BYTES):
            file.write(block)
            digest.update(block)
            progress(min(1.0, file.tell() / size))
    if digest.hexdigest() != listed["md5"]:
        raise ValueError("the download is damaged")


def _unpack(archive: Path, into: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            path = PurePosixPath(member.filename)
            if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
                raise ValueError("the archive reaches outside its folder")
        if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED_BYTES:
            raise ValueError("the archive is too big for a small model")
        packed.extractall(into)


def _move(unpacked: Path, folder: Path) -> None:
    """Into its place in one step; what was there was no whole model."""
    if not is_vosk(unpacked):
        raise ValueError("the archive holds no whole model")
    shutil.rmtree(folder, ignore_errors=True)
    unpacked.rename(folder)
