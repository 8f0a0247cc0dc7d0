"""What nothing leads to, what nobody uses, and how many questions a caller can bear."""

from __future__ import annotations

import pytest

from tests.menus.checking.test_gaps import told

PEOPLE = "people:\n"
QUEUES = "queues:\n"


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        (
            (QUEUES, "queues:\n  attic: {needs: desk, exits: {1: voicemail desk}}\n"),
            "nothing leads callers to queue 'attic': let a choice go to it, or remove it",
        ),
        (
            ("voicemail:\n", "voicemail:\n  attic:\n"),
            "nothing leads callers to voicemail box 'attic': let a choice or a queue go to it, or remove it",
        ),
        (
            (QUEUES, 'hours: {attic: {mon: "08:00-09:00"}}\nqueues:\n'),
            "no menu and no queue keeps the hours 'attic': add 'hours: attic' to one, or remove them",
        ),
        (
            (PEOPLE, 'rotas: {attic: {shifts: {from: "08:00", to: "08:00", who: ana}}}\npeople:\n'),
            "nobody is called by rota 'attic': name it in an alert, or in what a queue needs, or remove it",
        ),
        (
            (PEOPLE, "people:\n  bo: {phone: PJSIP/bo}\n"),
            "bo has no skill and is on no rota, so no caller is put through: add 'skills', or a rota",
        ),
    ],
)
def test_what_is_of_no_use_is_a_warning(added: tuple[str, str], sentence: str) -> None:
    assert told(added) == [f"warning: {sentence}"]


@pytest.mark.parametrize(
    "way",
    [
        "refuse: {when: {length: 5}, to: queue attic}",
        "overflow: {after: 5m, to: queue attic}",
        "overflow: {after: 5m, offer: queue attic}",
        "exits: {1: {to: queue attic, name: {en: x, es: x}}}",
        "hours: late, closed: {to: queue attic}",
    ],
)
def test_every_way_out_of_a_queue_leads_somewhere(way: str) -> None:
    hours = 'hours: {late: {mon: "08:00-09:00"}}\n' if "hours" in way else ""
    attic = (QUEUES, f"{hours}queues:\n  attic: {{needs: desk}}\n")
    assert told(attic, ("overflow: {after: 4m, to: voicemail desk}", way)) == []


def test_a_queue_of_another_kind_of_work_is_for_no_caller() -> None:
    work = (QUEUES, "queues:\n  forms: {needs: desk, kind: form}\n")
    assert told(work, ("ana: {", "ana: {capacity: {form: 2}, ")) == []


def test_people_who_are_only_told_of_alerts_are_of_use() -> None:
    alert = ("needs: [desk], ", "needs: [desk], alert: {name: help, when: {length: 9}, ladder: {who: bo}}, ")
    assert told(alert, (PEOPLE, "people:\n  bo: {phone: PJSIP/bo}\n")) == []


def test_a_third_question_is_a_warning_that_says_why() -> None:
    deeper = "  deep:\n    ask: which\n    choices:\n      1: {name: {en: x, es: x}, go: queue desk}\n"
    assert told((QUEUES, deeper + QUEUES), ("es: para terminar}, go: goodbye", "es: x}, go: deep")) == [
        (
            "warning: menu 'deep' is question 3 on its way; callers lose patience after 2: "
            "let a menu further up lead there"
        ),
    ]


def test_a_menu_that_stands_in_for_a_closed_one_is_no_question_more() -> None:
    night = "  night:\n    ask: which\n    choices:\n      1: {name: {en: x, es: x}, go: more}\n"
    closed = ("    say: welcome\n", "    say: welcome\n    hours: late\n    closed: {to: night}\n")
    hours = ("menus:\n", 'hours: {late: {mon: "08:00-09:00"}}\nmenus:\n')
    assert told((QUEUES, night + QUEUES), hours, closed) == []
    crowd = "".join(f"      {key}: {{name: {{en: x, es: x}}, go: more}}\n" for key in range(2, 6))
    assert told((QUEUES, night + crowd + QUEUES), hours, closed) == [
        "warning: menu 'night' offers 5 choices; callers remember 4: move the rest a menu down",
    ]
