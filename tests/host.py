"""A host on disk, as an administrator sets it up: a small plan, silent prompts, and a settings file."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import wave
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ivr.control import NotRunning, ask
from ivr.menus.reading.load import load
from ivr.menus.words.wording import wordings
from ivr.speech.prompting.making import PromptFolders
from ivr.speech.prompting.manifest import load_manifests
from ivr.speech.prompting.prompts import PromptLibrary
from ivr.speech.prompting.tts import VoiceSettings
from tests.menus.plans import SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.plan.model import Plan
    from ivr.speech.prompting.making import Wish

DIALPLANS = Path(__file__).parents[1] / "dialplans"
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Host:
    """`settings` is the file; `write` makes it, with keys of its sections changed."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "careline.yaml"

    @property
    def plan(self) -> Path:
        return self.folder / "plan.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def write(self, **asterisk: Any) -> Path:
        """Nobody is heard, and no port is taken that somebody else may have; there is no Asterisk."""
        ports = {"agi": {"port": 0}, "audiosocket": {"port": 0}, "ami": {"port": free_port(), "secret": "hush"}}
        given = {
            "plan": "plan.yaml",
            "state": "state",
            "prompts": ["prompts"],
            "asterisk": {"sounds": None, **ports, **asterisk},
            "speech": {"workers": 0},
        }
        self.settings.write_text(yaml.safe_dump(given))
        return self.settings


def set_up(folder: Path) -> Host:
    host = Host(folder)
    host.plan.write_text(SMALL, "utf-8")
    shutil.copy(DIALPLANS / "red_flags.yaml", folder)
    for wish in _wishes(load(host.plan)):
        _silence(folder / "prompts" / wish.language / f"{wish.name}.wav")
    host.write()
    return host


def _wishes(plan: Plan) -> list[Wish]:
    """Every prompt that the plan's callers may hear, but for music and tones."""
    folders = PromptFolders((DIALPLANS.parent / "prompts",), Path("unused"))
    manifests = load_manifests(folders.recorded, plan.practice.languages)
    wishes = PromptLibrary(manifests, folders, VoiceSettings(())).wishes(wordings(plan))
    return [wish for wish in wishes.values() if wish.text]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _silence(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))


@contextmanager
def running(host: Host) -> Iterator[subprocess.Popen[str]]:
    """Careline, once it answers the command line."""
    command = [sys.executable, "-m", "ivr", "run", "--settings", str(host.settings)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as serving:
        try:
            asyncio.run(_answers(host, serving))
            yield serving
        finally:
            serving.kill()


async def _answers(host: Host, serving: subprocess.Popen[str]) -> None:
    async with asyncio.timeout(START_SECONDS):
        while serving.poll() is None:
            with contextlib.suppress(NotRunning):
                await ask(host.state, do="status")
                return
            await asyncio.sleep(0.05)  # another process: it has no event to wait for
    raise AssertionError(serving.stderr.read() if serving.stderr else "")
