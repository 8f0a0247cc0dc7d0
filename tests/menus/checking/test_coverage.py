"""At every hour of the week everybody gets somewhere; where they do not, the hour is told."""

from __future__ import annotations

import pytest

from ivr.menus.checking.gaps import gaps
from tests.menus.plans import small

OFFICE = 'office: {mon-fri: "08:00-17:00", sat: "09:00-12:00"}'
PHONES = 'phones: {mon-sun: "06:00-22:00"}'
AFTER_HOURS = (
    "  office:\n    ask",
    "  night:\n    ask: which\n    choices:\n      1: {name: {en: a, es: a}, go: queue nurse}\n  office:\n    ask",
)


def told(hours: str, *replacements: tuple[str, str]) -> list[str]:
    plan = small(("menus:\n", f"hours: {{{hours}}}\nmenus:\n"), *replacements)
    return [("warning: " if finding.warning else "") + finding.text for finding in gaps(plan)]


def desk(rules: str) -> tuple[str, str]:
    return ("desk: {needs: [desk],", f"desk: {{needs: [desk], {rules},")


def nurse(rules: str) -> tuple[str, str]:
    return ("clinical: yes,", f"clinical: yes, {rules},")


def start(rules: str) -> tuple[str, str]:
    return ("    say: welcome\n", f"    say: welcome\n    {rules}\n")


TO_BOX = "hours: office, closed: {say: hours, to: voicemail desk}"


def test_hours_that_lead_somewhere_are_sound() -> None:
    assert told(OFFICE, desk(TO_BOX)) == []


def test_hours_without_closed_leave_callers_nowhere_from_some_hour_on() -> None:
    assert told('office: {mon-fri: "00:00-00:00", sat: "00:00-12:00"}', desk("hours: office")) == [
        "queue 'desk' has hours, but its callers have nowhere to go from Saturday 12:00: add 'closed: {to: …}'",
    ]


def test_closed_without_hours_never_comes() -> None:
    assert told(OFFICE, desk("closed: {to: voicemail desk}"), start("hours: office\n    closed: {to: office}")) == [
        "queue 'desk' says what to do while it is closed, but has no hours: add 'hours: …'",
    ]


def test_nobody_is_hung_up_on_without_a_word() -> None:
    assert told(OFFICE, start("hours: office\n    closed: {to: goodbye}")) == [
        "menu 'main' hangs up while it is closed, without a word: add 'say: …' to 'closed'",
    ]
    assert told(OFFICE, start("hours: office\n    closed: {to: goodbye, say: hours}")) == []


def test_closed_doors_that_lead_to_each_other() -> None:
    on_call = ("  nurse: {", "  on_call: {needs: [nurse], hours: phones, closed: {to: queue nurse}}\n  nurse: {")
    assert told(f"{OFFICE}, {PHONES}", nurse("hours: office, closed: {to: queue on_call}"), on_call) == [
        (
            "closed doors lead callers round for ever (from Monday 22:00): "
            "queue on_call → queue nurse → queue on_call; let one lead to what is open then"
        ),
    ]


def test_doors_of_day_and_night_lead_to_each_other_until_everything_is_closed() -> None:
    night = 'day: {mon-sun: "08:00-20:00"}, night: {mon-sun: "20:00-08:00"}'
    on_call = ("  nurse: {", "  on_call: {needs: [nurse], hours: night, closed: {to: queue nurse}}\n  nurse: {")
    found = told(night, nurse("hours: day, closed: {to: queue on_call}"), on_call)
    assert [text.partition(":")[0] for text in found] == [
        "closed doors lead callers round for ever (while everything is closed)",
    ]


def test_a_menu_whose_choices_lead_round_while_something_is_closed() -> None:
    assert told(
        OFFICE,
        desk("hours: office, closed: {say: hours, to: more}"),
        ("es: para terminar}, go: goodbye", "es: x}, go: queue desk"),
        ("operator: {queue: desk", "operator: {queue: nurse"),
    ) == [
        "the choices of menu 'more' lead from menu to menu for ever (from Monday 17:00): let one go to a queue",
    ]


def test_a_menu_without_a_way_for_the_silent() -> None:
    to_night = desk("hours: office, closed: {say: hours, to: night}")
    assert told(OFFICE, to_night, AFTER_HOURS) == [
        (
            "who says nothing on menu 'night' is asked again for ever (from Monday 17:00): "
            "give it 'silent: queue …' with one that is open then"
        ),
    ]
    ways = (
        "  night:\n    ask: which\n",
        "  night:\n    ask: which\n    silent: queue nurse\n    unclear: queue nurse\n",
    )
    assert told(OFFICE, to_night, AFTER_HOURS, ways) == []


def test_the_silent_are_not_hung_up_on() -> None:
    assert told(OFFICE, desk("hours: office, closed: {say: hours, to: goodbye}"))[:1] == [
        (
            "who says nothing on menu 'main' is hung up on (from Monday 17:00): "
            "give it 'silent: queue …' with one that is open then"
        ),
    ]


# ---- the ill --------------------------------------------------------------------------------------------------------

ON_CALL = "  on_call: {{needs: [nurse], {}}}\n  nurse: {{"


@pytest.mark.parametrize(
    ("closed", "on_call", "sentence"),
    [
        (
            "voicemail desk",
            "clinical: yes",
            (
                "queue 'nurse' is clinical but leads to voicemail desk (from Monday 06:00): "
                "somebody ill must never meet voicemail"
            ),
        ),
        (
            "queue desk",
            "clinical: yes",
            (
                "queue 'nurse' is clinical but leads to voicemail desk by way of desk (from Monday 06:00): "
                "somebody ill must never meet voicemail"
            ),
        ),
        (
            "queue on_call",
            "hours: phones, closed: {to: voicemail desk}",
            (
                "queue 'nurse' is clinical but leads to voicemail desk by way of on_call (from Monday 22:00): "
                "somebody ill must never meet voicemail"
            ),
        ),
        (
            "queue on_call",
            "exits: {2: queue desk}",
            (
                "queue 'nurse' is clinical but leads to voicemail desk by way of on_call and desk (from Monday 06:00): "
                "somebody ill must never meet voicemail"
            ),
        ),
        (
            "goodbye",
            "clinical: yes",
            "queue 'nurse' is clinical but hangs up on callers (from Monday 06:00): let it lead to a queue",
        ),
        (
            "night",
            "clinical: yes",
            "callers in danger would come to menu 'night' (from Monday 06:00): let queue 'nurse' lead to a queue",
        ),
    ],
)
def test_the_ill_never_meet_voicemail_at_any_hour(closed: str, on_call: str, sentence: str) -> None:
    way = nurse(f"hours: office, closed: {{say: hours, to: {closed}}}")
    found = told(f"{OFFICE}, {PHONES}", way, ("  nurse: {", ON_CALL.format(on_call)), AFTER_HOURS)
    assert sentence in found


def test_the_ill_of_an_emergency_closure_come_to_somebody_as_well() -> None:
    always = 'always: {mon-sun: "00:00-00:00"}'
    assert "queue 'nurse' is clinical but leads to voicemail desk (while everything is closed)" in str(
        told(always, nurse("hours: always, closed: {to: voicemail desk}"))
    )


# ---- the hours themselves -------------------------------------------------------------------------------------------


def test_hours_that_are_never_open() -> None:
    assert told("office: {except: {yearly: {12-24: closed}}}", desk(TO_BOX)) == [
        "hours 'office' are never open: write the days, such as mon-fri: \"08:00-17:00\"",
    ]


def test_holidays_by_their_names() -> None:
    named = 'mon-fri: "08:00-17:00", except: {{{}named: {{{}: open}}}}'
    assert told(f"office: {{{named.format('', 'Labor Day')}}}", desk(TO_BOX)) == [
        "hours 'office' name holidays, but not whose: add 'holidays: US', or another code",
    ]
    for name in ("labor day", "day after Thanksgiving Day", "day before Christmas Day"):
        assert told(f"office: {{{named.format('holidays: US, ', name)}}}", desk(TO_BOX)) == []
    assert told(f"office: {{{named.format('holidays: [US, MX], ', 'Labour Day')}}}", desk(TO_BOX)) == [
        "'Labour Day' is not a holiday of US, MX; did you mean 'Labor Day'?",
    ]
