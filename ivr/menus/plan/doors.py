"""What is open at this moment, and where callers go past the doors that are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.menus.plan.closing import Closed
    from ivr.menus.plan.model import Menu, Plan
    from ivr.menus.plan.queues import Queue


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


class Detour(NamedTuple):
    """A menu or a queue that is closed, and where it leads instead."""

    place: Target
    closed: Closed

    def __str__(self) -> str:
        return f"{str(self.place.kind).capitalize()} '{self.place.name}'"


def door(plan: Plan, target: Target) -> Menu | Queue | None:
    """What can be closed; None for voicemail and goodbye, which never are."""
    match target.kind:
        case Kind.MENU:
            return plan.menus.get(target.name)
        case Kind.QUEUE:
            return plan.queues.get(target.name)
        case _:
            return None


def past_closed(plan: Plan, target: Target, is_open: Callable[[str], bool]) -> tuple[Target, tuple[Detour, ...]]:
    """Where a caller arrives who is sent to `target`, and by way of which closed places.

    A way that leads round ends where it was before: better a line at which nobody sits now than none. `careline check`
    lets no such plan pass.
    """
    passed: list[Detour] = []
    while (place := door(plan, target)) and place.hours and place.closed and not is_open(place.hours):
        if target in {detour.place for detour in passed}:
            break
        passed.append(Detour(target, place.closed))
        target = place.closed.to
    return target, tuple(passed)
