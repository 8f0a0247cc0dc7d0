"""What a queue or a person cannot be is one sentence at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acd.model import Urgency
from tests.menus.plans import SMALL, small
from tests.menus.reading.test_load import told

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = "{needs: [desk], overflow: {after: 4m, to: voicemail desk}}"
LINE = 1 + SMALL[: SMALL.index("  desk: {needs")].count("\n")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "{needs: desk and spanish nurse}",
            (
                "17+17: 'needs' of queue 'desk' is no expression of skills: expected 'and', 'or' or a comparison "
                "like '>= 3' before 'nurse'"
            ),
        ),
        (
            '{needs: "desk and (spanish"}',
            ("18+17: 'needs' of queue 'desk' is no expression of skills: expected 'and', 'or' or the ')' of column 10"),
        ),
        (
            "{needs: [desk, nurse > 5]}",
            (
                "24+6: item 2 of 'needs' of queue 'desk' is no expression of skills: nobody can have 'nurse > 5': "
                "levels are 0 to 5"
            ),
        ),
        ("{needs: 5}", "17: 'needs' of queue 'desk' must be text: put quotes around it"),
        (
            "{needs: desk, steps: [{needs: desk}]}",
            "3: queue 'desk' has 'needs' and 'steps': put what it needs into the steps",
        ),
        ("{steps: []}", "10: 'steps' of queue 'desk' needs at least one entry"),
        (
            "{steps: [{needs: desk}, {needs: nurse}]}",
            "3: queue 'desk' has a step 1 that never ends: give it 'for' or 'until'",
        ),
        ("{steps: [{for: 9s}]}", "3: queue 'desk' has a last step that ends: leave out its 'for' and 'until'"),
        (
            "{steps: [{for: 9 s o, needs: desk}, {needs: desk}]}",
            (
                "24: 'for' of step 1 of queue 'desk' must be a time such as 60s, 4m or a number of seconds, at most "
                "a day, not '9 s o'"
            ),
        ),
        (
            "{steps: [{until: {lenght: 3}}, {needs: desk}]}",
            "27: 'lenght' is not a key of 'until' of step 1 of queue 'desk'; did you mean 'length'?",
        ),
        (
            "{steps: [{until: [{length: 3}, {waited: 1m, lenght: 3}]}, {needs: desk}]}",
            "53: 'lenght' is not a key of item 2 of 'until' of step 1 of queue 'desk'; did you mean 'length'?",
        ),
        (
            "{refuse: {when: {}, to: queue nurse}}",
            (
                "19: 'when' of 'refuse' of queue 'desk' has no part: write one of waited, length, estimated_wait, "
                "service_level_below, staffed_below, empty"
            ),
        ),
        (
            "{refuse: {when: {empty: strickt}, to: queue nurse}}",
            (
                "33: 'empty' of 'when' of 'refuse' of queue 'desk' must be strict, yes, loose or a list of paused, "
                "penalty, inuse, ringing, unavailable, wrapup, not 'strickt'; did you mean 'strict'?"
            ),
        ),
        (
            "{refuse: {when: {empty: [paused, away]}, to: queue nurse}}",
            (
                "42: item 2 of 'empty' of 'when' of 'refuse' of queue 'desk' must be 'paused', 'penalty', 'inuse', "
                "'ringing', 'unavailable' or 'wrapup', not 'away'"
            ),
        ),
        (
            "{refuse: {when: {service_level_below: 0}, to: queue nurse}}",
            ("47: 'service_level_below' of 'when' of 'refuse' of queue 'desk' must be a number from 1 to 100, not 0"),
        ),
        (
            "{service_level: {percent: 101}}",
            "35: 'percent' of 'service_level' of queue 'desk' must be a number from 1 to 100, not 101",
        ),
        (
            "{strategy: longest-idel}",
            ("20: 'strategy' of queue 'desk' must be a strategy, not 'longest-idel'; did you mean 'longest-idle'?"),
        ),
        ("{ring: {every: 5s}}", "10: 'ring' of queue 'desk' has 'every' without 'more': say how many phones join"),
        (
            "{ring: {at_once: 0}}",
            "26: 'at_once' of 'ring' of queue 'desk' must be a whole number from 1 to 1000, not 0",
        ),
        (
            "{ring_seconds: 0}",
            (
                "24: 'ring_seconds' of queue 'desk' must be a time such as 60s, 4m or a number of seconds, "
                "from 1s to a day, not 0"
            ),
        ),
        ("{weight: 0}", "18: 'weight' of queue 'desk' must be a number from 0.1 to 100, not 0"),
        (
            "{wrap_up: {for: 5m, longest: 1m}}",
            "10: 'wrap_up' of queue 'desk' needs 'longest' to be no shorter than 'for'",
        ),
        ("{overflow: {to: queue nurse}}", "10: 'overflow' of queue 'desk' needs either 'after' or 'when'"),
        (
            "{overflow: [{after: 1m, to: queue nurse, offer: callback}]}",
            "21: overflow 1 of queue 'desk' needs either 'to' or 'offer'",
        ),
        (
            "{exits: {0: callback}}",
            (
                "18: exit '0' of queue 'desk' must be a key from 1 to 9 (0 always reaches the operator, * repeats), "
                "not 0"
            ),
        ),
        (
            "{exits: {1: queue}}",
            (
                "21: exit '1' of queue 'desk' must be a menu's name, 'queue NAME', 'voicemail NAME' or 'goodbye', "
                "not 'queue'"
            ),
        ),
        (
            "{announce: {every: 2s}}",
            (
                "28: 'every' of 'announce' of queue 'desk' must be a time such as 60s, 4m or a number of seconds, "
                "from 10s to a day, not '2s'"
            ),
        ),
        (
            "{callback: {hours: {mon-fry: 8-9}}}",
            (
                "29: 'mon-fry' of 'hours' of 'callback' of queue 'desk' must be days such as mon-fri or sat,sun, not "
                "'mon-fry'"
            ),
        ),
        (
            "{callback: {quiet: 20:00}}",
            "28: 'quiet' of 'callback' of queue 'desk' must be hours such as \"08:00-17:00\", not '20:00'",
        ),
        (
            "{callback: {first: nurse}}",
            "28: 'first' of 'callback' of queue 'desk' must be 'person' or 'caller', not 'nurse'",
        ),
        (
            "{alert: {name: x, when: {length: 3}, ladder: []}}",
            "46: 'ladder' of 'alert' of queue 'desk' needs at least one entry",
        ),
    ],
)
def test_a_queue_that_is_wrong_is_told_of_in_one_sentence(tmp_path: Path, written: str, sentence: str) -> None:
    column, said = sentence.split(": ", 1)
    column = str(sum(map(int, column.split("+"))))
    found = told(tmp_path, (NEEDS, written))
    assert [text for text in found if text.startswith(f"{LINE}:{column}: {said}")] != [], found


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("accept: yes", "'accept' of person 'ana' must be 'key', not 'yes'"),
        ("pin: 1234", "'pin' of person 'ana' must be 4 to 8 digits in quotes"),
        (
            "reach: pigeon:ana",
            (
                "'reach' of person 'ana' must be like mail:ana@example.org, sms:+16175550123, phone:PJSIP/ana or "
                "webhook:https://…"
            ),
        ),
        ("calls_per_hour: 0", "'calls_per_hour' of person 'ana' must be a whole number from 1 to 1000, not 0"),
        ("capacity: {form: many}", "capacity 'form' of person 'ana' must be a whole number from 1 to 1000, not 'many'"),
    ],
)
def test_a_person_who_is_wrong_is_told_of_in_one_sentence(tmp_path: Path, written: str, sentence: str) -> None:
    found = told(tmp_path, ("ana, skills", f"ana, {written}, skills"))
    assert [text.split(": ", 1)[1] for text in found] == [sentence]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "after_failed_ring: {lost: 5s}",
            "'lost' of 'after_failed_ring' must be 'no answer', 'refused', 'busy' or 'unreachable', not 'lost'",
        ),
        ("after_failed_ring: {busy: }", "'busy' of 'after_failed_ring' must be a time such as 60s, or 'not ready'"),
        (
            "outside: {dial: PJSIP/trunk, numbers: '+1'}",
            "'outside' needs {number} once in 'dial', for the caller's number, such as PJSIP/{number}@trunk",
        ),
        ("outside: {dial: 'PJSIP/{number}', numbers: 1}", "'numbers' of 'outside' must be text: put quotes around it"),
        (
            "outside: {dial: 'PJSIP/{number}', numbers: '1'}",
            "'numbers' of 'outside' must be the beginning of numbers in quotes, such as \"+1\", not '1'",
        ),
        (
            "rotas: {r: {shifts: {from: 8, to: '09:00'}}}",
            "'from' of 'shifts' of rota 'r' must be a time of day such as \"17:00\", not 8",
        ),
        (
            "rotas: {r: {shifts: {from: '08:00', to: '25:00'}}}",
            "'to' of 'shifts' of rota 'r' must be a time of day such as \"17:00\", not '25:00'",
        ),
        ("rotas: {r: {shifts: [{from: '08:00'}]}}", "shift 1 of rota 'r' needs 'to'"),
        (
            "rotas: {r: {shifts: {from: '08:00', to: '08:00'}, weekly: [ana]}}",
            "rota 'r' needs 'weekly' and 'starts' together: whose week it is, and the day of the first one",
        ),
        (
            "rotas: {r: {shifts: {from: '08:00', to: '08:00'}, weekly: [ana], starts: 2026-13-01}}",
            "'starts' of rota 'r' must be a date such as 2026-12-24, not '2026-13-01'",
        ),
        (
            (
                "rotas: {r: {shifts: {from: '08:00', to: '08:00', who: ana}, swaps: {from: tonight, to: 2026-12-25 "
                "08:00, instead_of: ana, who: emma}}}"
            ),
            "'from' of 'swaps' of rota 'r' must be a date and a time such as 2026-12-24 17:00, not 'tonight'",
        ),
        (
            "not_ready: {Lunch: 5m}",
            (
                "'Lunch' of 'not_ready' must be a name of lower-case letters, digits and _ that begins with a "
                "letter, not 'Lunch'"
            ),
        ),
    ],
)
def test_what_else_of_the_routing_is_wrong(tmp_path: Path, written: str, sentence: str) -> None:
    found = told(tmp_path, ("people:\n", f"{written}\npeople:\n"))
    assert [text.split(": ", 1)[1] for text in found] == [sentence]


def test_urgent_queues_make_everybody_urgent() -> None:
    assert small().queues["desk"].urgency is Urgency.ROUTINE
    assert small((NEEDS, "{needs: [desk], priority: urgent}")).queues["desk"].urgency is Urgency.URGENT
