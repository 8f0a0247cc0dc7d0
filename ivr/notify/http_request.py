"""One HTTP request out of this host, for webhooks and SMS gateways.

No redirect is followed and no proxy or password is taken from the environment: an alert goes where a setting says, or
nowhere. The answer's status is all that is read of it.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from ivr.notify.certificates import UNTRUSTED, is_untrusted
from ivr.notify.port import NotDelivered

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_SECONDS = 10.0  # from the start of the connection to the status of the answer


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Http:
    """Sends requests. Certificates are read once, here: that takes longer than the event loop should stand still."""

    def __init__(self, context: ssl.SSLContext | None = None, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._context = context or ssl.create_default_context()
        self._answer_seconds = answer_seconds

    async def send(self, request: Request) -> None:
        """Raises NotDelivered unless the answer is a success (2xx)."""
        try:
            async with asyncio.timeout(self._answer_seconds):
                status = await self._status(request)
        except TimeoutError:
            raise NotDelivered(f"no answer within {self._answer_seconds:g} s") from None
        except (httpx2.ConnectError, OSError) as error:
            raise NotDelivered(UNTRUSTED if is_untrusted(error) else "the server cannot be reached") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:  # their messages may hold the address
            raise NotDelivered(f"the request failed ({type(error).__name__})") from None
        if 300 <= status < 400:  # noqa: PLR2004 - HTTP's own numbers
            raise NotDelivered(f"the server redirects ({status}): name the address that it means")
        if not 200 <= status < 300:  # noqa: PLR2004
            raise NotDelivered(f"the server answers {status}")

    async def _status(self, request: Request) -> int:
        async with (
            httpx2.AsyncClient(verify=self._context, trust_env=False, timeout=None, follow_redirects=False) as client,
            client.stream(request.method, request.url, headers=request.headers, content=request.body) as answer,
        ):
            return answer.status_code
