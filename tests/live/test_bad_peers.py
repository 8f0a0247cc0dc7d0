"""Whoever else speaks to our sockets, refuses us, or goes away: the calls go on, and an administrator is told why."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from ivr import record as story
from ivr.record import Outcome
from lab.patients import prompt_over
from lab.sound import tone
from tests.live.practice import Practice, entries, first_rung
from tests.live.tones import hears

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.careline import Careline

CLOSED_SECONDS = 8.0
DRIP_SECONDS = 0.2

pytestmark = pytest.mark.asterisk
CALL = b"agi_network: yes\nagi_network_script: call\nagi_uniqueid: 1.9\nagi_channel: PJSIP/nobody-1\n\n"
ID = b"\x01\x00\x10"


def drips(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


AGI_PEERS: dict[str, list[bytes]] = {
    "says nothing": [b""],
    "a browser": [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    "garbage": [secrets.token_bytes(5000)],
    "a line without an end": [b"agi_request: " + b"x" * 1_000_000],
    "an environment without an end": [b"agi_arg_1: x\n" * 100_000],
    "drips": drips(b"agi_network: yes\n" * 10),
    "another's script": [CALL.replace(b"call", b"shop")],
    "no call": [CALL.replace(b"uniqueid", b"unique")],
    "a call that is none": [CALL],
    "the same call again": [CALL],
    "an answer to nothing": [CALL.replace(b"1.9", b"1.8") + b"200 result=0\n" * 1000 + b"\x00\xff\n"],
}
AUDIO_PEERS: dict[str, list[bytes]] = {
    "says nothing": [b""],
    "a browser": [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    "garbage": [secrets.token_bytes(5000)],
    "half an id": [ID + secrets.token_bytes(8)],
    "an id of nobody": [ID + secrets.token_bytes(16)],
    "audio before the id": [b"\x10\x01\x40" + bytes(320)],
    "an oversized frame": [b"\x10\xff\xff" + bytes(65_535)],
    "drips": drips(ID + secrets.token_bytes(16)),
}


async def is_closed(port: int, says: list[bytes]) -> bool:
    """Whether the other side closes the connection in time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    talking = asyncio.get_running_loop().create_task(_say(writer, says))
    try:
        async with asyncio.timeout(CLOSED_SECONDS):
            while await reader.read(65_536):
                pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    else:
        return True
    finally:
        talking.cancel()
        await asyncio.wait({talking})
        writer.close()


async def _say(writer: asyncio.StreamWriter, says: list[bytes]) -> None:
    with suppress(ConnectionError):
        for piece in says:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(DRIP_SECONDS)


async def test_strangers_are_closed_and_a_call_notices_nothing(house: Practice) -> None:
    """The caller leaves a message meanwhile: what is played to the caller, and what is recorded, has no gap."""
    call = house.call()
    await call.heard.first_audio
    call.press("3")
    async with asyncio.timeout(10):
        await call.heard.until(lambda _: hears(call, "beep"))
    await prompt_over(call, quiet_seconds=0.1)
    call.say(tone(1100, 0.5), repeat=True)
    agi = [is_closed(house.pbx.agi_port, says) for says in AGI_PEERS.values()]
    audio = [is_closed(house.pbx.audiosocket_port, says) for says in AUDIO_PEERS.values()]
    closed = await asyncio.gather(*agi, *audio)
    assert [who for who, is_so in zip((*AGI_PEERS, *AUDIO_PEERS), closed, strict=True) if not is_so] == []
    assert call.heard.gaps(0.2) == []
    call.hang_up()
    assert (await house.record()).summary.outcome is Outcome.VOICEMAIL


async def test_an_audio_id_works_once(house: Practice) -> None:
    """Somebody reads the id of a live call and connects with it."""
    call = house.call()
    await call.heard.first_audio
    channels = (await house.pbx.cli("core show channels concise")).splitlines()
    [used] = [line.split("!")[6].partition(",")[0] for line in channels if "!AudioSocket!" in line]
    assert await is_closed(house.pbx.audiosocket_port, [ID + bytes.fromhex(used.replace("-", ""))])
    call.press("1")
    await first_rung([house.phones["ana"], house.phones["bo"]])
    call.hang_up()


# ---- who refuses us --------------------------------------------------------------------------------------------------


def run(careline: Careline, folder: Path, change: Callable[[dict[str, Any]], None]) -> tuple[int, list[str]]:
    """`careline run` with changed settings: its exit code, and what it says but for its log."""
    folder.mkdir()
    settings = json.loads((careline.folder / "careline.yaml").read_text())
    settings["state"] = str(folder / "state")
    change(settings)
    file = folder / "careline.yaml"
    file.write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "run", "--settings", file],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if line.startswith("careline: ") and "prompts" not in line]
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, said


def wrong_secret(settings: dict[str, Any]) -> None:
    settings["asterisk"]["ami"]["secret"] = "not the secret"
    settings["asterisk"]["agi"]["port"] = settings["asterisk"]["audiosocket"]["port"] = 0


def agi_in_use(settings: dict[str, Any]) -> None:
    settings["asterisk"]["audiosocket"]["port"] = 0


def audio_in_use(settings: dict[str, Any]) -> None:
    settings["asterisk"]["agi"]["port"] = 0


def no_model(settings: dict[str, Any]) -> None:
    settings["speech"] = {"models": {"en": "/no/such/model"}}


REFUSED: dict[Callable[[dict[str, Any]], None], str] = {
    wrong_secret: "does not accept the user 'careline' with our secret",
    agi_in_use: "cannot listen for calls (FastAGI)",
    audio_in_use: "cannot listen for audio (AudioSocket)",
    no_model: "is not a whole speech model",
}


async def test_who_cannot_serve_says_so_in_one_sentence_and_ends_with_2(careline: Careline, tmp_path: Path) -> None:
    ran = await asyncio.gather(
        *(asyncio.to_thread(run, careline, tmp_path / change.__name__, change) for change in REFUSED)
    )
    assert [(code, len(said)) for code, said in ran] == [(2, 1)] * len(REFUSED)
    assert [says in said[0] for says, (_, said) in zip(REFUSED.values(), ran, strict=True)] == [True] * len(REFUSED)


# ---- Asterisk goes away ----------------------------------------------------------------------------------------------


async def test_an_asterisk_that_restarts_is_served_again(house: Practice) -> None:
    talker = house.call()
    await talker.heard.first_audio
    talker.press("1")
    await first_rung([house.phones["ana"], house.phones["bo"]])
    await house.until_status(lambda status: "talking" in {each["state"] for each in status["people"]})
    waiting = house.call()
    await waiting.heard.first_audio
    waiting.press("2")
    await house.until_waiting(1)
    await house.pbx.restart()
    await house.until_status(lambda status: status["pbx"] and not status["calls"] and not status["waiting"])
    assert [(await house.person_state(name)) for name in ("ana", "bo")] == ["ready", "ready"]
    assert [call.outcome for call in (await house.careline.calls())[-2:]] == [Outcome.TALKED, Outcome.LEFT_IN_QUEUE]
    call = house.call()
    await call.heard.first_audio
    call.press("1")
    await first_rung([house.phones["ana"], house.phones["bo"]])
    await house.until_status(lambda status: "talking" in {each["state"] for each in status["people"]})
    call.hang_up()
    assert entries(await house.record(), story.Connected) != []
