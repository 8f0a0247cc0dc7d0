from __future__ import annotations

from math import inf

from acd.timers import SPARE, CallerDue, OfferDue, PersonDue, Subject, Timers


def drained(timers: Timers, now: float) -> list[tuple[float, Subject]]:
    due = []
    while expired := timers.pop(now):
        due.append(expired)
    return due


def test_what_is_due_comes_earliest_first_and_alike_in_the_order_of_setting() -> None:
    timers = Timers()
    timers.set(OfferDue(1), 9)
    timers.set(PersonDue("ana"), 5)
    timers.set(CallerDue("c1"), 5)
    timers.set(CallerDue("c2"), 11)
    assert drained(timers, now=9) == [(5, PersonDue("ana")), (5, CallerDue("c1")), (9, OfferDue(1))]
    assert timers.next() == 11


def test_a_person_and_a_caller_of_the_same_name_have_a_timer_each() -> None:
    timers = Timers()
    timers.set(PersonDue("x"), 1)
    timers.set(CallerDue("x"), 2)
    assert drained(timers, now=2) == [(1, PersonDue("x")), (2, CallerDue("x"))]


def test_what_is_set_again_is_due_once() -> None:
    timers = Timers()
    timers.set(OfferDue(1), 5)
    timers.set(OfferDue(1), 9)
    assert (timers.next(), drained(timers, now=20)) == (9, [(9, OfferDue(1))])


def test_what_is_cancelled_is_never_due() -> None:
    timers = Timers()
    timers.set(OfferDue(1), 5)
    timers.cancel(OfferDue(1))
    timers.cancel(OfferDue(2))
    assert (timers.next(), timers.pop(now=20)) == (None, None)


def test_what_was_cancelled_and_set_again_for_the_same_moment_is_due_once() -> None:
    timers = Timers()
    timers.set(OfferDue(1), 5)
    timers.cancel(OfferDue(1))
    timers.set(OfferDue(1), 5)
    assert drained(timers, now=5) == [(5, OfferDue(1))]


def test_at_the_same_moment_people_come_back_before_rings_end() -> None:
    timers = Timers()
    timers.set(CallerDue("c1"), 5)
    timers.set(OfferDue(1), 5)
    timers.set(PersonDue("ana"), 5)
    assert [subject for _, subject in drained(timers, now=5)] == [PersonDue("ana"), OfferDue(1), CallerDue("c1")]


def test_what_is_due_in_infinity_is_never_due() -> None:
    timers = Timers()
    timers.set(PersonDue("ana"), 5)
    timers.set(PersonDue("ana"), inf)
    assert (timers.next(), timers.is_set(PersonDue("ana"))) == (None, False)


def test_what_was_set_again_and_again_takes_no_more_memory() -> None:
    timers = Timers()
    for moment in range(10 * SPARE):
        timers.set(CallerDue("c1"), 1e9 - moment)
        timers.set(CallerDue("c2"), 1e9 + moment)
    assert len(timers._heap) <= 2 * 2 + SPARE
    assert timers.all() == [(1e9 - 10 * SPARE + 1, CallerDue("c1")), (1e9 + 10 * SPARE - 1, CallerDue("c2"))]
