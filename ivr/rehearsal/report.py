"""The report of a plan's paths: what was walked, what came of it, what is not as it was signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ivr.menus.paths.coverage import in_words
from ivr.rehearsal.signed import SHORT, Mark, changes_since

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ivr.menus.paths.nouns import Path, Place
    from ivr.rehearsal.results import Result
    from ivr.rehearsal.signed import Signature

HEAD = ("number", "caller", "when", "language", "does", "comes to", "result", "since signed")
PASSED, FAILED, NOT_WALKED = "passed", "failed", "not walked"


@dataclass(frozen=True, slots=True)
class Row:
    """A path and what came of it, None when it was not walked; `before` is where it ended when it was signed."""

    path: Path
    result: Result | None = None
    mark: Mark = Mark.SAME
    before: str = ""

    @property
    def outcome(self) -> str:
        if self.result is None:
            return NOT_WALKED
        return PASSED if self.result.passed else FAILED

    @property
    def number(self) -> str:
        return self.path.dialled or "any number"

    @property
    def wrong(self) -> str:
        return self.result.told if self.result else ""

    @property
    def remark(self) -> str:
        return self.result.remark if self.result and self.result.passed else ""


@dataclass(frozen=True, slots=True)
class Report:
    """`way` says how it was walked, "" for not at all; `places` is how much the plan has, `missed` is on no path."""

    practice: str
    plan: str
    version: str
    made: datetime
    way: str
    rows: Sequence[Row]
    places: int
    missed: Sequence[Place]
    signature: Signature | None = None

    @property
    def failed(self) -> Sequence[Row]:
        return [row for row in self.rows if row.outcome == FAILED]

    @property
    def remarked(self) -> Sequence[Row]:
        return [row for row in self.rows if row.remark]

    @property
    def marked(self) -> Sequence[Row]:
        return [row for row in self.rows if row.mark]

    @property
    def gone(self) -> Mapping[str, str]:
        return self.signature.gone(row.path for row in self.rows) if self.signature else {}

    @property
    def figures(self) -> str:
        """One line."""
        met = self.places - len(self.missed)
        covered = f"{len(self.rows)} paths meet {met} of the {self.places} things that the plan has"
        if not self.way:
            return f"{covered}; none was walked"
        walked = [row for row in self.rows if row.result]
        return f"{covered}; {len(walked)} walked {self.way}, {len(self.failed)} failed"

    @property
    def changes(self) -> str:
        """One line; "" when nothing was signed."""
        return changes_since(self.signature, [row.path for row in self.rows]) if self.signature else ""


def rows_of(paths: Sequence[Path], results: Sequence[Result], signature: Signature | None) -> list[Row]:
    came = {result.path.key: result for result in results}
    return [_row(path, came.get(path.key), signature) for path in paths]


def _row(path: Path, result: Result | None, signature: Signature | None) -> Row:
    if signature is None:
        return Row(path, result)
    mark = signature.mark(path)
    return Row(path, result, mark, signature.ends[path.key] if mark is Mark.CHANGED else "")


def lines(report: Report) -> list[tuple[str, ...]]:
    """The table's rows, as HEAD names them."""
    return [
        (
            row.number,
            row.path.caller.name or "anybody",
            row.path.when,
            row.path.language,
            row.path.does,
            row.path.ends,
            row.outcome,
            f"{row.mark} (was: {row.before})" if row.before else row.mark,
        )
        for row in report.rows
    ]


def as_json(report: Report) -> Mapping[str, Any]:
    return {
        "practice": report.practice,
        "plan": report.plan,
        "version": report.version,
        "made": report.made.isoformat(timespec="seconds"),
        "walked": report.way,
        "places": report.places,
        "missed": [in_words(place) for place in report.missed],
        "signed": {"by": report.signature.by, "at": report.signature.at} if report.signature else None,
        "gone": dict(report.gone),
        "paths": [
            {**dict(zip(HEAD, line, strict=True)), "wrong": row.wrong, "remark": row.remark}
            for line, row in _both(report)
        ],
    }


def _both(report: Report) -> list[tuple[tuple[str, ...], Row]]:
    return list(zip(lines(report), report.rows, strict=True))


def short(version: str) -> str:
    return version[:SHORT]
