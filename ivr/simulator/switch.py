"""A PBX's control side in memory: people whose phones ring, and callers on hold."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.services import (
    CallEnded,
    Cause,
    LegAnswered,
    LegEnded,
    LegRinging,
    Live,
    SwitchBack,
    SwitchDown,
    SwitchEvent,
    TalkBegan,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

ANSWER_SECONDS = 2.0  # a person lets the phone ring once


class Manner(StrEnum):
    """What a person does when the phone rings; WAITS leaves it to `pick_up` and `refuse`."""

    ANSWERS = "answers"
    REFUSES = "refuses"
    IGNORES = "ignores"
    WAITS = "waits"


@dataclass(slots=True)
class _Leg:
    phone: str
    timer: asyncio.TimerHandle | None = None
    answered: bool = False
    wanted_by: str = ""
    call: str = ""


class SimulatedSwitch:
    """services.Switch in memory. `phones` says who there is; `pace` 0.5 makes its seconds half as long, 0 no time.

    Callers arrive, go on hold and leave by way of their SimulatedCall.
    """

    def __init__(
        self, phones: Mapping[str, Manner], *, pace: float = 1.0, tell: Callable[[str], object] = lambda _: None
    ) -> None:
        self.manners = dict(phones)
        self._pace = pace
        self._tell = tell
        self._events: asyncio.Queue[SwitchEvent] = asyncio.Queue()
        self._legs: dict[str, _Leg] = {}
        self._ended: dict[str, Callable[[], None]] = {}
        self._held: set[str] = set()
        self._down = False

    # ---- services.Switch --------------------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[SwitchEvent]:
        """The first is SwitchBack: a control connection came up."""
        yield SwitchBack()
        while True:
            yield await self._events.get()

    async def live(self) -> Live:
        self._must_be_up()
        talks = frozenset((leg.call, name) for name, leg in self._legs.items() if leg.call)
        return Live(frozenset(self._ended), frozenset(self._legs), talks)

    async def ring(self, leg: str, phone: str, *, display: str, seconds: float) -> None:
        self._must_be_up()
        manner = self.manners.get(phone)
        if manner is None:
            return self._emit(LegEnded(leg, Cause.UNREACHABLE, answered=False))
        if any(other.phone == phone for other in self._legs.values()):
            return self._emit(LegEnded(leg, Cause.BUSY, answered=False))
        self._legs[leg] = _Leg(phone)
        self._tell(f"{phone} rings: {display}")
        self._emit(LegRinging(leg))
        if manner is Manner.ANSWERS and seconds > ANSWER_SECONDS:
            return self._later(leg, ANSWER_SECONDS, lambda: self.pick_up(phone))
        if manner is Manner.REFUSES and seconds > ANSWER_SECONDS:
            return self._later(leg, ANSWER_SECONDS, lambda: self.refuse(phone))
        return self._later(leg, seconds, lambda: self._end(leg, Cause.NO_ANSWER))

    async def cancel(self, leg: str, *, answered_elsewhere: bool = False) -> None:  # noqa: ARG002 - nothing to show
        self._must_be_up()
        if leg in self._legs:
            self._end(leg, Cause.CANCELLED)

    async def connect(self, call: str, leg: str) -> None:
        self._must_be_up()
        if leg not in self._legs or not self._legs[leg].answered:
            return
        self._legs[leg].wanted_by = call
        if call in self._held:
            self._join(call)
        elif call not in self._ended:
            self._end(leg, Cause.ENDED)

    # ---- what people do -----------------------------------------------------------------------------------------

    def pick_up(self, phone: str) -> None:
        name, leg = self._leg_of(phone)
        self._stop_timer(leg)
        leg.answered = True
        self._tell(f"{phone} answers")
        self._emit(LegAnswered(name))

    def refuse(self, phone: str) -> None:
        self._end(self._leg_of(phone)[0], Cause.REFUSED)

    def put_down(self, phone: str) -> None:
        """End the talk: the PBX then ends the caller's call, too."""
        self._end(self._leg_of(phone)[0], Cause.ENDED)

    def go_down(self) -> None:
        """The control connection breaks: what happens from now on is not told, not even later."""
        self._down = True

    def come_back(self) -> None:
        self._down = False
        self._emit(SwitchBack())

    # ---- what callers do, by way of their SimulatedCall ---------------------------------------------------------

    def arrive(self, call: str, ended: Callable[[], None]) -> None:
        """A call begins; `ended` is called when it is over, whoever ends it."""
        self._ended[call] = ended

    def hold(self, call: str) -> None:
        self._held.add(call)
        self._join(call)

    def take_back(self, call: str) -> None:
        self._held.discard(call)

    def leave(self, call: str) -> None:
        """The call is over; a person who talks with the caller hears that. A call that is over stays so."""
        ended = self._ended.pop(call, None)
        if ended is None:
            return
        self._held.discard(call)
        ended()
        self._emit(CallEnded(call))
        for name in [name for name, leg in self._legs.items() if leg.call == call]:
            self._end(name, Cause.ENDED)

    # ---- inside -------------------------------------------------------------------------------------------------

    def _join(self, call: str) -> None:
        for name, leg in self._legs.items():
            if leg.wanted_by == call and not leg.call:
                leg.call = call
                self._held.discard(call)
                self._tell(f"{leg.phone} talks with the caller")
                self._emit(TalkBegan(call, name))
                return

    def _end(self, name: str, cause: Cause) -> None:
        leg = self._legs.pop(name)
        self._stop_timer(leg)
        self._tell(f"{leg.phone} is free again: {cause}")
        self._emit(LegEnded(name, cause, leg.answered))
        if leg.call:
            self.leave(leg.call)

    def _later(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._legs[name].timer = asyncio.get_running_loop().call_later(seconds * self._pace, act)

    def _stop_timer(self, leg: _Leg) -> None:
        if leg.timer is not None:
            leg.timer.cancel()

    def _leg_of(self, phone: str) -> tuple[str, _Leg]:
        found = [(name, leg) for name, leg in self._legs.items() if leg.phone == phone]
        assert found, f"{phone} does not ring and does not talk"
        return found[0]

    def _emit(self, event: SwitchEvent) -> None:
        if not self._down:
            self._events.put_nowait(event)

    def _must_be_up(self) -> None:
        if self._down:
            raise SwitchDown
