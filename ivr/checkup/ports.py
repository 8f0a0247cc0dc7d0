"""The ports on which the PBX hands calls to Careline, or the Careline that listens there."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from ivr.control import ControlError, ask
from ivr.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.settings import Listen, Settings


async def look(settings: Settings) -> list[Finding]:
    ours = _ours(settings)
    try:
        status = await ask(settings.state, do="status")
    except ControlError:
        return [_port(what, at) for what, at in ours.items()]
    return [Finding(True, f"Careline is running and listens for {' and '.join(ours)}"), _in_force(status["plan"])]


def _ours(settings: Settings) -> Mapping[str, Listen]:
    if settings.freeswitch:
        return {"FreeSWITCH's calls": settings.freeswitch.outbound}
    return {"AGI": settings.asterisk.agi, "AudioSocket": settings.asterisk.audiosocket}


def _in_force(plan: Mapping[str, Any]) -> Finding:
    what = f"version {plan['number']} of the plan is in force"
    if plan["differs"]:
        return Finding(False, f"{what}, but its files on disk differ", "run `careline reload`, or put them back")
    return Finding(True, what)


def _port(what: str, at: Listen) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in at.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((at.host, at.port))
        except OSError as error:
            why = f"{at.host}:{at.port} for {what} cannot be had ({error.strerror})"
            return Finding(False, why, "stop who has it, or choose another port in the settings")
    return Finding(True, f"{at.host}:{at.port} for {what} is free")
