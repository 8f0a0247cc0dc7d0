"""Where FreeSWITCH and Careline meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.sockets import Address

if TYPE_CHECKING:
    from collections.abc import Mapping

ESL, OUTBOUND = (Address("127.0.0.1", port) for port in (8021, 8084))


@dataclass(frozen=True, slots=True)
class FreeSwitchSettings:
    """`esl` is FreeSWITCH's event socket, and we connect to it; `outbound` is ours, and FreeSWITCH connects to it.

    Port 0 in `outbound` takes any free port (for tests). `audio` is a folder in a memory file system, in which
    FreeSWITCH writes what callers say.
    `phones` are dial strings of FreeSWITCH by the plan's addresses, where they cannot be told from these.
    `context` is the dialplan context of the hook.
    """

    password: str = field(repr=False)
    esl: Address = ESL
    outbound: Address = OUTBOUND
    audio: Path = Path("/dev/shm/careline")  # noqa: S108 - made for us alone, see AudioFolder
    phones: Mapping[str, str] = field(default_factory=dict)
    context: str = "careline"
