"""The product's own process beside a private PBX, started as an administrator would, killed as fate would.

async with PrivateAsterisk(people=("ana",)) as pbx, Careline(pbx, plan) as careline:
    ...
    careline.kill()                # kill -9
    await careline.start()
    records = await careline.records()
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from ivr.control import ControlError, ask
from ivr.menus.reading.load import load
from ivr.record import CallRecord, CallSummary
from ivr.store.database import beside
from ivr.store.readings import StoredRecords
from ivr.store.vault import unlock
from lab.cache import cache_folder
from lab.private_pbx import PrivatePbx
from lab.synthesisers import synthesisers
from lab.terminal import LabError

START_SECONDS = 60.0  # the first start speaks every prompt; later ones take a second
LOOK_AGAIN_SECONDS = 0.02


class Careline:
    """One `careline run` with settings, state and log of its own, in `folder` (a folder of the PBX's by default).

    `speech` are the settings of that name, `prompts` a folder of recordings that go before all others.
    """

    def __init__(
        self,
        pbx: PrivatePbx,
        plan: Path,
        *,
        folder: Path | None = None,
        speech: Mapping[str, Any] = MappingProxyType({}),
        prompts: Path | None = None,
    ) -> None:
        self.plan = load(plan)
        self.folder = folder or pbx.folder / "careline"
        self.state = self.folder / "state"
        self._settings = {
            "plan": str(plan),
            "state": str(self.state),
            "cache": str(cache_folder() / "product"),
            **pbx.careline_settings,
            "speech": {**speech},
            "prompts": [str(prompts)] if prompts else [],
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What the process wrote to its log so far."""
        return (self.folder / "log").read_text(errors="replace") if (self.folder / "log").exists() else ""

    @property
    def pid(self) -> int:
        assert self._process, "start first"
        return self._process.pid

    async def start(self) -> None:
        """Start and wait until calls are served. Raises LabError with the process's own words."""
        self.spawn()
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.serving()
        except TimeoutError:
            raise LabError(f"careline does not come up; its log is {self.folder}/log") from None

    def spawn(self) -> None:
        """Start and do not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "careline.yaml").write_text(json.dumps(self._settings))  # JSON is YAML
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ivr", "run", "--settings", str(self.folder / "careline.yaml")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"CARELINE_SYNTHESISERS": str(synthesisers())},
            )

    async def serving(self) -> None:
        """Return once the process serves calls: it answers, and the PBX is connected."""
        while True:
            if self._process and self._process.poll() is not None:
                raise LabError(f"careline ended with code {self._process.returncode}: {self.log.strip()[-2000:]}")
            try:
                if (await self.ask(do="status"))["pbx"]:
                    return
            except ControlError:
                pass
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def hearing(self, language: str = "en") -> None:
        """Return once speech is heard: recognisers are ready a second or two after calls are served."""
        async with asyncio.timeout(START_SECONDS):
            while language not in (await self.ask(do="status"))["hears"]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def ask(self, **request: Any) -> dict[str, Any]:
        """Ask the running process, as the command line does. Raises ControlError."""
        return await ask(self.state, **request)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP: hung, neither dead nor alive."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def stop(self) -> None:
        """End it as an administrator would."""
        await asyncio.to_thread(self._end, signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    async def calls(self) -> list[CallSummary]:
        """The calls on record, oldest first; what happened in the last tenth of a second may still be missing."""
        async with beside(self.state) as database:
            return sorted(
                await StoredRecords(database, await unlock(database)).calls(limit=10_000), key=lambda call: call.started
            )

    async def record(self, call: str) -> CallRecord:
        """One call with its timeline."""
        async with beside(self.state) as database:
            return await StoredRecords(database, await unlock(database)).call(call)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
