"""The report as JUnit XML, which build servers read: a test case for each path.

Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ivr.rehearsal.report import FAILED, NOT_WALKED

if TYPE_CHECKING:
    from ivr.rehearsal.report import Report, Row


def junit(report: Report) -> str:
    outcomes = [row.outcome for row in report.rows]
    suite = Element(
        "testsuite",
        name=f"{report.practice}: paths of {report.plan}",
        tests=str(len(outcomes)),
        failures=str(outcomes.count(FAILED)),
        skipped=str(outcomes.count(NOT_WALKED)),
        errors="0",
        timestamp=report.made.isoformat(timespec="seconds"),
    )
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="version", value=report.version)
    for row in report.rows:
        _case(suite, row)
    indent(suite)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suite, "unicode")}\n'


def _case(suite: Element, row: Row) -> None:
    case = SubElement(
        suite, "testcase", classname=f"{row.number}, {row.path.when}", name=f"{row.path.does}: {row.path.ends}"
    )
    if row.outcome == FAILED:
        failure = SubElement(case, "failure", message=row.wrong)
        failure.text = "\n".join(row.result.heard) if row.result else ""
    elif row.outcome == NOT_WALKED:
        SubElement(case, "skipped")
