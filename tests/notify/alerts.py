"""What the tests of alerts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.notify.port import Alert, NotDelivered

if TYPE_CHECKING:
    from ivr.notify.port import Port

ALERT = Alert(
    "7", "nurse_triage: long wait", 'The first of 3 has waited 8 min "so far" & waits', "nurse_triage", 0, 1e9
)


async def refusal(port: Port, address: str, alert: Alert = ALERT) -> str:
    """Why the alert was not delivered; the address never stands in the reason."""
    with pytest.raises(NotDelivered) as refused:
        await port.deliver(address, alert)
    assert address not in str(refused.value)
    return str(refused.value)
