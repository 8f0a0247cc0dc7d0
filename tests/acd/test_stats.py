from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.stats import BUCKETS, QueueFigures, QueueStats, StatsFormatError

NOTHING = QueueFigures(
    joined=0,
    answered=0,
    abandoned=0,
    overflowed=0,
    service_level=None,
    average_speed_of_answer_seconds=None,
    longest_wait_seconds=None,
    average_handle_seconds=None,
)

HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["joined", "answered", "abandoned", "overflowed", "handled"]),
        st.floats(0, 600),
        st.floats(0, 900),
    ),
    max_size=40,
)


def _happen(stats: QueueStats, happenings: list[tuple[str, float, float]]) -> float:
    """Let each happen so long after the one before; says when the last one did."""
    now = 0.0
    for name, seconds, later in happenings:
        now += later
        getattr(stats, name)(*([] if name == "joined" else [seconds]), now)
    return now


def test_an_idle_queue_has_no_figures() -> None:
    assert QueueStats().figures(now=0) == NOTHING


def test_the_figures_are_counts_means_and_the_longest_wait() -> None:
    stats = QueueStats()
    for _ in range(5):
        stats.joined(now=0)
    stats.answered(10, now=10)
    stats.answered(40, now=40)
    stats.abandoned(20, now=41)
    stats.abandoned(2, now=42)
    stats.overflowed(240, now=300)
    stats.handled(90, now=310)
    stats.handled(110, now=320)
    assert stats.figures(now=320) == QueueFigures(
        joined=5,
        answered=2,
        abandoned=2,
        overflowed=1,
        service_level=1 / 3,
        average_speed_of_answer_seconds=25,
        longest_wait_seconds=240,
        average_handle_seconds=100,
    )


def test_an_answer_at_the_target_is_in_time() -> None:
    stats = QueueStats(target_seconds=30)
    stats.answered(30, now=0)
    assert stats.service_level(now=0) == 1.0
    stats.answered(30.001, now=0)
    assert stats.service_level(now=0) == 0.5


def test_a_short_abandon_does_not_count_and_a_longer_one_does() -> None:
    stats = QueueStats(short_abandon_seconds=5)
    stats.abandoned(4.999, now=0)
    assert stats.service_level(now=0) is None
    stats.abandoned(5, now=0)
    assert stats.service_level(now=0) == 0.0


def test_who_overflows_or_still_waits_does_not_count_for_the_service_level() -> None:
    stats = QueueStats()
    stats.joined(now=0)
    stats.overflowed(300, now=300)
    assert stats.service_level(now=300) is None


def test_who_was_answered_at_once_waited_zero_seconds() -> None:
    stats = QueueStats()
    stats.answered(0, now=0)
    figures = stats.figures(now=0)
    assert (figures.average_speed_of_answer_seconds, figures.longest_wait_seconds) == (0, 0)


def test_what_happened_falls_out_of_the_window_minute_by_minute() -> None:
    stats = QueueStats(window_seconds=1800)
    stats.answered(100, now=0)
    stats.answered(20, now=60)
    assert stats.figures(now=1799.9).answered == 2
    assert stats.figures(now=1800).longest_wait_seconds == 20
    assert stats.figures(now=1859.9).service_level == 1.0
    assert stats.figures(now=1860) == NOTHING


def test_after_a_long_silence_the_figures_begin_anew() -> None:
    stats = QueueStats()
    stats.answered(100, now=0)
    stats.joined(now=1_000_000)
    assert stats.figures(now=1_000_000).joined == 1
    assert stats.service_level(now=1_000_000) is None


def test_memory_is_bounded_by_the_window() -> None:
    stats = QueueStats(window_seconds=60)
    for second in range(10_000):
        stats.joined(now=second / 2)
    assert len(stats.as_json()["buckets"]) == BUCKETS


@given(HAPPENINGS)
def test_figures_survive_json_exactly(happenings: list[tuple[str, float, float]]) -> None:
    stats = QueueStats(target_seconds=20.5, short_abandon_seconds=3, window_seconds=3600)
    now = _happen(stats, happenings)
    again = QueueStats.from_json(json.loads(json.dumps(stats.as_json())))
    assert again == stats
    assert again.figures(now + 1000) == stats.figures(now + 1000)


@given(HAPPENINGS, st.floats(0, 1000))
def test_the_figures_are_those_of_a_list_of_all_that_happened(
    happenings: list[tuple[str, float, float]], later: float
) -> None:
    stats = QueueStats()
    now = _happen(stats, happenings) + later
    at, recent = 0.0, list[tuple[str, float]]()
    for name, seconds, after in happenings:
        at += after
        if at // 60 > now // 60 - 30:
            recent.append((name, seconds))
    waits = [seconds for name, seconds in recent if name not in {"joined", "handled"}]
    answers = [seconds for name, seconds in recent if name == "answered"]
    counted = answers + [seconds for name, seconds in recent if name == "abandoned" and seconds >= 5]
    figures = stats.figures(now)
    assert figures.joined == sum(name == "joined" for name, _ in recent)
    assert figures.longest_wait_seconds == max(waits, default=None)
    assert figures.average_speed_of_answer_seconds == (pytest.approx(sum(answers) / len(answers)) if answers else None)
    assert figures.service_level == (sum(each <= 30 for each in answers) / len(counted) if counted else None)


@pytest.mark.parametrize(
    "data",
    [{}, {"buckets": 3}, {"buckets": [{"number": 1, "sold": 2}]}, {"buckets": [], "colour": "red"}],
)
def test_what_are_no_figures_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(StatsFormatError, match="these are no figures of a queue"):
        QueueStats.from_json(data)
