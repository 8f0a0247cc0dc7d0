from __future__ import annotations

import pytest

from ivr.freeswitch.addresses import dial_string, line_of, shown, user_of
from ivr.freeswitch.settings import FreeSwitchSettings

NAMED = {
    "desk": "[leg_timeout=15]user/desk@example.org",
    "PJSIP/cleo": "verto.rtc/cleo",
    "broken": "user/one two",
    "empty": "",
}
SETTINGS = FreeSwitchSettings("secret", phones=NAMED)


@pytest.mark.parametrize(
    ("phone", "address"),
    [
        ("PJSIP/ana", "user/ana"),
        ("SIP/1001", "user/1001"),
        ("PJSIP/+16175550199@trunk", "sofia/gateway/trunk/+16175550199"),
        ("Local/bo@callers/n", "loopback/bo/callers"),
        ("Local/bo@callers", "loopback/bo/callers"),
        ("user/ana@example.org", "user/ana@example.org"),
        ("sofia/gateway/trunk/+16175550199", "sofia/gateway/trunk/+16175550199"),
        ("sofia/internal/bo@192.0.2.7:5060", "sofia/internal/bo@192.0.2.7:5060"),
        ("loopback/bo/callers", "loopback/bo/callers"),
        ("verto.rtc/ana", "verto.rtc/ana"),
        ("PJSIP/cleo", "verto.rtc/cleo"),
        ("desk", "[leg_timeout=15]user/desk@example.org"),
    ],
)
def test_the_plans_telephones_are_told_in_freeswitchs_words(phone: str, address: str) -> None:
    assert dial_string(phone, SETTINGS) == address


@pytest.mark.parametrize(
    "phone",
    [
        "",
        "ana",
        "PJSIP/",
        "PJSIP/1@trunk,user/bo",
        "PJSIP/1@trunk|user/bo",
        "PJSIP/1@trunk\nhupall",
        "PJSIP/1 &system(x)",
        "PJSIP/1@trunk@other",
        "PJSIP/${global_getvar(x)}",
        "user/{a=b}ana",
        "user/[a=b]ana",
        "user/<a=b>ana",
        "user/ana:_:bo",
        "user/ana;x=y",
        "user/ana'",
        "error/user_busy",
        "Local/bo",
        "user/" + "1" * 130,
        "broken",
        "empty",
    ],
)
def test_what_originate_could_take_for_syntax_is_no_address(phone: str) -> None:
    assert dial_string(phone, SETTINGS) is None


@pytest.mark.parametrize(
    ("phone", "user"),
    [
        ("PJSIP/Ana", "ana"),
        ("user/ana@Example.org", "ana@example.org"),
        ("PJSIP/1@trunk", None),
        ("Local/bo@callers/n", None),
        ("sofia/internal/bo@192.0.2.7", None),
        ("PJSIP/cleo", None),
        ("desk", None),
        ("no address", None),
    ],
)
def test_only_a_registered_telephone_is_somebodys(phone: str, user: str | None) -> None:
    assert user_of(phone, SETTINGS) == user


@pytest.mark.parametrize(
    ("name", "display"),
    [
        ("Riverside Medical", "Riverside Medical"),
        ("Clínica Peña", "Clínica Peña"),
        ("Front desk, 2nd floor", "Front desk 2nd floor"),
        ("a'}user/bo &system(x)", "auserbo systemx"),
        ("${global_getvar(x)} a:_:b", "globalgetvarx ab"),
        ("two\r\nlines", "twolines"),
        ("  <>  ", ""),
    ],
)
def test_what_a_display_shows_cannot_break_out_of_its_quotes(name: str, display: str) -> None:
    assert shown(name) == display


def test_a_telephone_is_known_by_its_user_or_by_whom_it_calls_itself() -> None:
    phones = ["PJSIP/ana", "sofia/internal/Bo@10.0.0.21:5062", "sofia/gateway/trunk/6175550142", "Local/5000@callers/n"]
    assert [line_of(phone, SETTINGS) for phone in phones] == [
        "ana",
        "bo@10.0.0.21",
        "sofia/gateway/trunk/6175550142",
        "Local/5000@callers/n",
    ]
