"""Alerts between the engine and whoever delivers them; and the telephone calls that tell of one.

engine ─Alert─▶ Alerting ─▶ ivr.notify.Dispatcher ─▶ mail, webhook, SMS
                                    └─▶ AlertCalls: a phone rings, "a queue needs help", key 1 ─▶ Acknowledged
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from ivr.call import Call, CallerGone, KeyRules, Pressed, Turn
from ivr.notify.port import Alert
from ivr.services import ALERT_PREFIX, SwitchDown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from acd import commands
    from ivr.services import Clock, Prompts, Switch

RING_SECONDS = 40.0  # long enough to find a telephone at night
SILENCE_SECONDS = 8.0
TAKE_CARE = "1"
DISPLAY = "Careline alert"

log = structlog.get_logger()

Deliver: TypeAlias = Callable[[Alert, "Sequence[str]"], Awaitable[None]]
"""ivr.notify.dispatcher.Dispatcher.alert."""


class Alerting:
    """Implements ivr.queueing.orders.Alerts; `run` hands the alerts on, `withdraw` is Dispatcher.over."""

    def __init__(self, deliver: Deliver, withdraw: Callable[[str], None], clock: Clock) -> None:
        self._deliver = deliver
        self._withdraw_from_all = withdraw
        self._clock = clock
        self._orders: asyncio.Queue[tuple[Alert, Sequence[str]]] = asyncio.Queue()

    def alert(self, order: commands.Alert) -> None:
        self.tell(in_words(order, self._clock.now()), order.who)

    def over(self, alert: int) -> None:
        self.withdraw(str(alert))

    def tell(self, alert: Alert, who: Sequence[str]) -> None:
        """Of something that is not the engine's; its name must differ from theirs, which are numbers."""
        self._orders.put_nowait((alert, who))

    def withdraw(self, alert: str) -> None:
        """Somebody sees to it."""
        self._withdraw_from_all(alert)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            alert, who = await self._orders.get()
            try:
                await self._deliver(alert, who)
            except Exception:
                log.exception("an alert was not handed on", alert=alert.id, queue=alert.queue)


def in_words(order: commands.Alert, at: float) -> Alert:
    queue = order.queue.replace("_", " ")
    text = (
        f"The queue {queue} needs somebody: {order.why}. To say that you see to it: careline acknowledge {order.alert}"
    )
    return Alert(str(order.alert), f"{queue}: {order.name}", text, order.queue, order.rung, at)


class AlertCalls:
    """Implements ivr.notify.phone.Ring over the PBX. `serve` takes the call of who picked up.

    `over` is told by the queue runner, of calls that ended or were not answered.
    """

    def __init__(self, switch: Switch, prompts: Prompts, language: str) -> None:
        self._switch = switch
        self._prompts = prompts
        self._language = language
        self._calls: dict[str, asyncio.Future[bool]] = {}
        self._last = 0

    def speak(self, prompts: Prompts, language: str) -> None:
        """As another version of the plan says it, from the next sound on."""
        self._prompts, self._language = prompts, language

    async def __call__(self, address: str, alert: Alert) -> bool:
        self._last += 1
        call = f"{ALERT_PREFIX}{alert.id}-{self._last}"
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._calls[call] = answer
        try:
            await self._switch.dial(call, address, display=DISPLAY, seconds=RING_SECONDS)
            return await answer
        except SwitchDown:
            return False
        finally:
            del self._calls[call]
            if not answer.done() or answer.cancelled():
                await _quietly(self._switch.cancel(call))

    async def serve(self, call: Call) -> None:
        """Say what it is about, and ask for the key. A call that nobody waits for any more is ended."""
        with suppress(CallerGone):
            await call.answer()
            if call.id in self._calls and await self._takes_care(call):
                self._tell(call.id, taken=True)
                await call.play(self._sound("alert_thanks"))
            self.over(call.id)
            await call.hang_up()

    def over(self, call: str) -> None:
        self._tell(call, taken=False)

    async def _takes_care(self, call: Call) -> bool:
        for _ in range(2):
            sounds = (self._sound("alert_waiting"), self._sound("alert_press"))
            if await call.ask(Turn(sounds, KeyRules(), silence_seconds=SILENCE_SECONDS)) == Pressed(TAKE_CARE):
                return True
        return False

    def _tell(self, call: str, *, taken: bool) -> None:
        answer = self._calls.get(call)
        if answer and not answer.done():
            answer.set_result(taken)

    def _sound(self, prompt: str) -> Path:
        return self._prompts.sound(self._language, prompt)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    with suppress(SwitchDown):
        await work
