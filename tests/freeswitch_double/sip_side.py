"""The SIP and RTP side: a lab telephone that answers, rings and ends calls as mod_sofia does."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any

from lab import sip
from lab.call import Ended, PhoneCall
from lab.heard import KEYS, Heard
from lab.phone import Phone
from lab.rtp import FRAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.g711 import Codec
    from lab.moment import Moment
    from lab.sip import Media, Message
    from lab.sound import Pcm

Q850 = {"NORMAL_CLEARING": 16, "USER_BUSY": 17, "NO_USER_RESPONSE": 18, "NO_ANSWER": 19, "CALL_REJECTED": 21}
REFUSALS = {"USER_BUSY": 486, "CALL_REJECTED": 603, "UNALLOCATED_NUMBER": 404, "NORMAL_TEMPORARY_FAILURE": 503}
CAUSES = {
    404: "UNALLOCATED_NUMBER",
    408: "RECOVERY_ON_TIMER_EXPIRE",
    480: "NO_USER_RESPONSE",
    486: "USER_BUSY",
    487: "ORIGINATOR_CANCEL",
    503: "NORMAL_TEMPORARY_FAILURE",
    600: "USER_BUSY",
    603: "CALL_REJECTED",
}
ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'


class Tap(Heard):
    """What a leg hears, handed on and not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.on_audio: Callable[[bytes, Codec], None] = lambda _, __: None
        self.on_key: Callable[[str], None] = lambda _: None
        self._key_time = -1

    def take(self, packet: bytes, now: float, sender: Media) -> None:
        first, kind, _, timestamp, _ = struct.unpack_from("!BBHII", packet)
        payload = packet[12 + 4 * (first & 0x0F) :]
        if kind & 0x7F == sender.codec.payload_type:
            self.on_audio(payload, sender.codec)
        elif kind & 0x7F == sender.keys and len(payload) >= 4:
            self._take_key_end(payload, timestamp)

    def _take_key_end(self, payload: bytes, timestamp: int) -> None:
        """FreeSWITCH tells a digit when it is let go; the last packet comes three times."""
        if payload[1] & 0x80 and timestamp != self._key_time and payload[0] < len(KEYS):
            self._key_time = timestamp
            self.on_key(KEYS[payload[0]])


class Leg(PhoneCall):
    """One call between FreeSWITCH and a telephone. It sends no audio but what is played or relayed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tap = Tap()
        self._stream.heard = self.tap
        self._playing: tuple[Pcm, int] | None = None
        self.mute()

    @property
    def codec(self) -> Codec:
        return self._stream.other.codec if self._stream.other else self._line.codec

    @property
    def has_media(self) -> bool:
        return self._stream.other is not None and not self.ended.over

    @property
    def local_port(self) -> int:
        return self._stream.port

    def ring(self, invite: Message) -> None:
        """Take a new INVITE; it rings when the dialplan says so."""
        self.invite = invite
        self._us, self._them = f"{invite.get('to')};tag={self._tag}", invite.get("from")
        self._target = sip.address(invite.get("contact"))
        self._reply(100)

    def ring_ready(self) -> None:
        self._reply(180)

    def early_media(self) -> None:
        offered = sip.media(self.invite.body) if self.invite else None
        if offered:
            self._stream.open(offered)
            self._reply(183, body=self._media(offered.codec).offer())

    def end(self, cause: str) -> None:
        """BYE, CANCEL or a refusal, with the reason that FreeSWITCH would give."""
        if self.ended.over:
            return
        reason = ELSEWHERE if cause == "LOSE_RACE" else f'Q.850;cause={Q850.get(cause, 16)};text="{cause}"'
        if self.answered.at is not None:
            self._request("BYE", again=True, extra=[("reason", reason)])
            self._end(Ended(by_us=True))
        elif self.incoming:
            self.reject(REFUSALS.get(cause, 480))
        else:
            self._cancelled = True
            cancel = self._message("CANCEL", self._branch)
            cancel.headers.append(("reason", reason))
            self._send(cancel, again=True)
            self._end(Ended(by_us=True))

    def play(self, pcm: Pcm, *, endless: bool = False) -> Moment[None]:
        """Happens when the last sample is sent."""
        self._playing = (pcm, self._stream.sent)
        self.unmute()
        return self.say(pcm, repeat=endless)

    def stop(self) -> int:
        """Stop what plays; how many samples of it were sent."""
        self.mute()
        if not self.ended.over:
            self.hush()
        pcm, began = self._playing or (None, self._stream.sent)
        self._playing = None
        sent = (self._stream.sent - began) * FRAME
        return sent if pcm is None else min(sent, len(pcm))

    def being_sent(self) -> Pcm | None:
        """The frame of what plays that goes out now."""
        if not self._playing or not len(self._playing[0]):
            return None
        pcm, began = self._playing
        at = (self._stream.sent - began) * FRAME % len(pcm)
        return pcm[at : at + FRAME]

    def relay(self, audio: bytes, codec: Codec) -> None:
        """Send a frame that the other side of a talk just said."""
        if self.has_media and not self._playing:
            own = self.codec
            self._stream._send_audio(audio if own is codec else own.encode(codec.decode(audio)))


class SipSide(Phone):
    """FreeSWITCH's SIP port. `on_call` gets each new caller."""

    on_call: Callable[[Leg], None]

    def _take_call(self, invite: Message, addr: tuple[str, int]) -> None:
        leg = Leg(self._line(), incoming=True, call_id=invite.get("call-id"), peer=addr)
        self._keep_until_over(leg)
        leg.ring(invite)
        self.on_call(leg)

    def ring(self, uri: str, *, name: str, number: str, headers: dict[str, str]) -> Leg:
        """Send an INVITE that shows `name` and `number`."""
        call_id = f"{id(uri):x}-{self._count()}@double"
        leg = Leg(self._line(), incoming=False, call_id=call_id, peer=sip.host_and_port(uri))
        self._keep_until_over(leg)
        leg.begin(uri, f'"{name}" <sip:{number}@127.0.0.1:{self.port}>', headers)
        return leg

    _invites = 0

    def _count(self) -> int:
        self._invites += 1
        return self._invites

    def _keep_until_over(self, leg: Leg) -> None:
        """Its last answers may be asked for again for some seconds: the call is known until then."""
        self._keep(leg)
        if len(self.calls) > 2000:
            self.calls[:] = [call for call in self.calls if not call.ended.over]
            self._by_id = {call.call_id: call for call in self.calls}


def is_closed(host: str, port: int) -> bool:
    """Nobody listens there: an empty line of SIP's keep-alive comes back refused at once, on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, port))
        probe.send(b"\r\n\r\n")
        return probe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
