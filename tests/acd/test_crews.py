"""Who could serve a need, counted as it changes."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from acd.crews import Crews
from acd.model import Absence, Agent
from acd.skills import ANYBODY, Needs
from acd.state import AT_WORK, Person, Presence
from tests.acd.scene import ANA, BO, CAI

DESK, HEART = Needs.parse("desk"), Needs.parse("cardiology")


def crews_of(*agents: Agent) -> tuple[Crews, list[Person]]:
    people = [Person(agent, order, Presence.READY, 0, 0) for order, agent in enumerate(agents)]
    crews = Crews()
    crews.clear(people)
    return crews, people


def move(crews: Crews, person: Person, presence: Presence) -> None:
    before, person.presence = person.presence, presence
    crews.moved(person, before)


def test_a_crew_is_who_meets_the_need() -> None:
    crews, (ana, bo, cai) = crews_of(ANA, BO, CAI)
    assert crews.of(DESK).members == [ana, bo, cai]
    assert crews.of(HEART).members == [cai]
    assert crews.of(ANYBODY).ready == 3


def test_the_same_need_is_the_same_crew() -> None:
    crews, _ = crews_of(ANA)
    assert crews.of(DESK) is crews.of(Needs.parse("(desk)"))


def test_named_people_are_those_of_them_who_meet_the_need() -> None:
    crews, (_, _, cai) = crews_of(ANA, BO, CAI)
    assert crews.of(HEART, ("bo", "cai", "nobody")).members == [cai]


def test_somebody_who_is_named_twice_counts_once() -> None:
    crews, (ana,) = crews_of(ANA)
    crew = crews.of(DESK, ("ana", "ana"))
    move(crews, ana, Presence.TALKING)
    assert (crew.ready, crew.at_work) == (0, 1)


def test_a_crew_without_people_is_empty_in_every_way() -> None:
    crews, _ = crews_of(ANA)
    assert crews.of(HEART).has_only(frozenset())
    assert not crews.of(DESK).has_only(frozenset(Absence))


def test_who_leaves_as_the_last_one_deserts_the_crew() -> None:
    crews, (ana, bo) = crews_of(ANA, BO)
    crew = crews.of(DESK)
    move(crews, ana, Presence.LOGGED_OUT)
    assert list(crews.deserted) == []
    move(crews, bo, Presence.NOT_READY)
    assert list(crews.deserted) == [crew]


def test_who_talks_rests_or_wraps_up_has_not_deserted() -> None:
    crews, (ana,) = crews_of(ANA)
    crew = crews.of(DESK)
    for presence in (Presence.RINGING, Presence.TALKING, Presence.WRAP_UP, Presence.BACK_OFF, Presence.OUTSIDE):
        move(crews, ana, presence)
        assert (list(crews.deserted), crew.at_work) == ([], 1)


def test_queues_that_watch_are_touched_by_their_own_people_only() -> None:
    crews, (ana, cai) = crews_of(ANA, CAI)
    crews.of(HEART).watchers.append("heart")
    move(crews, ana, Presence.RINGING)
    assert list(crews.touched) == []
    move(crews, cai, Presence.RINGING)
    assert list(crews.touched) == ["heart"]


def test_a_crew_that_was_dropped_counts_nobody_any_more() -> None:
    crews, (ana,) = crews_of(ANA)
    crew = crews.of(DESK, ("ana",))
    crews.drop(crew)
    crews.drop(crew)
    move(crews, ana, Presence.LOGGED_OUT)
    assert (list(crews.deserted), crews.crews_of(ana)) == ([], [])
    assert crews.of(DESK, ("ana",)) is not crew


def test_who_is_no_longer_in_the_plan_counts_nowhere() -> None:
    crews, (ana,) = crews_of(ANA)
    crew = crews.of(DESK)
    crews.clear([])
    move(crews, ana, Presence.LOGGED_OUT)
    assert (list(crews.deserted), crew.ready, crews.order_of("ana")) == ([], 1, -1)


AGENTS = (ANA, BO, CAI)
MOVES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Presence)), max_size=30)


@given(MOVES, st.integers(0, 30))
def test_the_counts_are_those_of_looking_at_everybody(moves: list[tuple[int, Presence]], asked_at: int) -> None:
    """Whenever a crew is asked for the first time."""
    crews, people = crews_of(*AGENTS)
    early = crews.of(DESK)
    for number, (who, presence) in enumerate(moves):
        if number == asked_at:
            crews.of(HEART)
        move(crews, people[who], presence)
    for crew, members in ((early, people), (crews.of(HEART), people[2:])):
        assert +crew.counts == Counter(person.presence for person in members)
        assert crew.at_work == sum(person.presence in AT_WORK for person in members)
        assert crew.ready == sum(person.presence is Presence.READY for person in members)
