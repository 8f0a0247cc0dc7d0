"""Two channels talking. Source: switch_ivr_bridge.c (uuid_bridge_on_soft_execute, switch_ivr_multi_threaded_bridge)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.g711 import Codec
    from tests.freeswitch_double.channel import Channel

POLL_SECONDS = 0.02


async def bridged(channel: Channel, other: Channel, *, first: bool) -> None:
    """uuid_bridge A B: `first` is A's part, else B's."""
    for state in ("CS_HIBERNATE", "CS_RESET", "CS_SOFT_EXECUTE"):
        channel.set_state(state)
    if first:
        await _lead(channel, other)
    else:
        await _follow(channel, other)


async def _lead(channel: Channel, other: Channel) -> None:
    await asyncio.sleep(POLL_SECONDS)
    while channel.ready and not other.cause and other.state != "CS_CONSUME_MEDIA":
        await asyncio.sleep(POLL_SECONDS)
    if not channel.ready:
        return
    if other.cause:
        _without_the_other(channel)
        return
    channel.fire("CHANNEL_EXECUTE", {"Application": "uuid_bridge", "Application-Data": other.uuid})
    ends = {"Bridge-A-Unique-ID": channel.uuid, "Bridge-B-Unique-ID": other.uuid}
    channel.profile.mark("Bridged")
    channel.partner, other.partner = other, channel
    channel.fire("CHANNEL_BRIDGE", ends)
    other.wake()
    left = await _talk(channel, other)
    if not left:
        await channel.next_frame()
    channel.fire("CHANNEL_UNBRIDGE", ends)
    if channel.ready:
        _after_the_talk(channel, other)


async def _follow(channel: Channel, other: Channel) -> None:
    """When the first leg hangs up before they talk, this one waits on: nothing in FreeSWITCH ends it."""
    channel.set_state("CS_CONSUME_MEDIA")
    while channel.ready and channel.partner is None:
        await channel.turn()
    if not channel.ready:
        return
    channel.set_state("CS_EXCHANGE_MEDIA")
    await _talk(channel, other)
    if channel.ready:
        _when_left(channel)


async def _talk(channel: Channel, other: Channel) -> bool:
    """Until one of the two leaves; whether it was this one."""

    def relay(audio: bytes, codec: Codec) -> None:
        channel.recorders.take(audio, codec)
        other.leg.relay(audio, codec)

    channel.vars["bridge_to"] = channel.vars["last_bridge_to"] = other.uuid
    channel.leg.tap.on_audio = relay
    while channel.ready and channel.partner is other:
        await channel.turn()
        await channel.run_private()
    channel.leg.tap.on_audio = channel.recorders.take
    channel.vars.pop("bridge_to", None)
    if channel.partner is not other:
        return False
    channel.partner = other.partner = None
    for each in (channel, other):
        each.vars["bridge_hangup_cause"] = channel.cause or "NORMAL_CLEARING"
    other.wake()
    return True


def _after_the_talk(channel: Channel, other: Channel) -> None:
    """The first leg, when the second left. The order is FreeSWITCH's."""
    if channel.vars.get("hangup_after_bridge") == "explicit":
        channel.hang_up(other.cause or "NORMAL_CLEARING", at_once=True)
    elif channel.true("park_after_bridge"):
        channel.park_after_talk()
    elif to := channel.vars.get("transfer_after_bridge"):
        channel.transfer(*to.split(":"))
    elif channel.true("hangup_after_bridge"):
        channel.hang_up(other.cause or "NORMAL_CLEARING", at_once=True)
    else:
        channel.go_on()


def _without_the_other(channel: Channel) -> None:
    """The second leg was gone before they talked."""
    if channel.true("park_after_bridge"):
        channel.park_after_talk()
    elif to := channel.vars.get("transfer_after_bridge"):
        channel.transfer(*to.split(":"))
    else:
        channel.hang_up("DESTINATION_OUT_OF_ORDER", at_once=True)


def _when_left(channel: Channel) -> None:
    """The second leg, when the first left."""
    if channel.true("park_after_bridge"):
        channel.park_after_talk()
    elif to := channel.vars.get("transfer_after_bridge"):
        channel.transfer(*to.split(":"))
    else:
        channel.hang_up("NORMAL_CLEARING", at_once=True)
