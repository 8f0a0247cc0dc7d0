"""A PBX's control side in memory: people whose phones ring, and callers on hold."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.services import (
    CallEnded,
    Cause,
    Device,
    DialFailed,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegRinging,
    Live,
    PhoneChanged,
    SwitchBack,
    SwitchDown,
    SwitchEvent,
    TalkBegan,
)
from ivr.simulator.terminal import Script

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

ANSWER_SECONDS = 2.0  # a person lets the phone ring once


class Manner(StrEnum):
    """What a person does when the phone rings; WAITS leaves it to `pick_up` and `refuse`."""

    ANSWERS = "answers"
    REFUSES = "refuses"
    IGNORES = "ignores"
    WAITS = "waits"


@dataclass(slots=True)
class _Leg:
    """A phone that rings: a person's, or that of somebody who is `dialled` and becomes a call."""

    phone: str
    dialled: bool = False
    asked: bool = False
    timer: asyncio.TimerHandle | None = None
    answered: bool = False
    wanted_by: str = ""
    call: str = ""


class SimulatedSwitch:
    """services.Switch in memory. `phones` says who there is; `pace` 0.5 makes its seconds half as long, 0 no time.

    Callers arrive, go on hold and leave by way of their SimulatedCall. So does who was dialled, or asked, and picked
    up: `take` is given the call's id and what that party does in it, which is `lines[phone]`, then a hang-up. It is
    to make the SimulatedCall and have it served.
    """

    def __init__(
        self, phones: Mapping[str, Manner], *, pace: float = 1.0, tell: Callable[[str], object] = lambda _: None
    ) -> None:
        self.manners = dict(phones)
        self.lines: dict[str, Sequence[str]] = {}
        self.take: Callable[[str, Script], object] | None = None
        self._pace = pace
        self._tell = tell
        self._events: asyncio.Queue[SwitchEvent] = asyncio.Queue()
        self._legs: dict[str, _Leg] = {}
        self._ended: dict[str, Callable[[], None]] = {}
        self._held: set[str] = set()
        self._devices: dict[str, Device] = {}
        self._watched: frozenset[str] = frozenset()
        self._down = False

    # ---- services.Switch --------------------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[SwitchEvent]:
        """The first is SwitchBack: a control connection came up."""
        yield SwitchBack()
        while True:
            yield await self._events.get()

    async def live(self) -> Live:
        self._must_be_up()
        legs = frozenset(name for name, leg in self._legs.items() if not leg.dialled)
        talks = frozenset((leg.call, name) for name, leg in self._legs.items() if leg.call)
        return Live(frozenset(self._ended.keys() | self._legs.keys()) - legs, legs, talks)

    async def ring(self, leg: str, phone: str, *, display: str, seconds: float, asked: bool = False) -> None:
        self._must_be_up()
        self._rings(leg, _Leg(phone, asked=asked), display, seconds)

    async def dial(self, call: str, phone: str, *, display: str, seconds: float) -> None:
        self._must_be_up()
        self._rings(call, _Leg(phone, dialled=True), display, seconds)

    async def watch(self, phones: Collection[str]) -> None:
        self._watched = frozenset(phones)
        self._tell_devices()

    async def cancel(self, leg: str, *, answered_elsewhere: bool = False) -> None:  # noqa: ARG002 - nothing to show
        self._must_be_up()
        if leg in self._legs:
            self._let_go(leg, Cause.CANCELLED)
        else:
            self.leave(leg)

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
        self._tell(f"{phone} answers")
        if leg.dialled:
            del self._legs[name]
        if leg.dialled or leg.asked:
            assert self.take, f"{name} comes in because we dialled, and nobody takes it"
            self.take(name, Script(self.lines.get(phone, ())))
        else:
            self._answered(name, leg)

    def refuse(self, phone: str) -> None:
        self._end(self._leg_of(phone)[0], Cause.REFUSED)

    def becomes(self, phone: str, device: Device) -> None:
        """Somebody makes or ends an outside call, unplugs the phone, or plugs it in again."""
        self._devices[phone] = device
        if phone in self._watched:
            self._emit(PhoneChanged(phone, device))

    def put_down(self, phone: str) -> None:
        """End the talk: the PBX then ends the caller's call, too."""
        self._end(self._leg_of(phone)[0], Cause.ENDED)

    def go_down(self) -> None:
        """The control connection breaks: what happens from now on is not told, not even later."""
        self._down = True

    def come_back(self) -> None:
        self._down = False
        self._emit(SwitchBack())
        self._tell_devices()

    # ---- what callers do, by way of their SimulatedCall ---------------------------------------------------------

    def arrive(self, call: str, ended: Callable[[], None]) -> None:
        """A call begins; `ended` is called when it is over, whoever ends it."""
        self._ended[call] = ended

    def hold(self, call: str) -> None:
        if call in self._legs:
            self._answered(call, self._legs[call])
        else:
            self._held.add(call)
            self._join(call)

    def take_back(self, call: str) -> None:
        self._held.discard(call)

    def press(self, call: str, digits: str) -> None:
        """The caller presses keys, which the switch hears on hold only."""
        for digit in digits if call in self._held else "":
            self._emit(KeyPressed(call, digit))

    def leave(self, call: str) -> None:
        """The call is over; a person who talks with the caller hears that. A call that is over stays so."""
        if call in self._legs:
            self._let_go(call, Cause.REFUSED)
        elif self._over(call):
            self._emit(CallEnded(call))
            for name in [name for name, leg in self._legs.items() if leg.call == call]:
                self._end(name, Cause.ENDED)

    def hang_up(self, call: str) -> None:
        """We end the call. Who picked up, but was not the person who was asked for, did not answer."""
        if call in self._legs:
            self._let_go(call, Cause.NO_ANSWER)
        else:
            self.leave(call)

    # ---- inside -------------------------------------------------------------------------------------------------

    def _join(self, call: str) -> None:
        for name, leg in self._legs.items():
            if leg.wanted_by == call and not leg.call:
                leg.call = call
                self._held.discard(call)
                self._tell(f"{leg.phone} talks with the caller")
                self._emit(TalkBegan(call, name))
                return

    def _rings(self, name: str, leg: _Leg, display: str, seconds: float) -> None:
        manner = self.manners.get(leg.phone)
        if manner is None or self._device(leg.phone) is Device.GONE:
            return self._tell_end(name, leg, Cause.UNREACHABLE)
        if self._in_use(leg.phone):
            return self._tell_end(name, leg, Cause.BUSY)
        self._legs[name] = leg
        self._tell(f"{leg.phone} rings: {display}")
        if not leg.dialled:
            self._emit(LegRinging(name))
        if manner is Manner.ANSWERS and seconds > ANSWER_SECONDS:
            return self._later(name, ANSWER_SECONDS, lambda: self.pick_up(leg.phone))
        if manner is Manner.REFUSES and seconds > ANSWER_SECONDS:
            return self._later(name, ANSWER_SECONDS, lambda: self.refuse(leg.phone))
        return self._later(name, seconds, lambda: self._end(name, Cause.NO_ANSWER))

    def _answered(self, name: str, leg: _Leg) -> None:
        if not leg.answered:
            leg.answered = True
            self._emit(LegAnswered(name))

    def _let_go(self, name: str, cause: Cause) -> None:
        self._end(name, Cause.ENDED if self._legs[name].answered else cause)

    def _end(self, name: str, cause: Cause) -> None:
        leg = self._legs.pop(name)
        self._stop_timer(leg)
        self._over(name)
        self._tell(f"{leg.phone} is free again: {cause}")
        self._tell_end(name, leg, cause)
        if leg.call:
            self.leave(leg.call)

    def _tell_end(self, name: str, leg: _Leg, cause: Cause) -> None:
        self._emit(DialFailed(name, cause) if leg.dialled else LegEnded(name, cause, leg.answered))

    def _over(self, call: str) -> bool:
        """The SimulatedCall learns it; false when there is none."""
        self._held.discard(call)
        ended = self._ended.pop(call, None)
        if ended:
            ended()
        return ended is not None

    def _in_use(self, phone: str) -> bool:
        return self._device(phone) is Device.BUSY or any(leg.phone == phone for leg in self._legs.values())

    def _device(self, phone: str) -> Device:
        return self._devices.get(phone, Device.FREE if phone in self.manners else Device.GONE)

    def _tell_devices(self) -> None:
        for phone in sorted(self._watched):
            self._emit(PhoneChanged(phone, self._device(phone)))

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
