"""What the pages for administrators tell to type is what there is to type."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ivr.cli import COMMANDS
from ivr.freeswitch.probe import MODULES
from ivr.settings import EventSocket, FreeSwitch
from ivr.settings_file import load

ROOT = Path(__file__).parents[1]
PAGES = {page.name: page.read_text("utf-8") for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
INSTALL = ("install-asterisk.md", "install-freeswitch.md")
FREESWITCH = PAGES["install-freeswitch.md"]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGES[page], re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_is_one(page: str) -> None:
    named = re.findall(r"(?:^|`|\$ |bin/)careline ([a-z][a-z-]+)", PAGES[page], re.MULTILINE)
    assert set(named) - set(COMMANDS) == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_that_a_page_leads_to_is_there(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    for file, anchor in re.findall(r"\]\(([\w./-]*\.md|)(#[\w-]+)?\)", PAGES[page]):
        target = folder / file if file else folder / page
        assert target.is_file()
        heads = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
        assert anchor.removeprefix("#") in slugs | {""}


@pytest.mark.parametrize("page", INSTALL)
def test_the_settings_of_an_installation_can_be_read(page: str, tmp_path: Path) -> None:
    for name in ("ami-secret", "esl-password"):
        (tmp_path / name).write_text("hush\n")
    for number, block in enumerate(blocks(page, "yaml")):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block.replace("/etc/careline/", f"{tmp_path}/"), "utf-8")
        assert load(file).pbx in page


def test_every_setting_of_freeswitch_is_in_the_example() -> None:
    [example] = blocks("install-freeswitch.md", "yaml")
    keys = {name for part in (FreeSwitch, EventSocket) for name in part.model_fields}
    assert {key for key in keys if f"{key}:" not in example} == set()


def test_the_xml_of_an_installation_is_whole() -> None:
    for block in blocks("install-freeswitch.md", "xml"):
        assert ET.fromstring(block).tag in {"configuration", "extension", "include", "X-PRE-PROCESS"}


def test_every_module_that_is_looked_for_is_named() -> None:
    packages = {name.replace("_", "-") for name in MODULES}
    assert {name for name in (*MODULES, *packages) if name not in FREESWITCH} == set()
