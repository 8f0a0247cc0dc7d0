from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.notify.phone import PhonePort
from tests.notify.alerts import ALERT, refusal

if TYPE_CHECKING:
    from ivr.notify.port import Alert


class OnePhone:
    """A Ring whose person presses the key, or does not."""

    def __init__(self, *, presses: bool) -> None:
        self._presses = presses
        self.rang: list[tuple[str, Alert]] = []

    async def __call__(self, address: str, alert: Alert) -> bool:
        self.rang.append((address, alert))
        return self._presses


async def test_a_key_on_the_phone_acknowledges_the_alert() -> None:
    phone, acknowledged = OnePhone(presses=True), list[tuple[str, str]]()
    await PhonePort(phone, lambda *who: acknowledged.append(who)).deliver("PJSIP/ana", ALERT)
    assert phone.rang == [("PJSIP/ana", ALERT)]
    assert acknowledged == [("7", "PJSIP/ana")]


async def test_a_phone_that_rang_in_vain_did_not_deliver() -> None:
    acknowledged = list[tuple[str, str]]()
    port = PhonePort(OnePhone(presses=False), lambda *who: acknowledged.append(who))
    assert await refusal(port, "PJSIP/ana") == "nobody acknowledged on the phone"
    assert acknowledged == []
