"""One connection of the event socket: commands in, replies and events out. Source: mod_event_socket.c.

Commands run one after the other; what happens while one runs is told after its reply.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.freeswitch_double import api
from tests.freeswitch_double.profile import event_headers
from tests.freeswitch_double.wire import GOODBYE, Event, Packet, packet, reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.freeswitch_double.channel import Channel
    from tests.freeswitch_double.switch import FreeSwitchDouble

MYEVENTS = {
    *("CHANNEL_ANSWER", "CHANNEL_APPLICATION", "CHANNEL_BRIDGE", "CHANNEL_CREATE", "CHANNEL_DATA", "CHANNEL_DESTROY"),
    *("CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE", "CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_ORIGINATE"),
    *("CHANNEL_UUID", "CHANNEL_OUTGOING", "CHANNEL_PARK", "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA"),
    *("CHANNEL_STATE", "CHANNEL_UNBRIDGE", "CHANNEL_UNPARK", "DETECTED_SPEECH", "DTMF", "NOTALK", "TALK"),
}
NOT_FOUND = "-ERR command not found"
ONLY_FULL = {"api", "bgapi", "sendevent", "event", "nixevent", "noevents", "log", "nolog", "linger", "nolinger"}


class Listener:
    """Either side may have opened the connection; `channel` is the one that is controlled by it, if any."""

    def __init__(
        self,
        switch: FreeSwitchDouble,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        channel: Channel | None = None,
    ) -> None:
        self.switch, self.channel = switch, channel
        self.events: set[str] = set()
        self.subclasses: set[str] = set()
        self.authorised = channel is not None
        self.full = True
        self._only = ""  # the channel that myevents narrows it to
        self._json = False
        self._filters: list[tuple[str, str]] = []
        self._reader, self._writer = reader, writer
        self._busy = False
        self._held: list[Event] = []
        self._over = False
        switch.listeners.add(self)

    # ---- events out ----

    def wants(self, name: str) -> bool:
        return name in self.events or "ALL" in self.events

    def take(self, event: Event) -> None:
        if self.wants(event.name) and self._passes(event):
            if self._busy:
                self._held.append(event)
            else:
                self._tell(event)

    def _passes(self, event: Event) -> bool:
        headers = event.headers
        if event.name == "CUSTOM" and headers.get("Event-Subclass", "") not in self.subclasses:
            return False
        if self._only and self._only not in {event.uuid, headers.get("Job-Owner-UUID")}:
            return False
        return not self._filters or any(headers.get(name) == value for name, value in self._filters)

    def _tell(self, event: Event) -> None:
        self.write(event.json() if self._json else event.plain())

    def write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    # ---- commands in ----

    async def run(self) -> None:
        """Until the connection ends."""
        try:
            while not self._over:
                text = (await self._reader.readuntil(b"\n\n"))[:-2].decode("utf-8", "replace")
                await self._take(Packet.parse(text))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.end()

    async def _take(self, command: Packet) -> None:
        if length := int(command.headers.get("content-length", 0)):
            body = (await self._reader.readexactly(length)).decode("utf-8", "replace")
            command.headers.setdefault("execute-app-arg", body)
        self._busy = True
        answer = await self._answer(command)
        self.write(answer)
        self._busy = False
        held, self._held = self._held, []
        for event in held:
            self._tell(event)
        if self._over:
            self.say_goodbye()

    async def _answer(self, command: Packet) -> bytes:
        word, _, rest = command.line.partition(" ")
        if not self.authorised:
            return self._auth(rest) if word == "auth" else reply(NOT_FOUND)
        if word == "api":
            text = await api.run(self.switch, rest) or "-ERR no reply\n"
            return packet({"Content-Type": "api/response"}, text)
        handler = COMMANDS.get(word)
        if handler is None or (word in ONLY_FULL and not self.full):
            return reply(NOT_FOUND)
        return await handler(self, rest.strip(), command)

    def _auth(self, password: str) -> bytes:
        self.authorised = password == self.switch.password
        self._over = not self.authorised
        return reply("+OK accepted" if self.authorised else "-ERR invalid")

    async def _event(self, rest: str, _: Packet) -> bytes:
        words = rest.split()
        if words and words[0] in {"plain", "json", "xml"}:
            self._json = words.pop(0) == "json"
        names, _, subclasses = " ".join(words).partition("CUSTOM")
        self.events |= {"ALL" if name.lower() == "all" else name for name in names.split()}
        if "CUSTOM" in words:
            self.events.add("CUSTOM")
            self.subclasses |= set(subclasses.split())
        if not words:
            return reply("-ERR no keywords supplied")
        return reply(f"+OK event listener enabled {'json' if self._json else 'plain'}")

    async def _myevents(self, rest: str, _: Packet) -> bytes:
        if self._only:
            return reply("-ERR aready enabled.")
        words = [word for word in rest.split() if word not in {"plain", "json", "xml"}]
        self._json = "json" in rest
        self.events |= MYEVENTS
        self._only = words[0] if words else self.channel.uuid if self.channel else ""
        return reply("+OK Events Enabled")

    async def _filter(self, rest: str, _: Packet) -> bytes:
        name, _, value = rest.partition(" ")
        self._filters.append((name, value))
        return reply(f"+OK filter added. [{name}]=[{value}]")

    async def _noevents(self, rest: str, _: Packet) -> bytes:
        self.events.clear()
        return reply("+OK no longer listening for events")

    async def _nixevent(self, rest: str, _: Packet) -> bytes:
        self.events -= set(rest.split())
        return reply("+OK events nixed")

    async def _exit(self, rest: str, _: Packet) -> bytes:
        self._over = True
        return reply("+OK bye")

    async def _accepted(self, rest: str, _: Packet) -> bytes:
        return reply("+OK")

    async def _divert(self, rest: str, _: Packet) -> bytes:
        return reply("+OK events diverted" if rest == "on" else "+OK events not diverted")

    async def _bgapi(self, rest: str, command: Packet) -> bytes:
        job = command.headers.get("job-uuid") or self.switch.new_uuid()
        owner = self.channel.uuid if self.channel else ""
        self.switch.spawn(self._job(job, rest, owner), f"job {job}")
        return reply(f"+OK Job-UUID: {job}", Job_UUID=job)

    async def _job(self, job: str, text: str, owner: str) -> None:
        def done(result: str) -> None:
            word, _, arguments = text.partition(" ")
            about = {"Job-Owner-UUID": owner} if owner else {}
            about |= {"Job-UUID": job, "Job-Command": word}
            self.switch.fire(
                "BACKGROUND_JOB", about | ({"Job-Command-Arg": arguments} if arguments else {}), body=result
            )

        await asyncio.sleep(0)  # its reply goes first
        await api.run_and_tell(self.switch, text, done)

    async def _sendmsg(self, rest: str, command: Packet) -> bytes:
        channel = self.switch.channels.get(rest) if rest else self.channel
        if channel is None or channel.cause:
            return reply(f"-ERR invalid session id [{rest}]")
        channel.queue(command)
        return reply("+OK")

    # ---- the end ----

    def say_goodbye(self) -> None:
        named = (
            {"Controlled-Session-UUID": self.channel.uuid, "Content-Disposition": "disconnect"} if self.channel else {}
        )
        self.write(packet({"Content-Type": "text/disconnect-notice", **named}, GOODBYE))

    def channel_over(self, channel: Channel) -> None:
        """The channel that is controlled by this connection was hung up, and all was told."""

    def end(self) -> None:
        self._over = True
        self.switch.listeners.discard(self)
        self._writer.close()

    async def _outbound_only(self, rest: str, command: Packet) -> bytes:
        return reply(NOT_FOUND)

    _connect = _linger = _nolinger = _getvar = _resume = _outbound_only


class Outbound(Listener):
    """A connection that the application `socket` opened."""

    def __init__(
        self,
        switch: FreeSwitchDouble,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        channel: Channel,
        *,
        full: bool,
    ) -> None:
        super().__init__(switch, reader, writer, channel)
        self.controlled = channel
        self.full = full
        self.connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._linger_seconds: int | None = None
        self._resumes = False
        channel.listeners.append(self)
        switch.spawn(self.run(), "outbound event socket")

    async def _connect(self, rest: str, _: Packet) -> bytes:
        headers = event_headers(self.controlled, "CHANNEL_DATA", {})
        answer = {"Content-Type": "command/reply", "Reply-Text": "+OK\n", "Socket-Mode": "async"}
        control = {"Control": "full" if self.full else "single-channel"}
        data = self.switch.general_headers("CHANNEL_DATA") | headers | answer | control
        if not self.connected.done():
            asyncio.get_running_loop().call_soon(self._is_connected)
        return Event(data).block().encode()

    def _is_connected(self) -> None:
        if not self.connected.done():
            self.connected.set_result(None)

    async def _linger(self, rest: str, _: Packet) -> bytes:
        self._linger_seconds = int(rest) if rest else -1
        return reply(f"+OK will linger {rest} seconds" if rest else "+OK will linger")

    async def _nolinger(self, rest: str, _: Packet) -> bytes:
        self._linger_seconds = None
        return reply("+OK will not linger")

    async def _getvar(self, rest: str, _: Packet) -> bytes:
        return reply((self.controlled.field(rest) or self.controlled.vars.get(rest, ""))[:500])

    async def _resume(self, rest: str, _: Packet) -> bytes:
        self._resumes = True
        self.controlled.vars["socket_resume"] = "true"
        return reply("+OK")

    def channel_over(self, channel: Channel) -> None:
        if self._linger_seconds is None:
            self.say_goodbye()
            self.end()
            return
        lingers = {
            "Content-Type": "text/disconnect-notice",
            "Controlled-Session-UUID": channel.uuid,
            "Content-Disposition": "linger",
            "Channel-Name": channel.profile.channel_name,
            "Linger-Time": str(self._linger_seconds),
            "Content-Length": "0",
        }
        self.write(packet(lingers))
        self.events.clear()
        if self._linger_seconds >= 0:
            self.switch.spawn(self._end_later(self._linger_seconds), "linger")

    async def _end_later(self, seconds: int) -> None:
        """FreeSWITCH counts whole seconds of the clock: the end comes up to a second later."""
        await asyncio.sleep(seconds + 0.9)
        self.say_goodbye()
        self.end()

    def end(self) -> None:
        if not self._writer.is_closing():
            super().end()
            self.controlled.control_lost(resume=self._resumes or self.controlled.true("socket_resume"))


COMMANDS: dict[str, Callable[[Listener, str, Packet], Awaitable[bytes]]] = {
    "connect": lambda listener, rest, command: listener._connect(rest, command),
    "linger": lambda listener, rest, command: listener._linger(rest, command),
    "nolinger": lambda listener, rest, command: listener._nolinger(rest, command),
    "getvar": lambda listener, rest, command: listener._getvar(rest, command),
    "resume": lambda listener, rest, command: listener._resume(rest, command),
    "auth": Listener._accepted,
    "event": Listener._event,
    "myevents": Listener._myevents,
    "filter": Listener._filter,
    "noevents": Listener._noevents,
    "nixevent": Listener._nixevent,
    "divert_events": Listener._divert,
    "exit": Listener._exit,
    "bgapi": Listener._bgapi,
    "sendmsg": Listener._sendmsg,
    "log": Listener._accepted,
    "nolog": Listener._accepted,
}
