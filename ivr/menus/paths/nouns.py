"""What a path is made of: what the caller does, how the practice is at that moment, and where the call comes to.

dialled number ─ conditions ─ acts of the caller ──> stations: "queue billing" → "voicemail billing" → "message kept"
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from ivr.menus import steps

if TYPE_CHECKING:
    from collections.abc import Collection

    from ivr.menus.paths.conditions import Doorway
    from ivr.menus.paths.crowds import Crowd

SURE = 1.0
TWO_MATTERS = " and "

Place = tuple[str, ...]
"""Something of the plan that a caller can meet: ("menus", "main", "choices", "1")."""

DANGER_HEARD = "a sign of danger"
A_PERSON = "a person"
MESSAGE_KEPT = "message kept"
CALLBACK_AGREED = "callback agreed"
WAITS = "waits"
GOODBYE = "goodbye"


_WHILE_WAITING = "while waiting"
_WHEN = {
    "callback_offer": "when a callback is offered",
    "voicemail_offer": "when voicemail is offered",
    "queue_offer": "when another queue is offered",
    "callback_confirm": "to confirm the number",
    "callback_when": "for as soon as possible",
}


class How(StrEnum):
    """What callers do. MUMBLE is understood halfway: the plan asks whether it was meant."""

    PRESS = "press"
    SAY = "say"
    MUMBLE = "mumble"
    SILENT = "silent"
    UNCLEAR = "not understood"
    UNHEARD = "not heard"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Act:
    """`what` is the key, or the intent (or two) of the `words`. It is done at the next question, or when the prompt
    `on` is played to who waits.
    """

    how: How
    what: str = ""
    words: str = ""
    on: str = ""

    def __str__(self) -> str:
        when = _WHEN.get(self.on, _WHILE_WAITING) if self.on else ""
        return " ".join(filter(None, [self.how, self.what, when]))

    @property
    def intent(self) -> str:
        return self.what.split(TWO_MATTERS)[0]

    def answer(self, half: float) -> steps.Answer:  # noqa: PLR0911 - one for each
        """As the menus get it; `half` is the confidence of what is understood halfway."""
        match self.how:
            case How.PRESS:
                return steps.Key(self.what)
            case How.SAY:
                return steps.Meant(self.intent, SURE, readings=(self.words,))
            case How.MUMBLE:
                return steps.Meant(self.intent, half, readings=(self.words,))
            case How.SILENT:
                return steps.Silent()
            case How.UNCLEAR:
                return steps.NotUnderstood()
            case How.UNHEARD:
                return steps.CannotHear()
            case How.DANGER:
                return steps.Danger(DANGER_HEARD)
        assert_never(self.how)


def press(key: str, on: str = "") -> Act:
    return Act(How.PRESS, key, on=on)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the number they ring from, and what the plan calls them; "" for anybody."""

    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """`end` are the stations that the call comes to, `places` what it meets in the plan; `language` is the last one."""

    dialled: str
    caller: Caller
    doors: Doorway
    crowd: Crowd
    language: str
    acts: tuple[Act, ...]
    end: tuple[str, ...]
    places: frozenset[Place]

    @property
    def when(self) -> str:
        return ", ".join(filter(None, [self.doors.name, str(self.crowd)]))

    @property
    def does(self) -> str:
        """The acts in words; the same one again and again is said once, with how often."""
        told: list[tuple[str, int]] = []
        for act in map(str, self.acts):
            before = told.pop() if told and told[-1][0] == act else (act, 0)
            told.append((act, before[1] + 1))
        return ", ".join(act if times == 1 else f"{act} ×{times}" for act, times in told) or "nothing"

    @property
    def ends(self) -> str:
        return " → ".join(self.end)

    @property
    def key(self) -> str:
        """The same for the same path of another version of the plan, wherever it ends there."""
        return " | ".join([self.dialled or "any number", self.caller.name or "anybody", self.when, self.does])


def queue_station(queue: str, needs: Collection[str] = (), *, urgent: bool = False) -> str:
    """A place in line, as a station."""
    wanted = f" with {' and '.join(sorted(needs))}" if needs else ""
    return f"queue {queue}{wanted}{', urgent' if urgent else ''}"


def voicemail_station(box: str) -> str:
    return f"voicemail {box}"


def menu_station(menu: str) -> str:
    return f"menu {menu}"
