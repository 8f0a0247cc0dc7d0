"""A picture of queues' weeks: an SVG of heat maps, weekdays across and half hours down. Pure; no script.

Every figure is written in its cell, so that colour only helps; a cell that needs more people than the plan has is
framed and marked "!". Light and dark follow the reader's own setting. Hovering a cell tells what callers get.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ivr.reports.staffing_report import UNKNOWN, WEEKDAYS, asked, basis, clock, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.reports.staffing_report import QueueWeek, Slot

MARGIN = 32
TIMES = 56  # the width of the column with the times of day
CELL, ROW, GAP = 108, 26, 3
WIDTH = 2 * MARGIN + TIMES + len(WEEKDAYS) * CELL - GAP
LINE = 20
WRAP = 124  # letters of a note on a line
LEVELS = 6


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours of one setting. `levels`: the fill of a cell and of the text on it, from few people to many."""

    paper: str
    ink: str
    muted: str
    empty: str
    mark: str
    levels: tuple[tuple[str, str], ...]

    def css(self) -> str:
        cells = "".join(
            f".l{n}{{fill:{fill}}}.t{n}{{fill:{text}}}" for n, (fill, text) in enumerate(self.levels, start=1)
        )
        return (
            f".paper{{fill:{self.paper}}}.ink{{fill:{self.ink}}}.muted{{fill:{self.muted}}}"
            f".none{{fill:{self.empty}}}.mark{{stroke:{self.mark}}}{cells}"
        )


LIGHT = Scheme(
    paper="#ffffff",
    ink="#16262d",
    muted="#53656d",
    empty="#f3f6f6",
    mark="#c2410c",
    levels=(
        ("#e0f1ef", "#16262d"),
        ("#bbe1dc", "#16262d"),
        ("#8accc5", "#16262d"),
        ("#55b0a8", "#16262d"),
        ("#187a74", "#ffffff"),
        ("#0a524e", "#ffffff"),
    ),
)
DARK = Scheme(
    paper="#10171b",
    ink="#e7eef0",
    muted="#9fb0b7",
    empty="#182126",
    mark="#fb923c",
    levels=(
        ("#17383a", "#e7eef0"),
        ("#1b4c4c", "#e7eef0"),
        ("#216462", "#e7eef0"),
        ("#4da39b", "#0b1518"),
        ("#7cc9c0", "#0b1518"),
        ("#b9ebe3", "#0b1518"),
    ),
)
STYLE = (
    "text{font-family:system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:13px;"
    "font-variant-numeric:tabular-nums}"
    ".heading{font-size:21px;font-weight:600}.queue{font-size:16px;font-weight:600}.small{font-size:11px}"
    ".strong{font-weight:600}.mid{text-anchor:middle}.end{text-anchor:end}.mark{fill:none;stroke-width:2.5}"
)


@dataclass(slots=True)
class _Canvas:
    """Elements from top to bottom; `y` is where the next one begins."""

    y: float = MARGIN
    elements: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, style: str) -> None:
        self.elements.append(f'<text x="{x:g}" y="{y:g}" class="{style}">{escape(words)}</text>')

    def box(self, x: float, y: float, width: float, height: float, style: str) -> None:
        self.elements.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" class="{style}"/>'
        )


def chart(practice: str, weeks: Sequence[QueueWeek]) -> str:
    """The whole SVG. There is at least one week."""
    canvas = _Canvas()
    heading, asks = f"{practice}: people per half hour", f"So that {asked(weeks[0].wish)}."
    canvas.text(MARGIN, canvas.y + 20, heading, "heading ink")
    canvas.text(MARGIN, canvas.y + 44, f"{asks} In small: the calls planned for.", "muted")
    canvas.y += 72
    peak = max(week.peak for week in weeks)
    for week in weeks:
        _panel(canvas, week, peak)
    _legend(canvas)
    told = " ".join([asks, *(_told(week) for week in weeks)])
    height = canvas.y + MARGIN
    size = f'viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(heading)}</title>',
            f'<desc id="description">{escape(told)}</desc>',
            f"<style>{STYLE}{LIGHT.css()}@media(prefers-color-scheme:dark){{{DARK.css()}}}</style>",
            f'<rect width="{WIDTH}" height="{height:g}" class="paper"/>',
            *canvas.elements,
            "</svg>\n",
        ]
    )


def _told(week: QueueWeek) -> str:
    """A queue's week in a sentence, for those who hear the picture."""
    weekday, n, slot = max(week.slots(), key=lambda each: each[2].need.rostered)
    most = f"most on {WEEKDAYS[weekday]} at {clock(n)}: {_people(slot)} for {slot.calls:.1f} calls"
    return f"{week.crew.queue}: {most}; the plan has {len(week.crew.people)}."


def _panel(canvas: _Canvas, week: QueueWeek, peak: int) -> None:
    plan = f"the plan has {len(week.crew.people)}"
    canvas.elements.append(f"<g><title>{escape(f'{week.crew.queue}: {plan}')}</title>")
    canvas.text(MARGIN, canvas.y + 16, week.crew.queue.replace("_", " "), "queue ink")
    canvas.text(WIDTH - MARGIN, canvas.y + 16, plan, "muted end")
    canvas.y += 40
    for weekday, name in enumerate(WEEKDAYS):
        canvas.text(_middle(weekday), canvas.y, name, "strong mid ink")
    canvas.y += 10
    for n in week.open_half_hours:
        canvas.text(MARGIN + TIMES - 12, canvas.y + 17, clock(n), f"end {'muted' if n % 2 else 'ink'}")
        for weekday, day in enumerate(week.days):
            slot = day[n] if day else None
            if slot and slot.need.people:
                _cell(canvas, week, (weekday, n, slot), peak)
            else:
                _empty_cell(canvas, weekday, is_known=slot is not None)
        canvas.y += ROW + GAP
    _hours(canvas, week)
    for line in _wrapped(basis(week)):
        canvas.text(MARGIN, canvas.y, line, "small muted")
        canvas.y += LINE - 4
    canvas.elements.append("</g>")
    canvas.y += LINE


def _cell(canvas: _Canvas, week: QueueWeek, at: tuple[int, int, Slot], peak: int) -> None:
    weekday, n, slot = at
    x, y, width = _left(weekday), canvas.y, CELL - GAP
    level = 1 + (slot.need.rostered - 1) * (LEVELS - 1) // max(peak - 1, 1)
    beyond = week.is_beyond_plan(slot)
    canvas.elements.append(f"<g><title>{escape(_hint(weekday, n, slot))}</title>")
    canvas.box(x, y, width, ROW, f"l{level}")
    if beyond:
        canvas.box(x + 1.25, y + 1.25, width - 2.5, ROW - 2.5, "mark")
    canvas.text(x + 40, y + 17.5, f"{slot.need.rostered}{'!' if beyond else ''}", f"strong mid t{level}")
    canvas.text(x + width - 12, y + 17.5, f"{slot.calls:.1f}", f"small end t{level}")
    canvas.elements.append("</g>")


def _hint(weekday: int, n: int, slot: Slot) -> str:
    service = slot.need.service
    when = f"{WEEKDAYS[weekday]} {clock(n)}: {_people(slot)} for {slot.calls:.1f} calls"
    return f"{when}; {service.in_time * 100:.0f} % answered in time, people {service.occupancy * 100:.0f} % busy"


def _people(slot: Slot) -> str:
    return counted(slot.need.rostered, "person", "people")


def _empty_cell(canvas: _Canvas, weekday: int, *, is_known: bool) -> None:
    canvas.box(_left(weekday), canvas.y, CELL - GAP, ROW, "none")
    if not is_known:
        canvas.text(_middle(weekday), canvas.y + 17, UNKNOWN, "mid muted")


def _hours(canvas: _Canvas, week: QueueWeek) -> None:
    canvas.text(MARGIN + TIMES - 12, canvas.y + 14, "hours", "small end muted")
    for weekday in range(len(WEEKDAYS)):
        hours = week.hours(weekday)
        canvas.text(_middle(weekday), canvas.y + 14, UNKNOWN if hours is None else f"{hours:g} h", "small mid muted")
    canvas.y += 2 * LINE


def _legend(canvas: _Canvas) -> None:
    x, y = MARGIN, canvas.y
    canvas.text(x, y + 12, "fewer", "small muted")
    for level in range(1, LEVELS + 1):
        canvas.box(x + 12 + 28 * level, y, 25, 16, f"l{level}")
    canvas.text(x + 20 + 28 * (LEVELS + 1), y + 12, "more people", "small muted")
    canvas.box(x + 313, y + 1, 25, 14, "mark")
    canvas.text(x + 346, y + 12, "! more than the plan has", "small muted")
    canvas.y += 16


def _left(weekday: int) -> float:
    return MARGIN + TIMES + weekday * CELL


def _middle(weekday: int) -> float:
    return _left(weekday) + (CELL - GAP) / 2


def _wrapped(words: str) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= WRAP:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines
