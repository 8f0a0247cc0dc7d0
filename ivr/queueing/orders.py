"""The engine's orders carried out: phones rung, callers dialled, sessions and alerts told.

Ring, StopRinging, DialCaller, StopDialling, Connect ──▶ the PBX
TellPosition, Moved, SendAway, Suggest, Restored     ──▶ the caller's session
Alert, AlertOver                                     ──▶ whoever delivers alerts
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, assert_never

from acd import commands, events
from ivr.queueing.backs import line_of_offer
from ivr.queueing.news import MovedTo, PickedUp, PlaceKept, Position, SentAway, Suggested
from ivr.services import LEG_PREFIX, Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from acd.engine import Engine
    from ivr.queueing.backs import Backs
    from ivr.queueing.newsroom import Newsroom

CALLBACK_RING_SECONDS = 45.0  # a mailbox answers after 20 to 30 s, and a person who walks to the phone before that


def _nobody(_number: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Accept:
    """Who picks up must press a key before they get the call; with a `pin`, type it."""

    pin: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Phones:
    """How people are rung: the PBX's device by person, and what their phone shows while it rings, by queue.

    `accept` names those who are asked first (mobile phones). `outside` makes of a caller's number the PBX's address
    that rings it; "" for one that must not be called. `name` is the practice's, which a called caller's phone shows.
    With `whispers`, who picks up for a caller in danger is told so first.
    """

    device: Mapping[str, str]
    display: Mapping[str, str]
    accept: Mapping[str, Accept] = field(default_factory=dict)
    outside: Callable[[str], str] = _nobody
    name: str = ""
    whispers: bool = False

    def people_at(self, phone: str) -> tuple[str, ...]:
        return tuple(name for name, device in self.device.items() if device == phone)


class Alerts(Protocol):
    """Tells people, by whatever way they are reached. Neither waits nor raises."""

    def alert(self, order: commands.Alert) -> None: ...

    def over(self, alert: int) -> None:
        """Somebody sees to it, or the reason is gone."""


class NoAlerts:
    """Nobody is told."""

    def alert(self, order: commands.Alert) -> None: ...

    def over(self, alert: int) -> None: ...


class Shell(Protocol):
    """What carrying out orders asks of the queue runner."""

    @property
    def engine(self) -> Engine: ...

    @property
    def phones(self) -> Phones: ...

    @property
    def dangers(self) -> Mapping[str, str]:
        """The sign of danger of each call that had one."""

    def post(self, event: events.Event) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None: ...


class Orders:
    """`rung_lately` and `dialled_lately`: since the PBX was last asked what it holds, so that no list has them yet."""

    def __init__(self, shell: Shell, switch: Switch, newsroom: Newsroom, backs: Backs, alerts: Alerts) -> None:
        self.rung_lately: set[int] = set()
        self.dialled_lately: set[str] = set()
        self._shell = shell
        self._switch = switch
        self._newsroom = newsroom
        self._backs = backs
        self._alerts = alerts

    def carry_out(self, command: commands.Command) -> None:  # noqa: C901, PLR0912 - a case per command
        spawn, tell = self._shell.spawn, self._newsroom.tell
        match command:
            case commands.Ring(offer):
                self.rung_lately.add(offer)
                spawn(self._ring(command, self._shell.phones))
            case commands.StopRinging(offer, _, answered_elsewhere):
                spawn(self._switch.cancel(leg_of(offer), answered_elsewhere=answered_elsewhere))
            case commands.DialCaller():
                self.dialled_lately.add(command.call)
                spawn(self._dial(command, self._shell.phones))
            case commands.StopDialling(offer):
                spawn(self._switch.cancel(line_of_offer(offer)))
            case commands.Connect(offer, agent, call):
                tell(call, PickedUp(agent))
                spawn(self._switch.connect(self._backs.line_of(call), leg_of(offer)))
            case commands.TellPosition(call, position, estimate):
                tell(call, Position(position, estimate.seconds if estimate else None))
            case commands.Restored(call):
                tell(call, PlaceKept())
            case commands.Moved(call, _, to):
                tell(call, MovedTo(to))
            case commands.SendAway(call, _, to, why):
                tell(call, SentAway(to, why))
            case commands.Suggest(call, _, to, why):
                tell(call, Suggested(to, why))
            case commands.GiveUp(call) | commands.CallbackOver(call):
                spawn(self._backs.over(call))
            case commands.Alert():
                self._alerts.alert(command)
            case commands.AlertOver(alert):
                self._alerts.over(alert)
            case commands.Stepped():
                pass  # the record tells of it
            case _:
                assert_never(command)

    async def _ring(self, command: commands.Ring, phones: Phones) -> None:
        """A ring that fails is over at once, or the caller would wait for it: somebody else is rung."""
        queue = self._shell.engine.queue_of(command.call) or ""
        display = phones.display.get(queue, queue)
        endangered = command.call in self._shell.dangers
        try:
            await self._switch.ring(
                leg_of(command.offer),
                phones.device[command.agent],
                display=f"URGENT {display}" if endangered else display,
                seconds=command.ring_seconds,
                asked=command.agent in phones.accept or (endangered and phones.whispers),
            )
        except Exception:
            self._shell.post(events.OfferFailed(command.offer, events.Cause.LOST))
            raise

    async def _dial(self, command: commands.DialCaller, phones: Phones) -> None:
        """The line is on disk before it rings, so that a restart knows whose it is."""
        line = line_of_offer(command.offer)
        try:
            back = await self._backs.dialled(command.call, line)
            address = phones.outside(back.phi_number) if back else ""
            if address:
                await self._switch.dial(line, address, display=phones.name, seconds=CALLBACK_RING_SECONDS)
            else:
                self._shell.post(events.CallerUnreached(command.offer, events.Cause.UNREACHABLE))
        except Exception:
            self._shell.post(events.CallerUnreached(command.offer, events.Cause.LOST))
            raise


def leg_of(offer: int) -> str:
    return f"{LEG_PREFIX}{offer}"


def offer_of(leg: str) -> int | None:
    """The offer of a leg; None for a leg that is not ours."""
    number = leg.removeprefix(LEG_PREFIX)
    return int(number) if leg.startswith(LEG_PREFIX) and number.isdigit() else None
