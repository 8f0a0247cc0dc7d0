"""The ports that the settings of this host have, by kind."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from ivr.notify.http_request import Http
from ivr.notify.mail import MailPort, MailServer
from ivr.notify.sms import Gateway, SmsPort
from ivr.notify.webhook import WebhookPort

if TYPE_CHECKING:
    from ivr import settings as given
    from ivr.notify.port import Port
    from ivr.services import Clock


def ports_of(notify: given.Notify, clock: Clock, phone: Port | None = None) -> dict[str, Port]:
    """`phone` is the PBX's. Reads the host's certificates: some ten milliseconds, so at the start."""
    context = ssl.create_default_context()
    http = Http(context)
    ports: dict[str, Port] = {"webhook": WebhookPort(notify.webhook.secret, clock, http)}
    if phone is not None:
        ports["phone"] = phone
    if notify.mail is not None:
        ports["mail"] = MailPort(_server(notify.mail), context)
    if notify.sms is not None:
        ports["sms"] = SmsPort(_gateway(notify.sms), http)
    return ports


def _server(mail: given.Mail) -> MailServer:
    return MailServer(mail.host, mail.sender, mail.port, mail.user, mail.password, mail.tls)


def _gateway(sms: given.Sms) -> Gateway:
    return Gateway(sms.url, sms.method, sms.headers, sms.body, sms.secret)
