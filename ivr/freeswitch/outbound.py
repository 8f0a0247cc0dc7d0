"""The server for callers: FreeSWITCH connects each time that the dialplan hands one to us (`socket … async full`).

Once the connection ends, the dialplan goes on behind `socket`, or the caller is where we sent him meanwhile.
"""

from __future__ import annotations

import asyncio
import re

import structlog

from ivr.callers.server import CallServer
from ivr.freeswitch import esl
from ivr.freeswitch.link import EslLink, OnEvent
from ivr.media.voice import OutOfHands
from ivr.services import SwitchDown
from ivr.sockets import LinkLost

GREETING_SECONDS = 2.0  # FreeSWITCH answers within milliseconds; a stranger who says nothing must not hold a socket
# `linger`: what comes after the hang-up comes as well. `myevents` omits playback and recording.
GREETING = (
    "linger 5",
    "myevents",
    "event plain PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP",
    "divert_events off",
)
_CHANNEL = re.compile(r"[A-Za-z0-9_.-]{1,255}")  # it stands in commands: a blank would give them another meaning

log = structlog.get_logger(__name__)


class SessionEnded(OutOfHands):
    """The connection is over, or the channel has left it. Whether the caller is gone the inbound connection knows."""


class Stranger(Exception):  # noqa: N818 - named for who it is
    """Who connected is not FreeSWITCH with a caller for us."""


class EslSession:
    """One caller's connection, from the greeting to its end.

    `channel` is the reply to `connect`: the channel's headers as they were then. `on_event` is called for each event of
    this channel, in order, and must not block. `ended` is set when the connection is over.
    """

    def __init__(self, link: EslLink, channel: esl.Message, ended: asyncio.Event) -> None:
        self.channel = channel
        self.ended = ended
        self.on_event: OnEvent = _nobody
        self._link = link
        link.on_event = self._take

    @property
    def uuid(self) -> str:
        return self.channel["Unique-ID"]

    def begin(self, packet: bytes) -> asyncio.Future[esl.Message]:
        """Send a packet now, in order with others. Raises SessionEnded; the future may raise SwitchDown."""
        if self.ended.is_set():
            raise SessionEnded
        return self._link.begin(packet)

    async def api(self, command: str) -> str:
        """Return the answer, which may be "-ERR …". Raises SessionEnded, ValueError."""
        return (await self._reply(esl.command(f"api {command}"))).text

    async def execute(self, app: str, arg: str = "", *, event_uuid: str = "") -> None:
        """Queue a dialplan application on the channel; returns when it is queued, not when it has run.

        Raises SessionEnded, also when FreeSWITCH refuses because the channel is gone; ValueError.
        """
        reply = await self._reply(esl.sendmsg("", app, arg, event_uuid=event_uuid))
        if not reply.text.startswith("+OK"):
            raise SessionEnded

    def close(self) -> None:
        """End the connection: the dialplan goes on."""
        self.ended.set()
        self._link.close()

    def _take(self, event: esl.Event) -> None:
        self.on_event(event)
        # A bridge or a transfer takes the channel out of `socket` and leaves the connection open. To close it later
        # would end the next park of the channel, wherever it is by then.
        left = (event.name, event["Application"], event["Unique-ID"])
        if left == ("CHANNEL_EXECUTE_COMPLETE", "socket", self.uuid):
            self.close()

    async def _reply(self, packet: bytes) -> esl.Message:
        try:
            return await self.begin(packet)
        except SwitchDown as error:
            raise SessionEnded from error


class OutboundServer(CallServer[EslSession]):
    protocol = "event socket"

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link, ended = EslLink(reader, writer, _nobody), asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(_read(link, ended))
                await self._serve(await _greeted(link, ended))
                reading.cancel()
        except* Stranger as errors:
            log.warning("not FreeSWITCH: connection closed", reasons=[str(error) for error in errors.exceptions])
        finally:
            ended.set()
            link.close()


async def _greeted(link: EslLink, ended: asyncio.Event) -> EslSession:
    """Return the session, whose events come from now on. Raises Stranger."""
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            session = EslSession(link, await _channel(link), ended)
            for reply in link.begin_all([esl.command(line) for line in GREETING]):
                if not (await reply).text.startswith("+OK"):
                    raise Stranger("FreeSWITCH does not let us have the channel's events")
    except (SwitchDown, TimeoutError) as error:
        raise Stranger("no answer from FreeSWITCH") from error
    return session


async def _channel(link: EslLink) -> esl.Message:
    """Return the reply to `connect`. Raises Stranger, SwitchDown."""
    channel = await link.begin(esl.command("connect"))
    if channel["Event-Name"] != "CHANNEL_DATA" or not _CHANNEL.fullmatch(channel["Unique-ID"]):
        raise Stranger("no channel's data in reply to connect")
    if (channel["Socket-Mode"], channel["Control"]) != ("async", "full"):
        raise Stranger("the dialplan's socket application lacks 'async full'")
    return channel


async def _read(link: EslLink, ended: asyncio.Event) -> None:
    try:
        await link.read()
    except LinkLost as lost:
        log.info("event socket connection ended", reason=str(lost))
    finally:
        ended.set()


def _nobody(event: esl.Event) -> None:
    """Until a session is served, its events concern nobody."""
