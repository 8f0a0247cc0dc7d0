from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

import pytest

from ivr.notify.http_request import Http
from ivr.notify.webhook import WebhookPort
from tests.fakes import FakeClock
from tests.notify.alerts import ALERT, refusal
from tests.notify.certificates import certificates
from tests.notify.servers import TinyHttp, free_port, serving

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = FakeClock(1_800_000_000.9)


def port(secret: str = "hush", *, seconds: float = 10.0) -> WebhookPort:
    return WebhookPort(secret, CLOCK, Http(answer_seconds=seconds))


async def test_an_alert_is_posted_as_json_and_signed() -> None:
    async with serving(TinyHttp([200])) as server:
        await port().deliver(server.url + "?who=ana", ALERT)
    [posted] = server.seen.all
    assert (posted.method, posted.target) == ("POST", "/alerts?who=ana")
    assert json.loads(posted.body) == {
        "id": "7",
        "title": "nurse_triage: long wait",
        "text": 'The first of 3 has waited 8 min "so far" & waits',
        "queue": "nurse_triage",
        "rung": 0,
        "at": 1e9,
    }
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["careline-timestamp"] == "1800000000"
    expected = hmac.new(b"hush", b"1800000000." + posted.body, hashlib.sha256).hexdigest()
    assert posted.headers["careline-signature"] == f"sha256={expected}"


async def test_a_server_with_tls_must_be_one_that_this_host_trusts(tmp_path: Path) -> None:
    certificate, trust = certificates(tmp_path)
    async with serving(TinyHttp([200]), certificate) as server:
        url = server.url.replace("http:", "https:")
        await WebhookPort("hush", CLOCK, Http(trust)).deliver(url, ALERT)
        assert await refusal(port(), url) == "the server's certificate is not trusted by this host"
    assert len(server.seen.all) == 1


async def test_without_a_secret_nothing_is_signed() -> None:
    async with serving(TinyHttp([204])) as server:
        await port("").deliver(server.url, ALERT)
    assert "careline-signature" not in server.seen.all[0].headers


async def test_a_redirect_is_refused() -> None:
    async with serving(TinyHttp([302])) as server:
        assert await refusal(port(), server.url) == "the server redirects (302): name the address that it means"
    assert len(server.seen.all) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (500, "the server answers 500"),
        (404, "the server answers 404"),
        ("silent", "no answer within 0.2 s"),
        ("hangs up", "the request failed (RemoteProtocolError)"),
    ],
)
async def test_a_server_in_trouble_is_a_reason(answer: int | str, why: str) -> None:
    async with serving(TinyHttp([answer])) as server:
        assert await refusal(port(seconds=0.2 if answer == "silent" else 10.0), server.url) == why


async def test_a_server_that_is_down_is_a_reason() -> None:
    assert await refusal(port(), f"http://127.0.0.1:{free_port()}/token") == "the server cannot be reached"


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://"])
async def test_only_the_web_is_posted_to(address: str) -> None:
    assert await refusal(port(), address) == "the address is not one of the web (http or https)"
