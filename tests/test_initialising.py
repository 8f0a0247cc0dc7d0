"""`careline init`: what it writes on a host, what it leaves alone, and what it says."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.menus.reading.load import load as load_plan
from ivr.settings_file import load
from tests.host import DIALPLANS

EVENT_SOCKET = """\
<configuration name="event_socket.conf" description="Socket Client">
  <settings>
    <param name="nat-map" value="false"/>
    <param name="listen-ip" value="127.0.0.1"/>
    <param name="listen-port" value="8022"/>
    <param name="password" value="T0P"/>
    <!--<param name="password" value="ClueCon"/>-->
  </settings>
</configuration>
"""
FREESWITCH = (
    '<document><section name="dialplan"><X-PRE-PROCESS cmd="include" data="dialplan/*.xml"/></section></document>'
)
MANAGER = "[general]\nenabled = yes\nport = 5039 ; ours\n\n[admin]\nport = 7\n"
HOOK = (DIALPLANS / "freeswitch/careline.xml").read_text("utf-8")


@dataclass(frozen=True)
class Machine:
    """A host with both PBXes' folders; whoever runs the tests runs Careline, too."""

    folder: Path

    @property
    def asterisk(self) -> Path:
        return self.folder / "asterisk"

    @property
    def freeswitch(self) -> Path:
        return self.folder / "freeswitch"

    @property
    def settings(self) -> Path:
        return self.folder / "etc/careline.yaml"

    def init(self, pbx: str, *more: str, user: str = "root") -> Result:
        conf = self.folder / pbx
        arguments = ("--conf", conf, "--settings", self.settings, "--user", user, *more)
        return CliRunner().invoke(main, ["init", pbx, *map(str, arguments)])

    def files(self) -> dict[str, str]:
        return {
            str(each.relative_to(self.folder)): each.read_text("utf-8")
            for each in sorted(self.folder.rglob("*"))
            if each.is_file()
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.asterisk.mkdir()
    (made.asterisk / "manager.conf").write_text(MANAGER)
    (made.asterisk / "extensions.conf").write_text("[default]\n")
    (made.asterisk / "asterisk.conf").write_text("[directories](!)\nastdatadir => /usr/share/asterisk\n")
    (made.freeswitch / "dialplan").mkdir(parents=True)
    (made.freeswitch / "autoload_configs").mkdir()
    (made.freeswitch / "freeswitch.xml").write_text(FREESWITCH)
    (made.freeswitch / "autoload_configs/event_socket.conf.xml").write_text(EVENT_SOCKET)
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# ---- either PBX -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
def test_what_is_written_is_a_host_that_serves(machine: Machine, pbx: str) -> None:
    assert machine.init(pbx).exit_code == 0
    settings = load(machine.settings)
    assert (settings.pbx, settings.state) == (pbx, Path("/var/lib/careline"))
    assert load_plan(settings.plan).practice.name == "Riverside Medical Group"
    assert (settings.plan.parent / "red_flags.yaml").read_bytes() == (DIALPLANS / "red_flags.yaml").read_bytes()
    assert (mode(settings.plan), mode(machine.settings)) == (0o640, 0o644)


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
def test_the_second_time_changes_nothing(machine: Machine, pbx: str) -> None:
    machine.init(pbx)
    before = machine.files()
    again = machine.init(pbx)
    assert (again.exit_code, machine.files()) == (0, before)
    assert "wrote" not in again.output
    assert f"{machine.settings} is as it should be" in again.output


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
def test_a_dry_run_says_all_and_writes_nothing(machine: Machine, pbx: str) -> None:
    before = machine.files()
    tried = machine.init(pbx, "--dry-run")
    assert (tried.exit_code, machine.files()) == (0, before)
    wanted = [line.removeprefix("would write ") for line in tried.output.splitlines() if line.startswith("would")]
    assert machine.init(pbx).exit_code == 0
    assert sorted(wanted) == sorted(str(machine.folder / name) for name in machine.files().keys() - before.keys())


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
def test_a_plan_and_settings_of_ones_own_stay(machine: Machine, pbx: str) -> None:
    plan = machine.settings.parent / "mine.yaml"
    plan.parent.mkdir()
    plan.write_text("# mine\n")
    section = "freeswitch: {esl: {port: 8022, password: T0P}, phones: {SIP/1: user/1}}" if pbx == "freeswitch" else ""
    machine.settings.write_text(f"plan: mine.yaml\nspeech: {{workers: 2}}\n{section}\n")
    machine.init(pbx)
    assert {each.name for each in plan.parent.iterdir()} <= {"mine.yaml", "careline.yaml", "ami-secret"}
    assert (plan.read_text(), load(machine.settings).speech.workers) == ("# mine\n", 2)


def test_settings_with_a_mistake_are_told_before_anything_is_written(machine: Machine) -> None:
    machine.settings.parent.mkdir()
    machine.settings.write_text("plan: p.yaml\nasterix: {}\n")
    before = machine.files()
    refused = machine.init("asterisk")
    assert (refused.exit_code, machine.files()) == (2, before)
    assert f"{machine.settings}:2:1: 'asterix' is not a key of the settings; did you mean 'asterisk'?" in refused.output


def test_settings_for_the_other_pbx_are_left_and_the_difference_is_shown(machine: Machine) -> None:
    machine.init("asterisk")
    text = machine.settings.read_text()
    other = machine.init("freeswitch")
    assert (other.exit_code, machine.settings.read_text()) == (1, text)
    assert f"{machine.settings} is left as it is, but differs:" in other.output
    assert "-asterisk:" in other.output
    assert "+freeswitch:" in other.output
    assert "T0P" not in other.output


def test_a_user_who_is_not_there_yet_is_left_to_do(machine: Machine) -> None:
    told = machine.init("asterisk", user="nobody-yet").output
    assert "there is no user nobody-yet: make one (adduser --system --group" in told


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
def test_a_folder_without_the_pbx_is_refused(machine: Machine, tmp_path: Path, pbx: str) -> None:
    refused = machine.init(pbx, "--conf", str(tmp_path))
    assert refused.exit_code == 2
    assert f"in {tmp_path}: name its folder of configuration with --conf" in refused.output


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(machine: Machine) -> None:
    (machine.folder / "etc").write_text("a file where a folder should be")
    refused = machine.init("freeswitch")
    assert refused.exit_code == 2
    assert "run this as root, or name other places with --conf and --settings" in refused.output


# ---- Asterisk -------------------------------------------------------------------------------------------------------


def test_asterisk_gets_a_manager_user_whose_secret_the_settings_know(machine: Machine) -> None:
    assert machine.init("asterisk").exit_code == 0
    settings, manager = load(machine.settings).asterisk, machine.asterisk / "manager_careline.conf"
    assert (settings.ami.port, settings.ami.user, settings.sounds) == (
        5039,
        "careline",
        Path("/usr/share/asterisk/sounds"),
    )
    assert len(settings.ami.secret) == 32
    assert f"\nsecret={settings.ami.secret}\n" in manager.read_text()
    assert (mode(manager), mode(machine.settings.parent / "ami-secret")) == (0o640, 0o600)
    hook = (DIALPLANS / "asterisk/extensions_careline.conf").read_text("utf-8")
    assert (machine.asterisk / "extensions_careline.conf").read_text("utf-8") == hook


def test_no_two_hosts_have_the_same_secret_and_no_secret_is_shown(machine: Machine) -> None:
    told = machine.init("asterisk").output
    first = load(machine.settings).asterisk.ami.secret
    (machine.asterisk / "manager_careline.conf").unlink()
    (machine.settings.parent / "ami-secret").unlink()
    told += machine.init("asterisk").output
    second = load(machine.settings).asterisk.ami.secret
    assert first != second
    assert first not in told
    assert second not in told


def test_the_lines_that_are_missing_are_named_and_not_written(machine: Machine) -> None:
    told = machine.init("asterisk").output
    assert f"add to {machine.asterisk}/extensions.conf: #include extensions_careline.conf" in told
    assert f"add to {machine.asterisk}/manager.conf: #include manager_careline.conf" in told
    assert (machine.asterisk / "manager.conf").read_text() == MANAGER
    (machine.asterisk / "extensions.conf").write_text('#include "extensions_careline.conf"\n')
    (machine.asterisk / "manager.conf").write_text(f"{MANAGER}#include manager_careline.conf\n")
    assert "left to you" not in machine.init("asterisk").output


def test_freepbx_has_files_of_its_own_for_them(machine: Machine) -> None:
    for name in ("extensions_custom.conf", "manager_custom.conf"):
        (machine.asterisk / name).write_text("")
    told = machine.init("asterisk").output
    assert f"add to {machine.asterisk}/extensions_custom.conf: #include extensions_careline.conf" in told
    assert f"add to {machine.asterisk}/manager_custom.conf: #include manager_careline.conf" in told


def test_a_folder_that_asterisk_reads_anyway_takes_the_manager_user(machine: Machine) -> None:
    (machine.asterisk / "manager.d").mkdir()
    (machine.asterisk / "manager.conf").write_text(f'{MANAGER}#include "manager.d/*.conf"\n')
    told = machine.init("asterisk").output
    assert (machine.asterisk / "manager.d/manager_careline.conf").is_file()
    assert "#include manager_careline.conf" not in told


def test_a_manager_interface_that_is_off_is_told(machine: Machine) -> None:
    (machine.asterisk / "manager.conf").write_text("[general]\n;enabled = yes\n[admin]\nenabled = yes\n")
    assert "set enabled=yes in [general]" in machine.init("asterisk").output


def test_a_manager_user_that_differs_is_shown_without_its_secret(machine: Machine) -> None:
    shipped = (DIALPLANS / "asterisk/manager_careline.conf").read_text("utf-8")
    manager = machine.asterisk / "manager_careline.conf"
    manager.write_text(shipped.replace("choose-a-long-secret", "T0P").replace("read=call,dtmf ", "read=call      "))
    told = machine.init("asterisk")
    assert told.exit_code == 1
    assert "-read=call " in told.output
    assert "+read=call,dtmf" in told.output
    assert "T0P" not in told.output
    assert load(machine.settings).asterisk.ami.secret == "T0P"


def test_two_secrets_that_differ_are_told_and_not_shown(machine: Machine) -> None:
    machine.init("asterisk")
    (machine.settings.parent / "ami-secret").write_text("T0P\n")
    told = machine.init("asterisk")
    assert told.exit_code == 1
    assert "what differs is a secret, which is not shown: make the two the same" in told.output
    assert "T0P" not in told.output


def test_the_secret_of_the_example_is_not_one(machine: Machine) -> None:
    shipped = (DIALPLANS / "asterisk/manager_careline.conf").read_text("utf-8")
    (machine.asterisk / "manager_careline.conf").write_text(shipped)
    assert "choose a secret of your own in" in machine.init("asterisk").output


# ---- FreeSWITCH -----------------------------------------------------------------------------------------------------


def test_freeswitch_gets_the_hook_and_the_settings_its_password(machine: Machine) -> None:
    told = machine.init("freeswitch")
    assert told.exit_code == 0
    assert "T0P" not in told.output
    assert (machine.freeswitch / "dialplan/careline.xml").read_text("utf-8") == HOOK
    settings = load(machine.settings).freeswitch
    assert settings
    assert (settings.esl.port, settings.esl.password) == (8022, "T0P")
    assert mode(machine.settings.parent / "esl-password") == 0o600


def test_the_two_lines_of_the_dialplan_are_told_until_they_are_there(machine: Machine) -> None:
    lines = '<action application="transfer" data="careline XML careline"/>'
    assert lines in machine.init("freeswitch").output
    (machine.freeswitch / "dialplan/public.xml").write_text(lines)
    again = machine.init("freeswitch")
    assert "where calls come in" not in again.output
    assert again.output.rstrip().endswith("then:\n  fs_cli -x reloadxml\n  careline doctor")


def test_a_hook_that_differs_is_left_and_shown(machine: Machine) -> None:
    hook = machine.freeswitch / "dialplan/careline.xml"
    changed = HOOK.replace('data="+4 lost XML careline"', 'data="+9 lost XML careline"')
    hook.write_text(changed)
    told = machine.init("freeswitch")
    assert (told.exit_code, hook.read_text()) == (1, changed)
    assert '-        <action application="sched_transfer" data="+9 lost XML careline"/>' in told.output
    assert '+        <action application="sched_transfer" data="+4 lost XML careline"/>' in told.output


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('value="T0P"', 'value="ClueCon"', "everybody knows the password of"),
        (
            'value="127.0.0.1"',
            'value="::"',
            'listens on all addresses: set <param name="listen-ip" value="127.0.0.1"/>',
        ),
        ('value="T0P"', 'value="$${default_password}"', "is not written out: put it into"),
    ],
)
def test_what_is_wrong_with_the_event_socket_is_told(machine: Machine, old: str, new: str, sentence: str) -> None:
    file = machine.freeswitch / "autoload_configs/event_socket.conf.xml"
    file.write_text(EVENT_SOCKET.replace(old, new))
    assert sentence in machine.init("freeswitch").output


def test_a_freeswitch_that_reads_its_dialplan_elsewhere_is_told(machine: Machine) -> None:
    (machine.freeswitch / "freeswitch.xml").write_text("<document/>")
    assert "does not read dialplan/*.xml" in machine.init("freeswitch").output


@pytest.mark.parametrize(("text", "sentence"), [(None, "there is no "), ("<configuration>", " is not XML (")])
def test_an_event_socket_that_cannot_be_read_is_told(machine: Machine, text: str | None, sentence: str) -> None:
    file = machine.freeswitch / "autoload_configs/event_socket.conf.xml"
    file.unlink()
    if text:
        file.write_text(text)
    refused = machine.init("freeswitch")
    assert refused.exit_code == 2
    assert sentence in refused.output
