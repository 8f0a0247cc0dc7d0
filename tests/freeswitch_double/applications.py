"""The dialplan's applications, as far as Careline's hook and Careline itself use them. Source: mod_dptools.c."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.freeswitch_double import playing
from tests.freeswitch_double.dialplan import Action
from tests.freeswitch_double.listener import Outbound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from tests.freeswitch_double.channel import Channel


async def _answer(channel: Channel, _: str) -> None:
    channel.answer()


async def _ring_ready(channel: Channel, _: str) -> None:
    if channel.answer_state == "ringing":
        channel.leg.ring_ready()
        channel.profile.mark("Progress")
        channel.fire("CHANNEL_PROGRESS")


async def _pre_answer(channel: Channel, _: str) -> None:
    channel.pre_answer()


async def _hangup(channel: Channel, data: str) -> None:
    channel.hang_up(data or "NORMAL_CLEARING", at_once=True)


async def _park(channel: Channel, _: str) -> None:
    await channel.park()


async def _set(channel: Channel, data: str) -> None:
    set_variable(channel, data)


async def _unset(channel: Channel, data: str) -> None:
    channel.vars.pop(data, None)


async def _log(channel: Channel, data: str) -> None:
    channel.switch.log(data)


async def _sleep(channel: Channel, data: str) -> None:
    await _wait(channel, float(data or 0) / 1000)


async def _echo(channel: Channel, _: str) -> None:
    channel.leg.tap.on_audio = channel.leg.relay
    while channel.ready:
        await channel.turn()
    channel.leg.tap.on_audio = channel.recorders.take


async def _transfer(channel: Channel, data: str) -> None:
    channel.transfer(*data.split()[:3])
    channel.wake()


async def _sched_transfer(channel: Channel, data: str) -> None:
    after, *where = data.split()
    task = channel.switch.scheduler.add(after, channel.uuid, lambda: channel.transfer(*where))
    channel.vars["last_sched_id"] = str(task)


async def _sched_hangup(channel: Channel, data: str) -> None:
    after, *cause = data.split()
    task = channel.switch.scheduler.add(after, channel.uuid, lambda: channel.hang_up(*cause[:1]))
    channel.vars["last_sched_id"] = str(task)


async def _sched_cancel(channel: Channel, data: str) -> None:
    channel.switch.scheduler.delete(data or channel.uuid)


async def _playback(channel: Channel, data: str) -> None:
    channel.vars["current_application_response"] = await playing.play(channel, data)


async def _endless_playback(channel: Channel, data: str) -> None:
    while channel.ready and await playing.play(channel, data, keys=False) == "FILE PLAYED":
        pass


async def _socket(channel: Channel, data: str) -> None:
    """Source: socket_function. A server that accepts and never says `connect` holds the channel."""
    addresses, *modes = data.split()
    outbound = await _connected(channel, addresses.split("|"), full="full" in modes)
    if outbound is None:
        channel.switch.log("Socket Error!")
        return
    channel.in_socket = True
    outbound.connected.add_done_callback(lambda _: channel.wake())
    while channel.ready and not outbound.connected.done():
        await channel.turn()
    await channel.park()
    channel.in_socket = False
    channel.resumes()


async def _connected(channel: Channel, addresses: list[str], *, full: bool) -> Outbound | None:
    port = "8084"
    for address in addresses:
        host, _, named = address.partition(":")
        port = named or port
        try:
            reader, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            continue
        channel.vars["socket_host"] = host
        return Outbound(channel.switch, reader, writer, channel, full=full)
    return None


async def _wait(channel: Channel, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    timer = channel.wake_in(seconds)
    while channel.ready and not channel.broken and loop.time() < end:
        await channel.turn()
        await channel.run_private()
    timer.cancel()


def set_variable(channel: Channel, data: str) -> None:
    """`name=value`; no value forgets it."""
    name, _, value = data.partition("=")
    if value:
        channel.vars[name.strip()] = value
    else:
        channel.vars.pop(name.strip(), None)


def inline(text: str) -> Iterable[Action]:
    """The dialplan `inline`: APP:DATA,APP:DATA."""
    for each in text.split(","):
        application, _, data = each.partition(":")
        yield Action(application, data)


APPLICATIONS: dict[str, Callable[[Channel, str], Awaitable[None]]] = {
    "answer": _answer,
    "pre_answer": _pre_answer,
    "ring_ready": _ring_ready,
    "hangup": _hangup,
    "park": _park,
    "set": _set,
    "unset": _unset,
    "log": _log,
    "sleep": _sleep,
    "echo": _echo,
    "transfer": _transfer,
    "sched_transfer": _sched_transfer,
    "sched_hangup": _sched_hangup,
    "sched_cancel": _sched_cancel,
    "playback": _playback,
    "endless_playback": _endless_playback,
    "socket": _socket,
}
