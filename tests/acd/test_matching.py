from __future__ import annotations

from typing import TYPE_CHECKING

from acd.crews import Crews
from acd.matching import Matching
from acd.model import CALL, Agent, Queue, Urgency
from acd.skills import ANYBODY
from acd.state import Caller, Person, Presence
from acd.strategies import STRATEGIES
from tests.acd.scene import ANA, BO, CAI, DESK, HEART, step

if TYPE_CHECKING:
    from collections.abc import Mapping

FAX = Queue("fax", (step("desk"),), kind="fax")


def person(agent: Agent, idle_since: float = 0, order: int = 0) -> Person:
    return Person(agent, order, Presence.READY, idle_since, idle_since)


def matching_of(
    *people: Person, ready: bool = False, sites: Mapping[str, tuple[str, ...]] | None = None, seed: int = 0
) -> Matching:
    matching = Matching(Crews())
    matching.clear(people, sites or {}, seed)
    for each in people if ready else ():
        matching.add_person(each)
    return matching


def caller(number: int, queue: Queue = DESK, urgency: Urgency = Urgency.ROUTINE, site: str = "") -> Caller:
    return Caller(
        f"c{number}", queue, ANYBODY, urgency, number, joined=0, entered=0, stepped=0, needs=queue.needs, site=site
    )


def pair_of(matching: Matching, now: float = 0) -> tuple[str, str] | None:
    return matching.next_pair(now, offer=1)


def test_nobody_meets_nobody() -> None:
    assert pair_of(matching_of(person(ANA), ready=True)) is None


def test_a_caller_meets_who_was_ready_before() -> None:
    matching = matching_of(person(ANA), ready=True)
    matching.add_caller(caller(1), ())
    assert pair_of(matching) == ("c1", "ana")


def test_a_person_meets_who_waited_before() -> None:
    ana = person(ANA)
    matching = matching_of(ana)
    matching.add_caller(caller(1), ())
    assert pair_of(matching) is None
    matching.add_person(ana)
    assert pair_of(matching) == ("c1", "ana")


def test_of_several_groups_the_foremost_caller_meets_first() -> None:
    matching = matching_of(person(CAI), ready=True)
    for waiting in (caller(2), caller(1, HEART), caller(3, DESK, Urgency.URGENT)):
        matching.add_caller(waiting, ())
    assert pair_of(matching) == ("c3", "cai")


def test_who_left_meets_nobody() -> None:
    busy, free = person(ANA, idle_since=1), person(BO, idle_since=2)
    matching = matching_of(busy, free, ready=True)
    gone, stays = caller(1), caller(2)
    for waiting in (gone, stays):
        matching.add_caller(waiting, ())
    matching.remove_caller(gone)
    matching.remove_person(busy)
    assert pair_of(matching) == ("c2", "bo")


def test_a_caller_who_does_not_stand_there_may_be_taken_out() -> None:
    matching = matching_of(person(ANA), ready=True)
    matching.remove_caller(caller(1))
    assert pair_of(matching) is None


def test_a_lacking_skill_is_no_meeting() -> None:
    matching = matching_of(person(ANA), ready=True)
    matching.add_caller(caller(1, HEART), ())
    assert pair_of(matching) is None


def test_a_caller_for_named_people_meets_none_but_them() -> None:
    matching = matching_of(person(ANA, 1), person(BO, 2), ready=True)
    matching.add_caller(caller(1), ("bo",))
    assert pair_of(matching) == ("c1", "bo")


def test_the_lines_of_named_people_go_with_their_last_caller() -> None:
    matching = matching_of(person(ANA), ready=True)
    for number in range(1, 100):
        waiting = caller(number)
        matching.add_caller(waiting, ("ana", f"nobody {number}"))
        matching.remove_caller(waiting)
    assert len(matching._groups) == 0
    assert matching._standing == {"ana": []}


def test_heavier_queues_overtake_with_time() -> None:
    light, heavy = Queue("light", (step("desk"),)), Queue("heavy", (step("desk"),), weight=3)
    early, late = caller(1, light), caller(2, heavy)
    late.joined = 60
    matching = matching_of(person(ANA), ready=True)
    for waiting in (early, late):
        matching.add_caller(waiting, ())
    assert pair_of(matching, now=89) == ("c1", "ana")
    assert pair_of(matching, now=91) == ("c2", "ana")


def test_at_equal_claims_who_joined_first_is_first() -> None:
    light, heavy = Queue("light", (step("desk"),)), Queue("heavy", (step("desk"),), weight=3)
    early, late = caller(1, light), caller(2, heavy)
    late.joined = 60
    matching = matching_of(person(ANA), ready=True)
    for waiting in (late, early):
        matching.add_caller(waiting, ())
    assert pair_of(matching, now=90) == ("c1", "ana")


def test_who_has_no_room_for_another_item_of_its_kind_is_not_met() -> None:
    full = person(Agent("full", {"desk": 1}, capacity={"fax": 1}))
    full.items["fax"] = [7]
    roomy = person(Agent("roomy", {"desk": 1}, capacity={"fax": 2}), idle_since=9, order=1)
    roomy.items["fax"] = [8]
    matching = matching_of(full, roomy, person(ANA), ready=True)
    matching.add_caller(caller(1, FAX), ())
    assert pair_of(matching) == ("c1", "roomy")


def test_a_full_hand_of_shared_work_leaves_room_for_a_call() -> None:
    full = person(Agent("full", {"desk": 1}, capacity={"fax": 1}))
    full.items["fax"] = [7]
    matching = matching_of(full, ready=True)
    assert DESK.kind == CALL
    matching.add_caller(caller(1), ())
    assert pair_of(matching) == ("c1", "full")


def test_the_random_person_depends_on_nothing_but_seed_and_offer() -> None:
    queue = Queue("lot", (step("desk"),), strategy="random")

    def drawn(seed: int) -> list[str]:
        matching = matching_of(person(ANA, order=0), person(BO, order=1), person(CAI, order=2), ready=True, seed=seed)
        matching.add_caller(caller(1, queue), ())
        pairs = (matching.next_pair(now=0, offer=offer) for offer in range(30))
        return [agent for _, agent in filter(None, pairs)]

    assert drawn(seed=1) == drawn(seed=1)
    assert drawn(seed=1) != drawn(seed=2)
    assert set(drawn(seed=1)) == {"ana", "bo", "cai"}


def test_every_strategy_finds_the_only_person() -> None:
    for name in STRATEGIES:
        matching = matching_of(person(ANA), ready=True)
        matching.add_caller(caller(1, Queue("any", (step("desk"),), strategy=name)), ())
        assert pair_of(matching) == ("c1", "ana"), name
