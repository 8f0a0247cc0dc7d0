"""The picture of a week: what it says, to eyes and to ears, in light and in dark."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from ivr.reports.staffing_chart import DARK, LIGHT, Scheme, chart
from ivr.reports.staffing_report import Crew
from tests.reports.test_staffing_report import MORNING, days, week_of

WEEK = week_of(*MORNING)
SVG = "{http://www.w3.org/2000/svg}"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


def words(picture: Element) -> list[str]:
    return [each.text or "" for each in picture.iter(f"{SVG}text")]


def test_the_picture_has_a_title_and_a_description() -> None:
    picture = fromstring(chart("Lakeside", [WEEK]))
    assert picture.attrib["role"] == "img"
    named = {each.attrib.get("id"): each.text for each in picture}
    assert picture.attrib["aria-labelledby"] == "title description"
    assert named["title"] == "Lakeside: people per half hour"
    assert named["description"] == (
        "So that 80 % of callers are answered within 30 s. desk: most on Mon at 09:30: 3 people for 24.0 calls; "
        "the plan has 2."
    )


def test_every_figure_is_written_in_its_cell() -> None:
    told = words(fromstring(chart("Lakeside", [WEEK])))
    assert told[:11] == [
        "Lakeside: people per half hour",
        "So that 80 % of callers are answered within 30 s. In small: the calls planned for.",
        "desk",
        "the plan has 2",
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ]
    assert told[11:16] == ["09:00", "1", "3.0", "1", "3.0"]
    assert (told.count("3!"), told.count("24.0"), told.count("2.5 h")) == (6, 6, 6)


def test_a_cell_beyond_the_plan_is_framed_and_tells_what_callers_get() -> None:
    picture = fromstring(chart("Lakeside", [WEEK]))
    framed = [each for each in picture.iter(f"{SVG}rect") if each.attrib.get("class") == "mark"]
    assert len(framed) == 6 + 1  # and the legend's
    hints = [each.text for each in picture.iter(f"{SVG}title")]
    assert "Mon 09:30: 3 people for 24.0 calls; 81 % answered in time, people 53 % busy" in hints
    assert "Mon 09:00: 1 person for 3.0 calls; 84 % answered in time, people 20 % busy" in hints


def test_all_queues_are_in_one_picture_and_share_its_colours() -> None:
    quiet = week_of(*days(28, {18: 1}, queue="night_line"), crew=Crew("night_line", ("emma",)))
    picture = fromstring(chart("Lakeside", [WEEK, quiet]))
    assert [each for each in words(picture) if each in {"desk", "night line"}] == ["desk", "night line"]
    used = {each.attrib.get("class") for each in picture.iter(f"{SVG}rect")} - {"paper", "none", "mark"}
    assert used == {f"l{level}" for level in range(1, 7)}  # the legend shows them all


def test_weekdays_that_are_not_on_record_are_shown_as_unknown() -> None:
    assert words(fromstring(chart("Lakeside", [week_of(*days(3, {18: 2}))]))).count("?") == 4 + 4


def test_a_practice_may_have_any_name() -> None:
    assert words(fromstring(chart("Bed & <Breakfast>", [WEEK])))[0] == "Bed & <Breakfast>: people per half hour"


def test_nothing_runs_and_nothing_is_fetched() -> None:
    text = chart("Lakeside", [WEEK])
    assert [each for each in ("<script", "href", "url(", "@import", "onload") if each in text] == []
    assert "@media(prefers-color-scheme:dark)" in text


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_all_words_can_be_read_in_light_and_in_dark(scheme: Scheme) -> None:
    pairs = [(scheme.paper, scheme.ink), (scheme.paper, scheme.muted), (scheme.empty, scheme.muted), *scheme.levels]
    assert [pair for pair in pairs if contrast(*pair) < LEAST_CONTRAST] == []


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
