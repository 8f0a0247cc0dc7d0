"""Rules by which callers leave a queue: each way in which they could be lost is found."""

from __future__ import annotations

import pytest

from tests.menus.checking.test_gaps import told

DESK = ("overflow: {after: 4m, to: voicemail desk}}", "")
OUTSIDE = ("people:\n", 'outside: {dial: "PJSIP/{number}@trunk", numbers: "+1"}\npeople:\n')


def desk(rules: str, *more: tuple[str, str]) -> list[str]:
    return told((DESK[0], rules + "}"), *more)


def test_a_queue_that_hands_callers_on_without_a_wait_is_a_mistake() -> None:
    back = ("clinical: yes", "refuse: {when: {empty: strict}, to: queue desk}")
    assert desk("overflow: {when: {length: 5}, to: queue nurse}", back) == [
        "callers would be sent round for ever, without a wait: desk → nurse → desk",
    ]
    assert desk("overflow: {when: {length: 5, waited: 1m}, to: queue nurse}", back) == [
        "warning: callers are sent round and round: desk → nurse → desk",
    ]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (
            "refuse: {when: {length: 5}, to: queue desk}",
            "refusal 1 of queue 'desk' leads back into the same queue: leave it out",
        ),
        (
            "overflow: {after: 5s, offer: queue desk}",
            "overflow 1 of queue 'desk' leads back into the same queue: leave it out",
        ),
        (
            "exits: {4: {to: queue desk, name: {en: to wait, es: para esperar}}}",
            "exit '4' of queue 'desk' leads back into the same queue: leave it out",
        ),
        (
            "refuse: {when: {waited: 1m}, to: queue nurse}",
            "refusal 1 of queue 'desk' is for who joins, and has not waited: use 'overflow'",
        ),
        (
            "overflow: [{after: 1m, to: voicemail desk}, {after: 2m, to: queue nurse}]",
            "warning: overflow 2 of queue 'desk' comes too late: after 60 s nobody is there any more",
        ),
        (
            "exits: {2: {to: voicemail desk, intent: bill}}",
            "exit '2' of queue 'desk' has an intent, but nobody listens there: add 'listens: yes'",
        ),
        (
            "listens: yes, exits: {2: {to: voicemail desk, intent: bill}, 3: {to: voicemail desk, intent: bill}}",
            "exits '2' and '3' of queue 'desk' have the same intent",
        ),
        (
            "overflow: {after: 1m, offer: queue nurse}, exits: {1: voicemail desk}",
            "key 1 of queue 'desk' takes what is offered (queue nurse): give this exit another key",
        ),
        (
            "exits: {1: callback}",
            "'to' of exit '1' of queue 'desk' is 'callback', but queue 'desk' has no 'callback:': add it",
        ),
        (
            "overflow: {after: 1m, offer: callback}",
            "'offer' of overflow 1 of queue 'desk' is 'callback', but queue 'desk' has no 'callback:': add it",
        ),
        (
            "exits: {1: callback}, callback: {}",
            "queue 'desk' calls back, but the plan has no 'outside', which says how: add it",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant(rules: str, sentence: str) -> None:
    assert desk(rules) == [sentence]


def test_a_callback_that_nobody_is_told_of_is_a_warning() -> None:
    assert desk("callback: {}", OUTSIDE) == [
        "warning: queue 'desk' calls back, but no exit and no 'offer' says so",
    ]


def test_quiet_hours_that_leave_no_time_are_a_mistake() -> None:
    rules = 'exits: {1: callback}, callback: {hours: {mon: "08:00-12:00"}, quiet: "07:00-13:00"}'
    assert desk(rules, OUTSIDE) == [
        "queue 'desk' may call back at no hour of the week: the quiet hours take them all",
    ]


def test_exits_of_one_queue_cannot_share_a_phrase() -> None:
    rules = "listens: yes, exits: {2: {to: voicemail desk, intent: bill}, 3: {to: voicemail desk, intent: visit}}"
    assert (
        "'appointment' is a phrase of intent 'bill' and of intent 'visit', both exits of queue 'desk': keep it in one"
        in desk(
            rules, ("en: [billing]", "en: [appointment]"), ("1: {name: {en: for a bill", "3: {name: {en: for a bill")
        )
    )


@pytest.mark.parametrize(
    ("rule", "verb"),
    [
        ("refuse: {when: {length: 9}, to: voicemail desk}", "sends callers to"),
        ("exits: {2: voicemail desk}", "lets callers go to"),
        ("overflow: {after: 2m, offer: voicemail desk}", "offers"),
    ],
)
def test_the_ill_find_no_way_to_voicemail(rule: str, verb: str) -> None:
    said = f"queue 'nurse' is clinical but {verb} voicemail desk: somebody ill must never meet voicemail"
    assert told(("clinical: yes", f"clinical: yes, {rule}")) == [said]


def test_an_intent_that_only_an_exit_has_is_used() -> None:
    assert (
        desk(
            "listens: yes, exits: {2: {to: voicemail desk, intent: message}}",
            ("intents:\n", "intents:\n  message: {en: [leave a message], es: [dejar un mensaje]}\n"),
        )
        == []
    )
