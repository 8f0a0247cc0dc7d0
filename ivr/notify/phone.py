"""Alerts that ring: a phone rings until somebody answers and presses a key. The PBX's side rings; this is the port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ivr.notify.port import Alert, NotDelivered

if TYPE_CHECKING:
    from collections.abc import Callable


class Ring(Protocol):
    """The PBX's side of an alert on a phone."""

    async def __call__(self, address: str, alert: Alert) -> bool:
        """Ring the phone, say the alert, and ask for a key: true when it was pressed, false for whatever else became
        of it. Stops the ringing when it is cancelled.
        """


class PhonePort:
    """Implements ivr.notify.port.Port. A phone that rang in vain rings again; `acknowledged` hears who pressed the key.

    `acknowledged(alert_id, address)` is told before the alert counts as delivered.
    """

    def __init__(self, ring: Ring, acknowledged: Callable[[str, str], None]) -> None:
        self._ring = ring
        self._acknowledged = acknowledged

    async def deliver(self, address: str, alert: Alert) -> None:
        if not await self._ring(address, alert):
            raise NotDelivered("nobody acknowledged on the phone")
        self._acknowledged(alert.id, address)
