"""Whether FreeSWITCH plays what callers are to hear, and lets us hear what they say.

Tried by a call to nobody: FreeSWITCH's own `null` channel (of mod_loopback), parked, which makes no sound and reaches
no phone. Without mod_loopback only what can be asked is said.
"""

from __future__ import annotations

import asyncio
import shutil
import uuid
import wave
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.findings import Finding
from ivr.permissions import may_read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from collections.abc import Set as AbstractSet

    from ivr.freeswitch import esl
    from ivr.freeswitch.connection import EslConnection

MEMORY = frozenset({"tmpfs", "ramfs"})
MOUNTS = Path("/proc/mounts")
PLAYING, DONE = "PLAYBACK_START", "CHANNEL_EXECUTE_COMPLETE"
PLAYED_SECONDS = 2.0  # a file is opened within milliseconds
DEFAULT_MUSIC = "local_stream://moh"  # what the hook falls back to
PROMPT_MODE = 0o640  # as those that are played to callers: for the folder's group
FORMAT = (1, 2, 8000)  # channels, bytes a sample, Hz
JOIN = (
    "Let both be in one group (adduser careline freeswitch), and FreeSWITCH write for its group (UMask=0007 in its "
    "systemd unit); then restart both."
)


async def examine(
    connection: EslConnection, seen: asyncio.Queue[esl.Event], audio: Path, prompt: Path | None
) -> list[Finding]:
    """`audio` is the folder in which FreeSWITCH writes what callers say, `prompt` a file that callers are to hear.

    Raises SwitchDown.
    """
    music = await _music(connection)
    async with _trial(connection, seen) as trial:
        found = [memory(audio, _read(MOUNTS)), *_formats(prompt)]
        if trial is None:
            return [*found, _untried()]
        return [
            *found,
            await _recorded(connection, trial.channel, audio),
            *(await _heard(trial, audio, prompt) if prompt else ()),
            await trial.plays(music, f"music ({music}) is"),
        ]


async def _music(connection: EslConnection) -> str:
    """What callers hear who wait, as the hook chooses it."""
    for name in ("careline_music", "hold_music"):
        value = await connection.api(f"global_getvar {name}")
        if value and not value.startswith("-ERR"):
            return value
    return DEFAULT_MUSIC


class Trial:
    """A channel that is nobody's."""

    def __init__(self, connection: EslConnection, seen: asyncio.Queue[esl.Event], channel: str) -> None:
        self._connection = connection
        self._seen = seen
        self.channel = channel

    async def plays(self, sound: str, what: str) -> Finding:
        """Begin to play a sound to nobody; that it was opened is enough."""
        await self._connection.api(f"uuid_broadcast {self.channel} {sound} aleg")
        event = await self._next({PLAYING, DONE})
        if event and event.name == PLAYING:
            await self._connection.api(f"uuid_break {self.channel}")
            await self._next({DONE})
            return Finding(True, f"{what} played")
        told = event["Application-Response"] if event else "no answer"
        return Finding(False, f"{what} not played ({told})", _cure(sound))

    async def _next(self, names: AbstractSet[str]) -> esl.Event | None:
        """The channel's next event of these names; None when there is none in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PLAYED_SECONDS):
                while True:
                    event = await self._seen.get()
                    if event.name in names and event["Unique-ID"] == self.channel:
                        return event
        return None


@asynccontextmanager
async def _trial(connection: EslConnection, seen: asyncio.Queue[esl.Event]) -> AsyncIterator[Trial | None]:
    """None when there can be none."""
    channel = str(uuid.uuid4())
    await connection.begin(f"event json {PLAYING} {DONE}")
    to_nobody = f"{{origination_uuid={channel},originate_timeout=3}}null/careline-doctor &park()"
    if not (await connection.api(f"originate {to_nobody}")).startswith("+OK"):
        yield None
        return
    try:
        yield Trial(connection, seen, channel)
    finally:
        await connection.api(f"uuid_kill {channel}")


def _untried() -> Finding:
    return Finding(
        False,
        "what FreeSWITCH plays and records cannot be tried without mod_loopback",
        "fs_cli -x 'load mod_loopback', and run `careline doctor` again; Local/… of the plan needs it, too.",
    )


# ---- what callers say -----------------------------------------------------------------------------------------------


def memory(audio: Path, mounts: str) -> Finding:
    """`mounts` is what /proc/mounts says."""
    folder = next(each for each in (audio, *audio.parents) if each.exists())
    kind = _file_system(folder, mounts)
    if kind in MEMORY:
        return Finding(True, f"{audio} is in memory")
    return Finding(
        False,
        f"{audio} is on a disk ({kind}), and what callers say would be, too",
        "Choose a folder in /dev/shm or /run for 'audio' of 'freeswitch' in the settings.",
    )


def _file_system(folder: Path, mounts: str) -> str:
    """The type of the file system that a folder is in, such as tmpfs: the one that was mounted last above it."""
    known = [line.split() for line in mounts.splitlines()]
    above = [
        (len(point), number, kind)
        for number, (_, point, kind, *_) in enumerate(known)
        if folder.resolve().is_relative_to(point.replace("\\040", " "))
    ]
    return max(above)[2] if above else "unknown"


async def _recorded(connection: EslConnection, trial: str, audio: Path) -> Finding:
    """Let FreeSWITCH record into the folder, and see whether who owns the folder may read that."""
    file = audio / f"doctor-{trial}.raw"
    if _is_missing(audio):
        return Finding(True, f"{audio} is made when Careline starts; run `careline doctor` again then")
    answer = await connection.api(f"uuid_record {trial} start {file}")
    try:
        return _written(audio, file) if answer.startswith("+OK") else _unwritten(audio)
    finally:
        await connection.api(f"uuid_record {trial} stop {file}")
        _remove(file)


def _is_missing(audio: Path) -> bool:
    return not audio.is_dir()


def _read(file: Path) -> str:
    return file.read_text("utf-8")


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)


def _written(audio: Path, file: Path) -> Finding:
    if not file.exists():
        return _unwritten(audio)
    if not may_read(file, audio.stat().st_uid):
        return Finding(False, f"Careline may not read what FreeSWITCH writes into {audio}", JOIN)
    return Finding(True, f"FreeSWITCH writes into {audio}, and Careline reads it")


def _unwritten(audio: Path) -> Finding:
    return Finding(False, f"FreeSWITCH cannot write into {audio}: callers are not heard", JOIN)


# ---- what callers hear ----------------------------------------------------------------------------------------------


async def _heard(trial: Trial, audio: Path, prompt: Path) -> list[Finding]:
    """Have a prompt played as it will be: from our folder."""
    copy = audio / f"prompt-doctor-{trial.channel}.wav"
    try:
        _copy(prompt, copy)
        return [await trial.plays(str(copy), "prompts are")]
    except OSError:
        return []  # that is said already: no prompt, or no folder
    finally:
        _remove(copy)


def _copy(prompt: Path, copy: Path) -> None:
    shutil.copyfile(prompt, copy)
    copy.chmod(PROMPT_MODE)


def _formats(prompt: Path | None) -> Iterator[Finding]:
    if prompt is None:
        return
    try:
        with wave.open(str(prompt), "rb") as sound:
            known = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
    except (OSError, EOFError, wave.Error) as wrong:
        yield Finding(False, f"the prompt {prompt} cannot be read ({wrong})", "Run `careline prompts build`.")
        return
    if known == FORMAT:
        yield Finding(True, "prompts are 8 kHz, 16 bit, mono")
    else:
        yield Finding(False, f"the prompt {prompt} is not 8 kHz, 16 bit, mono", "Run `careline prompts build`.")


def _cure(sound: str) -> str:
    if sound.startswith("local_stream:"):
        return (
            "Load mod_local_stream, install the package freeswitch-music-default (or files of your own in "
            "local_stream.conf.xml), or set hold_music in vars.xml to a file."
        )
    if sound.startswith("/"):
        return JOIN
    return "Set hold_music in vars.xml to a file or a stream that FreeSWITCH can play."
