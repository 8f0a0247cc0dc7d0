"""The hook in the configuration of a FreeSWITCH that somebody uses: put in, and nothing left of it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab import freeswitch_hook
from lab.freeswitch_hook import HOOK, Door, Wanted
from lab.terminal import LabError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WANTED = Wanted(
    outbound_port=4000,
    numbers={"100": "", "143": "6175550143"},
    music="/tmp/music.wav",
    variables={"careline_plain": "5000 XML public"},
    extra_extensions='<extension name="mine"/>',
    trunks={"trunk": 6001},
)
PUBLIC = """<include>
  <!-- <context name="public"> in a comment is none -->
  <context name="public">
    <extension name="theirs"/>
  </context>
</include>
"""
PROFILE = '<profile name="{name}"><settings><param name="auth-calls" value="{auth}"/></settings></profile>'
STATUS = "<profiles><profile><name>internal</name></profile><profile><name>external</name></profile></profiles>"
ONE = "<profile><info><url>sip:mod_sofia@127.0.0.1:{port}</url><context>{context}</context></info></profile>"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """FreeSWITCH's own configuration, as it comes: callers without a password come in by `external`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files = {
        "freeswitch.xml": "<document/>",
        "dialplan/public.xml": PUBLIC,
        "sip_profiles/internal.xml": PROFILE.format(name="internal", auth="$${internal_auth_calls}"),
        "sip_profiles/external.xml": PROFILE.format(name="external", auth="false"),
        "sip_profiles/external/example.xml": "<include/>",
    }
    for name, text in files.items():
        file = tmp_path / "conf" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "conf"


def freeswitch(folder: Path, asked: list[str], **other: str) -> Callable[[str], str]:
    """Answers as FreeSWITCH does; `other` by the first word of a command."""
    said = {
        "global_getvar conf_dir": str(folder),
        "global_getvar internal_auth_calls": "true",
        "sofia xmlstatus": STATUS,
        "sofia xmlstatus profile internal": ONE.format(port=5060, context="default"),
        "sofia xmlstatus profile external": ONE.format(port=5080, context="public"),
        "xml_locate dialplan context name careline": '<context name="careline"/>',
    }

    def ask(command: str) -> str:
        asked.append(command)
        return other.get(command.partition(" ")[0], said.get(command, "+OK"))

    return ask


def contents(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_callers_without_a_password_reach_careline(folder: Path) -> None:
    asked: list[str] = []
    ask = freeswitch(folder, asked)
    assert freeswitch_hook.install(ask, WANTED, "") == Door("external", "127.0.0.1", 5080, "public")
    assert (folder / "dialplan/careline.xml").read_text() == HOOK.read_text()
    public = (folder / "dialplan/public.xml").read_text()
    dialled = public.index("careline_dialled=6175550143"), public.index("careline_dialled=100")
    assert all(public.index("-->") < place < public.index("theirs") for place in dialled)
    assert "127.0.0.1:6001" in (folder / "sip_profiles/external/trunk.xml").read_text()
    assert asked[-1] == "global_setvar careline_socket=127.0.0.1:4000"


def test_afterwards_everything_is_as_it_was(folder: Path) -> None:
    before = contents(folder)
    ask = freeswitch(folder, [])
    freeswitch_hook.install(ask, WANTED, "127.0.0.1:5080")
    freeswitch_hook.remove(ask)
    assert contents(folder) == before


def test_after_a_crash_the_next_start_finds_what_was_there_first(folder: Path) -> None:
    before = contents(folder)
    ask = freeswitch(folder, [])
    freeswitch_hook.install(ask, WANTED, "")
    freeswitch_hook.install(ask, WANTED, "")
    freeswitch_hook.remove(ask)
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"reloadxml": "-ERR [[error near line 3]]"}, "cannot read its dialplan"),
        ({"xml_locate": "can't find anything"}, "does not include dialplan"),
    ],
)
def test_what_cannot_be_done_is_said_and_undone(folder: Path, other: dict[str, str], sentence: str) -> None:
    before = contents(folder)
    with pytest.raises(LabError, match=sentence):
        freeswitch_hook.install(freeswitch(folder, [], **other), WANTED, "")
    assert contents(folder) == before


def test_a_configuration_that_is_not_here_is_said(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="on its machine"):
        freeswitch_hook.install(freeswitch(tmp_path, []), WANTED, "")


def test_no_profile_for_callers_is_said(folder: Path) -> None:
    with pytest.raises(LabError, match="no SIP profile"):
        freeswitch_hook.install(freeswitch(folder, []), WANTED, "127.0.0.1:9")
