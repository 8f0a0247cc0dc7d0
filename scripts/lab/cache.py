"""The one folder outside the repository that the lab writes to. Standard library only."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.terminal import LabError, say


def cache_folder() -> Path:
    """`${XDG_CACHE_HOME:-~/.cache}/careline`, made when missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "careline"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"{folder} cannot be made ({error.strerror}): set XDG_CACHE_HOME to a folder of yours") from None
    return folder


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Among all processes of this user, one at a time is inside for `name`."""
    with (cache_folder() / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{name}: waiting for another process that is at it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
