"""A private, real Asterisk 22 on loopback, for tests, demo and measurements; several may run at once.

async with PrivateAsterisk(people=("ana", "bo"), agi_port=4573, audiosocket_port=4574) as pbx:
    phone = await Phone.create()
    call = await phone.dial(pbx.uri("100"))
"""

import asyncio
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from lab import asterisk_config
from lab.asterisk_root import SOUNDS, asterisk_root
from lab.music import write_music
from lab.ports import free_port
from lab.terminal import LabError, say
from lab.unpacked import Unpacked

BOOT_SECONDS = 30.0  # it takes one; thirty is a machine that is busy with something else
STOP_SECONDS = 5.0
RUN_FOLDERS = (
    "log/cdr-csv",
    "lib/keys",
    "cache",
    "agi-bin",
    "spool/tmp",
    "spool/monitor",
    "spool/recording",
    "spool/system",
)


class PrivateAsterisk:
    """One Asterisk with its own folder, ports and people.

    A person `ana` is the endpoint PJSIP/ana, whose phone is at 127.0.0.1:`people["ana"]`. Everybody else who calls from
    loopback is a caller in the context [callers], where `100` is Careline, `echo` echoes and `music` plays the music
    on hold. `numbers` are further extensions that are Careline's, each with the number that Careline is
    told was dialled, "" for the extension itself. `extra_extensions` goes on from there, in the same context.
    With `qualify_seconds` Asterisk asks the people's phones so often whether they are there; 0 is never.
    Without `live_audio` it cannot give any: its module is not loaded.
    The folder is kept when the block ends with an error, else removed; `folder` given is always kept.
    """

    def __init__(
        self,
        *,
        people: tuple[str, ...] = (),
        agi_port: int = 0,
        audiosocket_port: int = 0,
        numbers: Mapping[str, str] = MappingProxyType({}),
        extra_extensions: str = "",
        extra_queues: str = "",
        rtp_timeout_seconds: int = 30,
        qualify_seconds: int = 0,
        dialplan_globals: Mapping[str, str] = MappingProxyType({}),
        live_audio: bool = True,
        folder: Path | None = None,
        survives_us: bool = False,
    ) -> None:
        self.sip_port = free_port()
        self.ami_port = free_port()
        self.agi_port = agi_port or free_port()
        self.audiosocket_port = audiosocket_port or free_port()
        self.ami_secret = secrets.token_hex(16)
        self.people = {name: free_port() for name in people}
        self._kept = folder
        self._survives_us = survives_us
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="careline-pbx-"))
        self._settings = asterisk_config.Settings(
            folder=self.folder,
            sip_port=self.sip_port,
            ami_port=self.ami_port,
            ami_secret=self.ami_secret,
            people=self.people,
            globals={"CARELINE_AGI": f"agi://127.0.0.1:{self.agi_port}", **dialplan_globals},
            rtp_timeout_seconds=rtp_timeout_seconds,
            qualify_seconds=qualify_seconds,
            numbers=numbers,
            extra_extensions=extra_extensions,
            extra_queues=extra_queues,
            without_modules=frozenset() if live_audio else frozenset({"app_audiosocket"}),
        )

    def uri(self, extension: str) -> str:
        """What a phone dials to reach an extension of [callers]."""
        return f"sip:{extension}@127.0.0.1:{self.sip_port}"

    async def start(self) -> None:
        """Boot, a second. Raises LabError when Asterisk cannot be had or does not come up."""
        unpacked = await asyncio.to_thread(asterisk_root)
        asterisk_config.write(self._settings, unpacked)
        write_music(self.folder / "music")
        for name in RUN_FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "asterisk.ctl").unlink(missing_ok=True)
        self._spawn(unpacked)
        try:
            async with asyncio.timeout(BOOT_SECONDS):
                await self._booted()
        except TimeoutError:
            self.kill()
            raise LabError(f"the private Asterisk does not come up; its log is in {self.folder}/log/full") from None

    async def stop(self) -> None:
        """End it as an administrator would; callers are hung up. Stopped already is no error."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                await asyncio.to_thread(self._process.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    async def restart(self) -> None:
        """Stop and boot again with the same ports, secret and configuration."""
        await self.stop()
        await self.start()

    async def cli(self, command: str) -> str:
        """What `asterisk -rx COMMAND` prints."""
        return await command_line(self.folder, command)

    @property
    def careline_settings(self) -> Mapping[str, Any]:
        """The part of Careline's settings that names this Asterisk."""
        asterisk = {
            "ami": {"port": self.ami_port, "secret": self.ami_secret},
            "agi": {"port": self.agi_port},
            "audiosocket": {"port": self.audiosocket_port},
            "sounds": str(self.sounds),
        }
        return {"asterisk": asterisk}

    async def calls_there(self) -> int:
        """How many channels there are."""
        return len((await self.cli("core show channels concise")).splitlines())

    @property
    def sounds(self) -> Path:
        """The folder of Asterisk's recorded sounds, by language: `en` and `es`."""
        return asterisk_root().root / SOUNDS

    @property
    def log(self) -> str:
        """Asterisk's own log so far."""
        file = self.folder / "log/full"
        return file.read_text(errors="replace") if file.exists() else ""

    @property
    def pid(self) -> int:
        if not self._process:
            raise LabError("the private Asterisk was not started: call start first")
        return self._process.pid

    def _spawn(self, unpacked: Unpacked) -> None:
        asterisk = [*unpacked.command("usr/sbin/asterisk"), "-f", "-C", str(self.folder / "etc/asterisk.conf")]
        with_us = [] if self._survives_us else ["setpriv", "--pdeathsig", "KILL"]
        with (self.folder / "log/console").open("ab") as console:
            self._process = subprocess.Popen(
                [*with_us, *asterisk], stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
            )

    async def _booted(self) -> None:
        while not (self.folder / "asterisk.ctl").exists():
            if self._process and self._process.poll() is not None:
                raise LabError(f"the private Asterisk ended at once; its log is in {self.folder}/log")
            await asyncio.sleep(0.02)
        while "fully booted" not in await self.cli("core waitfullybooted"):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.02)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if kind is None and not self._kept:
            shutil.rmtree(self.folder, ignore_errors=True)
        elif kind is not None:
            say(f"the private Asterisk's folder is kept: {self.folder}")


async def command_line(folder: Path, command: str) -> str:
    """What the Asterisk that runs in `folder` answers to a command; a sentence of Asterisk's when none runs."""
    asterisk = asterisk_root().command("usr/sbin/asterisk")
    process = await asyncio.create_subprocess_exec(
        *(*asterisk, "-C", str(folder / "etc/asterisk.conf"), "-rx", command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"TERM": "dumb"},
    )  # fmt: skip - one line for the command, one for its surroundings
    output, _ = await process.communicate()
    return output.decode(errors="replace")
