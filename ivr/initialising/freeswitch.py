"""What `careline init freeswitch` wants in FreeSWITCH's folder of configuration, and in Careline's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from ivr.initialising.files import CannotInitialise, Wanted, is_member, owner_of, text_of
from ivr.initialising.host import Host, Initialisation
from ivr.settings import EventSocket, FreeSwitch
from ivr.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDERS = (Path("/etc/freeswitch"), Path("/usr/local/freeswitch/conf"))
HOOK = Path("dialplan/careline.xml")
EVENT_SOCKET = Path("autoload_configs/event_socket.conf.xml")
PASSWORD_FILE = Path("esl-password")
DEFAULT_PASSWORD = "ClueCon"  # noqa: S105 - FreeSWITCH's own, which everybody knows
DEFAULTS = {"listen-ip": "127.0.0.1", "listen-port": "8021", "password": DEFAULT_PASSWORD}
GROUP = "freeswitch"
ANYWHERE = {"::", "0.0.0.0"}  # noqa: S104 - what we warn of
WAY_IN = "careline XML careline"
NEXT = ("fs_cli -x reloadxml", "careline doctor")


def freeswitch(folder: Path | None, host: Host) -> Initialisation:
    """Raises CannotInitialise, SettingsError."""
    conf = folder or next((each for each in FOLDERS if each.is_dir()), FOLDERS[0])
    if not (conf / "freeswitch.xml").is_file():
        raise CannotInitialise(f"there is no FreeSWITCH in {conf}: name its folder of configuration with --conf")
    there = host.settings()
    section = there.freeswitch if there else None
    told = _event_socket(conf)
    password = "" if "$" in told["password"] else told["password"]
    file = host.beside(section.esl.password_file if section and section.esl.password_file else PASSWORD_FILE)
    in_file = section is None or not section.esl.password
    files = (
        Wanted(conf / HOOK, _hook(), owner=owner_of(conf / "freeswitch.xml")),
        *((host.secret_file(file, password),) if in_file and password else ()),
        _settings(host, section, told, password),
        *host.plan_files(),
    )
    unknown = in_file and not password and not file.exists()
    todo = (*_reading(conf), *_door(conf, told, file if unknown else None), *_users(host), *host.todo())
    return Initialisation(files, todo, NEXT)


def _hook() -> str:
    return (shipped("dialplans") / "freeswitch" / HOOK.name).read_text("utf-8")


def _event_socket(conf: Path) -> Mapping[str, str]:
    """The parameters of FreeSWITCH's event socket, its own defaults included. Raises CannotInitialise."""
    text = text_of(conf / EVENT_SOCKET)
    if text is None:
        raise CannotInitialise(f"there is no {conf / EVENT_SOCKET}: Careline needs mod_event_socket, see its manual")
    try:
        root = ET.fromstring(text)  # noqa: S314 - the administrator's own file
    except ET.ParseError as wrong:
        raise CannotInitialise(f"{conf / EVENT_SOCKET} is not XML ({wrong}): repair it first") from None
    return DEFAULTS | {each.get("name", ""): each.get("value", "") for each in root.iter("param")}


def _settings(host: Host, section: FreeSwitch | None, told: Mapping[str, str], password: str) -> Wanted:
    port = told["listen-port"]
    esl = section.esl if section else EventSocket(password_file=PASSWORD_FILE)
    if port.isdigit():
        esl = esl.model_copy(update={"port": int(port)})
    if esl.password and password:
        esl = esl.model_copy(update={"password": password})
    wanted = section.model_copy(update={"esl": esl}) if section else FreeSwitch(esl=esl)
    return host.settings_file(
        wanted, f"freeswitch:\n  esl: {{port: {esl.port}, password_file: {PASSWORD_FILE}}}\n  audio: {wanted.audio}\n"
    )


def _reading(conf: Path) -> Iterator[str]:
    """What keeps FreeSWITCH from reading the hook, and callers from coming to it."""
    if "dialplan/*.xml" not in (text_of(conf / "freeswitch.xml") or ""):
        yield (
            f"{conf / 'freeswitch.xml'} does not read dialplan/*.xml: add to its section dialplan "
            f'<X-PRE-PROCESS cmd="include" data="{HOOK}"/>'
        )
    if not any(WAY_IN in (text_of(each) or "") for each in _dialplan(conf)):
        yield (
            f"where calls come in (in {conf / 'dialplan/public.xml'}, an extension for your number), say:\n"
            '      <action application="set" data="careline_dialled=${destination_number}"/>\n'
            f'      <action application="transfer" data="{WAY_IN}"/>'
        )


def _dialplan(conf: Path) -> list[Path]:
    """The files of the dialplan, without ours."""
    return [each for each in sorted((conf / "dialplan").rglob("*.xml")) if each != conf / HOOK]


def _door(conf: Path, told: Mapping[str, str], unknown: Path | None) -> Iterator[str]:
    """What is not as it should be about the event socket; `unknown` is where its password has to be written."""
    file = conf / EVENT_SOCKET
    if told["password"] == DEFAULT_PASSWORD:
        yield (
            f"everybody knows the password of {file}: put in one of your own (openssl rand -hex 16), "
            "then: fs_cli -x 'reload mod_event_socket', and write it where the settings have it"
        )
    if told["listen-ip"] in ANYWHERE:
        yield f'{file} listens on all addresses: set <param name="listen-ip" value="127.0.0.1"/>'
    if unknown:
        yield f"the password in {file} is not written out: put it into {unknown}, readable to Careline's user alone"


def _users(host: Host) -> Iterator[str]:
    """Careline reads what FreeSWITCH writes, and the other way round."""
    if not is_member(host.user, GROUP):
        yield f"FreeSWITCH and Careline share a folder: adduser {host.user} {GROUP}"
