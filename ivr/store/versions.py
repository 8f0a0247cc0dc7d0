"""Every version of the plan that callers were served by: its files, who put it in force, when, and why.

    state/versions/list.json        the versions, oldest first; the last one is in force
    state/versions/3f2a…/           the files of one, as they stood beside each other, named by what they hold

The same files are kept once, however often they come back. Written by the running process alone; read by anybody who
may read the state folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = "versions"
LIST = "list.json"
NAME_LENGTH = 16  # hexadecimal digits: enough to tell some thousand versions apart, short enough to be typed


class VersionsError(UserError):
    """The versions that were kept cannot be read, or written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Files:
    """What a plan's files hold, by their path below the folder that they share; `plan` is the plan's own path."""

    plan: str
    contents: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """The same for the same files, wherever they lie."""
        digest = hashlib.sha256(self.plan.encode())
        for path, content in sorted(self.contents.items()):
            digest.update(f"\0{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()[:NAME_LENGTH]


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the list. `files` names the folder, `plan` the plan's file in it.

    `on_disk` names what the administrator's own files held at that moment: something else after a revert, which leaves
    them as they are. `reverts_to` is the number of the version that was put in force again.
    """

    number: int
    at: float
    who: str
    note: str
    plan: str
    files: str
    on_disk: str
    reverts_to: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody wants: put in force by `who`, for the reason in `note`, `at` seconds since the epoch."""

    who: str
    note: str
    at: float


def files_as_they_are(paths: Sequence[Path]) -> Files:
    """What a plan's files hold, its own the first of `paths`; those that cannot be read are left out."""
    whole = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - resolve() would follow links elsewhere
    shared = Path(os.path.commonpath([path.parent for path in whole]))
    contents = {}
    for path in whole:
        with suppress(OSError, ValueError):  # no file, or a name that no file can have
            contents[path.relative_to(shared).as_posix()] = path.read_bytes()
    return Files(whole[0].relative_to(shared).as_posix(), contents)


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions in a state folder."""

    state: Path

    @property
    def folder(self) -> Path:
        return self.state / FOLDER

    def all(self) -> tuple[Version, ...]:
        """The oldest first. Raises VersionsError."""
        path = self.folder / LIST
        try:
            return tuple(Version(**each) for each in json.loads(path.read_bytes()))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError) as error:
            raise VersionsError(f"{path} cannot be read ({error}): put back a copy of it, or move it away") from None

    def last(self) -> Version | None:
        """The version in force. Raises VersionsError."""
        return next(reversed(self.all()), None)

    def get(self, number: int) -> Version:
        """Raises VersionsError, also for a number that there is not."""
        known = self.all()
        for version in known:
            if version.number == number:
                return version
        there = f"there are 1 to {known[-1].number}" if known else "none was kept yet"
        raise VersionsError(f"there is no version {number} of the plan: {there}, see `careline versions`")

    def before(self, version: Version) -> Version:
        """The one to go back to: before `version` came, or what it went back to. Raises VersionsError for the first."""
        origin = version
        while origin.reverts_to is not None:
            origin = self.get(origin.reverts_to)
        older = [each for each in self.all() if each.number < origin.number and each.files != origin.files]
        if not older:
            raise VersionsError(f"there is no version of the plan before version {origin.number}")
        return older[-1]

    def plan_of(self, version: Version) -> Path:
        """The plan's file of a version, with the others beside it. Raises VersionsError."""
        path = self.folder / version.files / version.plan
        if not path.is_file():
            raise VersionsError(f"version {version.number} of the plan is not there any more: {path} is missing")
        return path

    def paths_of(self, version: Version) -> tuple[Path, ...]:
        """All the files of a version, the plan's own the first. Raises VersionsError."""
        plan = self.plan_of(version)
        return (
            plan,
            *sorted(path for path in (self.folder / version.files).rglob("*") if path.is_file() and path != plan),
        )

    # ---- kept -----------------------------------------------------------------------------------------------------

    def keep(self, files: Files, entry: Entry) -> Version:
        """A new version, in force from now on. Raises VersionsError."""
        version = Version(self._next(), entry.at, entry.who, entry.note, files.plan, files.name, files.name)
        with _told(self.folder):
            self._write(files)
            self._append(version)
        return version

    def revert(self, to: Version, on_disk: str, entry: Entry) -> Version:
        """An older version in force again, by a new number; `on_disk` is left as it is. Raises VersionsError."""
        again = replace(
            to, number=self._next(), at=entry.at, who=entry.who, note=entry.note, on_disk=on_disk, reverts_to=to.number
        )
        with _told(self.folder):
            self._append(again)
        return again

    def _next(self) -> int:
        last = self.last()
        return 1 if last is None else last.number + 1

    def _write(self, files: Files) -> None:
        """Whole or not at all, also when the power goes."""
        there = self.folder / files.name
        if there.is_dir():
            return
        draft = self.folder / f"{files.name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        for name, content in files.contents.items():
            path = draft / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, content)
        draft.rename(there)

    def _append(self, version: Version) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        draft = self.folder / f"{LIST}.new"
        _write(draft, json.dumps([asdict(each) for each in (*self.all(), version)], indent=1).encode())
        draft.replace(self.folder / LIST)


def _write(path: Path, content: bytes) -> None:
    """To the disk itself: a plan may hold PINs, so it is its owner's alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VersionsError(f"{folder} cannot be written ({error.strerror}): the version cannot be kept") from None
