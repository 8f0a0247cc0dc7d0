"""Alerts as mail, through the practice's mail server (RFC 5321; STARTTLS, RFC 3207)."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Literal

import aiosmtplib

from ivr.notify.certificates import UNTRUSTED, is_untrusted
from ivr.notify.port import Alert, NotDelivered

if TYPE_CHECKING:
    from email.headerregistry import Address

Tls = Literal["starttls", "tls", "none"]
TALK_SECONDS = 20.0  # the whole talk with the server; a greylisting one may take half of it to greet


@dataclass(frozen=True, slots=True)
class MailServer:
    """`tls` is "starttls" (port 587), "tls" from the first byte (465), or "none", for a server on this host (25).

    Without a `user` there is no login. A server without the TLS that is asked for gets nothing.
    """

    host: str
    sender: str
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "starttls"


class MailPort:
    """Implements ivr.notify.port.Port. `context` says which certificates are trusted: by default, as the host does."""

    def __init__(
        self, server: MailServer, context: ssl.SSLContext | None = None, talk_seconds: float = TALK_SECONDS
    ) -> None:
        self._server = server
        self._context = context or ssl.create_default_context()
        self._talk_seconds = talk_seconds

    async def deliver(self, address: str, alert: Alert) -> None:
        try:
            async with asyncio.timeout(self._talk_seconds):
                await self._send(message(alert, self._server.sender, address))
        except TimeoutError:
            raise NotDelivered(f"the mail server did not finish within {self._talk_seconds:g} s") from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotDelivered(UNTRUSTED if is_untrusted(error) else _reason(error)) from None

    async def _send(self, mail: EmailMessage) -> None:
        server = self._server
        await aiosmtplib.send(
            mail,
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=None if server.tls == "none" else self._context,
            timeout=self._talk_seconds,
        )


def message(alert: Alert, sender: str, to: str) -> EmailMessage:
    """The same alert is always the same message, so that a repeat after a lost answer is not shown twice."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = " ".join(alert.title.split())
    mail["Date"] = format_datetime(datetime.fromtimestamp(alert.at, UTC))
    name = hashlib.sha256(f"{alert.id}\n{alert.rung}\n{to}".encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{name}@{_domain(mail)}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply, please
    mail.set_content(alert.text)
    return mail


def _domain(mail: EmailMessage) -> str:
    senders: tuple[Address, ...] = mail["From"].addresses
    return senders[0].domain if senders else "careline"


def _reason(error: Exception) -> str:
    """Why, by its kind and the server's number: what a server says may repeat the address."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return f"the mail server refuses the login ({error.code})"
        case aiosmtplib.SMTPConnectError() | aiosmtplib.SMTPServerDisconnected():
            return "the mail server cannot be reached, or hung up"
        case aiosmtplib.SMTPRecipientsRefused():
            return f"the mail server refuses the recipient ({error.recipients[0].code})"
        case aiosmtplib.SMTPResponseException():
            return f"the mail server answers {error.code}"
        case aiosmtplib.SMTPException():
            return f"the mail server does not do what the settings ask for ({error})"  # the library's own words
        case _:
            return f"the mail failed ({type(error).__name__})"
