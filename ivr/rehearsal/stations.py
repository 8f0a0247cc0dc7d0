"""Where a call came to, by its record: the same words as the paths have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr import record as story
from ivr.menus.paths import nouns
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterable


def stations(entries: Iterable[story.Entry]) -> tuple[str, ...]:
    return tuple(station for entry in entries if (station := _station(entry)))


def _station(entry: story.Entry) -> str:  # noqa: PLR0911 - one for each kind
    match entry:
        case story.RedFlagRaised():
            return nouns.DANGER_HEARD
        case story.RoutedTo(queue, needs, urgent):
            return nouns.queue_station(queue, needs, urgent=urgent)
        case story.Moved(to=to):
            return nouns.queue_station(to)
        case story.Overflowed(to=to) | story.WentByChoice(to=to):
            return _sent(Target.parse(to))
        case story.SentToVoicemail(box):
            return nouns.voicemail_station(box)
        case story.Voicemail(seconds=seconds):
            return nouns.MESSAGE_KEPT if seconds else ""
        case story.CallbackAgreed():
            return nouns.CALLBACK_AGREED
        case story.Connected():
            return nouns.A_PERSON
        case story.HungUp(where=where, by_us=by_us):
            return _end(where, by_us=by_us)
        case _:
            return ""


def _sent(to: Target) -> str:
    """Of voicemail and callbacks the record tells afterwards."""
    if to.kind is Kind.MENU:
        return nouns.menu_station(to.name)
    return nouns.queue_station(to.name) if to.kind is Kind.QUEUE else ""


def _end(where: story.Where, *, by_us: bool) -> str:
    if where is story.Where.MENU and by_us:
        return nouns.GOODBYE
    return nouns.WAITS if where is story.Where.QUEUE and not by_us else ""
