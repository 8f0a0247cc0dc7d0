"""`careline doctor` on the FreeSWITCH side, against a peer at the event socket."""

from __future__ import annotations

import asyncio
import os
import wave
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from ivr.findings import Finding
from ivr.freeswitch import probe_sounds
from ivr.freeswitch.probe import MODULES, examine
from ivr.freeswitch.settings import FreeSwitchSettings
from ivr.sockets import Address
from lab.freeswitch import PrivateFreeSwitch
from tests.freeswitch.probed import Probed, hook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MEMORY = Path("/dev/shm")


@pytest.fixture
async def switch() -> AsyncIterator[Probed]:
    async with Probed().open() as probed:
        yield probed


@pytest.fixture
def audio() -> Iterator[Path]:
    with TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
def prompt(tmp_path: Path) -> Path:
    return sound(tmp_path / "welcome.wav")


def sound(file: Path, rate: int = 8000) -> Path:
    with wave.open(str(file), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(rate)
        made.writeframes(bytes(320))
    return file


def settings(switch: Probed, audio: Path, password: str = "hush") -> FreeSwitchSettings:
    return FreeSwitchSettings(password, esl=switch.address, audio=audio)


async def wrong(switch: Probed, audio: Path, prompt: Path | None = None) -> dict[str, str]:
    """What is not well, and what to do."""
    return {found.what: found.do for found in await examine(settings(switch, audio), prompt) if not found.ok}


async def test_all_is_well(switch: Probed, audio: Path, prompt: Path) -> None:
    found = await examine(settings(switch, audio), prompt)
    assert [each.what for each in found] == [
        f"the event socket at {switch.address} lets us in",
        "FreeSWITCH 1.10.12",
        *[f"module {name}: {why}" for name, why in MODULES.items()],
        "codecs PCMU and PCMA; whatever else a phone speaks is recorded for us at 8 kHz",
        "FreeSWITCH's clock is ours",
        "FreeSWITCH's timers save callers when Careline dies",
        "the dialplan has the context careline of this version",
        f"{audio} is in memory",
        "prompts are 8 kHz, 16 bit, mono",
        f"FreeSWITCH writes into {audio}, and Careline reads it",
        "prompts are played",
        "music (local_stream://moh) is played",
    ]
    assert {each.ok for each in found} == {True}


async def test_nothing_is_left_behind_and_nobody_is_rung(switch: Probed, audio: Path, prompt: Path) -> None:
    await examine(settings(switch, audio), prompt)
    assert (os.listdir(audio), switch.channels) == ([], set())  # noqa: PTH208 - not for async functions
    assert [each.split("}")[1] for each in switch.asked if each.startswith("originate")] == [
        "null/careline-doctor &park()"
    ]
    assert "sched_del careline-doctor" in switch.asked


async def test_prompts_are_played_from_where_callers_get_them(switch: Probed, audio: Path, prompt: Path) -> None:
    await examine(settings(switch, audio), prompt)
    assert [Path(each).parent for each in switch.played if each.endswith(".wav")] == [audio]


# ---- the door -------------------------------------------------------------------------------------------------------


async def test_nobody_there(audio: Path) -> None:
    nobody = FreeSwitchSettings("hush", esl=Address("127.0.0.1", 1), audio=audio)
    [found] = await examine(nobody, None)
    assert (found.ok, found.what) == (False, "no FreeSWITCH answers at 127.0.0.1:1")
    assert found.do.startswith("Start FreeSWITCH, ")


async def test_a_wrong_password(switch: Probed, audio: Path) -> None:
    [found] = await examine(settings(switch, audio, "wrong"), None)
    assert (found.ok, found.what) == (False, "FreeSWITCH refuses the login")
    assert "does not accept our password" in found.do


async def test_a_list_that_leaves_us_out(switch: Probed, audio: Path) -> None:
    switch.rejects = True
    [found] = await examine(settings(switch, audio), None)
    assert (found.ok, found.what) == (False, "FreeSWITCH refuses the login")
    assert "turns this host away" in found.do


async def test_the_password_that_everybody_knows(audio: Path) -> None:
    async with Probed("ClueCon").open() as switch:
        found = await examine(settings(switch, audio, "ClueCon"), None)
    [known] = [each for each in found if not each.ok]
    assert known.what == "the event socket has the password that everybody knows"
    assert "openssl rand -hex 16" in known.do


async def test_a_socket_that_does_not_let_us_ask(switch: Probed, audio: Path) -> None:
    switch.answers["version"] = "-ERR version Command not found!\n"
    *_, last = await examine(settings(switch, audio), None)
    assert last.what == "the event socket does not let us ask anything (-ERR version Command not found!)"


# ---- the house ------------------------------------------------------------------------------------------------------


async def test_everything_that_is_missing_is_found_at_once(switch: Probed, audio: Path) -> None:
    switch.answers = {
        "version": "FreeSWITCH Version 1.8.7~64bit\n",
        "module_exists": "false",
        "show codec": "type,name,ikey\n\n0 total.\n",
        "strepoch": "1000",
        "sched_api": "-ERR sched_api Command not found!\n",
        "xml_locate": "can't find anything\n",
        "originate": "-ERR CHAN_NOT_IMPLEMENTED\n",
    }
    found = await wrong(switch, audio)
    whats = list(found)
    assert whats[0] == "FreeSWITCH 1.8.7"
    assert whats[1 : 1 + len(MODULES)] == [f"module {name} is not loaded: {why}" for name, why in MODULES.items()]
    assert whats[1 + len(MODULES)] == "FreeSWITCH has no PCMU and no PCMA"
    assert whats[2 + len(MODULES)].startswith("FreeSWITCH's clock and ours are ")
    assert whats[3 + len(MODULES) :] == [
        ("FreeSWITCH refuses the timers that save callers when Careline dies (-ERR sched_api Command not found!)"),
        "the dialplan has no context careline",
        "what FreeSWITCH plays and records cannot be tried without mod_loopback",
    ]
    assert found["the dialplan has no context careline"] == (
        "Run `careline init freeswitch`, then: fs_cli -x reloadxml."
    )


async def test_a_hook_of_another_version(switch: Probed, audio: Path) -> None:
    switch.answers["xml_locate"] = hook().replace("+4 lost XML careline", "+9 lost XML careline")
    [what] = await wrong(switch, audio)
    assert what == "the context careline is not as it came with this version: 'careline' differs"


async def test_a_hook_in_which_something_is_missing(switch: Probed, audio: Path) -> None:
    switch.answers["xml_locate"] = hook().replace('name="careline bye"', 'name="other"')
    [what] = await wrong(switch, audio)
    assert what == "the context careline has no extension 'careline bye'"


async def test_extensions_of_ones_own_are_nothing_wrong(switch: Probed, audio: Path) -> None:
    switch.answers["xml_locate"] = hook().replace("</context>", '<extension name="ours"/></context>')
    assert await wrong(switch, audio) == {}


# ---- what is played and recorded ------------------------------------------------------------------------------------


def test_a_folder_on_a_disk(tmp_path: Path) -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n"
    assert probe_sounds.memory(tmp_path / "audio", mounts) == Finding(
        False,
        f"{tmp_path / 'audio'} is on a disk (ext4), and what callers say would be, too",
        "Choose a folder in /dev/shm or /run for 'audio' of 'freeswitch' in the settings.",
    )
    assert probe_sounds.memory(Path("/run/careline"), mounts).ok


async def test_a_folder_that_is_made_at_the_start(switch: Probed, audio: Path) -> None:
    found = await examine(settings(switch, audio / "later"), None)
    assert f"{audio / 'later'} is made when Careline starts; run `careline doctor` again then" in {
        each.what for each in found if each.ok
    }


async def test_a_freeswitch_that_cannot_write(switch: Probed, audio: Path) -> None:
    switch.writes = False
    assert await wrong(switch, audio) == {
        f"FreeSWITCH cannot write into {audio}: callers are not heard": probe_sounds.JOIN
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
async def test_what_freeswitch_writes_for_itself_alone(switch: Probed, audio: Path) -> None:
    os.chown(audio, 65534, 65534)
    switch.record_mode = 0o600
    assert await wrong(switch, audio) == {
        f"Careline may not read what FreeSWITCH writes into {audio}": probe_sounds.JOIN
    }
    switch.record_mode = 0o644
    assert await wrong(switch, audio) == {}


async def test_prompts_that_freeswitch_does_not_find(switch: Probed, audio: Path, prompt: Path) -> None:
    switch.unplayable = {str(audio)}
    assert await wrong(switch, audio, prompt) == {"prompts are not played (FILE NOT FOUND)": probe_sounds.JOIN}


async def test_prompts_of_another_format(switch: Probed, audio: Path, tmp_path: Path) -> None:
    wide, none = sound(tmp_path / "wide.wav", 16_000), tmp_path / "none.wav"
    assert await wrong(switch, audio, wide) == {
        f"the prompt {wide} is not 8 kHz, 16 bit, mono": "Run `careline prompts build`."
    }
    [what] = await wrong(switch, audio, none)
    assert what.startswith(f"the prompt {none} cannot be read (")


@pytest.mark.parametrize(
    ("music", "cure"),
    [("local_stream://moh", "Load mod_local_stream,"), ("silence", "Set hold_music in vars.xml to a file")],
)
async def test_music_that_is_not_there(switch: Probed, audio: Path, music: str, cure: str) -> None:
    switch.answers["global_getvar careline_music"] = music
    switch.unplayable = {music}
    [(what, do)] = (await wrong(switch, audio)).items()
    assert what == f"music ({music}) is not played (FILE NOT FOUND)"
    assert do.startswith(cure)


async def test_a_freeswitch_that_goes_while_it_is_asked(switch: Probed, audio: Path) -> None:
    switch.goes_at = "show codec"
    async with asyncio.timeout(10):
        [found] = await examine(settings(switch, audio), None)
    assert (found.ok, found.what) == (False, f"no FreeSWITCH answers at {switch.address}")


async def test_the_double_has_all_that_careline_needs(prompt: Path) -> None:
    async with PrivateFreeSwitch() as pbx:
        pbx.audio.mkdir(exist_ok=True)
        at = Address(pbx.esl_host, pbx.esl_port)
        found = await examine(FreeSwitchSettings(pbx.esl_password, esl=at, audio=pbx.audio), prompt)
        assert [each.what for each in found if not each.ok] == []
        assert [each.what for each in found][-3:] == [
            f"FreeSWITCH writes into {pbx.audio}, and Careline reads it",
            "prompts are played",
            "music (local_stream://moh) is played",
        ]
