"""The folder in memory that FreeSWITCH and Careline share: what callers say comes through it, and prompts go."""

from __future__ import annotations

import grp
import hashlib
import itertools
import os
import re
import secrets
import stat
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

from ivr.errors import UserError
from ivr.freeswitch.tail import Ticker
from ivr.media.sounds import pcm_of, write_wav

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

GROUP = "freeswitch"  # in which its packages let FreeSWITCH run
MODE = 0o2770  # files get the folder's group, whoever writes them
FILE_MODE = 0o640
JOINED_BYTES = 33_554_432  # 35 minutes of speech: 200 prompts of 3 s, and some hundred combinations
CALLERS, JOINED = "caller-*", "prompt-*"  # what is ours in there

# What means nothing else to uuid_record and playback: no blank, no @@, {, !, $ or quote.
_PLAIN = re.compile(r"/[A-Za-z0-9_./+-]*")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.-]")


class FolderUnusable(UserError):  # noqa: N818 - named for what is wrong
    """The message is one sentence for the administrator."""


class AudioFolder:
    """`ticker` reads the callers' files for all calls. `open` before use."""

    def __init__(self, path: Path, joined_bytes: int = JOINED_BYTES) -> None:
        self.ticker = Ticker()
        self._joined_bytes = joined_bytes
        self._path = path.absolute()
        self._joined: OrderedDict[str, int] = OrderedDict()  # sizes by name, the longest unused first
        self._numbers = itertools.count(1)
        self._ours = secrets.token_hex(4)  # a name that an earlier Careline gave may still be recorded into

    def open(self) -> None:
        """Make the folder if need be, and remove what an earlier Careline left. Raises FolderUnusable."""
        if not _PLAIN.fullmatch(str(self._path)):
            raise FolderUnusable(
                f"FreeSWITCH cannot record into {self._path}: choose an 'audio' folder of 'freeswitch' in the settings "
                "whose path has only letters, digits, '/', '_', '-', '.' and '+'."
            )
        try:
            self._make()
            self._sweep()
        except OSError as error:
            raise FolderUnusable(
                f"Careline cannot make or clear the folder {self._path} ({error.strerror}): choose another 'audio' "
                "folder of 'freeswitch' in the settings, in /dev/shm or /run."
            ) from error

    def close(self) -> None:
        self.ticker.stop()
        self._sweep()

    def raw(self, uuid: str) -> Path:
        """Return a fresh name for a recording of this channel."""
        return self._path / f"caller-{_NOT_PLAIN.sub('-', uuid)}-{self._ours}-{next(self._numbers)}.raw"

    def joined(self, sounds: Sequence[Path]) -> Path:
        """Return one file that plays them all without a gap, and stays as long as it is used again and again.

        A single one is copied, too: FreeSWITCH may not look into Careline's own folders, and takes some names amiss.
        Raises SoundUnusable, OSError.
        """
        name = _name_of(sounds)
        file = self._path / name
        if not file.exists():
            self._write(file, b"".join(pcm_of(sounds)))
        self._joined[name] = file.stat().st_size
        self._joined.move_to_end(name)
        self._evict()
        return file

    def _make(self) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        facts = self._path.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in {0, os.geteuid()}:
            raise FolderUnusable(
                f"{self._path} belongs to somebody else, who could listen to callers: remove it, and Careline makes it "
                "anew."
            )
        if facts.st_uid != os.geteuid():
            return  # made by the administrator as it should be
        with suppress(KeyError, PermissionError):  # not a member: `careline doctor` says so
            os.chown(self._path, -1, grp.getgrnam(GROUP).gr_gid)
        self._path.chmod(MODE)

    def _sweep(self) -> None:
        self._joined.clear()
        for pattern in (CALLERS, JOINED):
            for file in self._path.glob(pattern):
                file.unlink(missing_ok=True)

    def _write(self, file: Path, pcm: bytes) -> None:
        """Complete under its name, or not there: others may play it this moment."""
        draft = file.with_suffix(".part")
        write_wav(draft, pcm)
        draft.chmod(FILE_MODE)
        draft.replace(file)

    def _evict(self) -> None:
        """What plays is open in FreeSWITCH, and plays on."""
        while len(self._joined) > 1 and sum(self._joined.values()) > self._joined_bytes:
            name, _ = self._joined.popitem(last=False)
            (self._path / name).unlink(missing_ok=True)


def _name_of(sounds: Sequence[Path]) -> str:
    """Another as soon as one of the files changes. Raises OSError."""
    told = [(str(sound), facts.st_mtime_ns, facts.st_size) for sound in sounds for facts in [sound.stat()]]
    return f"prompt-{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}.wav"
