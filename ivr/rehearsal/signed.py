"""What an administrator has signed: each path of a plan and where it ends, kept beside the plan as PLAN.signed.json."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path as File

    from ivr.menus.paths.nouns import Path

SHORT = 12  # digits of a hash that people compare


class Mark(StrEnum):
    """What became of a path since the signature."""

    SAME = ""
    CHANGED = "changed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Signature:
    """`at` is when, with its time zone; `ends` where each path ended, by its key; `version` the plan's hash."""

    by: str
    at: str
    version: str
    ends: Mapping[str, str]

    @property
    def day(self) -> str:
        return datetime.fromisoformat(self.at).date().isoformat()

    def mark(self, path: Path) -> Mark:
        if path.key not in self.ends:
            return Mark.NEW
        return Mark.SAME if self.ends[path.key] == path.ends else Mark.CHANGED

    def gone(self, paths: Iterable[Path]) -> Mapping[str, str]:
        """The signed paths that are no more, and where they ended."""
        here = {path.key for path in paths}
        return {key: end for key, end in self.ends.items() if key not in here}


def changes_since(signature: Signature, paths: Sequence[Path]) -> str:
    """How many paths are not as they were signed, in one line."""
    marks = [signature.mark(path) for path in paths]
    counts = {"changed": marks.count(Mark.CHANGED), "new": marks.count(Mark.NEW), "gone": len(signature.gone(paths))}
    since = f"since {signature.by} signed on {signature.day}"
    if not any(counts.values()):
        return f"no path changed {since}"
    return f"{', '.join(f'{count} {what}' for what, count in counts.items())} {since}"


def signature_file(plan: File) -> File:
    return plan.with_suffix(".signed.json")


def version_of(files: Iterable[File]) -> str:
    """The SHA-256 of a plan's files, in their order."""
    found = hashlib.sha256()
    for file in files:
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def sign(plan: File, by: str, at: datetime, version: str, paths: Iterable[Path]) -> Signature:
    """Write it beside the plan. Raises UserError."""
    signature = Signature(by, at.isoformat(timespec="seconds"), version, {path.key: path.ends for path in paths})
    file = signature_file(plan)
    try:
        file.write_text(json.dumps(asdict(signature), ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as refused:
        raise UserError(f"{file} cannot be written ({refused.strerror}): sign as somebody who may") from refused
    return signature


def signed(plan: File) -> Signature | None:
    """The last signature; None for a plan that was never signed. Raises UserError for a file that is none."""
    file = signature_file(plan)
    if not file.exists():
        return None
    try:
        read = json.loads(file.read_text("utf-8"))
        signature = Signature(read["by"], read["at"], read["version"], {**read["ends"]})
        datetime.fromisoformat(signature.at)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise UserError(f"{file} is no signature of paths: remove it, and sign again") from wrong
    return signature
