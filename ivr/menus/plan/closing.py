"""Where callers go while a menu or a queue is closed."""

from __future__ import annotations

from ivr.menus.plan.values import Goal, Name, Noun


class Closed(Noun):
    """`say` is told first, then the caller goes `to` a menu, a queue, a voicemail box or goodbye."""

    to: Goal
    say: Name | None = None
