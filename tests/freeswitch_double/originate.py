"""originate: ring telephones, one or several at once, and do something with who answers.

Source: switch_ivr_originate.c; the order of events and of the job's result as recorded.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab import sip
from tests.freeswitch_double.dialplan import Action
from tests.freeswitch_double.null_leg import NullLeg
from tests.freeswitch_double.profile import Profile
from tests.freeswitch_double.sip_side import is_closed

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.call import Ended
    from tests.freeswitch_double.channel import Channel
    from tests.freeswitch_double.switch import FreeSwitchDouble

FRAME_SECONDS = 0.02
DEFAULT_SECONDS = 60
FOR_ALL, FOR_ONE = (re.compile(form, re.DOTALL) for form in (r"\s*[{<](.*?)[}>]", r"\s*\[(.*?)\]"))
PAIR = re.compile(r"((?:[^,'\\]|\\.|'[^']*')+)")


@dataclass(slots=True)
class Wish:
    """`{a=b}[c=d]user/ana,[e=f]user/bo EXTENSION XML CONTEXT`, read."""

    legs: list[tuple[str, dict[str, str]]]
    then: str
    plan: str = "XML"
    context: str = "default"
    seconds: int = DEFAULT_SECONDS


@dataclass(slots=True)
class Target:
    """Where a leg's INVITE goes, "" for a leg to nobody; or the cause for which there is none."""

    uri: str = ""
    user: str = ""
    channel_name: str = ""
    cause: str = ""
    variables: dict[str, str] = field(default_factory=dict)


async def originate(switch: FreeSwitchDouble, text: str, tell: Callable[[str], None]) -> None:
    try:
        wish = read(text)
    except ValueError:
        tell("-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>]\n")
        return
    targets = [(_target(switch, address), variables) for address, variables in wish.legs]
    if all(target.cause for target, _ in targets):
        tell(f"-ERR {targets[0][0].cause}\n")
        return
    ringing = [_ring(switch, target, variables) for target, variables in reversed(targets) if not target.cause]
    legs = [leg for leg in ringing if leg]
    if not legs:
        tell("-ERR DESTINATION_OUT_OF_ORDER\n")
        return
    await _first_answer(switch, legs, wish, tell)


async def _first_answer(switch: FreeSwitchDouble, legs: list[Channel], wish: Wish, tell: Callable[[str], None]) -> None:
    """Until one leg answers, all are gone, or the clock's whole seconds have passed."""
    until = int(time.time()) + wish.seconds
    loop = asyncio.get_running_loop()
    progress = [switch.spawn(_progress(leg), "progress of a leg") for leg in legs]
    changed = asyncio.Event()
    for leg in legs:
        for moment in (leg.leg.answered, leg.leg.ended):
            moment._future.add_done_callback(lambda _: changed.set())
    timer = loop.call_later(max(0.0, until - time.time()) + FRAME_SECONDS, changed.set)
    while not any(leg.answered for leg in legs) and any(not leg.cause for leg in legs) and time.time() < until:
        await changed.wait()
        changed.clear()
        for leg in legs:
            if leg.leg.answered.at is not None and not leg.answered and not leg.cause:
                leg.now_answered()
    timer.cancel()
    for task in progress:
        task.cancel()
    await _concluded(legs, wish, tell)


async def _concluded(legs: list[Channel], wish: Wish, tell: Callable[[str], None]) -> None:
    winner = next((leg for leg in legs if leg.answered), None)
    if winner:
        await asyncio.sleep(FRAME_SECONDS)
    for leg in legs:
        if leg is not winner and not leg.cause:
            leg.hang_up("LOSE_RACE" if winner else "NO_ANSWER")
            leg.slow_to_report = not winner
    last = legs[-1]
    if winner:
        tell(f"+OK {winner.uuid}\n")
        _do_next(winner, wish)
        return
    if last.cause != "NO_ANSWER":
        await (last.ending if last.vars.get("unreachable") else last.gone).wait()
    tell(f"-ERR {last.cause}\n")


def _do_next(leg: Channel, wish: Wish) -> None:
    if application := re.fullmatch(r"&(\w+)(?:\((.*)\))?", wish.then, re.DOTALL):
        leg.actions.append(Action(application[1], application[2] or ""))
        leg.go_on()
    else:
        leg.transfer(wish.then, wish.plan, wish.context)
    leg.wake()


async def _progress(leg: Channel) -> None:
    """180 is told at the next frame."""
    ringing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    leg.leg.ringing._future.add_done_callback(lambda _: ringing.done() or ringing.set_result(None))
    await ringing
    await asyncio.sleep(FRAME_SECONDS * 0.9)
    if leg.answer_state == "ringing" and not leg.cause:
        leg.profile.mark("Progress")
        leg.fire("CHANNEL_PROGRESS")
        leg.set_callstate("RINGING")


def _ring(switch: FreeSwitchDouble, target: Target, variables: dict[str, str]) -> Channel | None:
    """The new channel, whose telephone rings; None when its uuid is taken."""
    uuid = variables.get("origination_uuid") or switch.new_uuid()
    if uuid in switch.channels:
        switch.log("Duplicate UUID!")
        return None
    number = variables.get("origination_caller_id_number", "0000000000")
    name = variables.get("origination_caller_id_name", "")
    shown = {key.removeprefix("sip_h_"): value for key, value in variables.items() if key.startswith("sip_h_")}
    leg = switch.sip.ring(target.uri, name=name, number=number, headers=shown) if target.uri else NullLeg()
    profile = Profile("outbound", name, number, target.user, "default", target.channel_name)
    profile.source = "src/switch_ivr_originate.c"
    channel = switch.new_channel(uuid, leg, profile, {"is_outbound": "true", **target.variables, **variables})
    channel.state = "CS_INIT"
    channel.fire("CHANNEL_CREATE")
    channel.fire("CHANNEL_ORIGINATE")
    channel.state = "CS_CONSUME_MEDIA"
    switch.spawn(channel.run(channel.consume_media), f"channel {uuid}")
    if target.uri and is_closed(*sip.host_and_port(target.uri)):
        channel.vars |= {"unreachable": "true", "sip_hangup_disposition": "recv_refuse"}
        leg.forget()
        channel.hang_up("NORMAL_TEMPORARY_FAILURE")
        channel.slow_to_report = True
    return channel


def _target(switch: FreeSwitchDouble, address: str) -> Target:
    kind, _, rest = address.partition("/")
    match kind:
        case "user":
            return _user(switch, rest.partition("@")[0])
        case "sofia":
            return _sofia(switch, rest)
        case "null":
            return Target(user=rest, channel_name=f"null/{rest}")
        case "error":
            return Target(cause=rest.upper())
        case _:
            return Target(cause="CHAN_NOT_IMPLEMENTED")


def _user(switch: FreeSwitchDouble, name: str) -> Target:
    if name not in switch.people:
        return Target(cause="SUBSCRIBER_ABSENT")
    if name not in switch.registered:
        return Target(cause="USER_NOT_REGISTERED")
    address = f"{name}@127.0.0.1:{switch.people[name]}"
    return Target(f"sip:{address}", name, f"sofia/internal/{address}", variables={"presence_id": f"{name}@127.0.0.1"})


def _sofia(switch: FreeSwitchDouble, rest: str) -> Target:
    profile, _, address = rest.partition("/")
    if profile == "gateway":
        gateway, _, number = address.partition("/")
        port = switch.gateways.get(gateway)
        if not port:
            return Target(cause="INVALID_GATEWAY")
        return Target(f"sip:{number}@127.0.0.1:{port}", number, f"sofia/external/{number}")
    if profile != "internal":
        return Target(cause="INVALID_PROFILE")
    address = address.removeprefix("sip:")
    user, _, host = address.rpartition("@")
    return Target(f"sip:{user}@{host if ':' in host else host + ':5060'}", user, f"sofia/internal/{address}")


def read(text: str) -> Wish:
    """Raises ValueError when there is nothing to ring or to do."""
    shared, rest = _variables(FOR_ALL, text.strip())
    dial_string, _, then = _split_dial_string(rest)
    words = re.findall(r"'[^']*'|&\w+\([^)]*\)|\S+", then)
    if not dial_string or not words:
        raise ValueError("no destination")
    legs = [_leg(each, shared) for each in re.split(r",(?![^\[]*\])", dial_string)]
    named = [None if word == "undef" else word for word in words[1:]]
    plan, context, name, number, timeout = (named + [None] * 5)[:5]
    for _, variables in legs:
        if name:
            variables.setdefault("origination_caller_id_name", name)
        if number:
            variables.setdefault("origination_caller_id_number", number)
    seconds = int(legs[0][1].get("originate_timeout") or timeout or DEFAULT_SECONDS)
    return Wish(legs, words[0].strip("'"), plan or "XML", context or "default", seconds)


def _leg(text: str, shared: dict[str, str]) -> tuple[str, dict[str, str]]:
    own, address = _variables(FOR_ONE, text)
    return address.strip(), {**own, **shared}


def _split_dial_string(text: str) -> tuple[str, str, str]:
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if letter == " " and not depth:
            return text[:at], " ", text[at + 1 :].strip()
    return text, "", ""


def _variables(braces: re.Pattern[str], text: str) -> tuple[dict[str, str], str]:
    """Leading {…} or […], and what follows; a value may be in single quotes."""
    variables: dict[str, str] = {}
    while match := braces.match(text):
        for pair in PAIR.findall(match[1]):
            name, _, value = pair.partition("=")
            if value:
                variables[name.strip()] = value.strip("'").replace("\\,", ",")
        text = text[match.end() :]
    return variables, text


def cause_of(ended: Ended, causes: dict[int, str], *, answered: bool, incoming: bool) -> str:
    """Why a telephone ended a call, in FreeSWITCH's words."""
    if answered:
        return "NORMAL_CLEARING"
    if incoming:
        return "ORIGINATOR_CANCEL"
    return causes.get(ended.code, "NORMAL_UNSPECIFIED")
