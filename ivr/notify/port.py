"""What an alert is, and what every way of delivering one can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that somebody must see to. Never patient data: it leaves the host.

    `title` and `text` name queues, lengths and waits. `rung` counts how often nobody saw to it, from 0; a later rung
    of the same `id` takes the place of an earlier one. `at` is in seconds since the epoch.
    """

    id: str
    title: str
    text: str
    queue: str
    rung: int
    at: float


class NotDelivered(Exception):  # noqa: N818 - named for what became of the alert
    """The alert did not reach the address now; another try may. The message is a reason for the log, without secrets
    and without the address.
    """


class Port(Protocol):
    async def deliver(self, address: str, alert: Alert) -> None:
        """Hand the alert over, or raise NotDelivered. May be cancelled at any moment: what takes too long, is."""
