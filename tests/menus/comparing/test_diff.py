"""What a changed plan does differently, in words; and nothing that differs is left out."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.menus.comparing.diff import differences
from ivr.menus.plan.model import Plan
from tests.menus.plans import small
from tests.menus.test_docs import EXAMPLES, merged, parsed

RIVERSIDE = parsed((Path(__file__).parents[3] / "dialplans" / "riverside.yaml").read_text("utf-8"))


def said(*replacements: tuple[str, str]) -> list[str]:
    """How the changed small plan differs from the small plan."""
    return [str(difference) for difference in differences(small(), small(*replacements))]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("go: more", "go: queue nurse", "key 2 of menu main now leads to queue nurse, before: menu more"),
        ("unclear: queue nurse", "", "who is unclear at menu office now goes to the operator, before: queue nurse"),
        ("start: main\n", "start: more\n", "callers begin at menu more, before: main"),
        ("urgent: {queue: nurse}", "urgent: {queue: desk}", "callers in danger go to queue desk, before: nurse"),
        ("after: 4m", "after: 90s", "queue desk: overflow after 90s instead of 4m"),
        ("to: voicemail desk", "to: queue nurse", "queue desk: to of overflow 1 is queue nurse, before voicemail desk"),
        ("ring_seconds: 15", "ring_seconds: 20", "queue nurse: ring_seconds is 20s, before 15s"),
        ("wrap_up: 30s", "wrap_up: 1h", "queue nurse: for of wrap_up is 1h, before 30s"),
        ("clinical: yes, ", "", "queue nurse: clinical is no, before yes"),
        ("needs: [nurse]", "needs: nurse >= 3", "queue nurse: needs is nurse >= 3, before nurse"),
        ("cardiology: 4", "cardiology: 3", "ana has cardiology 3, before 4"),
        ("cardiology: 4, ", "", "ana does not have cardiology any more, before 4"),
        ("nurse: 1", "nurse: 1, billing: 2", "ana has billing 2, before none"),
        ("PJSIP/ana", "PJSIP/1001", "ana is rung at PJSIP/1001, before PJSIP/ana"),
        ("ready: no", 'pin: "4711"', "emma has a PIN now"),
        ("{nurse: 5}", "{nurse: 5}, site: uptown", "person emma: site is new: uptown"),
        ("en: Welcome.", "en: Hello.", "the prompt welcome (en) says “Hello.”, before “Welcome.”"),
        (
            "We are open from nine to five.",
            "We are open from ten to five.",
            "the prompt hours (en) says “We are open from ten to five.”, before “We are open from nine to five.”",
        ),
        ("[billing]", "[billing, a bill]", "+1 phrase for intent bill (en): a bill"),
        ("[cita, ver al doctor]", "[ver al doctor]", "-1 phrase for intent visit (es): cita"),
        (
            "[appointment, see the doctor]",
            "[see the doctor, appointment]",
            "the phrases for intent visit (en) are in another order: callers are told to say “see the doctor”",
        ),
        ("name: Lakeside", "name: Seaside", "name of practice is Seaside, before Lakeside"),
        ("[en, es]", "[es, en]", "languages of practice is es, en, before en, es"),
        ("voicemail:\n", "voicemail:\n  more: {}\n", "new voicemail box more"),
        ("  desk: {}", "  other: {}", "voicemail box desk is gone"),
        (
            "people:\n",
            'people:\n  bo: {phone: PJSIP/bo, skills: {desk: 2}, pin: "4711"}\n',
            "new person bo: phone PJSIP/bo, skills desk 2, a PIN",
        ),
    ],
)
def test_a_change_is_one_sentence(old: str, new: str, sentence: str) -> None:
    assert sentence in said((old, new))


def test_a_key_of_a_menu_comes_and_goes() -> None:
    row = "      2: {name: {en: to start over, es: para empezar de nuevo}, go: main}\n"
    assert said((row, "")) == ["key 2 of menu office is gone; it led to menu main"]
    again = [str(each) for each in differences(small((row, "")), small())]
    assert again == ["key 2 of menu office is new and leads to menu main"]


def test_an_order_that_callers_or_people_notice_is_a_difference() -> None:
    ana = "  ana: {phone: PJSIP/ana, skills: {desk: 5, cardiology: 4, spanish: 5, nurse: 1}}\n"
    emma = "  emma: {phone: PJSIP/emma, skills: {nurse: 5}, ready: no}\n"
    assert said((ana + emma, emma + ana)) == ["people are in another order: emma, ana"]


def test_a_rule_before_the_others_is_a_new_one_and_not_a_change_of_all() -> None:
    one, two = "{after: 4m, to: voicemail desk}", "{after: 2m, to: queue nurse}"
    assert said((f"overflow: {one}", f"overflow: [{two}, {one}]")) == [
        "queue desk: overflow 1 is new: after 2m, to queue nurse"
    ]


def with_hours(week: str) -> Plan:
    hours = f"hours:\n  office: {{{week}}}\npeople:\n"
    return small(("people:\n", hours), ("needs: [desk]", "needs: [desk], hours: office, closed: {to: voicemail desk}"))


@pytest.mark.parametrize(
    ("week", "sentences"),
    [
        ('mon-fri: "09:00-17:00"', []),
        ('mon: "09:00-17:00", tue-fri: "09:00-17:00"', ["office (desk) has the same hours, written otherwise"]),
        (
            'mon-thu: "09:00-17:00", fri: "09:00-16:00"',
            ["office (desk) closes at 16:00 instead of 17:00 on Friday"],
        ),
        (
            'mon-fri: "08:30-18:00"',
            ["office (desk) opens at 08:30 instead of 09:00 and closes at 18:00 instead of 17:00 on Monday to Friday"],
        ),
        (
            'mon-sat: "09:00-17:00"',
            ["office (desk) is open 09:00-17:00 on Saturday, before not at all"],
        ),
        (
            '"tue,wed,fri": "09:00-17:00"',
            ["office (desk) is closed on Monday and Thursday, before 09:00-17:00"],
        ),
        (
            'mon-thu: "09:00-17:00", fri: ["09:00-12:00", "13:00-17:00"]',
            ["office (desk) is open 09:00-12:00 and 13:00-17:00 on Friday, before 09:00-17:00"],
        ),
    ],
)
def test_hours_are_told_by_the_day(week: str, sentences: list[str]) -> None:
    found = [str(each) for each in differences(with_hours('mon-fri: "09:00-17:00"'), with_hours(week))]
    assert found == sentences


def test_a_pin_is_never_told() -> None:
    before = small(("ready: no", 'pin: "4711"'))
    changed = [str(each) for each in differences(before, small(("ready: no", 'pin: "2222"')))]
    assert changed == ["emma has another PIN now"]
    assert "emma has no PIN now" in [str(each) for each in differences(before, small())]


# ---- nothing is left out --------------------------------------------------------------------------------------------

DOCUMENTED = [merged(parsed(EXAMPLES[0]), parsed(example)) for example in EXAMPLES if "include:" not in example]
PLANS = [RIVERSIDE, *DOCUMENTED]
Place = tuple[Any, Any]


def places(data: Any) -> list[Place]:
    """Each value's container and its key or index there."""
    steps = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
    return [place for step in steps for place in ((data, step), *places(data[step]))]


def mutated(data: Any, chance: st.DataObject) -> Any:
    data = copy.deepcopy(data)
    holder, step = chance.draw(st.sampled_from(places(data)))
    others = [other[at] for other, at in places(data) if type(other[at]) is type(holder[step])]
    match chance.draw(st.sampled_from(["drop", "swap", "value"])):
        case "drop":
            del holder[step]
        case "swap":
            holder[step] = copy.deepcopy(chance.draw(st.sampled_from(others)))
        case _:
            values = [
                "yes",
                "no",
                1,
                2,
                30,
                "45s",
                "4m",
                "queue nurse",
                "goodbye",
                "nurse",
                [],
                {},
                None,
                "09:00-16:00",
            ]
            holder[step] = copy.deepcopy(chance.draw(st.sampled_from(values)))
    return data


@given(st.data())
def test_plans_that_differ_have_a_difference_and_equal_ones_none(chance: st.DataObject) -> None:
    data = chance.draw(st.sampled_from(PLANS))
    old = Plan.model_validate(data)
    try:
        new = Plan.model_validate(mutated(data, chance))
    except ValidationError:
        return
    assert bool(differences(old, new)) == (old != new)
    assert bool(differences(new, old)) == (old != new)
    assert differences(new, new) == ()
