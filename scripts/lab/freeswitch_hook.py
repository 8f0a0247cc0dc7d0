"""Careline's hook in a real FreeSWITCH's configuration, as an administrator puts it there, and everything back after.

What was there is kept in the lab's cache until it is back: after a crash of ours, the next start puts it back first.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.cache import cache_folder
from lab.terminal import LabError

HOOK = Path(__file__).parents[2] / "dialplans/freeswitch/careline.xml"
SOCKET = "careline_socket"
Ask = Callable[[str], str]  # an api command; what FreeSWITCH responds, stripped
NO = {"false", "no", "off", "0", ""}


@dataclass(frozen=True, slots=True)
class Door:
    """A SIP profile that takes calls of anybody, and the dialplan context in which they land."""

    profile: str
    host: str
    port: int
    context: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """`numbers` by extension: what Careline is told was dialled, "" for the extension itself.

    `music` is what `playback` plays, `variables` are the hook's, `extra_extensions` further <extension>s for callers;
    `trunks` are ports of telephones that play a provider.
    """

    outbound_port: int
    numbers: Mapping[str, str]
    music: str
    variables: Mapping[str, str]
    extra_extensions: str
    trunks: Mapping[str, int]


def install(ask: Ask, wanted: Wanted, sip: str) -> Door:
    """Put the hook in and reload. `sip` may name HOST:PORT where calls go in. Raises LabError."""
    put_back()
    folder = Path(ask("global_getvar conf_dir"))
    if not (folder / "freeswitch.xml").exists():
        raise LabError(
            f"FreeSWITCH's configuration {folder} cannot be read here: run the tests on its machine, as root"
        )
    door = find_door(ask, folder, sip)
    context = _context_file(folder, door.context)
    try:
        _replace(folder / "dialplan/careline.xml", HOOK.read_text())
        _replace(context, with_extensions(context.read_text(), door.context, extensions(wanted)))
        for name, port in wanted.trunks.items():
            _replace(folder / f"sip_profiles/external/{name}.xml", _gateway(name, port))
        _reload(ask, wanted)
        ask(f"global_setvar {SOCKET}=127.0.0.1:{wanted.outbound_port}")
    except BaseException:
        remove(ask)
        raise
    return door


def remove(ask: Ask) -> None:
    """Put everything back and reload; vars.xml says again where Careline listens."""
    put_back()
    ask(f"global_setvar {SOCKET}=")
    ask("reloadxml")


def find_door(ask: Ask, folder: Path, sip: str) -> Door:
    """The profile at `sip`, else the first that asks nobody for a password."""
    doors = [_door(ask, name) for name in _profiles(ask)]
    for door in doors:
        at_sip = sip in {f"{door.host}:{door.port}", f"127.0.0.1:{door.port}"}
        if at_sip or (not sip and _takes_anybody(ask, folder, door.profile)):
            return door
    missing = f"listens at {sip}" if sip else "takes calls without a password"
    raise LabError(
        f"no SIP profile of FreeSWITCH {missing}: set auth-calls to false in a profile on 127.0.0.1, "
        "and name it in CARELINE_FREESWITCH_SIP=host:port"
    )


def with_extensions(text: str, context: str, more: str) -> str:
    """The file with these as the first of that context; everything else as it was."""
    tag = re.search(rf'<context\s+name="{re.escape(context)}"[^>]*>', _without_comments(text))
    if not tag:
        raise LabError(f"the dialplan has no <context name={context!r}>: add it, or change the SIP profile's context")
    return text[: tag.end()] + more + text[tag.end() :]


def put_back() -> None:
    """Restore every file that an earlier or this run replaced."""
    for kept in sorted(_kept().glob("*.json")):
        about = json.loads(kept.read_text())
        if about["was"] is None:
            Path(about["path"]).unlink(missing_ok=True)
        else:
            Path(about["path"]).write_text(about["was"])
        kept.unlink()


def _kept() -> Path:
    folder = cache_folder() / "freeswitch-before"
    folder.mkdir(exist_ok=True)
    return folder


def _replace(path: Path, text: str) -> None:
    was = path.read_text() if path.exists() else None
    note = _kept() / f"{len(list(_kept().iterdir())):03}.json"
    note.write_text(json.dumps({"path": str(path), "was": was}))
    try:
        path.write_text(text)
        path.chmod(0o644)
    except OSError as error:
        note.unlink()
        raise LabError(f"{path} cannot be written ({error.strerror}): run the tests as FreeSWITCH's user") from None


def _reload(ask: Ask, wanted: Wanted) -> None:
    said = ask("reloadxml")
    if "+OK" not in said:
        raise LabError(f"FreeSWITCH cannot read its dialplan any more ({said}): nothing was kept of the hook")
    if 'name="careline"' not in ask("xml_locate dialplan context name careline"):
        raise LabError('freeswitch.xml does not include dialplan/*.xml: add <X-PRE-PROCESS cmd="include" …> there')
    if wanted.trunks:
        ask("sofia profile external rescan")


def extensions(wanted: Wanted) -> str:
    """Everybody who dials one of the numbers is Careline's; persons' codes, an echo and the music beside them."""
    variables = {"careline_music": wanted.music, **wanted.variables}
    before = "".join(_action("set", f"{name}={value}") for name, value in variables.items())
    lines = []
    for extension, told in wanted.numbers.items():
        dialled = _action("set", f"careline_dialled={told or extension}")
        lines.append(_extension(extension, dialled + before + _action("transfer", "careline XML careline")))
    for code, what in (("*45", "careline_ready"), ("*46", "careline_not_ready")):
        lines.append(_extension(code, _action("transfer", f"{what} XML careline")))
    lines.append(_extension("echo", _action("answer") + _action("echo")))
    lines.append(_extension("music", _action("answer") + _action("playback", wanted.music)))
    return "".join(lines) + wanted.extra_extensions


def _extension(number: str, actions: str) -> str:
    expression = f"^{re.escape(number)}$"
    condition = f'<condition field="destination_number" expression="{expression}">{actions}</condition>'
    return f'\n    <extension name="careline test {number.strip("*")}">{condition}</extension>'


def _action(application: str, data: str = "") -> str:
    return f'<action application="{application}" data="{data}"/>'


def _gateway(name: str, port: int) -> str:
    parameters = {"proxy": f"127.0.0.1:{port}", "realm": f"127.0.0.1:{port}", "register": "false", "username": "lab"}
    lines = "".join(
        f'<param name="{key}" value="{value}"/>' for key, value in {**parameters, "password": "lab"}.items()
    )
    return f'<include><gateway name="{name}">{lines}</gateway></include>\n'


def _profiles(ask: Ask) -> list[str]:
    try:
        status = ET.fromstring(ask("sofia xmlstatus"))
    except ET.ParseError:
        raise LabError("FreeSWITCH tells of no SIP profiles: load mod_sofia") from None
    return [profile.findtext("name", "") for profile in status.findall("profile")]


def _door(ask: Ask, profile: str) -> Door:
    status = ET.fromstring(ask(f"sofia xmlstatus profile {profile}"))
    host, _, port = status.findtext(".//url", "").rpartition("@")[2].partition(":")
    return Door(profile, host, int(re.match(r"\d*", port)[0] or 5060), status.findtext(".//context", ""))  # type: ignore[index]


def _takes_anybody(ask: Ask, folder: Path, profile: str) -> bool:
    for file in sorted((folder / "sip_profiles").glob("*.xml")):
        text = _without_comments(file.read_text(errors="replace"))
        if re.search(rf'<profile\s+name="{re.escape(profile)}"', text):
            found = re.search(r'name="auth-calls"\s+value="([^"]*)"', text)
            value = found[1] if found else ""
            named = re.fullmatch(r"\$\$\{(\w+)\}", value)
            return (ask(f"global_getvar {named[1]}") if named else value).lower() in NO
    return False


def _context_file(folder: Path, context: str) -> Path:
    for file in sorted((folder / "dialplan").rglob("*.xml")):
        text = _without_comments(file.read_text(errors="replace"))
        if re.search(rf'<context\s+name="{re.escape(context)}"', text):
            return file
    raise LabError(
        f"no file in {folder}/dialplan has <context name={context!r}>: "
        "send the SIP profile's calls to a context that is there"
    )


def _without_comments(text: str) -> str:
    """Blanks in their place: everything stays where it is."""
    return re.sub(r"<!--.*?-->", lambda comment: " " * len(comment[0]), text, flags=re.DOTALL)
