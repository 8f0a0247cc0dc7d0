"""The host's clock and the practice's time zone: hours, rotas and the record go by them."""

from __future__ import annotations

import ctypes
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ivr.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.menus.plan.model import Plan
    from ivr.services import Clock

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")  # made by systemd-timesyncd
TIME_ERROR = 5  # Linux: "clock not synchronized", see adjtimex(2)
TIMEX_BYTES = 256  # struct timex is 208 bytes at most; all zero: change nothing


def look(plan: Plan | None, clock: Clock) -> Iterator[Finding]:
    yield synchronised(kernel_state(), SYNCHRONISED)
    if plan is not None:
        zone = plan.practice.timezone
        now = datetime.fromtimestamp(clock.now(), ZoneInfo(zone))
        yield Finding(True, f"it is {now:%Y-%m-%d %H:%M} at the practice ({zone})")


def synchronised(state: int, marker: Path) -> Finding:
    """`state` is the kernel's word, `marker` systemd-timesyncd's."""
    if state != TIME_ERROR or marker.exists():
        return Finding(True, "the host's clock is synchronised")
    return Finding(
        False,
        "the host's clock is not synchronised, so hours and records may be wrong",
        "timedatectl set-ntp true, or apt-get install chrony",
    )


def kernel_state() -> int:
    """What adjtimex(2) returns: TIME_ERROR when nobody sets the clock right; -1 where it cannot be asked."""
    try:
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)))
    except (OSError, AttributeError):  # no Linux
        return -1
