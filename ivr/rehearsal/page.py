"""The report as one HTML page: to be read on a screen or printed, and signed. It needs no script and nothing else."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from ivr.menus.paths.coverage import in_words
from ivr.rehearsal.report import FAILED, short
from ivr.rehearsal.signed import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ivr.rehearsal.report import Report, Row

_STYLE = """
:root { color-scheme: light; --ink: #1d2733; --soft: #5b6875; --line: #dfe4ea; --good: #1f6f4a; --bad: #a3231f;
  --new: #7a5200; }
body { font: 15px/1.5 system-ui, "Segoe UI", sans-serif; color: var(--ink); background: #fff; margin: 2.5rem auto;
  max-width: 68rem; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .5rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 1.2rem 0; }
dt { color: var(--soft); } dd { margin: 0; }
.verdict { border-left: .3rem solid var(--good); padding: .5rem .9rem; margin: 1.4rem 0; background: #f4f8f6; }
.verdict.failed { border-color: var(--bad); background: #fbf4f4; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .85rem; border-bottom: 2px solid var(--line); }
td, th { padding: .3rem .6rem .3rem 0; vertical-align: top; overflow-wrap: break-word; }
td { border-bottom: 1px solid var(--line); }
.language { width: 2.2rem; } .does { width: 40%; } .result { width: 6.5rem; }
.who th { color: var(--ink); padding-top: 1rem; font-variant-numeric: tabular-nums; }
.contents { columns: 18rem; padding-left: 1.1rem; } a { color: inherit; text-underline-offset: .15em; }
.passed { color: var(--good); } .failed td, .bad { color: var(--bad); } .mark { color: var(--new); font-weight: 600; }
.sign { display: grid; grid-template-columns: 2fr 1fr; gap: 2rem; margin-top: 3.5rem; }
.sign div { border-top: 1px solid var(--ink); padding-top: .3rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) { body { font-size: 13px; margin: 1rem auto; padding: 0 1rem; }
  .result { width: 4.2rem; } h1 { font-size: 1.3rem; } }
@media print { body { margin: 0; max-width: none; font-size: 10.5px; } tr, .sign { break-inside: avoid; }
  thead { display: table-header-group; } }
"""


def page(report: Report) -> str:
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    title = escape(f"{report.practice}: every path of the telephone")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    yield from _facts(report)
    yield from _verdict(report)
    yield from _failures(report)
    yield from _changes(report)
    yield from _missed(report)
    sections = _sections(report)
    yield from _contents(sections)
    for name, rows in sections.items():
        yield f'<h2 id="{_anchor(name)}">{escape(_capitalised(name))}</h2>\n'
        yield from _table(rows)
    yield '<div class="sign"><div>Signed by</div><div>Date</div></div>\n</body>\n</html>\n'


def _facts(report: Report) -> Iterator[str]:
    facts = {
        "Plan": f"{report.plan}, version {short(report.version)}",
        "Made": f"{report.made:%Y-%m-%d %H:%M %Z}",
        "Walked": report.way or "not walked: this is what the plan says",
        "Last signed": f"{report.signature.by}, {report.signature.day}" if report.signature else "never",
    }
    yield "<dl>\n"
    yield from (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in facts.items())
    yield "</dl>\n"


def _verdict(report: Report) -> Iterator[str]:
    yield f'<div class="verdict{" failed" if report.failed else ""}"><p>{escape(report.figures)}.</p>'
    yield f"<p>{escape(report.changes)}.</p>" if report.changes else ""
    yield "</div>\n"


def _failures(report: Report) -> Iterator[str]:
    yield from _list("Failed", [(row.path.key, row.wrong) for row in report.failed])
    yield from _list("Remarks", [(row.path.key, row.remark) for row in report.remarked])


def _list(title: str, items: Iterable[tuple[str, str]]) -> Iterator[str]:
    shown = [f"<li>{escape(key)}:<br><span>{escape(said)}</span></li>\n" for key, said in items]
    if shown:
        yield f"<h2>{title}</h2>\n<ul>\n"
        yield from shown
        yield "</ul>\n"


def _changes(report: Report) -> Iterator[str]:
    if not (report.marked or report.gone):
        return
    yield "<h2>Changed since it was signed</h2>\n<ul>\n"
    for row in report.marked:
        was = f", before {escape(row.before)}" if row.before else ""
        yield f'<li><span class="mark">{row.mark}</span> {escape(row.path.key)}: {escape(row.path.ends)}{was}</li>\n'
    for key, end in report.gone.items():
        yield f'<li><span class="mark">gone</span> {escape(key)}: {escape(end)}</li>\n'
    yield "</ul>\n"


def _missed(report: Report) -> Iterator[str]:
    if report.missed:
        yield "<h2>On no path</h2>\n<p>What nobody reaches, or only after a day of calls of a certain kind:</p>\n<ul>\n"
        yield from (f"<li>{escape(in_words(place))}</li>\n" for place in report.missed)
        yield "</ul>\n"


def _sections(report: Report) -> Mapping[str, Sequence[Row]]:
    """The paths by what is open and who is there, each condition once."""
    sections: dict[str, list[Row]] = {}
    for row in report.rows:
        sections.setdefault(row.path.when, []).append(row)
    return sections


def _contents(sections: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    yield "<h2>The conditions</h2>\n<ul class=contents>\n"
    for name, rows in sections.items():
        failed = sum(row.outcome == FAILED for row in rows)
        told = f'<span class="soft">{len(rows)}</span>{f" <span class=bad>{failed} failed</span>" if failed else ""}'
        yield f'<li><a href="#{_anchor(name)}">{escape(_capitalised(name))}</a> {told}</li>\n'
    yield "</ul>\n"


def _anchor(name: str) -> str:
    return escape("-".join(name.replace(",", "").replace(":", "").split()))


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def _table(rows: Iterable[Row]) -> Iterator[str]:
    """The number that is dialled, and by whom, stands once above all that follows."""
    yield '<table>\n<thead><tr><th class="language"></th><th class="does">The caller</th>'
    yield '<th>comes to</th><th class="result">Result</th></tr></thead>\n'
    for who, paths in groupby(rows, key=_who):
        yield f'<tbody>\n<tr class="who"><th colspan="4">{escape(who)}</th></tr>\n'
        yield from map(_line, paths)
        yield "</tbody>\n"
    yield "</table>\n"


def _who(row: Row) -> str:
    return f"{row.number}, {row.path.caller.name}" if row.path.caller.name else row.number


def _line(row: Row) -> str:
    failed, path = row.outcome == FAILED, row.path
    mark = f' <span class="mark">{row.mark}</span>' if row.mark is not Mark.SAME else ""
    wrong = f"<br>{escape(row.wrong)}" if failed else ""
    return (
        f"<tr{' class=failed' if failed else ''}><td>{escape(path.language)}</td>"
        f"<td>{escape(path.does)}</td><td>{escape(path.ends)}{wrong}</td>"
        f'<td class="{escape(row.outcome).replace(" ", "-")}">{escape(row.outcome)}{mark}</td></tr>\n'
    )
