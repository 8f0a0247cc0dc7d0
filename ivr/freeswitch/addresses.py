"""The plan's telephones in FreeSWITCH's words, and what may stand in an `originate`.

The plan names telephones as Asterisk does, or as FreeSWITCH does: what can be told of one from the other needs no
setting.

    PJSIP/ana, SIP/ana                  user/ana                                a registered telephone
    PJSIP/+16175550199@trunk            sofia/gateway/trunk/+16175550199        over a gateway
    Local/ana@callers/n                 loopback/ana/callers                    through the dialplan
    user/… sofia/… loopback/… verto…    as it is

A caller's number may stand in an address: whatever `originate` could take for syntax is refused.
Source: FreeSWITCH src/switch_ivr_originate.c, src/switch_event.c (switch_event_create_brackets).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.freeswitch.settings import FreeSwitchSettings

LONGEST_ADDRESS = 128
ENTERPRISE = ":_:"  # parts one originate from the next, even within braces or quotes

_TELEPHONE = re.compile(r"(?:PJSIP|SIP)/(?P<user>[A-Za-z0-9_.+*#-]+)(?:@(?P<gateway>[A-Za-z0-9_.-]+))?")
_LOCAL = re.compile(r"Local/(?P<number>[A-Za-z0-9_.+*#-]+)@(?P<context>[A-Za-z0-9_.-]+)(?:/n)?")
_NATIVE = re.compile(r"(?:user|sofia|loopback|verto(?:\.rtc)?)/[A-Za-z0-9_.+*#:@/-]+")
_DIRECT = re.compile(r"sofia/(?!gateway/)[^/]+/(?P<user>[^/@]+)@(?P<host>[^/:;]+)(?::\d+)?")
_USER = re.compile(r"user/(?P<user>[A-Za-z0-9_.+*#-]+(?:@[A-Za-z0-9_.-]+)?)")
_NAMED = re.compile(r"[!-~]+")  # the administrator's own words; a blank would end the address
_NOT_SHOWN = re.compile(r"[^\w .-]|_")


def dial_string(phone: str, settings: FreeSwitchSettings) -> str | None:
    """Where `originate` finds the telephone; None for what is no address."""
    named = settings.phones.get(phone)
    if named is not None:
        return named if _NAMED.fullmatch(named) else None
    if len(phone) > LONGEST_ADDRESS or ENTERPRISE in phone:
        return None
    if telephone := _TELEPHONE.fullmatch(phone):
        user, gateway = telephone["user"], telephone["gateway"]
        return f"sofia/gateway/{gateway}/{user}" if gateway else f"user/{user}"
    if local := _LOCAL.fullmatch(phone):
        return f"loopback/{local['number']}/{local['context']}"
    return phone if _NATIVE.fullmatch(phone) else None


def user_of(phone: str, settings: FreeSwitchSettings) -> str | None:
    """Whose registered telephone it is: ana, or ana@example.org; None for a telephone that is nobody's."""
    user = _USER.fullmatch(dial_string(phone, settings) or "")
    return user["user"].lower() if user else None


def line_of(phone: str, settings: FreeSwitchSettings) -> str:
    """By what its channels are known: a registered user, user@host of a telephone called directly, or the address."""
    direct = _DIRECT.fullmatch(dial_string(phone, settings) or "")
    return user_of(phone, settings) or (f"{direct['user']}@{direct['host']}".lower() if direct else phone)


def shown(name: str) -> str:
    """What a phone's display may show, without anything that `originate` could take for syntax."""
    return " ".join(_NOT_SHOWN.sub("", name).split())
