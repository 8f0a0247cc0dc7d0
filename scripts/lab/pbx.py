"""scripts/pbx: a private Asterisk to try things on. It runs until it is stopped, one per user."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from lab.asterisk import PrivateAsterisk, command_line
from lab.asterisk_root import asterisk_root
from lab.cache import cache_folder
from lab.synthesisers import synthesisers
from lab.terminal import LabError, say

STOP_SECONDS = 5.0
P = ParamSpec("P")


def command(work: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """An asyncio command whose LabError becomes one sentence and exit code 2."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            asyncio.run(work(*args, **kwargs))
        except LabError as error:
            say(str(error))
            sys.exit(2)

    return run


@click.group(help="A private, real Asterisk 22 on loopback, for trying things out.")
def main() -> None:
    pass


@main.command()
@command
async def fetch() -> None:
    """Fetch what `start`, the tests and the demo need, without starting anything."""
    asterisk_root()
    synthesisers()


@main.command()
@click.option("--people", default="ana,bo,cleo", show_default=True, help="Endpoints PJSIP/NAME for persons' phones.")
@click.option("--agi-port", default=4573, show_default=True, help="Where Careline listens for calls.")
@command
async def start(people: str, agi_port: int) -> None:
    """Start it and print how to reach it; running already is no error."""
    if running():
        say(f"running already, process {running()}; scripts/pbx status tells more")
        return
    shutil.rmtree(folder(), ignore_errors=True)
    pbx = PrivateAsterisk(
        people=tuple(filter(None, people.split(","))), agi_port=agi_port, folder=folder(), survives_us=True
    )
    await pbx.start()
    about = {
        "callers dial": pbx.uri("100"),
        "persons' phones": {f"PJSIP/{name}": f"127.0.0.1:{port}" for name, port in pbx.people.items()},
        "settings for careline": {
            "asterisk": {
                "ami": {"port": pbx.ami_port, "secret": pbx.ami_secret},
                "agi": {"port": pbx.agi_port},
                "sounds": str(pbx.sounds),
            }
        },
        "log": str(folder() / "log/full"),
    }
    (folder() / "about.json").write_text(json.dumps(about, indent=2))
    print(json.dumps(about, indent=2))


@main.command()
@command
async def stop() -> None:
    """Stop it; not running is no error."""
    pid = running()
    if pid:
        os.kill(pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                while running():  # noqa: ASYNC110 - it is not our child: nobody tells us
                    await asyncio.sleep(0.05)
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)


@main.command()
@command
async def status() -> None:
    """Say whether it runs, and how to reach it; exit code 1 when it does not."""
    if not running():
        say("not running; scripts/pbx start starts it")
        sys.exit(1)
    print((folder() / "about.json").read_text())


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True)
@command
async def cli(words: tuple[str, ...]) -> None:
    """Give Asterisk a command, for example: scripts/pbx cli core show channels."""
    if not running():
        raise LabError("the private Asterisk is not running: scripts/pbx start starts it")
    print(await command_line(folder(), " ".join(words)), end="")


def folder() -> Path:
    return cache_folder() / "pbx"


def running() -> int:
    """The process that runs in our folder; 0 for none. A number that now belongs to another program counts as none."""
    try:
        pid = int((folder() / "asterisk.pid").read_text())
        return pid if str(folder()) in Path(f"/proc/{pid}/cmdline").read_text() else 0
    except (OSError, ValueError):
        return 0


if __name__ == "__main__":
    main(prog_name="scripts/pbx")
