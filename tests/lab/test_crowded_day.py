from __future__ import annotations

from acd.events import CallerJoined
from acd.model import Agent, Urgency
from acd.skills import Needs
from lab.crowded_day import CrowdedDay
from lab.linear_scan import next_of


def test_the_line_keeps_its_length_while_everything_happens() -> None:
    day = CrowdedDay(waiting=50)
    day.warm_up(100)
    day.run(500)
    assert day.waiting() == 50


def test_the_same_day_comes_twice() -> None:
    one, other = CrowdedDay(waiting=20), CrowdedDay(waiting=20)
    one.run(300)
    other.run(300)
    assert one.history == other.history


def test_a_scan_finds_the_urgent_caller_first_then_the_first_in_line_whom_the_person_can_serve() -> None:
    desk = Needs.parse("desk")
    line = [
        (CallerJoined("heart", "heart"), Needs.parse("cardiology")),
        (CallerJoined("first", "desk"), desk),
        (CallerJoined("second", "desk"), desk),
    ]
    ana = Agent("ana", {"desk": 1})
    assert next_of(ana, line) == "first"
    assert next_of(ana, [*line, (CallerJoined("hurt", "desk", urgency=Urgency.URGENT), desk)]) == "hurt"
    assert next_of(Agent("bo"), line) is None
