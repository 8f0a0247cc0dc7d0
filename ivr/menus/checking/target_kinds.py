"""Where each way of a plan may lead: the lost need a person, only who waits can be called back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.menus.checking.uses import choices_of
from ivr.menus.mistakes import Finding, Path, place
from ivr.menus.plan.values import Kind, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.menus.plan.model import Plan

_NOT_IN_LINE = (Kind.MENU, Kind.QUEUE, Kind.VOICEMAIL, Kind.GOODBYE)
_SENT = (Kind.QUEUE, Kind.VOICEMAIL, Kind.MENU)
_ASKED = (Kind.CALLBACK, Kind.VOICEMAIL, Kind.QUEUE)
_LEFT = (Kind.CALLBACK, Kind.VOICEMAIL, Kind.QUEUE, Kind.MENU)
_WRITTEN = {
    Kind.MENU: "a menu's name",
    Kind.QUEUE: "'queue NAME'",
    Kind.VOICEMAIL: "'voicemail NAME'",
    Kind.GOODBYE: "'goodbye'",
    Kind.CALLBACK: "'callback'",
}


def wrong_kinds(plan: Plan) -> Iterator[Finding]:
    """Targets that are no place for who is sent there."""
    for name, menu in plan.menus.items():
        for field, target in (("silent", menu.silent), ("unclear", menu.unclear)):
            if target is not None and target.kind is not Kind.QUEUE:
                said = f"'{field}' of menu '{name}' must lead to a person: write 'queue NAME', not '{target}'"
                yield Finding(("menus", name, field), said)
        for here, choice in choices_of(("menus", name), menu):
            yield from _allowed((*here, "go"), choice.go, _NOT_IN_LINE)
    for name, queue in plan.queues.items():
        here = ("queues", name)
        for index, refusal in enumerate(queue.refuse):
            yield from _allowed((*here, "refuse", index, "to"), refusal.to, _SENT)
        for index, overflow in enumerate(queue.overflow):
            yield from _allowed((*here, "overflow", index, "to"), overflow.to, _SENT)
            yield from _allowed((*here, "overflow", index, "offer"), overflow.offer, _ASKED)
        for key, way_out in queue.exits.items():
            yield from _allowed((*here, "exits", key, "to"), way_out.to, _LEFT)


def _allowed(path: Path, target: Target | None, kinds: Sequence[Kind]) -> Iterator[Finding]:
    if target is not None and target.kind not in kinds:
        *first, last = [_WRITTEN[kind] for kind in kinds]
        yield Finding(path, f"{place(path)} must be {', '.join(first)} or {last}, not '{target}'")
