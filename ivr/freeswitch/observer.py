"""What FreeSWITCH's events tell, as SwitchEvents: the legs and calls that we know, and who is joined with whom.

A caller's talk:    joins -> CHANNEL_BRIDGE -> the person hangs up -> CHANNEL_PARK, and the caller is hung up
and one that fails: joins -> CHANNEL_PARK, and the caller comes to us again
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ivr.freeswitch import orders
from ivr.freeswitch.channels import PARKED
from ivr.freeswitch.legs import Leg, told
from ivr.persons.rings import Rings, is_dialled, is_leg
from ivr.services import KeyPressed, TalkBegan

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from ivr.freeswitch.channels import Channel, Listing
    from ivr.freeswitch.esl import Event
    from ivr.persons.news import Tell

WAITS_IN = "park"  # the application of careline_person; who is asked is in `socket`


class Caller(Protocol):
    """A FreeSwitchCall, as far as persons have to do with it."""

    held: asyncio.Event
    gone: asyncio.Event
    talking: bool

    @property
    def id(self) -> str: ...

    @property
    def is_walked(self) -> bool: ...

    def joins(self) -> None:
        """The talk is ordered."""

    def not_joined(self) -> None:
        """It did not come about: the caller is on hold as before."""

    def talks(self) -> None:
        """The talk began: the caller is out of our hands."""


class Callers(Protocol):
    def get(self, call: str, /) -> Caller | None: ...

    def ids(self) -> frozenset[str]: ...

    def hung_up(self, call_id: str, /) -> None: ...

    async def coming(self, call: str, /) -> Caller: ...


class Observer(Rings[Leg]):
    """`send` gives lines to FreeSWITCH in one write, or to nobody without a connection."""

    def __init__(self, calls: Callers, tell: Tell, send: Callable[[Sequence[str]], None], context: str) -> None:
        super().__init__(calls, tell)
        self._calls = calls
        self._send = send
        self._context = context
        self._joining: dict[str, str] = {}  # callers on the way to their talk, and the leg of each
        self._take = {
            "CHANNEL_CREATE": self._created,
            "CHANNEL_PROGRESS": self._progress,
            "CHANNEL_PROGRESS_MEDIA": self._progress,
            "CHANNEL_ANSWER": self._answered,
            "CHANNEL_PARK": self._park,
            "CHANNEL_BRIDGE": self._bridge,
            "CHANNEL_HANGUP": self._hangup,
            "CHANNEL_HANGUP_COMPLETE": self._hung_up,
            "BACKGROUND_JOB": self._job,
        }

    def take(self, event: Event) -> None:
        take = self._take.get(event.name)
        if take:
            take(event)

    def joins(self, caller: Caller, person: Leg) -> None:
        """They are about to be joined: nobody else winds up their timers, or sends them anywhere."""
        person.call = caller.id
        caller.joins()
        self._joining[caller.id] = person.id
        if asked := self._calls.get(person.id):
            asked.joins()

    def not_joined(self, caller: Caller) -> None:
        self._joining.pop(caller.id, None)
        caller.not_joined()
        self._send(orders.not_joined(caller.id, self._context))

    def on_held(self, call: str) -> None:
        """Who was asked is on hold, and can be joined."""
        if leg := self.legs.get(call):
            self.waits(leg)

    def on_key(self, call: str, digit: str) -> None:
        """A key that was pressed on hold. A person's are not a caller's."""
        if not self.is_leg(call):
            self._tell(KeyPressed(call, digit))

    def reconcile(self, listing: Listing) -> None:
        """Take over what exists now; nothing was told while there was no connection."""
        live = listing.live()
        self.missed(live, listing.known)
        partners = dict(live.talks) | {leg: call for call, leg in live.talks}
        for channel in listing.ours:
            if is_leg(channel.id):
                self._found_leg(channel, partners.get(channel.id, ""))
            else:
                self._found_caller(channel, talks=channel.id in partners)
        self.meet(live)

    def _found_leg(self, channel: Channel, partner: str) -> None:
        leg = self.legs.setdefault(channel.id, Leg(channel.id))
        leg.rang, leg.picked_up, leg.call, leg.talks = True, channel.up, partner, bool(partner)
        leg.answered = leg.answered or leg.talks
        if leg.cancelled:
            self._send([orders.hang_up(leg)])
        elif channel.application == WAITS_IN and not leg.talks:
            self.waits(leg)

    def _found_caller(self, channel: Channel, *, talks: bool) -> None:
        call, joining = self._calls.get(channel.id), self._joining.pop(channel.id, "")
        if talks and call:
            call.talks()
        elif channel.parked and not talks:
            self._found_parked(channel, joining)
        elif call and call.talking:
            self.not_joined(call)
        elif is_dialled(channel.id) and not (call or channel.up):
            self.dials.setdefault(channel.id, Leg(channel.id)).rang = True

    def _found_parked(self, channel: Channel, joining: str) -> None:
        call = self._calls.get(channel.id)
        talked = call.talking and joining in ("", channel.partner) if call else is_leg(channel.partner)
        self._parked(channel.id, never_talked=not talked)

    def _created(self, event: Event) -> None:
        ours = self.outgoing(event["Unique-ID"])
        if ours and ours.cancelled:
            self._send([orders.hang_up(ours)])

    def _progress(self, event: Event) -> None:
        if ours := self.outgoing(event["Unique-ID"]):
            self.rings(ours)

    def _answered(self, event: Event) -> None:
        if ours := self.outgoing(event["Unique-ID"]):
            ours.picked_up = True

    def _park(self, event: Event) -> None:
        unique_id, parked = event["Unique-ID"], event["Channel-State"] == PARKED
        leg = self.legs.get(unique_id)
        if leg and not parked and event["variable_current_application"] == WAITS_IN:
            self.waits(leg)
        elif parked and (unique_id in self._strangers or self._calls.get(unique_id)) and not is_leg(unique_id):
            joining = self._joining.pop(unique_id, "")
            self._parked(unique_id, never_talked=bool(joining))
            if joining in self.legs:
                self._send([orders.hang_up(self.legs[joining])])

    def _parked(self, unique_id: str, *, never_talked: bool) -> None:
        """The caller is neither with us nor in a talk: served again, or over."""
        call = self._calls.get(unique_id)
        if call and never_talked:
            call.talking = False
        self._send([orders.serve_again(unique_id, self._context) if never_talked else orders.part(unique_id)])

    def _bridge(self, event: Event) -> None:
        """Either may be the first: FreeSWITCH turns the two around where it has to."""
        ids = (event["Bridge-A-Unique-ID"], event["Bridge-B-Unique-ID"])
        leg = self.legs.get(ids[0]) or self.legs.get(ids[1])
        if leg is None or leg.talks or leg.call not in ids:
            return
        leg.talks = True
        self._joining.pop(leg.call, None)
        for call in (self._calls.get(leg.call), self._calls.get(leg.id)):
            if call:
                call.talks()
        self._tell(TalkBegan(leg.call, leg.id))

    def _hangup(self, event: Event) -> None:
        unique_id, cause = event["Unique-ID"], told(event["Hangup-Cause"])
        call, leg = self._calls.get(unique_id), self.legs.get(unique_id)
        if leg:
            leg.sent_away = call is not None and not call.is_walked
            self.ended(unique_id, cause)
        elif call is None:
            self.ended(unique_id, cause)
            self.stranger_gone(unique_id)
        if alone := self.legs.get(self._joining.pop(unique_id, "")):
            self._send([orders.hang_up(alone)])

    def _hung_up(self, event: Event) -> None:
        """A caller's last words are recorded by now."""
        self._hangup(event)
        self._calls.hung_up(event["Unique-ID"])

    def _job(self, event: Event) -> None:
        """The end of an `originate`. A failure without a channel only this tells; any other the hang-up tells, too."""
        said, _, cause = event.body.strip().partition(" ")
        if said == "-ERR" and self._calls.get(event["Job-UUID"]) is None:
            self.ended(event["Job-UUID"], told(cause))
