"""One call of a lab phone: the SIP dialog, its audio, and when what happened.

caller:  INVITE ->  <- 180 ringing  <- 200 answered  ACK ->   talk   BYE from either side
         CANCEL ->  <- 487 while it rings
person:  the same from the other end; what the phone does with it is its policy (lab.phone)
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab import sip
from lab.g711 import Codec
from lab.heard import Heard
from lab.moment import Moment
from lab.rtp import Stream
from lab.sip import Message
from lab.sound import Pcm, read_wav

RESEND_SECONDS = 0.5  # RFC 3261's T1, doubled each time
RESENDS = 6


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a call is over. `code` is the refusal's status, 0 when it was answered or cancelled before.

    `reason` is the other side's: the refusal's text, or the Reason header of its BYE or CANCEL.
    """

    by_us: bool
    code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Where a call's packets go and what it calls itself: the phone it belongs to."""

    contact: str
    send: Callable[[bytes, tuple[str, int]], None]
    codec: Codec


class PhoneCall:
    """Made by Phone.dial or by an incoming INVITE, never directly.

    `ringing`, `answered` and `ended` are moments to wait for; the first two raise NeverHappened once they cannot come.
    """

    def __init__(self, line: Line, *, incoming: bool, call_id: str, peer: tuple[str, int]) -> None:
        self.incoming = incoming
        self.call_id = call_id
        self.invite: Message | None = None
        self.ringing = Moment[None]()
        self.answered = Moment[None]()
        self.ended = Moment[Ended]()
        self.invited_at = asyncio.get_running_loop().time()
        self._line = line
        self._peer = peer
        self._stream = Stream()
        self._resend = _Resend(lambda data: line.send(data, self._peer))
        self._tag = secrets.token_hex(6)
        self._sequence = 1
        self._us = self._them = self._target = self._branch = ""
        self._cancelled = False

    # ---- what a person does with the receiver ----

    def say(self, sound: Pcm | Path, *, repeat: bool = False) -> Moment[None]:
        """Play after what is being said already; happened once the last sample is sent."""
        return self._stream.say(read_wav(sound) if isinstance(sound, Path) else sound, repeat=repeat)

    def hush(self) -> None:
        """Stop saying what was begun."""
        self._stream.hush()

    def press(self, keys: str) -> Moment[None]:
        """Press keys, 0.18 s each; happened when the last is let go."""
        return self._stream.press(keys)

    def mute(self) -> None:
        """Send no audio at all from now on: a caller who only waits, or a line that died."""
        self._stream.muted = True

    def unmute(self) -> None:
        self._stream.muted = False

    @property
    def heard(self) -> Heard:
        """The recording of the other side."""
        return self._stream.heard

    @property
    def display(self) -> str:
        """What an incoming call shows on the phone: the From header's text and address."""
        return self.invite.get("from") if self.invite else ""

    def answer(self) -> None:
        """Take an incoming call that rings."""
        offered = sip.media(self.invite.body) if self.invite else None
        if not (self.incoming and offered) or self.answered.over:
            return
        self._stream.open(offered)
        self._reply(200, body=self._media(offered.codec).offer(), again=True)
        self.answered.happened(None)

    def reject(self, code: int) -> None:
        """Refuse an incoming call that rings: 486 busy, 603 decline, 480 not available."""
        if self.incoming and not self.answered.over:
            self._reply(code, again=True)
            self._end(Ended(by_us=True, code=code))

    def hang_up(self) -> None:
        """End the call, whatever its state; ended already is no error."""
        if self.ended.over:
            return
        if self.answered.at is not None:
            self._request("BYE", again=True)
            self._end(Ended(by_us=True))
        elif self.incoming:
            self.reject(603)
        else:
            self._cancel()

    def forget(self) -> None:
        """Repeat nothing any more: the phone is unplugged."""
        self._resend.stop()

    # ---- the caller's side of the dialog ----

    def begin(self, uri: str, caller: str, headers: dict[str, str]) -> None:
        """Send the INVITE."""
        self._us, self._them, self._target = f"{caller};tag={self._tag}", f"<{uri}>", uri
        extra = [(name.lower(), value) for name, value in headers.items()]
        self._request("INVITE", again=True, extra=extra, body=self._media(self._line.codec).offer())

    def take_response(self, response: Message) -> None:
        if response.method == "INVITE":
            self._take_answer(response)
        elif response.method == "BYE" and response.code >= 200:
            self._resend.stop()

    def _take_answer(self, response: Message) -> None:
        self._resend.stop()
        if 100 < response.code < 200:
            self.ringing.happened(None)
            self._open(response)
        elif 200 <= response.code < 300:
            self._take_up(response)
        elif response.code >= 300:
            self._them = response.get("to")
            self._acknowledge()
            reason = response.start.split(" ", 2)[-1]
            self._end(Ended(by_us=self._cancelled, code=0 if self._cancelled else response.code, reason=reason))

    def _take_up(self, response: Message) -> None:
        self._them, self._target = response.get("to"), sip.address(response.get("contact")) or self._target
        self._acknowledge()
        if self.ended.over:  # our CANCEL and their answer crossed
            self._request("BYE", again=True)
        elif not self.answered.over:
            self._open(response)
            self.ringing.happened(None)
            self.answered.happened(None)

    def _cancel(self) -> None:
        self._cancelled = True
        self._send(self._message("CANCEL", self._branch), again=True)
        self._end(Ended(by_us=True))

    def _acknowledge(self) -> None:
        """An ACK of a refusal belongs to the INVITE's transaction, that of an answer is one of its own."""
        answered = self.answered.over and not self.ended.over
        self._send(self._message("ACK", _branch() if answered else self._branch), again=False)

    # ---- the person's side ----

    def ring(self, invite: Message) -> None:
        """Take a new INVITE."""
        self.invite = invite
        self._us, self._them = f"{invite.get('to')};tag={self._tag}", invite.get("from")
        self._target = sip.address(invite.get("contact"))
        self._reply(180)
        self.ringing.happened(None)

    def take_request(self, request: Message) -> None:
        match request.method:
            case "ACK":
                self._resend.stop()
            case "BYE":
                self._respond(request, 200)
                self._end(Ended(by_us=False, reason=request.get("reason")))
            case "CANCEL":
                self._respond(request, 200)
                self._take_cancel(request)
            case "INVITE" if self.answered.over and not self.ended.over:
                self._take_new_media(request)
            case "INVITE":
                self._resend.now()
            case _:
                self._respond(request, 200)

    def _take_cancel(self, cancel: Message) -> None:
        if not self.answered.over:
            self._reply(487, again=True)
            self._end(Ended(by_us=False, reason=cancel.get("reason")))

    def _take_new_media(self, invite: Message) -> None:
        offered = sip.media(invite.body)
        self.invite = invite
        if offered:
            self._stream.open(offered)
        self._reply(200, body=self._media(offered.codec if offered else self._line.codec).offer(), again=True)

    # ---- both ----

    def _open(self, message: Message) -> None:
        other = sip.media(message.body)
        if other:
            self._stream.open(other)

    def _media(self, codec: Codec) -> sip.Media:
        return sip.Media("127.0.0.1", self._stream.port, codec)

    def _end(self, ended: Ended) -> None:
        if not self.ended.over:
            why = f"{ended.code} {ended.reason}".strip(" 0") or "hung up"
            self.ringing.cannot_happen(why)
            self.answered.cannot_happen(why)
            self._stream.close()
            self.ended.happened(ended)

    def _request(self, method: str, *, again: bool, extra: list[tuple[str, str]] | None = None, body: str = "") -> None:
        self._sequence += 1
        self._branch = _branch()
        message = self._message(method, self._branch, body)
        message.headers += extra or []
        self._send(message, again=again)

    def _message(self, method: str, branch: str, body: str = "") -> Message:
        headers = [
            ("via", f"SIP/2.0/UDP {sip.address(self._line.contact).partition('@')[2]};branch={branch};rport"),
            *(("from", self._us), ("to", self._them), ("call-id", self.call_id)),
            *(("cseq", f"{self._sequence} {method}"), ("contact", self._line.contact)),
            *(("max-forwards", "70"), ("allow", sip.ALLOW)),
        ]
        return Message(f"{method} {self._target} SIP/2.0", headers, body)

    def _reply(self, code: int, *, body: str = "", again: bool = False) -> None:
        """Answer the INVITE; a final answer is sent again until the ACK comes."""
        if self.invite:
            self._send(self._response(self.invite, code, body), again=again)

    def _respond(self, request: Message, code: int) -> None:
        self._line.send(self._response(request, code).encode(), self._peer)

    def _response(self, request: Message, code: int, body: str = "") -> Message:
        return sip.response(request, code, tag=self._tag, contact=self._line.contact, body=body)

    def _send(self, message: Message, *, again: bool) -> None:
        if again:
            self._resend.start(message.encode())
        else:
            self._line.send(message.encode(), self._peer)


class _Resend:
    """UDP may lose a packet: the last one is sent again, ever more slowly, until something answers it."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._data = b""
        self._timer: asyncio.TimerHandle | None = None

    def start(self, data: bytes) -> None:
        self.stop()
        self._data = data
        self._again(RESENDS, RESEND_SECONDS)

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def now(self) -> None:
        if self._data:
            self._send(self._data)

    def _again(self, left: int, seconds: float) -> None:
        self.now()
        self._timer = (
            asyncio.get_running_loop().call_later(seconds, self._again, left - 1, 2 * seconds) if left else None
        )


def _branch() -> str:
    return f"z9hG4bK{secrets.token_hex(8)}"
