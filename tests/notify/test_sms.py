from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from ivr.notify.http_request import Http
from ivr.notify.sms import Gateway, SmsPort
from tests.notify.alerts import ALERT, refusal
from tests.notify.servers import Posted, TinyHttp, serving

TEXT = 'nurse_triage: long wait: The first of 3 has waited 8 min "so far" & waits'
ANA = "+16175550123"


async def sent(gateway: Gateway) -> Posted:
    """What a gateway on loopback is given; its URL is a path here."""
    async with serving(TinyHttp([202])) as server:
        whole = replace(gateway, url=f"http://127.0.0.1:{server.port}{gateway.url}")
        await SmsPort(whole, Http()).deliver(ANA, ALERT)
    return server.seen.all[0]


async def test_a_gateway_that_takes_json() -> None:
    posted = await sent(
        Gateway(
            "/v1/messages",
            headers={"Authorization": "Bearer {secret}"},
            body='{"to": ["{to}"], "m": "{text}"}',
            secret="hush",
        )
    )
    assert (posted.method, posted.target, posted.headers["authorization"]) == ("POST", "/v1/messages", "Bearer hush")
    assert posted.headers["content-type"] == "application/json"
    assert json.loads(posted.body) == {"to": [ANA], "m": TEXT}


async def test_a_gateway_that_takes_a_form() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    posted = await sent(Gateway("/send", method="PUT", headers=form, body="To={to}&Body={text}"))
    assert posted.method == "PUT"
    assert parse_qs(posted.body.decode()) == {"To": [ANA], "Body": [TEXT]}


async def test_a_gateway_that_takes_it_all_in_the_url() -> None:
    posted = await sent(Gateway("/send?to={to}&text={text}&key={secret}", method="GET", secret="a&b"))
    assert (posted.method, posted.body, "content-type" in posted.headers) == ("GET", b"", False)
    assert parse_qs(urlsplit(posted.target).query) == {"to": [ANA], "text": [TEXT], "key": ["a&b"]}


async def test_a_gateway_that_takes_plain_text() -> None:
    posted = await sent(Gateway("/{to}", headers={"content-type": "text/plain"}, body="{text} {other}"))
    assert (posted.target, posted.body.decode()) == ("/%2B16175550123", f"{TEXT} {{other}}")


async def test_a_long_alert_is_cut_to_what_three_messages_hold() -> None:
    async with serving(TinyHttp([200])) as server:
        await SmsPort(Gateway(server.url), Http()).deliver(ANA, replace(ALERT, text="long " * 200))
    assert len(json.loads(server.seen.all[0].body)["text"]) == 459


@pytest.mark.parametrize("number", ["6175550199", "+1617555012x", '+1617555"0123', "911"])
async def test_what_is_no_number_in_full_is_not_sent(number: str) -> None:
    async with serving(TinyHttp([200])) as server:
        assert await refusal(SmsPort(Gateway(server.url), Http()), number) == (
            "the address is not a telephone number in full, like +16175550123"
        )
    assert server.seen.all == []


async def test_a_gateway_that_refuses_is_a_reason() -> None:
    async with serving(TinyHttp([401])) as server:
        assert await refusal(SmsPort(Gateway(server.url), Http()), ANA) == "the server answers 401"


def test_nothing_of_a_gateway_that_may_be_secret_shows() -> None:
    gateway = Gateway("https://user:pw@sms.example/", headers={"Authorization": "x"}, body="key=y", secret="z")
    assert repr(gateway) == "Gateway(method='POST')"
