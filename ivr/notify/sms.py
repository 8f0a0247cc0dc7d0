"""Alerts as text messages, through any gateway that takes an HTTP request.

What the gateway wants is written in the settings with {to}, {text} and {secret} in its place. They are escaped for
where they stand: percent-encoded in the URL and in a form, as JSON in a JSON body.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from ivr.notify.contact import is_number
from ivr.notify.http_request import Http, Request
from ivr.notify.port import Alert, NotDelivered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_LETTERS = 459  # three parts of a long message; a gateway charges each
PLACES = re.compile(r"\{(to|text|secret)\}")


@dataclass(frozen=True, slots=True)
class Gateway:
    """How the provider wants it. A `content-type` that is not given is JSON's. All but `method` may hold secrets."""

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default='{"to": "{to}", "text": "{text}"}', repr=False)
    secret: str = field(default="", repr=False)

    def request(self, to: str, text: str) -> Request:
        values = {"to": to, "text": text, "secret": self.secret}
        headers = {"content-type": "application/json"}
        headers |= {name.lower(): _filled(value, values, str) for name, value in self.headers.items()}
        if self.method == "GET":
            del headers["content-type"]
        url = _filled(self.url, values, _in_url)
        body = "" if self.method == "GET" else _filled(self.body, values, _escape_for(headers["content-type"]))
        return Request(self.method, url, headers, body.encode())


class SmsPort:
    """Implements ivr.notify.port.Port."""

    def __init__(self, gateway: Gateway, http: Http) -> None:
        self._gateway = gateway
        self._http = http

    async def deliver(self, address: str, alert: Alert) -> None:
        if not is_number(address):
            raise NotDelivered("the address is not a telephone number in full, like +16175550123")
        await self._http.send(self._gateway.request(address, f"{alert.title}: {alert.text}"[:MOST_LETTERS]))


def _filled(template: str, values: Mapping[str, str], escape: Callable[[str], str]) -> str:
    """Not str.format: JSON is full of braces."""
    return PLACES.sub(lambda place: escape(values[place[1]]), template)


def _escape_for(content_type: str) -> Callable[[str], str]:
    kind = content_type.partition(";")[0].strip().lower()
    return ESCAPES.get(kind, _as_json if kind.endswith("+json") else str)


def _as_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _in_url(value: str) -> str:
    return quote(value, safe="")


ESCAPES: dict[str, Callable[[str], str]] = {
    "application/json": _as_json,
    "application/x-www-form-urlencoded": quote_plus,
}
