from __future__ import annotations

import json

from ivr.notify.phone import PhonePort
from ivr.notify.ports import ports_of
from ivr.settings import Notify
from tests.fakes import FakeClock
from tests.notify.alerts import ALERT
from tests.notify.servers import TinyHttp, TinySmtp, serving
from tests.notify.test_phone import OnePhone


def test_what_the_settings_do_not_have_is_no_port() -> None:
    assert list(ports_of(Notify(), FakeClock())) == ["webhook"]


async def test_each_port_of_the_settings_delivers() -> None:
    async with serving(TinySmtp()) as smtp, serving(TinyHttp([200])) as http:
        given = {
            "mail": {"host": "127.0.0.1", "port": smtp.port, "from": "alerts@riverside.example", "tls": "none"},
            "webhook": {"secret": "hush"},
            "sms": {"url": http.url, "headers": {"X-Key": "{secret}"}, "secret": "token"},
        }
        phone = PhonePort(OnePhone(presses=True), lambda *_: None)
        ports = ports_of(Notify.model_validate(given), FakeClock(), phone)
        await ports["mail"].deliver("ana@riverside.example", ALERT)
        await ports["sms"].deliver("+16175550123", ALERT)
        await ports["webhook"].deliver(http.url, ALERT)
        await ports["phone"].deliver("PJSIP/ana", ALERT)
    [mail] = smtp.mails
    text, posted = http.seen.all
    assert mail["From"] == "alerts@riverside.example"
    assert (text.headers["x-key"], json.loads(text.body)["to"]) == ("token", "+16175550123")
    assert posted.headers["careline-signature"].startswith("sha256=")
