from __future__ import annotations

import pytest

from ivr.notify.contact import BadWay, Contact, Way, contact, way


def test_a_person_has_ways_in_the_order_in_which_they_are_named() -> None:
    ways = ["phone:PJSIP/ana", "sms:+16175550123", "mail:ana@riverside.example", "webhook:https://example.org/a?b=c"]
    assert contact("ana", ways) == Contact(
        "ana",
        (
            Way("phone", "PJSIP/ana"),
            Way("sms", "+16175550123"),
            Way("mail", "ana@riverside.example"),
            Way("webhook", "https://example.org/a?b=c"),
        ),
    )


def test_a_way_that_is_named_twice_is_one() -> None:
    assert contact("ana", ["mail:a@b.example", "mail:a@b.example"]).ways == (Way("mail", "a@b.example"),)


def test_an_address_does_not_show() -> None:
    assert repr(way("webhook:https://example.org/hooks/T0P-S3CRET")) == "Way(kind='webhook')"


@pytest.mark.parametrize("text", ["ana@b.example", "", "fax:+16175550123", "mail", "MAIL:a@b.example"])
def test_a_way_without_a_kind_is_told_the_kinds(text: str) -> None:
    with pytest.raises(BadWay) as wrong:
        way(text)
    assert str(wrong.value) == (
        "a way to reach somebody begins with its kind: write phone:PJSIP/ana, sms:+16175550123, "
        "mail:ana@example.org, webhook:https://example.org/alerts"
    )


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("mail:ana", "mail:ana@example.org"),
        ("mail:ana@b.example,eve@c.example", "mail:ana@example.org"),
        ("mail:ana@b.example\nBcc: eve@c.example", "mail:ana@example.org"),
        ("sms:6175550123", "sms:+16175550123"),
        ("sms:+1 617 555 0123", "sms:+16175550123"),
        ("sms:+16175550123456789", "sms:+16175550123"),
        ("sms:+١٦١٧٥٥٥٠١٢٣", "sms:+16175550123"),
        ("phone:1001", "phone:PJSIP/ana"),
        ("phone:PJSIP/ana&PJSIP/bo", "phone:PJSIP/ana"),
        ("phone:Local/s@default,1", "phone:PJSIP/ana"),
        ("webhook:ftp://example.org/", "webhook:https://example.org/alerts"),
        ("webhook:file:///etc/passwd", "webhook:https://example.org/alerts"),
        ("webhook:https://", "webhook:https://example.org/alerts"),
        ("webhook:https://example.org:port/", "webhook:https://example.org/alerts"),
        ("webhook:https://example.org/\r\nX: y", "webhook:https://example.org/alerts"),
        ("webhook:https://example.org/" + "a" * 2000, "webhook:https://example.org/alerts"),
    ],
)
def test_a_wrong_address_is_told_what_a_right_one_looks_like(text: str, example: str) -> None:
    with pytest.raises(BadWay) as wrong:
        way(text)
    assert str(wrong.value) == f"what follows '{example.partition(':')[0]}:' is wrong: write {example}"
