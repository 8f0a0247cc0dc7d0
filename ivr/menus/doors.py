"""What is open at this moment, as a walk through the menus asks it."""

from __future__ import annotations

from typing import Protocol


class Doors(Protocol):
    """The practice's hours as they are now, closures that somebody switched on included."""

    def is_open(self, hours: str) -> bool:
        """Whether the plan's `hours` of this name are open now."""

    def messages(self) -> tuple[str, ...]:
        """Prompts that every caller hears before the greeting: a snow day, a parking lot that is closed."""


class AlwaysOpen:
    """Nothing is ever closed."""

    def is_open(self, hours: str) -> bool:  # noqa: ARG002 - all of them
        return True

    def messages(self) -> tuple[str, ...]:
        return ()


ALWAYS_OPEN = AlwaysOpen()
