"""What `careline doctor` finds on the FreeSWITCH side. Rings no phone and leaves nothing behind."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ivr.callers.control_connection import LoginRefused
from ivr.clock import SystemClock
from ivr.findings import Finding
from ivr.freeswitch import probe_hook, probe_sounds
from ivr.freeswitch.connection import EslConnection
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ivr.freeswitch import esl
    from ivr.freeswitch.settings import FreeSwitchSettings

OLDEST_VERSION = (1, 10)
CLOCKS_SECONDS = 2.0  # how far two clocks of one host may be apart; FreeSWITCH tells whole seconds
DEFAULT_PASSWORD = "ClueCon"  # noqa: S105 - FreeSWITCH's own, which everybody knows
TASK = "careline-doctor"
TASK_SECONDS = 60
MODULES = {
    "mod_commands": "Careline tells FreeSWITCH what to do",
    "mod_dptools": "calls are answered, parked and handed to Careline",
    "mod_dialplan_xml": "the dialplan is read",
    "mod_sofia": "phones and lines by SIP",
    "mod_sndfile": "callers hear prompts, and are heard while they speak",
    "mod_tone_stream": "tones where there is no music",
}
CODECS = {"PCMU": "G.711 ulaw", "PCMA": "G.711 alaw"}  # FreeSWITCH's names of them
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.\d+)*")


async def examine(settings: FreeSwitchSettings, prompt: Path | None) -> list[Finding]:
    """Look at everything that Careline needs of FreeSWITCH, in the order in which to repair it.

    `prompt` is a file that callers are to hear.
    """
    seen: asyncio.Queue[esl.Event] = asyncio.Queue()
    try:
        async with _connected(settings, seen) as connection:
            if not connection.up:
                return [_nobody(settings)]
            return [
                Finding(True, f"the event socket at {settings.esl} lets us in"),
                *_password(settings),
                *await _house(connection, settings, prompt, seen),
            ]
    except LoginRefused as refused:
        return [Finding(False, "FreeSWITCH refuses the login", str(refused))]
    except SwitchDown:
        return [_nobody(settings)]


async def _house(
    connection: EslConnection, settings: FreeSwitchSettings, prompt: Path | None, seen: asyncio.Queue[esl.Event]
) -> list[Finding]:
    version = await connection.api("version")
    if version.startswith("-ERR"):
        return [_no_rights(version)]
    return [
        _version(version),
        *[await _module(connection, name) for name in MODULES],
        await _codecs(connection),
        await _clocks(connection),
        await _dead_man(connection),
        await probe_hook.examine(connection, settings.context),
        *await probe_sounds.examine(connection, seen, settings.audio, prompt),
    ]


@asynccontextmanager
async def _connected(settings: FreeSwitchSettings, seen: asyncio.Queue[esl.Event]) -> AsyncIterator[EslConnection]:
    async def came_up() -> None:
        """Nothing to do: the questions come one by one."""

    connection = EslConnection(settings, seen.put_nowait, came_up)
    await connection.start()
    try:
        yield connection
    finally:
        await connection.close()


# ---- the door -------------------------------------------------------------------------------------------------------


def _nobody(settings: FreeSwitchSettings) -> Finding:
    return Finding(
        False,
        f"no FreeSWITCH answers at {settings.esl}",
        "Start FreeSWITCH, see that modules.conf.xml loads mod_event_socket, and that listen-ip and listen-port of "
        "event_socket.conf.xml are those of our settings.",
    )


def _no_rights(answer: str) -> Finding:
    return Finding(
        False,
        f"the event socket does not let us ask anything ({answer})",
        "Load mod_commands in modules.conf.xml, and let esl-allowed-api leave nothing out.",
    )


def _password(settings: FreeSwitchSettings) -> list[Finding]:
    if settings.password != DEFAULT_PASSWORD:
        return []
    return [
        Finding(
            False,
            "the event socket has the password that everybody knows",
            "Put one of your own (openssl rand -hex 16) into event_socket.conf.xml and into our settings, "
            "then: fs_cli -x 'reload mod_event_socket'.",
        )
    ]


# ---- the house ------------------------------------------------------------------------------------------------------


def _version(text: str) -> Finding:
    found = _VERSION.search(text)
    version = found[0] if found else text.strip()
    if found and (int(found[1]), int(found[2])) >= OLDEST_VERSION:
        return Finding(True, f"FreeSWITCH {version}")
    return Finding(False, f"FreeSWITCH {version}", "Careline works with FreeSWITCH 1.10: upgrade.")


async def _module(connection: EslConnection, name: str) -> Finding:
    if await connection.api(f"module_exists {name}") == "true":
        return Finding(True, f"module {name}: {MODULES[name]}")
    return Finding(
        False,
        f"module {name} is not loaded: {MODULES[name]}",
        f"fs_cli -x 'load {name}', and see that modules.conf.xml loads it; when there is no such file, install the "
        f"package freeswitch-{name.replace('_', '-')}.",
    )


async def _codecs(connection: EslConnection) -> Finding:
    listed = await connection.api("show codec")
    missing = [codec for codec, name in CODECS.items() if name.lower() not in listed.lower()]
    if missing:
        return Finding(
            False, f"FreeSWITCH has no {' and no '.join(missing)}", "Install a FreeSWITCH that was not built without."
        )
    return Finding(True, "codecs PCMU and PCMA; whatever else a phone speaks is recorded for us at 8 kHz")


async def _clocks(connection: EslConnection) -> Finding:
    theirs = await connection.api("strepoch")
    apart = abs(int(theirs) - SystemClock().now()) if theirs.isdigit() else 0.0
    if apart > CLOCKS_SECONDS:
        return Finding(
            False,
            f"FreeSWITCH's clock and ours are {apart:.0f} s apart",
            "fs_cli -x 'fsctl sync_clock'; on two hosts, synchronise both (chrony).",
        )
    return Finding(True, "FreeSWITCH's clock is ours")


async def _dead_man(connection: EslConnection) -> Finding:
    """The timer that saves callers when Careline dies: whether it can be set and taken back."""
    added = await connection.api(f"sched_api +{TASK_SECONDS} {TASK} echo")
    removed = await connection.api(f"sched_del {TASK}")
    if added.startswith("+OK") and removed.startswith("+OK"):
        return Finding(True, "FreeSWITCH's timers save callers when Careline dies")
    wrong = added if not added.startswith("+OK") else removed
    return Finding(
        False, f"FreeSWITCH refuses the timers that save callers when Careline dies ({wrong})", "Upgrade it."
    )
