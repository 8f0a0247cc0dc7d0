"""What `careline doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at and how it is; `do` is what to do about it, "" when all is well."""

    ok: bool
    what: str
    do: str = ""
