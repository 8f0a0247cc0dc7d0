"""A private FreeSWITCH on loopback for tests, demo and measurements: a double of it, or a real one that you name.

async with PrivateFreeSwitch(people=("ana", "bo")) as pbx, Careline(pbx, plan) as careline:
    call = (await Phone.create()).dial(pbx.uri("100"))

CARELINE_FREESWITCH=host:port:password      the event socket of a real FreeSWITCH on this machine, which gets the hook
CARELINE_FREESWITCH_SIP=host:port           where its callers come in, if it is not the profile without passwords
"""

import asyncio
import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from lab import freeswitch_hook
from lab.event_socket import EventSocket
from lab.freeswitch_hook import Door, Wanted
from lab.music import arpeggio
from lab.ports import free_port
from lab.sound import write_wav
from lab.terminal import LabError, say

HERE = "127.0.0.1"
ROOT = Path(__file__).parents[2]
REAL, REAL_SIP = "CARELINE_FREESWITCH", "CARELINE_FREESWITCH_SIP"
BOOT_SECONDS = 30
STOP_SECONDS = 5.0
MUSIC_ROUNDS = 100  # of the arpeggio, six minutes: a file, unlike a stream, has an end


class PrivateFreeSwitch:
    """One FreeSWITCH with its folder, ports and people. See lab.private_pbx for what they mean.

    A person `ana` is the telephone user/ana at 127.0.0.1:`people["ana"]`, and also the trunk of that name.
    Extension 100 is Careline, and so are `numbers`, each with the number that Careline is told was dialled, "" for the
    extension itself. `extra_extensions` are further <extension>s for callers, `dialplan_globals` variables of the hook.
    Without `live_audio` it records nobody. `folder` given is kept, else removed unless the block ends with an error.
    """

    def __init__(
        self,
        *,
        people: tuple[str, ...] = (),
        outbound_port: int = 0,
        numbers: Mapping[str, str] = MappingProxyType({}),
        extra_extensions: str = "",
        dialplan_globals: Mapping[str, str] = MappingProxyType({}),
        live_audio: bool = True,
        folder: Path | None = None,
        survives_us: bool = False,
    ) -> None:
        self.people = {name: free_port() for name in people}
        self.outbound_port = outbound_port or free_port()
        self._kept, self._survives_us, self._live_audio = folder, survives_us, live_audio
        self.folder = folder or Path(tempfile.mkdtemp(prefix="careline-freeswitch-"))
        self.audio = Path("/dev/shm") / f"{self.folder.name}-audio"
        atexit.register(shutil.rmtree, self.audio, ignore_errors=True)
        self._extensions = {"100": "", **numbers}
        self._extra_extensions, self._globals = extra_extensions, dialplan_globals
        self._process: subprocess.Popen[bytes] | None = None
        self._door: Door | None = None
        self.real = bool(named_event_socket())
        self.esl_host, self.esl_port, self.esl_password = named_event_socket() or (HERE, free_port(), _password())
        self.sip_host, self.sip_port = HERE, free_port()

    def uri(self, extension: str) -> str:
        """What a phone dials to reach an extension."""
        return f"sip:{extension}@{self.sip_host}:{self.sip_port}"

    @property
    def phones(self) -> Mapping[str, str]:
        """FreeSWITCH's words for the telephones that a plan calls PJSIP/ana, where they are not users of its own."""
        if not self._door:
            return {}
        profile = self._door.profile
        return {f"PJSIP/{name}": f"sofia/{profile}/{name}@127.0.0.1:{port}" for name, port in self.people.items()}

    @property
    def context(self) -> str:
        """The dialplan context in which callers land."""
        return self._door.context if self._door else "public"

    @property
    def careline_settings(self) -> Mapping[str, Any]:
        """The part of Careline's settings that names this FreeSWITCH."""
        freeswitch = {
            "esl": {"host": self.esl_host, "port": self.esl_port, "password": self.esl_password},
            "outbound": {"port": self.outbound_port},
            "audio": str(self.audio),
            "phones": dict(self.phones),
        }
        return {"freeswitch": freeswitch}

    async def start(self) -> None:
        """Start the double, half a second; or put the hook into the real one. Raises LabError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.real:
            await asyncio.to_thread(self._install)
        else:
            self._boot()  # in this thread: the double dies with the thread that starts it

    async def stop(self) -> None:
        """End it as an administrator would; a real one only loses the hook. Stopped already is no error."""
        if self.real:
            await asyncio.to_thread(self._uninstall)
        elif self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                await asyncio.to_thread(self._process.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it as a power cut would; a real one only loses the hook."""
        if self.real:
            self._uninstall()
        elif self._process:
            self._process.kill()
            self._process.wait()

    async def restart(self) -> None:
        """Stop and boot again with the same ports, password and configuration."""
        if self.real:
            await asyncio.to_thread(self._restart_real)
        else:
            await self.stop()
            await self.start()

    async def cli(self, command: str) -> str:
        """What `fs_cli -x COMMAND` prints."""
        return await asyncio.to_thread(self._ask, command)

    async def calls_there(self) -> int:
        """How many channels there are."""
        return await asyncio.to_thread(self._channels)

    @property
    def log(self) -> str:
        """The double's own log so far; a real FreeSWITCH keeps its own."""
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    @property
    def pid(self) -> int:
        if not self._process:
            raise LabError("the private FreeSWITCH has no process of ours: it is a real one, or was not started")
        return self._process.pid

    # ---- the double ----

    def _boot(self) -> None:
        with_us = [] if self._survives_us else ["setpriv", "--pdeathsig", "KILL"]
        with (self.folder / "console").open("ab") as console:
            self._process = subprocess.Popen(
                [*with_us, sys.executable, "-m", "tests.freeswitch_double", *self._arguments()],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=console,
                start_new_session=True,
            )
        assert self._process.stdout
        with self._process.stdout as told:
            started = b"started" in told.readline()
        if not started:
            self._process.wait()
            raise LabError(f"the private FreeSWITCH ended at once; what it said is in {self.folder}/console")

    def _arguments(self) -> list[str]:
        extra = self.folder / "callers.xml"
        extensions = freeswitch_hook.extensions(self._wanted())
        extra.write_text(f'<include><context name="public">{extensions}</context></include>')
        people = ",".join(f"{name}={port}" for name, port in self.people.items())
        named = {
            "--esl-port": self.esl_port,
            "--sip-port": self.sip_port,
            "--password": self.esl_password,
            "--people": people,
            "--gateways": people,
            "--socket": f"127.0.0.1:{self.outbound_port}",
            "--extra": extra,
            "--log": self.folder / "log",
        }
        flags = [] if self._live_audio else ["--no-recording"]
        return [*flags, *(str(word) for pair in named.items() for word in pair)]

    # ---- a real one ----

    def _install(self) -> None:
        if not self._live_audio:
            raise LabError(f"a real FreeSWITCH always records: run what needs one that does not without {REAL}")
        with self._console() as ask:
            self._door = freeswitch_hook.install(ask, self._wanted(), os.environ.get(REAL_SIP, ""))
        self.sip_host, self.sip_port = self._door.host, self._door.port

    def _uninstall(self) -> None:
        with self._console() as ask:
            freeswitch_hook.remove(ask)

    def _restart_real(self) -> None:
        """It starts itself again."""
        self._ask("fsctl shutdown restart")
        for _ in range(BOOT_SECONDS):
            time.sleep(1)
            try:
                self._ask("status")
            except LabError:
                continue
            self._install()
            return
        raise LabError("FreeSWITCH did not come up again after `fsctl shutdown restart`: start it")

    # ---- both ----

    def _wanted(self) -> Wanted:
        trunks = {name: port for name, port in self.people.items() if name == "trunk"}
        music = str(self._music()) if self.real else "${hold_music}"
        return Wanted(self.outbound_port, self._extensions, music, self._globals, self._extra_extensions, trunks)

    def _music(self) -> Path:
        """Ours, whose notes tests know."""
        file = self.folder / "music.wav"
        write_wav(file, arpeggio(MUSIC_ROUNDS))
        file.parent.chmod(0o755)
        return file

    def _console(self) -> EventSocket:
        return EventSocket(self.esl_host, self.esl_port, self.esl_password)

    def _ask(self, command: str) -> str:
        with self._console() as ask:
            return ask(command)

    def _channels(self) -> int:
        with self._console() as ask:
            return len(ask.rows("channels"))

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
            say(f"the private FreeSWITCH's folder is kept: {self.folder}")


def named_event_socket() -> tuple[str, int, str] | None:
    """Host, port and password of the real FreeSWITCH that CARELINE_FREESWITCH names. Raises LabError."""
    named = os.environ.get(REAL, "")
    if not named:
        return None
    parts = named.split(":", 2)
    if len(parts) != 3 or not parts[1].isdecimal():
        raise LabError(f"{REAL} must be host:port:password, like 127.0.0.1:8021:ClueCon")
    return parts[0], int(parts[1]), parts[2]


def _password() -> str:
    return secrets.token_hex(16)
