"""Notices on a disk that is memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.fakes import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping


class RememberedNotices:
    """ivr.notify.outbox.NoticeRows in memory. `seen` has (what, id) of every change."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.seen: Seen[tuple[str, str]] = Seen()

    async def keep(self, row: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)  # a disk takes its time
        self.rows[row["id"]] = dict(row)
        self.seen.add(("kept", row["id"]))

    async def remove(self, notice: str) -> None:
        await asyncio.sleep(0)
        self.rows.pop(notice, None)
        self.seen.add(("removed", notice))

    async def all(self) -> list[Mapping[str, Any]]:
        self.seen.add(("read", "all"))
        return sorted(self.rows.values(), key=lambda row: float(row["due"]))
