"""The small plan's paths, by what the caller does."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ivr.menus.paths.listing import listed
from tests.menus.plans import small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.menus.paths.nouns import Path
    from ivr.menus.plan.model import Plan

A_TUESDAY = datetime(2026, 11, 17, 10, 30, tzinfo=ZoneInfo("America/New_York"))


def paths(*replacements: tuple[str, str]) -> Sequence[Path]:
    return listed(small(*replacements), A_TUESDAY)


def ends(plan: Plan | None = None, *, when: str = "open", dialled: str = "+16175550100") -> dict[str, str]:
    """Where the paths of one number end in one condition, by what the caller does."""
    found = listed(plan or small(), A_TUESDAY)
    return {path.does: path.ends for path in found if path.when == when and path.dialled == dialled}
