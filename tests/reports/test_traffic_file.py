from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acd.skills import Needs
from ivr.menus.mistakes import PlanErrors
from ivr.menus.reading.load import load
from ivr.reports.traffic_file import load_traffic, seconds_of
from tests.host import DIALPLANS
from tests.menus.plans import small

if TYPE_CHECKING:
    from pathlib import Path


def traffic_of(folder: Path, text: str) -> Path:
    file = folder / "traffic.yaml"
    file.write_text(text, "utf-8")
    return file


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(PlanErrors) as raised:
        load_traffic(traffic_of(folder, text), small())
    return [f"{each.line}: {each.text}" for each in raised.value.mistakes]


def test_the_example_is_right_for_the_shipped_plan() -> None:
    plan = load(DIALPLANS / "riverside.yaml")
    traffic = load_traffic(DIALPLANS / "traffic-example.yaml", plan)
    assert len(traffic.queues) == 7
    assert traffic.people.keys() <= plan.people.keys()


def test_a_queue_has_calls_in_the_half_hours_of_its_stretches(tmp_path: Path) -> None:
    text = 'queues: {desk: {calls: {"08:00-09:00": 6, "23:30-00:00": 1}, talk: 2m, needs: {spanish: 0.2}}}'
    stream = load_traffic(traffic_of(tmp_path, text), small()).queues["desk"].stream("desk")
    assert {index: calls for index, calls in enumerate(stream.calls) if calls} == {16: 6, 17: 6, 47: 1}
    assert (stream.talk_seconds, stream.patience_seconds) == (120.0, 240.0)
    assert stream.needs == ((Needs.parse("spanish"), 0.2),)


def test_a_person_is_at_work_in_stretches(tmp_path: Path) -> None:
    text = 'queues: {desk: {calls: {"08:00-09:00": 6}}}\npeople: {ana: {at_work: "08:15-12:00", pace: 1.5}}'
    ana = load_traffic(traffic_of(tmp_path, text), small()).people["ana"]
    assert ([seconds_of(span) for span in ana.at_work], ana.pace) == ([(29_700.0, 43_200.0)], 1.5)


WRONG = """\
queues:
  desk:
    calls: {"08:10-09:00": 6}
    talk: 0
    urgnt: 0.1
  nurse: {calls: {"09:00-08:00": 1}, needs: {spanish: 0.6, cardiology: 0.6}}
people:
  ana: {pace: 9}
"""


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    assert mistakes(tmp_path, WRONG) == [
        (
            "3: '08:10-09:00' of 'calls' of queue 'desk' must begin and end on a full or half hour, "
            'such as "08:30-10:00"'
        ),
        "4: 'talk' of queue 'desk' must be more than 0 seconds",
        "5: 'urgnt' is not a key of queue 'desk'",
        "6: '09:00-08:00' of 'calls' of queue 'nurse' must end on the same day: write what goes over midnight as two",
        "6: 'needs' of queue 'nurse' has shares of more than 1 together",
        "8: person 'ana' needs 'at_work'",
        "8: 'pace' of person 'ana' must be a number from 0.2 (fast) to 5 (slow), not 9",
    ]


def test_names_that_the_plan_does_not_have_are_mistakes(tmp_path: Path) -> None:
    text = (
        'queues:\n  dsk: {calls: {"08:00-09:00": 6}, needs: {spansh: 0.1}}\npeople:\n  anna: {at_work: "08:00-09:00"}'
    )
    assert mistakes(tmp_path, text) == [
        "2: 'dsk' is no queue of the plan; did you mean 'desk'?",
        "2: 'spansh' is no skill of anybody of the plan; did you mean 'spanish'?",
        "4: 'anna' is no person of the plan; did you mean 'ana'?",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"queues: [", "2: this is not YAML"),
        (b"", "1: the traffic file must be a mapping (keys and values)"),
        (b"queues: {desk: {calls: {}}}", "1: 'calls' of queue 'desk' needs at least one entry"),
        (b"\xff", "1: holds a character that is not UTF-8: save the file as UTF-8"),
        (
            b'queues: {desk: {calls: {"08:00-09:00": 1}, urgent: 2}}',
            "1: 'urgent' of queue 'desk' must be a number from",
        ),
    ],
)
def test_what_is_no_traffic_at_all_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "traffic.yaml"
    file.write_bytes(data)
    with pytest.raises(PlanErrors) as raised:
        load_traffic(file, small())
    assert f"{raised.value.mistakes[0].line}: {raised.value.mistakes[0].text}".startswith(said)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanErrors, match=r"nowhere\.yaml:1:1: cannot be read: No such file or directory"):
        load_traffic(tmp_path / "nowhere.yaml", small())
