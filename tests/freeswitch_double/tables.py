"""`show channels|calls|bridged_calls [as json]`. Source: mod_commands.c (show_function), switch_core_sqldb.c."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.freeswitch_double.channel import Channel
    from tests.freeswitch_double.switch import FreeSwitchDouble

LEG = ("uuid", "direction", "created", "created_epoch", "name", "state", "cid_name", "cid_num", "ip_addr", "dest")
LEG += ("presence_id", "presence_data", "callstate", "callee_name", "callee_num", "callee_direction")
CODECS = "type,name,ikey\ncodec,G.711 alaw,CORE_PCM_MODULE\ncodec,G.711 ulaw,CORE_PCM_MODULE\n\n2 total.\n"
NO_ROWS = '{"row_count": 0}\n'


def show(switch: FreeSwitchDouble, arguments: str) -> str:
    what, *options = arguments.split() or [""]
    if what in {"codec", "codecs"}:
        return CODECS
    if what not in TABLES:
        return "-USAGE: show channels|calls|bridged_calls [as json]\n"
    rows = TABLES[what](switch)
    if options != ["as", "json"]:
        return "\n".join(",".join(row.values()) for row in rows) + f"\n{len(rows)} total.\n"
    return json.dumps({"row_count": len(rows), "rows": rows}, separators=(",", ":")) if rows else NO_ROWS


def _channels(switch: FreeSwitchDouble) -> list[dict[str, str]]:
    return [_leg(channel) | _more(channel) for channel in switch.channels.values()]


def _calls(switch: FreeSwitchDouble) -> list[dict[str, str]]:
    """Each leg that is not the second of a talk, with the second where there is one."""
    return [row for channel in switch.channels.values() if (row := _call(channel))]


def _bridged(switch: FreeSwitchDouble) -> list[dict[str, str]]:
    return [row for row in _calls(switch) if row["b_uuid"]]


def _call(channel: Channel) -> dict[str, str]:
    partner = channel.partner
    if partner and channel.state == "CS_EXCHANGE_MEDIA":
        return {}
    other = _leg(partner) if partner else dict.fromkeys(LEG, "")
    return _leg(channel) | _call_uuid(channel) | {f"b_{name}": value for name, value in other.items()}


def _leg(channel: Channel) -> dict[str, str]:
    profile = channel.profile
    created = int(profile.times["Created"]) // 1_000_000
    values = (channel.uuid, profile.direction, str(created), str(created), profile.channel_name, channel.state)
    values += (profile.name, profile.number, "127.0.0.1", profile.destination)
    values += (channel.vars.get("presence_id", ""), "", channel.callstate, "", "", "")
    return dict(zip(LEG, values, strict=True))


def _call_uuid(channel: Channel) -> dict[str, str]:
    return {"call_uuid": channel.vars["call_uuid"], "hostname": channel.switch.hostname}


def _more(channel: Channel) -> dict[str, str]:
    return _call_uuid(channel) | {
        "application": channel.vars.get("current_application", ""),
        "application_data": channel.vars.get("current_application_data", ""),
        "dialplan": channel.profile.plan,
        "context": channel.profile.context,
        "read_codec": channel.leg.codec.name,
        "read_rate": "8000",
    }


TABLES = {"channels": _channels, "calls": _calls, "bridged_calls": _bridged}
