"""A folder of unpacked Debian packages whose programs run with their own libraries, on any Linux, without root.

The library path is given to the loader alone, never exported: what such a program starts uses the host's libraries.
Standard library only.
"""

import hashlib
import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.cache import cache_folder, only_one
from lab.debian import fetch
from lab.terminal import LabError

MULTIARCH = {
    "x86_64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}


@dataclass(frozen=True, slots=True)
class Unpacked:
    root: Path

    @property
    def libraries(self) -> Path:
        return self.root / "usr/lib" / _multiarch()[0]

    @property
    def loader(self) -> Path:
        return self.libraries / _multiarch()[1]

    def command(self, program: str, *, subfolders: Sequence[str] = ()) -> list[str]:
        """The command line that runs e.g. "usr/bin/flite"; `subfolders` of the libraries are searched as well."""
        path = ":".join(str(self.libraries / name) for name in ("", *subfolders))
        return [str(self.loader), "--inhibit-cache", "--library-path", path, str(self.root / program)]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a folder is made from; another recipe under the same name makes it anew.

    `without` is an expression over package names, left out although something depends on them.
    `finish` is called with the unpacked folder before it counts as made.
    """

    name: str
    packages: tuple[str, ...]
    finish: Callable[[Unpacked], None]
    without: str = ""
    version: int = 1

    def made(self) -> Unpacked:
        """The folder in the cache, made when missing: seconds, or a minute over a slow network."""
        folder = cache_folder() / self.name
        unpacked, stamp = Unpacked(folder / "root"), folder / "made-from"
        if _text(stamp) != self._digest():
            with only_one(self.name):
                if _text(stamp) != self._digest():
                    folder.mkdir(exist_ok=True)
                    stamp.unlink(missing_ok=True)
                    fetch(self.packages, unpacked.root, without=self.without)
                    self.finish(unpacked)
                    stamp.write_text(self._digest())
        return unpacked

    def _digest(self) -> str:
        ingredients = [self.packages, self.without, self.version, platform.machine()]
        return hashlib.sha256(json.dumps(ingredients).encode()).hexdigest()


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _multiarch() -> tuple[str, str]:
    machine = platform.machine()
    if machine not in MULTIARCH:
        raise LabError(
            f"the private Asterisk runs on {' and '.join(MULTIARCH)}, and this machine is {machine}: use one of those"
        )
    return MULTIARCH[machine]
