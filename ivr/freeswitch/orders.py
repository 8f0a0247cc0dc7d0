"""What we tell FreeSWITCH to do with persons and callers, as lines for its event socket."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from ivr.callers.known import TIMER_SECONDS
from ivr.freeswitch.addresses import shown
from ivr.persons.display import name_and_number
from ivr.services import ALERT_PREFIX, LEG_PREFIX

if TYPE_CHECKING:
    from ivr.freeswitch.legs import Leg

CALLER, PERSON, ASKED = "careline", "careline_person", "careline_asked"  # the hook's extensions
CUT_SHORT_SECONDS = 1  # FreeSWITCH counts whole seconds of the clock: measured, 2 were 1.6
LEG_SECONDS = 10  # a person who waits is let go so long after our death, as careline_person begins with
PARK_SECONDS = 4  # after a talk, or a talk that never came: FreeSWITCH hangs up by itself if we do not


def ring(ours: str, address: str, extension: str, context: str, *, display: str, seconds: float) -> str:
    """Call `address`, as a channel whose id is `ours`; who picks up goes to `extension`.

    A loopback channel stays between the two, with our id (loopback_bowout).
    """
    name, number = name_and_number(display)
    variables = [
        f"origination_uuid={ours}",
        f"originate_timeout={ceil(seconds) + CUT_SHORT_SECONDS}",
        "ignore_early_media=true",
        "loopback_bowout=false",
        "loopback_bowout_on_execute=false",
    ]
    if shown(name):
        variables.append(f"origination_caller_id_name='{shown(name)}'")
    if number:
        variables.append(f"origination_caller_id_number={number}")
    return f"bgapi originate {{{','.join(variables)}}}{address} {extension} XML {context}"


def look_for(call: str) -> list[str]:
    """The answer is true or false."""
    return [f"api uuid_exists {call}"]


def hang_up(leg: Leg) -> str:
    """Whoever is late reads that the call was answered elsewhere."""
    return f"api uuid_kill {leg.id} {leg.hang_up_cause}"


def wait_on(leg: str, context: str) -> list[str]:
    return [f"api sched_del {leg}", _timer(leg, LEG_SECONDS, "bye", context)]


def wind_up(call: str, context: str) -> list[str]:
    """Let the call's timer run anew, as the hook begins it; the answer to the last says whether there is a channel.

    A caller who is lost is handed to us again, a person is hung up on.
    """
    return [f"api sched_del {call}", _timer(call, TIMER_SECONDS, _way_out(call), context)]


def join(call: str, leg: str) -> list[str]:
    """The way after the talk, no timers, since a talk survives our death, and the talk; the answer to the last counts.

    With socket_resume, FreeSWITCH 1.8 would leave the talk for the dialplan. Music that was queued and has not begun
    would be played into the talk.
    """
    return [
        f"api uuid_setvar {call} socket_resume false",
        f"api uuid_setvar {call} park_after_bridge true",
        f"api uuid_setvar {call} park_timeout {PARK_SECONDS}",
        f"api sched_del {call}",
        f"api sched_del {leg}",
        f"api uuid_break {call} all",
        f"api uuid_bridge {call} {leg}",
    ]


def not_joined(call: str, context: str) -> list[str]:
    """The caller is with us as before. Left behind, park_timeout would end the next `socket` after that time."""
    return [
        f"api uuid_setvar {call} socket_resume true",
        f"api uuid_setvar {call} park_after_bridge",
        f"api uuid_setvar {call} park_timeout",
        _timer(call, TIMER_SECONDS, "lost", context),
    ]


def serve_again(call: str, context: str) -> str:
    """A caller who left us for a talk that never came."""
    return f"api uuid_transfer {call} {CALLER} XML {context}"


def part(call: str) -> str:
    """The end of a caller whose talk is over."""
    return f"api uuid_kill {call} NORMAL_CLEARING"


def _timer(channel: str, seconds: int, extension: str, context: str) -> str:
    return f"api sched_transfer +{seconds} {channel} {extension} XML {context}"


def _way_out(call: str) -> str:
    return "bye" if call.startswith((LEG_PREFIX, ALERT_PREFIX)) else "lost"
