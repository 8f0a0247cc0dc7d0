"""A private FreeSWITCH: a process of our own, or somebody's, for as long as a test needs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from lab.event_socket import EventSocket
from lab.freeswitch import PrivateFreeSwitch
from lab.music import NOTES_HZ
from lab.ports import free_port
from lab.sound import hears_tone, tone
from lab.terminal import LabError
from tests.freeswitch_double import FreeSwitchDouble

if TYPE_CHECKING:
    from pathlib import Path

    from lab.call import PhoneCall
    from tests.conftest import PlugIn

PUBLIC = '<include><context name="public"><extension name="theirs"/></context></include>\n'
PROFILE = '<profile name="internal"><param name="auth-calls" value="false"/></profile>\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration of somebody's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files = {"freeswitch.xml": "<document/>", "dialplan/public.xml": PUBLIC, "sip_profiles/internal.xml": PROFILE}
    for name, text in files.items():
        (tmp_path / "conf" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "conf" / name).write_text(text)
    return tmp_path / "conf"


async def hears_music(call: PhoneCall) -> None:
    async with asyncio.timeout(10):
        await call.heard.until(lambda pcm: any(hears_tone(pcm, note) for note in NOTES_HZ))


async def test_without_careline_whoever_dials_100_hears_music(plug_in: PlugIn) -> None:
    async with PrivateFreeSwitch(people=("ana",)) as pbx:
        await hears_music((await plug_in()).dial(pbx.uri("100")))
        assert await pbx.calls_there() == 1
        await pbx.restart()
        assert await pbx.calls_there() == 0


async def test_a_caller_hears_the_own_voice_from_the_echo(plug_in: PlugIn) -> None:
    async with PrivateFreeSwitch() as pbx:
        call = (await plug_in()).dial(pbx.uri("echo"))
        async with asyncio.timeout(10):
            await call.answered
            call.say(tone(620, 1.0))
            await call.heard.until(lambda pcm: hears_tone(pcm, 620))


async def test_numbers_and_extensions_of_a_tests_own(plug_in: PlugIn) -> None:
    mine = """<extension name="mine"><condition field="destination_number" expression="^mine$">
      <action application="answer"/><action application="playback" data="tone_stream://%(2000,0,900)"/>
    </condition></extension>"""
    async with PrivateFreeSwitch(numbers={"7700": "6175550100"}, extra_extensions=mine) as pbx:
        await hears_music((await plug_in()).dial(pbx.uri("7700")))
        [row] = await asyncio.to_thread(rows, pbx)
        assert await pbx.cli(f"uuid_getvar {row['uuid']} careline_dialled") == "6175550100"
        call = (await plug_in()).dial(pbx.uri("mine"))
        async with asyncio.timeout(10):
            await call.heard.until(lambda pcm: hears_tone(pcm, 900))


def rows(pbx: PrivateFreeSwitch) -> list[dict[str, str]]:
    with EventSocket(pbx.esl_host, pbx.esl_port, pbx.esl_password) as ask:
        return ask.rows("channels")


async def test_somebodys_freeswitch_is_borrowed_and_given_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, plug_in: PlugIn
) -> None:
    async with FreeSwitchDouble(conf=folder) as theirs:
        monkeypatch.setenv("CARELINE_FREESWITCH", f"127.0.0.1:{theirs.esl_port}:ClueCon")
        async with PrivateFreeSwitch(people=("ana",)) as pbx:
            assert pbx.uri("100") == f"sip:100@127.0.0.1:{theirs.sip_port}"
            assert pbx.phones == {"PJSIP/ana": f"sofia/internal/ana@127.0.0.1:{pbx.people['ana']}"}
            assert theirs.globals["careline_socket"] == f"127.0.0.1:{pbx.outbound_port}"
            await hears_music((await plug_in()).dial(pbx.uri("100")))
        assert [file.name for file in (folder / "dialplan").iterdir()] == ["public.xml"]
        assert (folder / "dialplan/public.xml").read_text() == PUBLIC
        assert theirs.dialplan.text("careline") == ""


async def test_a_wrong_password_and_nobody_there_are_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FreeSwitchDouble(conf=folder) as theirs:
        monkeypatch.setenv("CARELINE_FREESWITCH", f"127.0.0.1:{theirs.esl_port}:wrong")
        with pytest.raises(LabError, match=r"event_socket\.conf\.xml"):
            await PrivateFreeSwitch().start()
    monkeypatch.setenv("CARELINE_FREESWITCH", f"127.0.0.1:{free_port()}:ClueCon")
    with pytest.raises(LabError, match="no FreeSWITCH listens"):
        await PrivateFreeSwitch().start()


def test_a_freeswitch_that_is_named_wrongly_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARELINE_FREESWITCH", "localhost")
    with pytest.raises(LabError, match="must be host:port:password"):
        PrivateFreeSwitch()
