from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.notify.mail import MailPort, MailServer
from tests.notify.alerts import ALERT, refusal
from tests.notify.certificates import certificates
from tests.notify.servers import TinySmtp, free_port, serving

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.notify.mail import Tls

ANA = "ana@riverside.example"
SENDER = "Careline <alerts@riverside.example>"


def server_at(port: int, *, tls: Tls = "none", user: str = "", password: str = "") -> MailServer:
    return MailServer("127.0.0.1", SENDER, port, user, password, tls)


async def test_an_alert_is_a_short_mail() -> None:
    async with serving(TinySmtp()) as smtp:
        await MailPort(server_at(smtp.port)).deliver(ANA, replace(ALERT, title="nurse_triage:\r\nlong wait"))
    assert [line for line in smtp.said if line.startswith(("MAIL", "RCPT"))] == [
        "MAIL FROM:<alerts@riverside.example>",
        f"RCPT TO:<{ANA}>",
    ]
    [mail] = smtp.mails
    assert {name: mail[name] for name in ("From", "To", "Subject", "Date", "Auto-Submitted")} == {
        "From": SENDER,
        "To": ANA,
        "Subject": "nurse_triage: long wait",
        "Date": "Sun, 09 Sep 2001 01:46:40 +0000",
        "Auto-Submitted": "auto-generated",
    }
    assert mail.get_content() == 'The first of 3 has waited 8 min "so far" & waits\r\n'


async def test_a_repeat_is_the_same_mail_and_another_rung_another() -> None:
    async with serving(TinySmtp()) as smtp:
        port = MailPort(server_at(smtp.port))
        for alert in (ALERT, ALERT, replace(ALERT, rung=1)):
            await port.deliver(ANA, alert)
    first, again, rung = [mail["Message-ID"] for mail in smtp.mails]
    assert first == again != rung
    assert first.endswith("@riverside.example>")


async def test_the_login_waits_for_starttls(tmp_path: Path) -> None:
    certificate, trust = certificates(tmp_path)
    async with serving(TinySmtp(certificate, "right")) as smtp:
        await MailPort(server_at(smtp.port, tls="starttls", user="us", password="right"), trust).deliver(ANA, ALERT)
    said = [line.split(" ")[0] for line in smtp.said]
    assert said == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    assert smtp.encrypted


async def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    certificate, trust = certificates(tmp_path)
    async with serving(TinySmtp(password="right"), certificate) as smtp:
        await MailPort(server_at(smtp.port, tls="tls", user="us", password="right"), trust).deliver(ANA, ALERT)
    assert len(smtp.mails) == 1


async def test_a_server_without_the_tls_that_is_asked_for_gets_nothing() -> None:
    async with serving(TinySmtp(password="right")) as smtp:
        port = MailPort(server_at(smtp.port, tls="starttls", user="us", password="right"))
        assert await refusal(port, ANA) == (
            "the mail server does not do what the settings ask for (SMTP STARTTLS extension not supported by server.)"
        )
    assert "AUTH" not in smtp.said
    assert smtp.mails == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_is_not_trusted_gets_nothing(tmp_path: Path, tls: Tls) -> None:
    certificate, _ = certificates(tmp_path)
    async with serving(TinySmtp(certificate), certificate if tls == "tls" else None) as smtp:
        why = await refusal(MailPort(server_at(smtp.port, tls=tls)), ANA)
    assert why == "the server's certificate is not trusted by this host"
    assert smtp.mails == []


async def test_an_alert_may_have_any_letters() -> None:
    async with serving(TinySmtp()) as smtp:
        await MailPort(server_at(smtp.port)).deliver(ANA, replace(ALERT, title="Niños", text="8 min — ¡ahora!\n.\n"))
    assert (smtp.mails[0]["Subject"], smtp.mails[0].get_content()) == ("Niños", "8 min — ¡ahora!\n.\n")


async def test_a_refused_login_is_told_without_the_user(tmp_path: Path) -> None:
    certificate, trust = certificates(tmp_path)
    async with serving(TinySmtp(certificate, "right")) as smtp:
        port = MailPort(server_at(smtp.port, tls="starttls", user="us", password="wrong"), trust)
        assert await refusal(port, ANA) == "the mail server refuses the login (535)"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"RCPT": f"550 no {ANA} here"}, "the mail server refuses the recipient (550)"),
        ({"MAIL": "451 later"}, "the mail server answers 451"),
        ({"DATA": "554 no"}, "the mail server answers 554"),
    ],
)
async def test_a_refusal_is_a_number_not_the_server_s_words(answers: dict[str, str], why: str) -> None:
    async with serving(TinySmtp(answers=answers)) as smtp:
        assert await refusal(MailPort(server_at(smtp.port)), ANA) == why


async def test_a_server_that_never_greets_is_left() -> None:
    async with serving(TinySmtp(silent=True)) as smtp:
        port = MailPort(server_at(smtp.port), talk_seconds=0.2)
        assert await refusal(port, ANA) == "the mail server did not finish within 0.2 s"


async def test_a_server_that_is_down_is_a_reason() -> None:
    assert await refusal(MailPort(server_at(free_port())), ANA) == "the mail server cannot be reached, or hung up"


def test_a_password_does_not_show() -> None:
    assert "hush" not in repr(MailServer("mail.example", SENDER, user="us", password="hush"))
