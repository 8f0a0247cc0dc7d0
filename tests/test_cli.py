"""The command line: what it prints, what it exits with, and one sentence for every error of a user's."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ivr import record as story
from ivr.cli import COMMANDS, main
from ivr.conversation.messages import Left
from ivr.store.database import open_database
from ivr.store.records import RecordWriter
from ivr.store.vault import unlock
from ivr.store.voicemail import StoredMessages
from tests.host import DIALPLANS, Host, running, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

RIVERSIDE = DIALPLANS / "riverside.yaml"


@pytest.fixture
def host() -> Iterator[Host]:
    """In a folder with a short path: the control socket's has some hundred letters at most."""
    with TemporaryDirectory() as folder:
        yield set_up(Path(folder))


def careline(*arguments: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=typed)


def process(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """`python -m ivr`, run to its end."""
    command = [sys.executable, "-m", "ivr", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload, no-any-return]


# ---- plans ------------------------------------------------------------------------------------------------------


def test_every_command_says_what_it_does() -> None:
    listed = careline("--help")
    assert listed.exit_code == 0
    for command in COMMANDS:
        assert command in listed.output
        assert careline(command, "--help").exit_code == 0
    assert careline("--version").output.startswith("careline")


def test_an_unknown_command_is_refused() -> None:
    unknown = process("dance")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "No such command 'dance'" in unknown.stderr


def test_the_shipped_plan_has_no_mistakes() -> None:
    checked = careline("check", "--strict", RIVERSIDE)
    assert (checked.exit_code, checked.output) == (
        0,
        f"{RIVERSIDE}: 4 menus, 8 queues, 14 people: no mistakes\n",
    )


def test_a_broken_plan_gets_every_mistake_with_its_place(host: Host) -> None:
    text = host.plan.read_text("utf-8")
    host.plan.write_text(text.replace("queue desk}", "queue dask}").replace("start: main", "start: mein", 1), "utf-8")
    broken = process("check", host.plan)
    assert broken.returncode == 2
    told = broken.stdout.splitlines()
    assert told[0].startswith(f"{host.plan}:6:8: ")
    assert "did you mean 'main'?" in told[0]
    assert all(line.startswith(f"{host.plan}:") and "did you mean" in line for line in told)
    assert broken.stderr == f"careline: {len(told)} mistakes in {host.plan}; nothing was loaded\n"


@pytest.mark.parametrize("command", ["check", "try"])
def test_a_plan_that_is_not_there_is_one_sentence(command: str) -> None:
    missing = careline(command, "/nowhere/plan.yaml")
    assert missing.exit_code == 2
    assert "/nowhere/plan.yaml:1:1: cannot be read: No such file or directory" in missing.output


def test_red_flags_that_cannot_be_read_are_a_mistake_of_the_plan(host: Host) -> None:
    (host.folder / "red_flags.yaml").write_text("signed: [\n")
    checked = careline("check", host.plan)
    assert checked.exit_code == 2
    assert f"careline: {host.folder / 'red_flags.yaml'}:2:1:" in checked.output


def test_a_plan_is_called_from_the_terminal() -> None:
    called = process("try", RIVERSIDE, "--at", "2026-11-24 10:00", input="1\n")
    assert called.returncode == 0
    assert "Thank you for calling Riverside Medical Group." in called.stdout
    assert called.stdout.rstrip().endswith("The caller hung up in the menu.")


def test_a_caller_in_the_terminal_leaves_a_message(host: Host) -> None:
    called = process("try", host.plan, input="3\nplease call me back\n")
    assert (called.returncode, called.stderr) == (0, "")
    assert "(beep)" in called.stdout
    assert "Left a message" in called.stdout


# ---- settings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [["run"], ["doctor"], ["calls"], ["status"], ["ready", "ana"], ["voicemail", "list"]]
)
def test_without_settings_one_is_told_to_name_some(command: list[str], tmp_path: Path) -> None:
    lost = process(*command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(DIALPLANS.parent)})
    assert (lost.returncode, lost.stdout) == (2, "")
    assert lost.stderr == (
        "careline: no settings: neither careline.yaml nor /etc/careline/careline.yaml is there; "
        "name a file with --settings\n"
    )


def test_wrong_settings_are_told_with_their_places(host: Host) -> None:
    host.settings.write_text("plam: plan.yaml\nasterisk: {agi: 4573}\n")
    wrong = process("run", "--settings", host.settings)
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines() == [
        f"careline: {host.settings}:1:1: 'plan' is missing in the settings",
        f"{host.settings}:2:17: 'agi' of 'asterisk' must be keys and values",
        f"{host.settings}:1:1: 'plam' is not a key of the settings; did you mean 'plan'?",
    ]


# ---- the running process ------------------------------------------------------------------------------------------


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(("door", "name"), [("agi", "calls (FastAGI)"), ("audiosocket", "audio (AudioSocket)")])
def test_a_port_in_use_is_one_sentence(host: Host, door: str, name: str) -> None:
    with taken_port() as port:
        refused = process("run", "--settings", host.write(**{door: {"port": port}}))
    assert refused.returncode == 2
    last = refused.stderr.splitlines()[-1]
    assert last.startswith(f"careline: Careline cannot listen for {name} on 127.0.0.1:{port}: ")
    assert "Traceback" not in refused.stderr


def test_a_plan_with_mistakes_is_not_served(host: Host) -> None:
    host.plan.write_text(host.plan.read_text("utf-8").replace("start: main", "start: mein", 1), "utf-8")
    refused = process("run", "--settings", host.settings)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"careline: {host.plan}:6:8: ")


def test_prompts_that_nobody_can_speak_are_told(host: Host) -> None:
    (host.folder / "prompts" / "en" / "welcome.wav").unlink()
    nothing = {"PATH": "/nonexistent", "HOME": str(host.folder), "PYTHONPATH": str(DIALPLANS.parent)}
    refused = process("run", "--settings", host.settings, env=nothing)
    assert refused.returncode == 2
    assert "careline: prompts are missing (1), 'welcome' to begin with: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_wrong_secret_is_one_sentence(host: Host) -> None:
    with refusing_asterisk() as port:
        refused = process("run", "--settings", host.write(ami={"port": port, "secret": "wrong"}))
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert f"127.0.0.1:{port}" in refused.stderr.splitlines()[-1]
    assert "wrong" not in refused.stderr.splitlines()[-1].replace("wrong secret", "")


@contextmanager
def refusing_asterisk() -> Iterator[int]:
    """An AMI that knows nobody."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = server.accept()
                with peer, peer.makefile("rwb") as lines:
                    lines.write(b"Asterisk Call Manager/7.0.3\r\n")
                    lines.flush()
                    header = b""
                    while (line := lines.readline()).strip():
                        header = line if line.lower().startswith(b"actionid") else header
                    lines.write(b"Response: Error\r\n" + header + b"Message: Authentication failed\r\n\r\n")
                    lines.flush()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


WRONG = {
    "acknowledge 7": "careline: there is no alert 7 now: `careline alerts` lists them",
    "priority call-1 --urgent": "careline: no caller in line is named 'call-1', or several are",
    "priority call-1 --head-start 5m": "careline: no caller in line is named 'call-1', or several are",
    "closure on snow": "careline: the plan has no 'closures': add them, see docs/dialplan.md",
    "priority call-1": "careline: give either --urgent or --head-start TIME",
    "wrap-up ana": "careline: give either --extend TIME or --done DISPOSITION",
    "not-ready ana lunch --for soon": "'soon' is no time: write 90s, 30m or 1h, at most 24h",
}


def test_people_are_seen_and_changed_while_it_runs_and_it_stops_when_told_to(host: Host) -> None:
    settings = ("--settings", host.settings)
    with running(host) as serving:
        status = careline("status", *settings)
        assert status.exit_code == 0
        assert status.output.startswith("PBX NOT CONNECTED; 0 calls; speech heard: nothing: callers use keys\n")
        assert careline("not-ready", "ana", "lunch", *settings).exit_code == 0
        assert careline("ready", "emma", "--state", host.state).exit_code == 0
        shown = careline("status", *settings).output
        assert "not ready (lunch)" in shown
        assert "queue  waiting  callbacks  longest  ready   would wait  answered  in time  left" in shown
        assert careline("not-ready", "ana", "lunch", "--for", "30m", *settings).exit_code == 0
        assert careline("wrap-up", "ana", "--extend", "2m", *settings).exit_code == 0
        assert careline("wrap-up", "ana", "--done", "booked", *settings).exit_code == 0
        assert careline("alerts", *settings).output == "No alerts.\n"
        for wrong, sentence in WRONG.items():
            refused = careline(*wrong.split(), *settings)
            assert (refused.exit_code, sentence in refused.output) == (2, True), refused.output
        assert shown.rstrip().endswith("Nobody waits.")
        nobody = careline("ready", "anna", *settings)
        assert (nobody.exit_code, nobody.output) == (2, "careline: 'anna' is nobody in the plan; it has ana, emma\n")
        second = process("run", *settings)
        assert second.returncode == 2
        assert "Traceback" not in second.stderr
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(timeout=20) == 0
    gone = careline("status", *settings)
    assert (gone.exit_code, gone.output) == (
        2,
        f"careline: no Careline runs on {host.state}; start it with 'careline run'\n",
    )


def test_who_is_ready_is_remembered_by_the_next_run(host: Host) -> None:
    with running(host) as serving:
        assert careline("not-ready", "ana", "lunch", "--state", host.state).exit_code == 0
        serving.kill()
    with running(host):
        assert "not ready (lunch)" in careline("status", "--state", host.state).output


# ---- what was kept ------------------------------------------------------------------------------------------------


def kept(host: Host) -> None:
    """One call with a message."""

    async def keep() -> None:
        async with open_database(host.state) as database:
            vault = await unlock(database)
            record = RecordWriter(database, vault, UTC)
            record.began(story.CallFacts("1700000000.1", 1_700_000_000.0, phi_caller_number="6175550111"))
            record.note("1700000000.1", 1_700_000_001.0, story.HeardSpeech("my knee hurts", 0.9))
            record.note("1700000000.1", 1_700_000_009.0, story.Voicemail("desk", 1.0))
            record.ended("1700000000.1", 1_700_000_010.0)
            await record.flush()
            messages = StoredMessages(database, vault)
            draft = messages.draft("1700000000.1")
            draft.write_bytes((host.folder / "prompts" / "en" / "welcome.wav").read_bytes())
            await messages.keep(Left("1700000000.1", "desk", 1_700_000_002.0, 0.1, due=1_700_003_602.0), draft)

    asyncio.run(keep())


def test_calls_are_listed_and_told_without_patient_data_unless_it_is_asked_for(host: Host) -> None:
    kept(host)
    state = ("--state", host.state)
    listed = careline("calls", *state)
    assert (listed.exit_code, "C-20231114-0001" in listed.output, "6175550111" in listed.output) == (0, True, False)
    assert "6175550111" in careline("calls", "--patient-data", *state).output
    told = careline("explain", "C-20231114-0001", *state)
    assert (told.exit_code, "knee" in told.output) == (0, False)
    assert "my knee hurts" in careline("explain", "C-2023", "--patient-data", *state).output
    assert "No calls yet." in careline("calls", "--hours", "0.001", *state).output
    assert "No calls yet." in careline("calls", "--outcome", "talked", *state).output


def test_messages_are_listed_saved_and_deleted(host: Host) -> None:
    kept(host)
    state = ("--state", host.state)
    listed = careline("voicemail", "list", *state).output
    message = next(word for word in listed.split() if word.startswith("V-"))
    assert "No messages." in careline("voicemail", "list", "--box", "billing", *state).output
    assert " new" in listed
    assert careline("voicemail", "read", message, *state).output == "It is not put into words yet.\n"
    saved = careline("voicemail", "save", message, host.folder / "message.wav", *state)
    assert saved.exit_code == 0
    assert (host.folder / "message.wav").read_bytes()[:4] == b"RIFF"
    assert "heard by" in careline("voicemail", "list", *state).output
    assert careline("voicemail", "take", message, *state).exit_code == 0
    assert "taken by" in careline("voicemail", "list", "--open", *state).output
    assert careline("voicemail", "done", message, *state).exit_code == 0
    assert "No messages." in careline("voicemail", "list", "--open", *state).output
    assert careline("voicemail", "delete", message, *state, typed="n\n").exit_code == 1
    assert careline("voicemail", "delete", message, "--yes", *state).exit_code == 0
    assert "No messages." in careline("voicemail", "list", *state).output


@pytest.mark.parametrize(
    "command", [["calls"], ["explain", "C-1"], ["voicemail", "list"], ["voicemail", "delete", "V-1", "--yes"]]
)
def test_where_nothing_was_kept_one_sentence_says_so(command: list[str], tmp_path: Path) -> None:
    empty = careline(*command, "--state", tmp_path)
    assert empty.exit_code == 2
    assert empty.output == (
        f"careline: {tmp_path}/careline.db does not exist: no call has been kept there yet; "
        "name another state folder with --state\n"
    )


def test_what_is_not_there_is_told_by_its_name(host: Host) -> None:
    kept(host)
    assert careline("explain", "C-9", "--state", host.state).output == (
        "careline: no call is named 'C-9': `careline calls` lists them\n"
    )
    assert careline("voicemail", "delete", "V-9", "--yes", "--state", host.state).exit_code == 2


# ---- doctor -------------------------------------------------------------------------------------------------------


def test_the_doctor_names_what_is_wrong_and_what_to_do(host: Host) -> None:
    found = careline("doctor", "--settings", host.settings)
    assert found.exit_code == 2
    assert f"ok    {host.plan} has no mistakes" in found.output
    assert "wrong red_flags.yaml is the product's example: have the practice's clinician review it" in found.output
