"""The double as a process: python -m tests.freeswitch_double --people ana=6001,bo=6002 --socket 127.0.0.1:8084"""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import click

from tests.freeswitch_double import FreeSwitchDouble
from tests.freeswitch_double.switch import HOOK


@click.command(help=__doc__)
@click.option("--esl-port", default=8021, show_default=True)
@click.option("--sip-port", default=5060, show_default=True)
@click.option("--password", default="ClueCon", show_default=True)
@click.option("--people", default="", help="Telephones: NAME=PORT,NAME=PORT.")
@click.option("--gateways", default="", help="Trunks: NAME=PORT,NAME=PORT.")
@click.option("--socket", default="127.0.0.1:8084", show_default=True, help="Where Careline listens.")
@click.option("--hook", default=HOOK, show_default=False, type=click.Path(path_type=Path, exists=True))
@click.option("--extra", multiple=True, type=click.Path(path_type=Path, exists=True), help="More XML contexts.")
@click.option("--globals", "variables", default="{}", help="Global variables, as JSON.")
@click.option("--no-recording", is_flag=True, help="uuid_record fails, as without a place to write.")
@click.option("--log", type=click.Path(path_type=Path))
def main(
    *,
    esl_port: int,
    sip_port: int,
    password: str,
    people: str,
    gateways: str,
    socket: str,
    hook: Path,
    extra: tuple[Path, ...],
    variables: str,
    no_recording: bool,
    log: Path | None,
) -> None:
    double = FreeSwitchDouble(
        _ports(people),
        hook=hook,
        extra=extra,
        globals=json.loads(variables),
        gateways=_ports(gateways),
        socket=socket,
        password=password,
        esl_port=esl_port,
        sip_port=sip_port,
        records=not no_recording,
        log_file=log,
    )
    asyncio.run(_run(double))


async def _run(double: FreeSwitchDouble) -> None:
    over = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, over.set)
    async with double:
        print("started", flush=True)
        await over.wait()


def _ports(text: str) -> dict[str, int]:
    return {name: int(port) for name, _, port in (each.partition("=") for each in text.split(",") if each)}


if __name__ == "__main__":
    main(prog_name="python -m tests.freeswitch_double")
