"""What `careline init asterisk` wants in Asterisk's folder of configuration, and in Careline's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.initialising.files import CannotInitialise, Wanted, owner_of, text_of
from ivr.initialising.host import Host, Initialisation
from ivr.settings import Asterisk
from ivr.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path("/etc/asterisk")
HOOK = "extensions_careline.conf"
MANAGER = "manager_careline.conf"
EXAMPLE_SECRET = "choose-a-long-secret"  # noqa: S105 - what the shipped file says in its place
SECRET_FILE = Path("ami-secret")
DATA_FOLDER = "/var/lib/asterisk"  # Asterisk's own default
NEXT = ("asterisk -rx 'manager reload'", "asterisk -rx 'dialplan reload'", "careline doctor")

_SECRET = re.compile(r"^secret\s*=>?\s*(\S+)", re.MULTILINE)


def asterisk(folder: Path | None, host: Host, fresh: str) -> Initialisation:
    """`fresh` is a secret for a manager user that is not there yet. Raises CannotInitialise, SettingsError."""
    conf = folder or FOLDER
    if not (conf / "manager.conf").is_file():
        raise CannotInitialise(f"there is no Asterisk in {conf}: name its folder of configuration with --conf")
    there = host.settings()
    section = there.asterisk if there and there.pbx == "asterisk" else None
    manager = _manager_file(conf)
    secret_file = host.beside(section.ami.secret_file if section and section.ami.secret_file else SECRET_FILE)
    inline = section.ami.secret if section else ""
    secret = _secret(manager) or inline or (text_of(secret_file) or "").strip() or fresh
    owner = owner_of(conf / "manager.conf")
    hook = (shipped("dialplans") / "asterisk" / HOOK).read_text("utf-8")
    user = (shipped("dialplans") / "asterisk" / MANAGER).read_text("utf-8").replace(EXAMPLE_SECRET, secret)
    files = (
        Wanted(conf / HOOK, hook, owner=owner),
        Wanted(manager, user, mode=0o640, owner=owner),
        *(() if inline else (host.secret_file(secret_file, secret),)),
        _settings(host, section, conf, secret),
        *host.plan_files(),
    )
    example = (f"choose a secret of your own in {manager} and in {secret_file}",) if secret == EXAMPLE_SECRET else ()
    return Initialisation(files, (*_includes(conf, manager), *_enabled(conf), *example, *host.todo()), NEXT)


def _manager_file(conf: Path) -> Path:
    """Where it is, else where it will be read without another line in manager.conf."""
    in_folder, beside = conf / "manager.d" / MANAGER, conf / MANAGER
    if in_folder.exists() or beside.exists():
        return in_folder if in_folder.exists() else beside
    return in_folder if _reads(conf / "manager.conf", "manager.d/") and in_folder.parent.is_dir() else beside


def _secret(manager: Path) -> str:
    """The secret in the file of the manager user; "" when there is none."""
    found = _SECRET.search(text_of(manager) or "")
    return found[1] if found else ""


def _settings(host: Host, section: Asterisk | None, conf: Path, secret: str) -> Wanted:
    sounds = section.sounds if section else _sounds(conf)
    port = _general(conf).get("port", "")
    ami = (section or Asterisk()).ami
    given = {} if ami.secret else {"secret_file": ami.secret_file or SECRET_FILE}
    ami = ami.model_copy(update={"user": "careline", "secret": ami.secret and secret, **given})
    if port.isdigit():
        ami = ami.model_copy(update={"port": int(port)})
    wanted = (section or Asterisk()).model_copy(update={"ami": ami, "sounds": sounds})
    line = f"  ami: {{port: {ami.port}, user: careline, secret_file: {SECRET_FILE}}}\n"
    return host.settings_file(wanted, f"asterisk:\n{line}  sounds: {sounds}\n")


def _sounds(conf: Path) -> Path:
    """Asterisk's folder of recorded sounds, as asterisk.conf names it."""
    found = re.search(r"^astdatadir\s*=>?\s*([^;\s]+)", text_of(conf / "asterisk.conf") or "", re.MULTILINE)
    return Path(found[1] if found else DATA_FOLDER) / "sounds"


def _general(conf: Path) -> Mapping[str, str]:
    """The keys of [general] in manager.conf."""
    _, _, rest = (text_of(conf / "manager.conf") or "").partition("[general]")
    section = re.split(r"^\[", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return {key.lower(): value for key, value in re.findall(r"^(\w+)\s*=>?\s*([^;\s]+)", section, re.MULTILINE)}


def _enabled(conf: Path) -> tuple[str, ...]:
    if _general(conf).get("enabled", "no").lower() in {"yes", "true", "on", "1"}:
        return ()
    return (f"set enabled=yes in [general] of {conf / 'manager.conf'}, and leave bindaddr at 127.0.0.1",)


def _includes(conf: Path, manager: Path) -> tuple[str, ...]:
    """The lines that are missing, for whoever looks after these files."""
    missing = []
    for kind, name in (("extensions", HOOK), ("manager", MANAGER)):
        if kind == "manager" and manager.parent != conf:
            continue
        own = conf / f"{kind}_custom.conf"  # FreePBX writes the other one itself
        file = own if own.exists() else conf / f"{kind}.conf"
        if not _reads(file, name):
            missing.append(f"add to {file}: #include {name}")
    return tuple(missing)


def _reads(file: Path, name: str) -> bool:
    """Whether a file of Asterisk's includes another one."""
    return re.search(rf'^\s*#include\s+"?<?{re.escape(name)}', text_of(file) or "", re.MULTILINE) is not None
