from __future__ import annotations

from typing import TYPE_CHECKING

from acd.matching import Matching
from acd.model import Agent, Urgency
from acd.state import Caller, Person, Presence
from tests.acd.scene import ANA, BO, CAI, DESK, HEART

if TYPE_CHECKING:
    from acd.model import Queue


def matching_of(*agents: Agent) -> Matching:
    matching = Matching()
    matching.clear(agents)
    return matching


def person(agent: Agent, idle_since: float = 0) -> Person:
    return Person(agent, 0, Presence.READY, idle_since, idle_since)


def caller(number: int, queue: Queue = DESK, urgency: Urgency = Urgency.ROUTINE) -> Caller:
    return Caller(f"c{number}", queue, frozenset(), urgency, number, joined=0, entered=0)


def test_nobody_meets_nobody() -> None:
    assert matching_of(ANA).next_pair() is None


def test_a_caller_meets_who_was_ready_before() -> None:
    matching = matching_of(ANA)
    matching.add_person(person(ANA))
    matching.add_caller(caller(1))
    assert matching.next_pair() == ("c1", "ana")


def test_a_person_meets_who_waited_before() -> None:
    matching = matching_of(ANA)
    matching.add_caller(caller(1))
    matching.add_person(person(ANA))
    assert matching.next_pair() == ("c1", "ana")


def test_of_several_groups_the_foremost_caller_meets_first() -> None:
    matching = matching_of(CAI)
    for waiting in (caller(2), caller(1, HEART), caller(3, DESK, Urgency.URGENT)):
        matching.add_caller(waiting)
    matching.add_person(person(CAI))
    assert matching.next_pair() == ("c3", "cai")


def test_who_left_meets_nobody() -> None:
    matching = matching_of(ANA, BO)
    gone, stays = caller(1), caller(2)
    busy = person(ANA, idle_since=1)
    for waiting in (gone, stays):
        matching.add_caller(waiting)
    for ready in (busy, person(BO, idle_since=2)):
        matching.add_person(ready)
    matching.remove_caller(gone)
    matching.remove_person(busy)
    assert matching.next_pair() == ("c2", "bo")


def test_a_lacking_skill_is_no_meeting() -> None:
    matching = matching_of(ANA)
    matching.add_person(person(ANA))
    matching.add_caller(caller(1, HEART))
    assert matching.next_pair() is None
