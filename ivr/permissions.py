"""Who may read a file, by its mode and that of the folders above it, whoever asks."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path


def may_read(file: Path, user: int) -> bool:
    """Whether the user with this number may. Raises OSError where we cannot look ourselves."""
    file = file.resolve()
    return _may(file, user, stat.S_IRUSR) and all(_may(folder, user, stat.S_IXUSR) for folder in file.parents)


def user_of(program: str, processes: Path = Path("/proc")) -> int | None:
    """As which user a program runs on this host; None when it does not."""
    for name in processes.glob("[0-9]*/comm"):
        try:
            if name.read_text("utf-8").strip() == program:
                return name.stat().st_uid
        except OSError:
            continue  # it has just ended
    return None


def _may(path: Path, user: int, bit: int) -> bool:
    """`bit` is the owner's; the group's and the others' are three and six lower."""
    facts = path.stat()
    if user == 0:
        return True
    if user == facts.st_uid:
        return bool(facts.st_mode & bit)
    return bool(facts.st_mode & (bit >> 3 if facts.st_gid in _groups(user) else bit >> 6))


def _groups(user: int) -> list[int]:
    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        return []
    return os.getgrouplist(entry.pw_name, entry.pw_gid)
