"""What came of walking a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.menus.paths.nouns import Path


NOT_CLEAR = "the words were not clear enough: the caller was asked whether they meant it"


@dataclass(frozen=True, slots=True)
class Result:
    """`came_to` are the stations that the call really came to, `heard` what the caller was told; a `fault` is ours. A
    `remark` is for who writes the plan.
    """

    path: Path
    came_to: tuple[str, ...]
    heard: tuple[str, ...] = ()
    fault: str = ""
    remark: str = ""

    @property
    def passed(self) -> bool:
        return self.came_to == self.path.end and not self.fault

    @property
    def told(self) -> str:
        """What is wrong, in one sentence; "" for nothing."""
        if self.passed:
            return ""
        return self.fault or f"it ended at {' → '.join(self.came_to) or 'the menu'}, and not at {self.path.ends}"
