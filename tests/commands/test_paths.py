"""careline paths: the table, the walk, the reports, the signature."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from ivr.commands.paths import paths
from ivr.commands.plans import check
from tests.menus.plans import changed

if TYPE_CHECKING:
    from click.testing import Result

FLAGS = Path(__file__).parents[2] / "dialplans" / "red_flags.yaml"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    shutil.copy(FLAGS, tmp_path)
    file = tmp_path / "plan.yaml"
    file.write_text(changed(), "utf-8")
    return file


def run(plan: Path, *options: str) -> Result:
    return CliRunner().invoke(paths, [str(plan), *options])


def test_the_table_has_a_line_for_each_path(plan: Path) -> None:
    told = run(plan)
    assert told.exit_code == 0
    line = "+16175550100 anybody open en press 1 ×2 queue desk with cardiology → a person not walked"
    assert line in [" ".join(line.split()) for line in told.stdout.splitlines()]


def test_what_is_walked_passes(plan: Path) -> None:
    told = run(plan, "--run")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1].endswith("walked in the simulator, 0 failed.")


def test_a_path_that_fails_is_told_and_the_exit_code_says_so(plan: Path) -> None:
    plan.write_text(changed(("visit: {en: [appointment,", "visit: {en: [chest pain,")), "utf-8")
    told = run(plan, "--run")
    assert told.exit_code == 1
    assert "failed: +16175550100 | anybody | open | say visit" in told.stdout


def test_the_report_is_a_page_and_junit(plan: Path, tmp_path: Path) -> None:
    plan.write_text(changed(("name: Lakeside", "name: Lakeside <& Sons>")), "utf-8")
    page, xml = tmp_path / "report.html", tmp_path / "report.xml"
    assert run(plan, "--run", "--html", str(page), "--junit", str(xml)).exit_code == 0
    html = page.read_text("utf-8")
    assert "Lakeside &lt;&amp; Sons&gt;: every path of the telephone" in html
    assert "<script" not in html
    headings = re.findall("<h2[^>]*>([^<]+)", html)
    assert len(headings) == len(set(headings))  # each condition once
    suite = ET.fromstring(xml.read_text("utf-8"))
    assert suite.attrib["name"] == "Lakeside <& Sons>: paths of plan.yaml"
    assert suite.attrib["failures"] == "0"
    assert len(suite.findall("testcase")) == int(suite.attrib["tests"])


def test_the_paths_are_told_as_json(plan: Path) -> None:
    told = json.loads(run(plan, "--json").stdout)
    assert told["missed"] == []
    assert {"does": "press 3", "comes to": "voicemail desk → message kept"}.items() <= next(
        path for path in told["paths"] if path["does"] == "press 3"
    ).items()


def test_what_changed_since_it_was_signed_is_marked(plan: Path) -> None:
    assert run(plan, "--sign", "Lena Ortiz").exit_code == 0
    assert "no path changed since Lena Ortiz signed" in run(plan).stdout
    plan.write_text(changed(("go: voicemail desk}", "go: goodbye}")), "utf-8")
    told = run(plan).stdout
    assert "changed (was: voicemail desk → message kept)" in told
    assert "new, 0 gone since Lena Ortiz signed" in told


def test_check_counts_what_changed_since_it_was_signed(plan: Path) -> None:
    assert "paths:" not in CliRunner().invoke(check, [str(plan)]).stdout
    run(plan, "--sign", "Lena Ortiz")
    assert "paths: no path changed since Lena Ortiz signed on" in CliRunner().invoke(check, [str(plan)]).stdout


def test_paths_that_fail_are_not_signed(plan: Path) -> None:
    plan.write_text(changed(("visit: {en: [appointment,", "visit: {en: [chest pain,")), "utf-8")
    assert run(plan, "--sign", "Lena Ortiz").exit_code == 1
    assert not plan.with_suffix(".signed.json").exists()


def test_a_signature_that_is_none_is_told(plan: Path) -> None:
    plan.with_suffix(".signed.json").write_text("{}")
    told = run(plan)
    assert told.exit_code == 2
    assert "is no signature of paths: remove it, and sign again" in told.stderr
