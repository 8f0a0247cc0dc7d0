"""What Careline has of its own on a host, whatever the PBX: the settings, the plan, the words of danger, a secret."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from ivr.initialising.files import Owner, Wanted, owner_named, text_of
from ivr.settings import FreeSwitch, Settings
from ivr.settings_file import parse
from ivr.shipped import shipped

if TYPE_CHECKING:
    from ivr.settings import Asterisk

PLAN = "practice.yaml"
EXAMPLE = "riverside.yaml"


@dataclass(frozen=True, slots=True)
class Initialisation:
    """The files, what is left to do by hand, and the commands that come next."""

    files: tuple[Wanted, ...]
    todo: tuple[str, ...]
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Host:
    """`file` holds the settings; `user` runs Careline."""

    file: Path
    user: str

    @property
    def owner(self) -> Owner | None:
        return owner_named(self.user)

    def settings(self) -> Settings | None:
        """Those that are there. Raises CannotInitialise, SettingsError."""
        text = text_of(self.file)
        return None if text is None else parse(text, self.file)

    def beside(self, path: Path) -> Path:
        """A path of the settings."""
        return self.file.parent / path

    def settings_file(self, section: Asterisk | FreeSwitch, text: str) -> Wanted:
        """The settings with this section for the PBX; `text` is how it is written where there are none yet."""
        there = self.settings()
        if there is None:
            head = "# Made by `careline init`. What else can be set: docs/operations.md\n"
            return Wanted(self.file, f"{head}plan: {PLAN}\nstate: /var/lib/careline\n{text}", owner=self.owner)
        name = "freeswitch" if isinstance(section, FreeSwitch) else "asterisk"
        wanted = yaml.safe_dump({"plan": str(there.plan), name: section.model_dump(mode="json")})
        return Wanted(self.file, wanted, essence=lambda text: _pbx(parse(text, self.file)))

    def secret_file(self, path: Path, secret: str) -> Wanted:
        """A file that holds nothing but a secret."""
        return Wanted(path, f"{secret}\n", mode=0o600, owner=self.owner, essence=str.strip, is_secret=True)

    def plan_files(self) -> tuple[Wanted, ...]:
        """The example's plan and its words of danger, where there is no plan yet."""
        there = self.settings()
        plan = self.beside(there.plan if there else Path(PLAN))
        if plan.exists():
            return ()
        flags = plan.with_name("red_flags.yaml")
        new = (Wanted(plan, _example(EXAMPLE), mode=0o640, owner=self.owner),)
        return new if flags.exists() else (*new, Wanted(flags, _example(flags.name), owner=self.owner))

    def todo(self) -> tuple[str, ...]:
        """What is missing for the user."""
        if self.owner is not None:
            return ()
        how = f"adduser --system --group --home /var/lib/careline {self.user}"
        return (f"there is no user {self.user}: make one ({how}), and give it the files of {self.file.parent}",)


def _example(name: str) -> str:
    return (shipped("dialplans") / name).read_text("utf-8")


def _pbx(settings: Settings) -> str:
    """What the settings say about the PBX, each key with its value."""
    section = settings.freeswitch or settings.asterisk
    return yaml.safe_dump({settings.pbx: section.model_dump(mode="json")}, sort_keys=False, width=1000)
