"""What `careline doctor` finds on the Asterisk side. Rings no phone and changes nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from ivr.asterisk.ami_connection import AmiConnection
from ivr.asterisk.ami_link import ActionRefused
from ivr.callers.control_connection import LoginRefused
from ivr.clock import SystemClock
from ivr.findings import Finding
from ivr.permissions import may_read, user_of
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from ivr.asterisk import ami
    from ivr.asterisk.settings import AsteriskSettings

OLDEST_VERSION = 18
CLOCKS_SECONDS = 2.0  # how far two clocks of one host may be apart; Asterisk tells whole seconds
TRIAL_SECONDS = 2.0  # until the dialplan has come to its waiting room
TOLD_SECONDS = 1.0  # until we are told what we did ourselves
TRIAL_ID = "doctor-1"
TRIAL_CALL = frozenset(
    {"Newchannel", "Newstate", "BridgeEnter", "BridgeLeave", "Hangup", "OriginateResponse", "DeviceStateChange"}
)
TRIAL_KEY = "DTMFEnd"
ACTIONS = ("Originate", "Bridge", "Hangup", "Redirect", "Setvar", "Getvar", "AbsoluteTimeout", "CoreShowChannels")
MODULES = {
    "app_audiosocket": "callers are heard while they speak; without it they have keys only",
    "res_agi": "calls are handed to Careline",
    "app_bridgewait": "callers wait",
    "bridge_holding": "callers wait",
    "bridge_simple": "caller and person talk",
    "res_musiconhold": "waiting callers hear music",
    "func_timeout": "callers are saved when Careline dies",
    "func_devstate": "a phone that is not there is not rung",
    "res_manager_devicestate": "a phone that is not there is not rung",
    "codec_ulaw": "callers whose line speaks PCMU are heard",
    "codec_alaw": "callers whose line speaks PCMA are heard",
}
FORMAT = ("format_wav", "prompts are played to callers who have keys only")


async def examine(settings: AsteriskSettings, prompt: Path | None = None) -> list[Finding]:
    """Look at everything that Careline needs of Asterisk, in the order in which to repair it.

    `prompt` is a file that callers are to hear.
    """
    seen: asyncio.Queue[ami.Message] = asyncio.Queue()
    try:
        async with _connected(settings, seen) as connection:
            if not connection.up:
                return [_no_manager(settings)]
            return [
                Finding(True, f"the manager at {settings.ami} accepts the user {settings.user!r}"),
                await _version(connection),
                await _clocks(connection),
                *[await _module(connection, name, why) for name, why in MODULES.items()],
                *await _prompts(connection, prompt),
                *await _rights(connection),
                *[await _context(connection, name) for name in settings.contexts],
                await _trial(connection, settings, seen),
            ]
    except LoginRefused as refused:
        return [Finding(False, "the manager refuses the login", str(refused))]
    except SwitchDown:
        return [_no_manager(settings)]


@asynccontextmanager
async def _connected(settings: AsteriskSettings, seen: asyncio.Queue[ami.Message]) -> AsyncIterator[AmiConnection]:
    async def came_up() -> None:
        """Nothing to do: the questions come one by one."""

    connection = AmiConnection(settings, seen.put_nowait, came_up)
    await connection.start()
    try:
        yield connection
    finally:
        await connection.close()


def _no_manager(settings: AsteriskSettings) -> Finding:
    return Finding(
        False,
        f"no Asterisk manager answers at {settings.ami}",
        "Start Asterisk, and set enabled=yes, bindaddr and port in [general] of manager.conf.",
    )


async def _version(connection: AmiConnection) -> Finding:
    version = await _variable(connection, "VERSION()")
    major = version.partition(".")[0]
    if major.isdigit() and int(major) < OLDEST_VERSION:
        return Finding(False, f"Asterisk {version}", f"Careline works with Asterisk {OLDEST_VERSION} to 22: upgrade.")
    return Finding(True, f"Asterisk {version}")


async def _clocks(connection: AmiConnection) -> Finding:
    theirs = await _variable(connection, "EPOCH")
    apart = abs(int(theirs) - SystemClock().now()) if theirs.isdigit() else 0.0
    if apart > CLOCKS_SECONDS:
        what = f"Asterisk's clock and ours are {apart:.0f} s apart"
        return Finding(False, what, "synchronise the clocks of both hosts (chrony)")
    return Finding(True, "Asterisk's clock is ours")


async def _prompts(connection: AmiConnection, prompt: Path | None) -> list[Finding]:
    """Asterisk plays prompts itself only where it cannot take live audio from us."""
    if await _loaded(connection, "app_audiosocket"):
        return [Finding(True, "prompts are played by Careline: Asterisk need not read them")]
    user = user_of("asterisk")
    readable = [] if prompt is None or user is None else [seen(prompt, user)]
    return [await _module(connection, *FORMAT), *readable]


def seen(prompt: Path, user: int) -> Finding:
    """`user` is Asterisk's."""
    if may_read(prompt, user):
        return Finding(True, "Asterisk may read the prompts")
    return Finding(
        False,
        f"Asterisk may not read the prompt {prompt}: callers hear nothing",
        "Let Asterisk's user read the cache folder (setting `cache`), and the folders above it.",
    )


async def _loaded(connection: AmiConnection, module: str) -> bool:
    return await _variable(connection, f"IFMODULE({module}.so)") == "1"


async def _module(connection: AmiConnection, name: str, why: str) -> Finding:
    if await _loaded(connection, name):
        return Finding(True, f"module {name}: {why}")
    return Finding(
        False,
        f"module {name} is not loaded: {why}",
        f"asterisk -rx 'module load {name}.so'; when there is no such file, install Asterisk's modules package, "
        "or choose it in `make menuselect`. See that modules.conf does not say noload.",
    )


async def _rights(connection: AmiConnection) -> list[Finding]:
    listed = await connection.action("ListCommands")
    allowed = {key for key, _ in listed.fields}
    missing = [action for action in ACTIONS if action not in allowed]
    if missing:
        what = f"the manager user may not use {', '.join(missing)}"
        return [Finding(False, what, "Set write=call,originate,reporting for the user in manager.conf.")]
    return [Finding(True, "the manager user may use every action that Careline needs")]


async def _context(connection: AmiConnection, context: str) -> Finding:
    try:
        await connection.listing("ShowDialPlan", ("Context", context))
    except ActionRefused:
        return Finding(
            False,
            f"the dialplan has no context [{context}]",
            "#include extensions_careline.conf in extensions.conf (FreePBX: extensions_custom.conf), "
            "then: asterisk -rx 'dialplan reload'.",
        )
    return Finding(True, f"the dialplan has the context [{context}]")


async def _trial(connection: AmiConnection, settings: AsteriskSettings, seen: asyncio.Queue[ami.Message]) -> Finding:
    """Let Asterisk call its own dialplan, as it will ring a person, and see whether we are told all of it."""
    channel = ("Channel", f"Local/s@{settings.person_context}/n")
    waits = (("Application", "Wait"), ("Data", str(int(2 * TRIAL_SECONDS + TOLD_SECONDS))), ("Timeout", "2000"))
    told: set[str] = set()
    await connection.action("Originate", channel, *waits, ("Async", "true"), ("ChannelId", TRIAL_ID))
    await _until(seen, told, {"BridgeEnter"}, TRIAL_SECONDS)
    await connection.action("PlayDTMF", ("Channel", TRIAL_ID), ("Digit", "1"))
    await _until(seen, told, {TRIAL_KEY}, TOLD_SECONDS)
    await connection.action("Hangup", ("Channel", TRIAL_ID))
    await _until(seen, told, TRIAL_CALL, TOLD_SECONDS)
    missing = sorted((TRIAL_CALL | {TRIAL_KEY}) - told)
    if missing:
        return Finding(
            False,
            f"the manager user is not told of {', '.join(missing)}",
            "Set read=call,dtmf for the user in manager.conf, and eventfilter as in manager_careline.conf "
            "or not at all.",
        )
    return Finding(True, "the manager user is told what becomes of calls")


async def _until(
    seen: asyncio.Queue[ami.Message], told: set[str], wanted: AbstractSet[str], within_seconds: float
) -> None:
    """Add to `told` what is told, until it is all that is wanted, or the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_seconds):
            while not told >= wanted:
                told.add((await seen.get())["Event"])


async def _variable(connection: AmiConnection, name: str) -> str:
    return (await connection.action("Getvar", ("Variable", name)))["Value"]
