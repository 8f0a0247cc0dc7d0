"""Who calls whom, and the headers that each event of a channel bears. Source: switch_channel_event_set_data."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.freeswitch_double.channel import Channel

STATE_NUMBERS = {
    name: str(number)
    for number, name in enumerate(
        (
            *("CS_NEW", "CS_INIT", "CS_ROUTING", "CS_SOFT_EXECUTE", "CS_EXECUTE", "CS_EXCHANGE_MEDIA", "CS_PARK"),
            *("CS_CONSUME_MEDIA", "CS_HIBERNATE", "CS_RESET", "CS_HANGUP", "CS_REPORTING", "CS_DESTROY"),
        )
    )
}
WITHOUT_VARIABLES = {"CHANNEL_STATE", "CHANNEL_CALLSTATE", "DTMF"}
TIMES = ("Created", "Answered", "Progress", "Progress-Media", "Hangup", "Transfer", "Resurrect", "Bridged")


@dataclass(slots=True)
class Profile:
    """`number` and `name` are the caller's; `destination` is what was dialled."""

    direction: str
    name: str
    number: str
    destination: str
    context: str
    channel_name: str
    username: str = ""
    source: str = "mod_sofia"
    plan: str = "XML"
    rdnis: str = ""
    index: int = 1
    times: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mark("Created")

    def mark(self, what: str) -> None:
        self.times[what] = str(time.time_ns() // 1000)

    def transferred(self, extension: str, plan: str, context: str) -> None:
        if (extension, context) != (self.destination, self.context):
            self.rdnis, self.index = self.destination, self.index + 1
        self.destination, self.plan, self.context = extension, plan, context

    def field(self, name: str) -> str:
        """A field of the caller profile by its name in the dialplan; "" for any other name."""
        fields = {
            "destination_number": self.destination,
            "caller_id_number": self.number,
            "caller_id_name": self.name,
            "ani": self.number,
            "username": self.username,
            "context": self.context,
            "dialplan": self.plan,
            "rdnis": self.rdnis,
            "source": self.source,
            "network_addr": "127.0.0.1",
        }
        return fields.get(name, "")

    def headers(self, prefix: str, uuid: str) -> dict[str, str]:
        outbound = self.direction == "outbound"
        named = {
            "Direction": self.direction,
            "Logical-Direction": self.direction,
            "Username": self.username,
            "Dialplan": "" if outbound and self.index == 1 else self.plan,
            "Caller-ID-Name": self.name,
            "Caller-ID-Number": self.number,
            "Orig-Caller-ID-Name": self.name,
            "Orig-Caller-ID-Number": self.number,
            "Callee-ID-Name": "Outbound Call" if outbound else "",
            "Callee-ID-Number": self.destination if outbound else "",
            "Network-Addr": "127.0.0.1",
            "ANI": self.number,
            "RDNIS": self.rdnis,
            "Destination-Number": self.destination,
            "Unique-ID": uuid,
            "Source": self.source,
            "Context": self.context,
            "Channel-Name": self.channel_name,
            "Profile-Index": str(self.index),
            "Profile-Created-Time": self.times["Created"],
            **{f"Channel-{name}-Time": self.times.get(name, "0") for name in TIMES},
            "Channel-Last-Hold": "0",
            "Channel-Hold-Accum": "0",
            "Screen-Bit": "true",
            "Privacy-Hide-Name": "false",
            "Privacy-Hide-Number": "false",
        }
        return {f"{prefix}-{name}": value for name, value in named.items() if value}


def event_headers(channel: Channel, event: str, more: dict[str, str]) -> dict[str, str]:
    """What comes after the general headers; DTMF and the states bear no variables."""
    variables = {} if event in WITHOUT_VARIABLES else _codec_variables(channel) | channel.vars
    first = {} if event == "DTMF" or event.startswith("CHANNEL_EXECUTE") else more
    return {
        **first,
        **(channel.profile.headers("Channel", channel.uuid) if event == "CHANNEL_DATA" else {}),
        **state_headers(channel),
        **(channel.profile.headers("Caller", channel.uuid) if channel.state != "CS_NEW" else {}),
        **other_leg(channel),
        **{f"variable_{name}": value for name, value in variables.items()},
        **more,
    }


def _codec_variables(channel: Channel) -> dict[str, str]:
    if channel.answer_state == "ringing":
        return {}
    name = channel.leg.codec.name
    return {"read_codec": name, "read_rate": "8000", "write_codec": name, "write_rate": "8000"}


def state_headers(channel: Channel) -> dict[str, str]:
    codec = channel.leg.codec.name if channel.answer_state in {"early", "answered"} else ""
    codecs = {
        f"Channel-{way}-Codec-{what}": value
        for way in ("Read", "Write")
        for what, value in (("Name", codec), ("Rate", "8000"), ("Bit-Rate", "64000"))
        if codec
    }
    cause = {"Hangup-Cause": channel.cause} if channel.cause else {}
    presence = {"Channel-Presence-ID": channel.vars["presence_id"]} if "presence_id" in channel.vars else {}
    return {
        "Channel-State": channel.state,
        "Channel-Call-State": channel.callstate,
        "Channel-State-Number": STATE_NUMBERS[channel.state],
        "Channel-Name": channel.profile.channel_name,
        "Unique-ID": channel.uuid,
        "Call-Direction": channel.profile.direction,
        "Presence-Call-Direction": channel.profile.direction,
        "Channel-HIT-Dialplan": "false" if channel.profile.direction == "outbound" else "true",
        "Channel-Call-UUID": channel.vars["call_uuid"],
        "Answer-State": channel.answer_state,
        **presence,
        **cause,
        **codecs,
    }


def other_leg(channel: Channel) -> dict[str, str]:
    if not channel.other:
        return {}
    kind = "originator" if channel.profile.direction == "outbound" else "originatee"
    return {"Other-Type": kind, **channel.other.profile.headers("Other-Leg", channel.other.uuid)}
