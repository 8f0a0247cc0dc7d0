"""Alerts as JSON, posted to a web address and signed.

    Careline-Timestamp: 1800000000
    Careline-Signature: sha256=HEX     of "1800000000." and the body, HMAC-SHA256 with the secret of the settings

The receiver computes the same over the raw body, compares in constant time, and refuses a timestamp minutes old.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from ivr.notify.contact import is_web_address
from ivr.notify.http_request import Http, Request
from ivr.notify.port import Alert, NotDelivered

if TYPE_CHECKING:
    from ivr.services import Clock


class WebhookPort:
    """Implements ivr.notify.port.Port. Without a secret the posts are not signed."""

    def __init__(self, secret: str, clock: Clock, http: Http) -> None:
        self._secret = secret.encode()
        self._clock = clock
        self._http = http

    async def deliver(self, address: str, alert: Alert) -> None:
        if not is_web_address(address):
            raise NotDelivered("the address is not one of the web (http or https)")
        body = json.dumps(fields(alert)).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Careline", **self._signed(body)}
        await self._http.send(Request("POST", address, headers, body))

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock.now()))
        if not self._secret:
            return {"Careline-Timestamp": timestamp}
        return {"Careline-Timestamp": timestamp, "Careline-Signature": signature(self._secret, timestamp, body)}


def fields(alert: Alert) -> dict[str, str | int | float]:
    return {
        "id": alert.id,
        "title": alert.title,
        "text": alert.text,
        "queue": alert.queue,
        "rung": alert.rung,
        "at": alert.at,
    }


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
