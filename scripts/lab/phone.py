"""A small SIP telephone for tests, demo and measurements; hundreds fit into one process.

A caller:          phone = await Phone.create()
                   call = phone.dial(pbx.uri("100"))
                   await call.answered; call.say(speech); await call.press("12#"); call.hang_up()
A person's phone:  ana = await Phone.create("ana", port=pbx.people["ana"], policy=Answers(after_seconds=0.5))
                   call = await ana.next_call(); await call.ended
"""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, assert_never, cast

from lab import sip
from lab.call import Line, PhoneCall
from lab.g711 import ULAW, Codec
from lab.sound import Pcm


@dataclass(frozen=True, slots=True)
class Answers:
    """Rings, is picked up, says something (over and over), and may hang up after a while."""

    after_seconds: float = 0.2
    says: Pcm | Path | None = None
    hangs_up_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Ignores:
    """Rings and is never picked up."""


@dataclass(frozen=True, slots=True)
class Rejects:
    """486 busy, 603 decline, 480 not available."""

    code: int = 486
    after_seconds: float = 0.0


Policy = Answers | Ignores | Rejects


class Phone(asyncio.DatagramProtocol):
    """Made by `create`. `policy` may be changed at any time and holds for the next call.

    `calls` are all it ever had.
    """

    def __init__(self, name: str, policy: Policy, codec: Codec) -> None:
        self.name = name
        self.policy = policy
        self.calls: list[PhoneCall] = []
        self.port = 0
        self._codec = codec
        self._incoming: asyncio.Queue[PhoneCall] = asyncio.Queue()
        self._by_id: dict[str, PhoneCall] = {}
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def create(
        cls, name: str = "caller", *, port: int = 0, policy: Policy = Ignores(), codec: Codec = ULAW
    ) -> "Phone":
        """`name` is the user part of the phone's address: for a caller, the number that the PBX shows."""
        loop = asyncio.get_running_loop()
        _, phone = await loop.create_datagram_endpoint(lambda: cls(name, policy, codec), local_addr=("127.0.0.1", port))
        return phone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def dial(self, uri: str, *, display: str = "", headers: dict[str, str] | None = None) -> PhoneCall:
        """Call `sip:user@host:port`; the INVITE leaves at once."""
        call = PhoneCall(
            self._line(), incoming=False, call_id=f"{secrets.token_hex(12)}@lab", peer=sip.host_and_port(uri)
        )
        self._keep(call)
        shown = f'"{display}" ' if display else ""
        call.begin(uri, f"{shown}{self._contact()}", headers or {})
        return call

    async def next_call(self) -> PhoneCall:
        """The next incoming call, as soon as it rings; each is given once."""
        return await self._incoming.get()

    def close(self) -> None:
        """Hang up whatever there is and unplug the phone."""
        for call in self.calls:
            call.hang_up()
            call.forget()
        if self._transport:
            self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = sip.parse(data)
        except ValueError:
            return
        call = self._by_id.get(message.get("call-id"))
        if message.code:
            if call:
                call.take_response(message)
        elif call:
            call.take_request(message)
        elif message.method == "INVITE":
            self._take_call(message, addr)
        elif message.method != "ACK":
            code = 200 if message.method == "OPTIONS" else 481
            self._send(sip.response(message, code, tag="lab", contact=self._contact()).encode(), addr)

    def _take_call(self, invite: sip.Message, addr: tuple[str, int]) -> None:
        call = PhoneCall(self._line(), incoming=True, call_id=invite.get("call-id"), peer=addr)
        self._keep(call)
        call.ring(invite)
        self._incoming.put_nowait(call)
        self._follow_policy(call)

    def _follow_policy(self, call: PhoneCall) -> None:
        loop = asyncio.get_running_loop()
        match self.policy:
            case Ignores():
                pass
            case Rejects(code, after_seconds):
                loop.call_later(after_seconds, call.reject, code)
            case Answers(after_seconds) as policy:
                loop.call_later(after_seconds, self._pick_up, call, policy)
            case _ as never:
                assert_never(never)

    def _pick_up(self, call: PhoneCall, policy: Answers) -> None:
        if call.ended.over:
            return
        call.answer()
        if policy.says is not None:
            call.say(policy.says, repeat=True)
        if policy.hangs_up_after_seconds is not None:
            asyncio.get_running_loop().call_later(policy.hangs_up_after_seconds, call.hang_up)

    def _keep(self, call: PhoneCall) -> None:
        self.calls.append(call)
        self._by_id[call.call_id] = call

    def _line(self) -> Line:
        return Line(self._contact(), self._send, self._codec)

    def _contact(self) -> str:
        return f"<sip:{self.name}@127.0.0.1:{self.port}>"

    def _send(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(data, addr)
