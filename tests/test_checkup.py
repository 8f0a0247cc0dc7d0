"""`careline doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ivr.checkup import clocks, findings, state
from ivr.control import open_door
from ivr.findings import Finding
from ivr.menus.reading.load import load as load_plan
from ivr.settings import Settings, Speech
from ivr.settings_file import load
from ivr.speech.meaning.red_flag_list import load_red_flags
from tests.host import Host, free_port, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture
def host() -> Iterator[Host]:
    with TemporaryDirectory() as folder:
        yield set_up(Path(folder))


def heard_by(settings: Settings, **speech: Any) -> Settings:
    return settings.model_copy(update={"speech": Speech(**speech)})


async def wrong(settings: Settings) -> dict[str, str]:
    """What is not well, and what to do."""
    return {found.what: found.do for found in await findings(settings) if not found.ok}


async def well(settings: Settings) -> list[str]:
    return [found.what for found in await findings(settings) if found.ok]


async def test_what_is_well_is_said_too(host: Host) -> None:
    told = await well(load(host.settings))
    assert f"{host.plan} has no mistakes" in told
    assert "speech is not heard (speech: workers: 0): callers use keys" in told
    assert f"{host.state} can be written" in told
    assert "127.0.0.1:0 for AGI is free" in told


async def test_a_plan_with_mistakes_is_sent_to_check(host: Host) -> None:
    host.plan.write_text("start: nowhere\n")
    first, *_ = await findings(load(host.settings))
    assert not first.ok
    assert first.what.startswith(f"{host.plan} has mistakes (")
    assert first.do == f"run `careline check {host.plan}`"


async def test_the_example_of_red_flags_must_be_signed_by_the_practices_clinician(host: Host) -> None:
    settings = load(host.settings)
    assert (await wrong(settings))["red_flags.yaml is the product's example"] == (
        "have the practice's clinician review it and sign it"
    )
    flags = host.folder / "red_flags.yaml"
    text = flags.read_text("utf-8")
    unsigned = "EXAMPLE — to be reviewed and signed by the practice's clinician"
    flags.write_text(text.replace(unsigned, "Dr. Ada Osei"), "utf-8")
    signed = load_red_flags(flags).signature
    told = f"red_flags.yaml is signed by Dr. Ada Osei ({signed.date}, {signed.version})"
    assert told in await well(settings)


async def test_red_flags_that_cannot_be_read_are_a_finding_and_no_end(host: Host) -> None:
    (host.folder / "red_flags.yaml").write_text("signed: 7\n")
    found = await wrong(load(host.settings))
    assert found["the words of danger cannot be read"].startswith(f"{host.folder}/red_flags.yaml:1:")
    assert len(found) > 1


async def test_a_model_that_is_none_is_a_finding_and_no_end(host: Host) -> None:
    settings = heard_by(load(host.settings), models={"en": host.folder, "es": host.folder})
    found = await wrong(settings)
    for language in ("en", "es"):
        assert found[f"speech in '{language}' is not heard: callers use keys"].startswith(
            f"{host.folder} is not a whole speech model"
        )


async def test_english_is_always_heard(host: Host) -> None:
    told = await well(heard_by(load(host.settings)))
    assert any(what.startswith("speech in 'en' is heard with") for what in told)


async def test_a_synthesiser_that_is_not_there_is_told(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("CARELINE_SYNTHESISERS", raising=False)
    found = await wrong(load(host.settings))
    assert found["prompts in 'en' that are not recorded cannot be spoken"]


@pytest.mark.parametrize(("door", "name"), [("agi", "AGI"), ("audiosocket", "AudioSocket")])
async def test_a_port_that_somebody_has_is_told(host: Host, door: str, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        taken: Mapping[str, Any] = {door: {"port": port}}
        found = await wrong(load(host.write(**taken)))
    what = f"127.0.0.1:{port} for {name} cannot be had (Address already in use)"
    assert found[what] == "stop who has it, or choose another port in the settings"


async def test_a_host_that_is_not_ours_is_told(host: Host) -> None:
    found = await wrong(load(host.write(agi={"host": "no.such.host.invalid", "port": 4573})))
    assert any(what.startswith("no.such.host.invalid:4573 for AGI cannot be had") for what in found)


async def test_the_ports_of_a_running_careline_are_as_they_should_be(host: Host) -> None:
    async def answer(_: object) -> dict[str, object]:
        return {"plan": {"number": 7, "differs": False}}

    host.state.mkdir()
    async with await open_door(host.state, answer):
        told = await well(load(host.settings))
    assert "Careline is running and listens for AGI and AudioSocket" in told
    assert "version 7 of the plan is in force" in told


# ---- the host -------------------------------------------------------------------------------------------------------


async def test_the_practice_s_time_is_told(host: Host) -> None:
    zone = load_plan(host.plan).practice.timezone
    [told] = [what for what in await well(load(host.settings)) if "at the practice" in what]
    assert told.endswith(f" at the practice ({zone})")


def test_a_clock_that_nobody_sets_right_is_told(tmp_path: Path) -> None:
    marker = tmp_path / "synchronized"
    assert clocks.synchronised(clocks.TIME_ERROR, marker).do == ("timedatectl set-ntp true, or apt-get install chrony")
    assert clocks.synchronised(0, marker).ok
    marker.touch()
    assert clocks.synchronised(clocks.TIME_ERROR, marker).ok
    assert clocks.kernel_state() in range(-1, 6)


def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path) -> None:
    assert state.room(tmp_path, 499_000_000) == Finding(
        False,
        f"499 MB are free on the disk of {tmp_path}",
        "free some: Careline wants 500 MB for messages and the record",
    )
    assert state.room(tmp_path, 500_000_000).ok


# ---- the PBX --------------------------------------------------------------------------------------------------------


async def test_the_pbx_of_the_settings_is_looked_at(host: Host) -> None:
    port = free_port()
    given = yaml.safe_load(host.settings.read_text())
    del given["asterisk"]
    given["freeswitch"] = {"esl": {"port": free_port(), "password": "hush"}, "outbound": {"port": port}}
    host.settings.write_text(yaml.safe_dump(given))
    *_, last = found = await findings(load(host.settings))
    assert Finding(True, f"127.0.0.1:{port} for FreeSWITCH's calls is free") in found
    assert last.what == f"no FreeSWITCH answers at 127.0.0.1:{given['freeswitch']['esl']['port']}"


async def test_an_asterisk_that_is_not_there_is_the_last_finding(host: Host) -> None:
    *_, last = await findings(load(host.settings))
    assert isinstance(last, Finding)
    assert not last.ok
    assert "manager" in last.what
