"""Debian packages without root: fetched through the machine's own apt sources, unpacked into a folder.

The machine's package system is neither read (but for its sources) nor touched: apt gets a state folder of its own.
Packages are checked against Debian's signed index by apt itself. Standard library only.

    python3 -m lab.debian PACKAGE FOLDER        unpacks one package, without what it depends on
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from lab.cache import cache_folder, only_one
from lab.terminal import LabError, say

SUITES = ("forky", "sid")  # the first that has what is asked for; Debian 12 and 13 have no Asterisk
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
LISTS_LAST_SECONDS = 20 * 3600  # Debian's archive changes four times a day and keeps old files for about a day
NOT_UNPACKED = ("doc*", "man", "locale", "lintian", "bug", "doc-base", "info")  # under usr/share


class Apt:
    """apt with a state folder of its own, for one suite."""

    def __init__(self, suite: str) -> None:
        self.suite = suite
        self._folder = cache_folder() / "apt" / suite
        self._environment = os.environ | {"APT_CONFIG": str(self._folder / "apt.conf"), "LC_ALL": "C"}

    def update(self) -> None:
        """Make the list of the suite's packages available; kept for a day."""
        fresh = self._folder / "fresh"
        if fresh.exists() and 0 <= time.time() - fresh.stat().st_mtime < LISTS_LAST_SECONDS:
            return
        self._write_configuration()
        say(f"Debian {self.suite}: fetching the list of packages (about 10 MB) ...")
        self._run("apt-get", "update", "-qq")
        fresh.touch()

    def closure(self, packages: Sequence[str]) -> list[str]:
        """`packages` and all they depend on, down to the C library."""
        plan = self._run("apt-get", "install", "--simulate", *packages)
        return [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]

    def download(self, packages: Sequence[str], into: Path) -> list[Path]:
        """The packages' files, checked."""
        sizes = re.findall(
            r"^'[^']+' \S+ (\d+) ", self._run("apt-get", "download", "--print-uris", *packages), re.MULTILINE
        )
        megabytes = sum(map(int, sizes)) / 1e6
        say(f"Debian {self.suite}: fetching {len(packages)} packages ({megabytes:.0f} MB) ...")
        self._run("apt-get", "download", "-qq", *packages, cwd=into)
        return sorted(into.glob("*.deb"))

    def _write_configuration(self) -> None:
        for folder in ("lists/partial", "cache/archives/partial"):
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
        (self._folder / "status").touch()
        signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
        (self._folder / "sources.list").write_text(f"deb {signed}{mirror()} {self.suite} main\n")
        settings = {
            "Dir::State": f"{self._folder}/",
            "Dir::State::status": f"{self._folder}/status",
            "Dir::Cache": f"{self._folder}/cache/",
            "Dir::Etc::sourcelist": f"{self._folder}/sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "",
            "APT::Update::Error-Mode": "any",  # or apt takes an unreachable mirror for a success
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            "Acquire::GzipIndexes": "true",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        lines = [*way_to_the_network(), *(f'{name} "{value}";' for name, value in settings.items())]
        (self._folder / "apt.conf").write_text("\n".join(lines) + "\n")

    def _run(self, *command: str, cwd: Path | None = None) -> str:
        result = subprocess.run(command, env=self._environment, cwd=cwd, text=True, capture_output=True, check=False)
        if result.returncode:
            why = next((line for line in result.stderr.splitlines() if line.startswith("E: ")), "E: no reason given")
            raise LabError(
                f"Debian {self.suite}: {' '.join(command[:2])} failed ({why[3:]}); "
                "make the machine's Debian mirror reachable and run this again"
            )
        return result.stdout


def way_to_the_network() -> list[str]:
    """The machine's proxies, certificates and time-outs, and nothing else of its apt configuration."""
    if not shutil.which("apt-get"):
        raise LabError("there is no apt-get here, and Asterisk is unpacked from Debian's packages: use Debian 12 or 13")
    dump = subprocess.run(["apt-config", "dump"], text=True, capture_output=True, check=True).stdout
    return [
        line
        for line in dump.splitlines()
        if re.match(r"Acquire::(\w+::)*\S*(Proxy|Timeout|CA|Verify|Check-)", line, re.IGNORECASE)
    ]


def mirror() -> str:
    """The address of the Debian archive in the machine's own sources."""
    etc = Path("/etc/apt")
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    for file in files:
        if file.suffix in {".list", ".sources"} and file.is_file():
            found = next(archives(file.read_text(errors="replace")), None)
            if found:
                return found
    raise LabError("no Debian archive in /etc/apt/sources.list or /etc/apt/sources.list.d: add one and run this again")


def archives(sources: str) -> Iterator[str]:
    """Addresses of whole Debian archives, in either format of apt sources: no security updates, no other archives."""
    for line in sources.splitlines():
        fields = re.sub(r"\[[^]]*\]", "", line).split()
        if fields[:1] == ["URIs:"] or fields[:1] == ["deb"]:
            for field in fields[1:]:
                if re.search(r"(^mirror\S*debian\S*\.list$)|(/debian/?$)", field) and "security" not in field:
                    yield field


def fetch(packages: Sequence[str], into: Path, *, without: str = "", alone: bool = False) -> None:
    """Unpack the packages into a new folder, with all they depend on but what matches the expression `without`.

    `alone` leaves every dependency away. Raises LabError when apt or the mirror cannot serve.
    """
    with only_one("apt"), tempfile.TemporaryDirectory(dir=cache_folder(), prefix="debs-") as folder:
        apt = _first_that_has(packages)
        chosen = packages if alone else apt.closure(packages)
        files = apt.download([p for p in chosen if not (without and re.match(without, p))], Path(folder))
        _unpack(files, into)


def _first_that_has(packages: Sequence[str]) -> Apt:
    *earlier, last = map(Apt, SUITES)
    for apt in earlier:
        with suppress(LabError):
            apt.update()
            apt.closure(packages)
            return apt
    last.update()
    return last


def _unpack(files: Iterable[Path], into: Path) -> None:
    """All at once or not at all: `into` appears when it is complete."""
    say(f"unpacking into {into} ...")
    fresh = Path(tempfile.mkdtemp(dir=into.parent, prefix=f"{into.name}-"))
    fresh.chmod(0o755)
    for name in ("lib", "lib64", "bin", "sbin"):  # as on a machine: /lib is /usr/lib
        (fresh / "usr" / name).mkdir(parents=True, exist_ok=True)
        (fresh / name).symlink_to(f"usr/{name}")
    tar = ["tar", "--extract", f"--directory={fresh}", "--no-same-owner", "--keep-directory-symlink"]
    tar += [f"--exclude=./usr/share/{name}" for name in NOT_UNPACKED]
    for file in files:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE) as package:
            subprocess.run(tar, stdin=package.stdout, check=True)
    shutil.rmtree(into, ignore_errors=True)
    fresh.rename(into)


def main() -> int:
    package, folder = sys.argv[1:]
    try:
        fetch([package], Path(folder), alone=True)
    except LabError as error:
        say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
