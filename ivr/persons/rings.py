"""What we ring: one ringing of one phone each, from the order to the only event that says that it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from ivr.services import (
    ALERT_PREFIX,
    BACK_PREFIX,
    LEG_PREFIX,
    CallEnded,
    Cause,
    DialFailed,
    LegAnswered,
    LegEnded,
    LegRinging,
)

if TYPE_CHECKING:
    from ivr.persons.news import Tell
    from ivr.services import Live

FAR_HALF = ";2"  # Asterisk's Local channel has two: ours, and one with our id and this, which runs the other dialplan


@dataclass(slots=True)
class Ring:
    """A person's leg, or somebody who is dialled.

    `answered` is a leg that can be joined, or could; `picked_up` is sooner: the person may still be asked. `sent_away`
    says that who picked up was given up by us, a mailbox perhaps. `call` is the caller it is joined with, "" for none.
    """

    id: str
    rang: bool = False
    picked_up: bool = False
    answered: bool = False
    sent_away: bool = False
    cancelled: bool = False
    answered_elsewhere: bool = False
    call: str = ""

    def cause(self, told: Cause) -> Cause:
        """Why it ended, where the PBX tells this. A phone that never rang was not there, whatever the PBX says."""
        if self.answered:
            return Cause.ENDED
        if self.cancelled:
            return Cause.CANCELLED
        if self.picked_up:
            return Cause.NO_ANSWER if self.sent_away else Cause.REFUSED
        return Cause.UNREACHABLE if told is Cause.NO_ANSWER and not self.rang else told


class Calls(Protocol):
    """The callers' calls by id, as far as persons have to do with them."""

    def ids(self) -> frozenset[str]: ...

    def hung_up(self, call_id: str) -> None: ...


RingT = TypeVar("RingT", bound=Ring)


class Rings(Generic[RingT]):
    """`legs` are the persons' legs that we rang, or found after a restart; `dials` are the calls that we place, until
    they are over.
    """

    def __init__(self, calls: Calls, tell: Tell) -> None:
        self.legs: dict[str, RingT] = {}
        self.dials: dict[str, RingT] = {}
        self._callers = calls
        self._tell = tell
        self._strangers: frozenset[str] = frozenset()  # callers of an earlier life of ours, in a talk or in music

    def outgoing(self, unique_id: str) -> RingT | None:
        return self.legs.get(unique_id) or self.dials.get(unique_id)

    def is_leg(self, unique_id: str) -> bool:
        return unique_id in self.legs or is_leg(unique_id)

    def rings(self, ring: RingT) -> None:
        if ring.rang:
            return
        ring.rang = True
        if ring.id in self.legs:
            self._tell(LegRinging(ring.id))

    def waits(self, leg: RingT) -> None:
        """The phone was answered, and the leg can be joined."""
        if not leg.answered:
            leg.answered = True
            self._tell(LegAnswered(leg.id))

    def ended(self, unique_id: str, told: Cause) -> None:
        """What we rang is over: told once, whoever learns it first."""
        leg, dial = self.legs.pop(unique_id, None), self.dials.pop(unique_id, None)
        if leg:
            self._tell(LegEnded(unique_id, leg.cause(told), leg.answered))
        elif dial:
            self._tell(DialFailed(unique_id, dial.cause(told)))

    def forget(self, unique_id: str) -> None:
        """Nobody shall be told what becomes of it."""
        self.legs.pop(unique_id, None)
        self.dials.pop(unique_id, None)

    def call_gone(self, call: str) -> None:
        """A Call is over. That of a person's leg is told as the leg's end, by its hang-up."""
        if not is_leg(call):
            self.dials.pop(call, None)
            self._tell(CallEnded(call))

    def stranger_gone(self, unique_id: str) -> None:
        if unique_id in self._strangers:
            self._strangers -= {unique_id}
            self._tell(CallEnded(unique_id))

    def known(self) -> frozenset[str]:
        return self._callers.ids() | self.legs.keys() | self.dials.keys()

    def missed(self, live: Live, known: frozenset[str]) -> None:
        """Tell what ended while there was no connection: nothing is replayed.

        `known` are those of ours that were asked for: whoever came since then need not be among the living.
        """
        over = known - live.calls - live.legs
        for leg in over & self.legs.keys():
            self.ended(leg, Cause.NO_ANSWER)
        for call in over & self._callers.ids():
            self._callers.hung_up(call)
        for call in over & self.dials.keys():
            self.ended(call, Cause.NO_ANSWER)
        for call in self._strangers - live.calls:
            self.stranger_gone(call)

    def meet(self, live: Live) -> None:
        """Whoever is neither a Call nor dialled now is a caller of an earlier life."""
        self._strangers = live.calls - self._callers.ids() - self.dials.keys()


def is_leg(unique_id: str) -> bool:
    return unique_id.startswith(LEG_PREFIX) and not unique_id.endswith(FAR_HALF)


def is_dialled(unique_id: str) -> bool:
    return unique_id.startswith((BACK_PREFIX, ALERT_PREFIX)) and not unique_id.endswith(FAR_HALF)
