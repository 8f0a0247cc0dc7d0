from __future__ import annotations

from acd.simulation.figures import Figures, Tally
from ivr.reports.simulation_report import as_json, curve_head, curve_rows, head, occupancy_rows, rows, verdict

NINE = 9 * 3600.0


def figures(*, answered: int, abandoned: int, waited: float, sent: str = "") -> Figures:
    tally = Tally()
    for number in range(answered + abandoned + bool(sent)):
        tally.joined(NINE + number)
    for number in range(answered):
        tally.answered(NINE + number, waited, in_time=waited <= 30)
    for number in range(abandoned):
        tally.abandoned(NINE + number, 60.0)
    if sent:
        tally.sent(sent, 90.0)
    return Figures(tally.outcome(), {"desk": tally.outcome(), "empty": Tally().outcome()}, {"ana": 0.5})


TODAY = figures(answered=6, abandoned=2, waited=20.0, sent="voicemail desk")
CHANGED = figures(answered=8, abandoned=1, waited=10.0)


def test_one_day_is_told_in_one_column() -> None:
    assert head([TODAY]) == ("", "today")
    assert rows([TODAY])[:10] == [
        ("all queues", ""),
        ("  calls", "9"),
        ("  answered", "6"),
        ("  in time", "75 %"),
        ("  mean wait", "0:20"),
        ("  wait of 9 in 10 up to", "0:20"),
        ("  longest wait", "1:30"),
        ("  gave up", "2"),
        ("  sent to voicemail desk", "1"),
        ("", ""),
    ]


def test_a_changed_plan_stands_beside_it_with_a_word_on_each_difference() -> None:
    assert head([TODAY, CHANGED]) == ("", "today", "changed", "")
    assert rows([TODAY, CHANGED])[:9] == [
        ("all queues", "", "", ""),
        ("  calls", "9", "9", ""),
        ("  answered", "6", "8", "more"),
        ("  in time", "75 %", "89 %", "better"),
        ("  mean wait", "0:20", "0:10", "better"),
        ("  wait of 9 in 10 up to", "0:20", "0:10", "better"),
        ("  longest wait", "1:30", "1:00", "better"),
        ("  gave up", "2", "1", "better"),
        ("  sent to voicemail desk", "1", "0", "less"),
    ]


def test_a_queue_that_nobody_called_is_left_out() -> None:
    assert "empty" not in {line[0] for line in rows([TODAY])}


def test_the_change_is_judged_in_one_sentence() -> None:
    assert verdict([TODAY]) == ""
    assert verdict([TODAY, TODAY]) == "The change makes no difference on this day."
    assert verdict([TODAY, CHANGED]) == (
        "The change, in all: better: in time, mean wait, wait of 9 in 10 up to, longest wait, gave up."
    )
    assert verdict([CHANGED, TODAY]).startswith("The change, in all: worse: in time")


def test_the_half_hours_with_calls_are_shown_and_peoples_time() -> None:
    assert curve_head([TODAY]) == ("", "calls", "in time", "wait", "gave up")
    assert curve_rows([TODAY]) == [("09:00", "9", "75 %", "0:20", "2")]
    assert len(curve_head([TODAY, CHANGED])) == len(curve_rows([TODAY, CHANGED])[0]) == 8
    assert occupancy_rows([TODAY]) == [("mean", "50 %"), ("ana", "50 %")]
    assert occupancy_rows([TODAY, CHANGED])[0] == ("mean", "50 %", "50 %", "")


def test_everything_is_in_the_json() -> None:
    said = as_json([TODAY, CHANGED], "a day", seed=3)
    assert (said["day"], said["seed"], said["today"]["total"]["offered"]) == ("a day", 3, 9)
    assert said["changed"]["queues"]["desk"]["overflowed"] == {}
