"""The files that `careline init` wants: what is new is written, what is there stays as it is."""

from __future__ import annotations

import difflib
import grp
import os
import pwd
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HIDDEN = "(not shown)"
_SECRET = re.compile(r"^([ \t-]*(?:secret|password)[ \t]*(?:=>?|:)[ \t]*)\S.*$", re.MULTILINE)


class CannotInitialise(UserError):  # noqa: N818 - named for what is wrong
    """The message is one sentence: what is wrong, where, and what to do."""


class Fate(Enum):
    NEW = "new"
    SAME = "same"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a new file is given to, when it is root who runs this."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file as it should be. `essence` is the part of its text that matters; by that it is compared and shown."""

    path: Path
    text: str
    mode: int = 0o644
    owner: Owner | None = None
    essence: Callable[[str], str] = str
    is_secret: bool = False

    def fate(self) -> Fate:
        """Raises CannotInitialise."""
        there = text_of(self.path)
        if there is None:
            return Fate.NEW
        return Fate.SAME if self.essence(there) == self.essence(self.text) else Fate.DIFFERS

    def diff(self) -> str:
        """From what is there to what is wanted, without secrets: "" when nothing but a secret differs."""
        if self.is_secret:
            return ""
        there, wanted = (
            without_secrets(self.essence(text)).splitlines() for text in (text_of(self.path) or "", self.text)
        )
        return "\n".join(difflib.unified_diff(there, wanted, str(self.path), "as it should be", lineterm=""))

    def write(self) -> None:
        """Make it. Raises CannotInitialise; never changes a file that is there."""
        try:
            self.path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as refused:
            raise _refused(self.path, "written", refused) from None
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(self.text)
                if self.owner and os.geteuid() == 0:
                    os.fchown(file.fileno(), self.owner.uid, self.owner.gid)
                os.fchmod(file.fileno(), self.mode)
        except OSError as refused:
            self.path.unlink()  # half a file would be left alone by the next run
            raise _refused(self.path, "written", refused) from None


def without_secrets(text: str) -> str:
    """Lines such as `secret=…` and `password: …` without what stands there."""
    return _SECRET.sub(rf"\g<1>{HIDDEN}", text)


def text_of(path: Path) -> str | None:
    """What is in a file; None when there is none. Raises CannotInitialise."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise CannotInitialise(f"{path} is not UTF-8: save it as UTF-8, or move it away") from None
    except OSError as refused:
        raise _refused(path, "read", refused) from None


def owner_of(path: Path) -> Owner:
    """Raises OSError."""
    facts = path.stat()
    return Owner(facts.st_uid, facts.st_gid)


def owner_named(user: str) -> Owner | None:
    """The user with its group; None when there is no such user."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return None
    return Owner(entry.pw_uid, entry.pw_gid)


def is_member(user: str, group: str) -> bool:
    """Whether the user is in the group; also when there is no such group, where nothing can be joined."""
    try:
        entry = grp.getgrnam(group)
    except KeyError:
        return True
    owner = owner_named(user)
    return user in entry.gr_mem or (owner is not None and owner.gid == entry.gr_gid)


def _refused(path: Path, what: str, why: OSError) -> CannotInitialise:
    return CannotInitialise(
        f"{path} cannot be {what} ({why.strerror}): run this as root, or name other places with --conf and --settings"
    )
