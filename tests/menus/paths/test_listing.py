"""Every path of a plan: once, and with everything that the plan has."""

from __future__ import annotations

from pathlib import Path

from ivr.menus.paths import coverage
from ivr.menus.paths.listing import listed
from ivr.menus.reading.load import load
from tests.menus.paths.scene import A_TUESDAY, ends, paths
from tests.menus.plans import small

RIVERSIDE = Path(__file__).parents[3] / "dialplans" / "riverside.yaml"


def test_a_choice_is_pressed_said_and_mumbled() -> None:
    found = ends()
    assert found["press 1 ×2"] == "queue desk with cardiology → a person"
    assert found["say bill"] == "queue desk → a person"
    assert found["mumble bill, say yes"] == found["say bill"]
    assert found["mumble visit, say yes, press 1"] == "queue desk with cardiology → a person"


def test_who_fails_three_times_takes_the_way_out_of_the_menu() -> None:
    found = ends()
    assert found["silent ×3"] == "queue desk → a person"
    assert found["press 1, not understood ×2, press 3"] == "queue nurse → a person"


def test_danger_is_heard_on_every_menu() -> None:
    found = ends()
    assert found["danger"] == "a sign of danger → queue nurse, urgent → a person"
    assert found["press 1, danger"] == found["danger"]
    assert found["press 2, danger"] == found["danger"]


def test_another_language_is_a_path_of_its_own() -> None:
    found = ends()
    assert found["press 9, press 1 ×2"] == "queue desk with cardiology and spanish → a person"
    assert found["say spanish, press 3"] == "voicemail desk → message kept"


def test_a_loop_back_to_the_start_ends() -> None:
    assert ends()["press 4, press 3"] == "voicemail desk → message kept"


def test_everything_of_a_practice_is_on_a_path_and_no_path_is_listed_twice() -> None:
    plan = load(RIVERSIDE)
    found = listed(plan, A_TUESDAY)
    assert coverage.missed(plan, A_TUESDAY, found) == []
    assert len(found) == len({path.key for path in found}) < 1000


def test_everything_of_a_small_plan_is_on_a_path() -> None:
    assert coverage.missed(small(), A_TUESDAY, paths()) == []


def test_what_no_caller_comes_to_is_on_no_path() -> None:
    plan = small(("start: main\n", "start: more\n"), ("{start: main,", "{start: more,"))
    missed = {coverage.in_words(place) for place in coverage.missed(plan, A_TUESDAY, listed(plan, A_TUESDAY))}
    assert {"menus.main.choices.1", "menus.office.silent", "voicemail.desk"} & missed == {
        "menus.main.choices.1",
        "menus.office.silent",
    }


# ---- the queues -----------------------------------------------------------------------------------------------------

WAYS_OUT = (
    "desk: {needs: [desk], overflow: {after: 4m, to: voicemail desk}}",
    """desk:
    needs: [desk]
    refuse: {when: {length: 3}, to: voicemail desk}
    overflow: [{after: 1m, offer: callback}, {after: 4m, to: queue nurse}]
    exits: {2: voicemail desk, 5: {to: main, name: {en: to begin again, es: para empezar}}}
    callback: {hours: {mon-fri: "09:00-17:00"}, per_half_hour: 2}
    listens: yes""",
)
OUTSIDE = ("voicemail:\n", 'outside: {dial: "PJSIP/{number}@trunk", numbers: "+1"}\nvoicemail:\n')


def test_what_is_offered_to_who_waits_is_taken_and_declined() -> None:
    found = ends(small(WAYS_OUT, OUTSIDE), when="open, everybody talks")
    taken = "press 1 when a callback is offered, press 1 to confirm the number, press 1 for as soon as possible"
    assert found[f"press 0, {taken}"] == "queue desk → callback agreed"
    assert found["press 0, silent when a callback is offered"] == "queue desk → queue nurse → waits"


def test_each_way_out_of_a_queue_is_taken() -> None:
    found = ends(small(WAYS_OUT, OUTSIDE), when="open, everybody talks")
    assert found["press 0, press 2 while waiting"] == "queue desk → voicemail desk → message kept"
    assert found["press 0, press 5 while waiting"] == "queue desk → menu main"
    assert found["press 0, danger while waiting"] == "queue desk → a sign of danger → queue nurse, urgent → waits"


def test_a_queue_is_full_once() -> None:
    found = ends(small(WAYS_OUT, OUTSIDE), when="open, 3 wait")
    assert found == {
        "press 0": "queue desk → voicemail desk → message kept",
        "press 9, press 0": "queue desk with spanish → voicemail desk → message kept",
    }


def test_nobody_is_logged_in() -> None:
    rule = ("overflow: {after: 4m, to: voicemail desk}", "overflow: {when: {empty: strict}, to: voicemail desk}")
    found = ends(small(rule), when="open, nobody logged in")
    assert found["press 0"] == "queue desk → voicemail desk → message kept"
    assert ends(small(rule), when="open, everybody talks")["press 0"] == "queue desk → waits"


# ---- doors and callers ----------------------------------------------------------------------------------------------

HOURS = ("queues:\n", 'hours:\n  office: {mon-fri: "08:00-17:00", except: {holidays: US}}\nqueues:\n')
CLOSED = ("desk: {needs", "desk: {hours: office, closed: {to: voicemail desk}, needs")


def test_while_something_is_closed_only_what_it_changes_is_listed() -> None:
    found = ends(small(HOURS, CLOSED), when="closed or holiday")
    assert found["press 0"] == "voicemail desk → message kept"
    assert "press 2, press 2" not in found
    assert "danger" not in found


def test_a_closure_is_a_condition_of_its_own() -> None:
    snow = ("queues:\n", "closures: {snow: {say: hours, closes: [office]}}\nqueues:\n")
    found = ends(small(HOURS, snow, CLOSED), when="closure snow")
    assert found["press 0"] == "voicemail desk → message kept"


def test_whoever_the_plan_knows_has_paths_of_their_own() -> None:
    known = """callers:
  blocked: {numbers: ["+16175550166"]}
  preferred: {hospital: {numbers: ["+16175550190"], to: queue nurse}}
queues:
"""
    found = {(path.caller.name, path.does): path.ends for path in paths(("queues:\n", known)) if path.when == "open"}
    assert found["preferred.hospital", "nothing"] == "queue nurse → a person"
    assert found["blocked", "silent"] == "goodbye"
    assert found["blocked", "danger"] == "a sign of danger → queue nurse, urgent → a person"
