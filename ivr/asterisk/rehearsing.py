"""Calls that the PBX itself places into its own dialplan, and that press keys: nobody's telephone is needed for them.

Originate ─ Local/…;1 ─ SendDTMF: waits and keys, then hangs up
                │
            Local/…;2 ─ the dialplan as for any caller ─ AGI ─ Careline
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ivr.asterisk.ami_connection import AmiConnection
from ivr.own_calls import ANSWER_SECONDS, AT_THE_END_SECONDS, BEFORE_KEY_SECONDS, CannotRehearse, OwnCalls
from ivr.services import SwitchDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from ivr.asterisk.settings import AsteriskSettings

ENTRY = "Local/s@careline/n"
"""Where extensions_careline.conf takes callers in."""
A_SECOND = "W"  # of SendDTMF
OTHER_HALF = ";2"  # Asterisk names the second half of a Local channel so; an OtherChannelId it would refuse
_KEYS = re.compile(r"[0-9*]*")


class AsteriskCalls:
    """Over an open manager connection; `entry` is the address at which the PBX takes callers in."""

    def __init__(self, connection: AmiConnection, entry: str = ENTRY) -> None:
        self._connection = connection
        self._entry = entry

    async def place(self, call: str, keys: Sequence[str], *, dialled: str, caller: str) -> str:
        """Begin a call; returns the id under which Careline will know it. Raises CannotRehearse."""
        pressed = "".join(f"{A_SECOND * BEFORE_KEY_SECONDS}{key}" for key in keys)
        assert all(_KEYS.fullmatch(key) for key in keys), keys
        answer = await self._connection.action(
            "Originate",
            ("Channel", self._entry),
            ("Application", "SendDTMF"),
            ("Data", pressed + A_SECOND * AT_THE_END_SECONDS),
            ("CallerID", f"<{caller}>"),
            ("Variable", f"FROM_DID={dialled}"),
            ("Timeout", str(ANSWER_SECONDS * 1000)),
            ("Async", "true"),
            ("ChannelId", call),
        )
        if answer["Response"] != "Success":
            raise CannotRehearse(f"Asterisk places no call ({answer['Message']}): see `careline doctor`")
        return f"{call}{OTHER_HALF}"


@asynccontextmanager
async def placing_calls(settings: AsteriskSettings, entry: str = ENTRY) -> AsyncIterator[OwnCalls]:
    """A manager connection of our own, beside the one that serves callers. Raises CannotRehearse, LoginRefused."""

    async def came_up() -> None:
        """There is nothing to watch: what becomes of the calls is in the record."""

    connection = AmiConnection(settings, lambda _: None, came_up)
    await connection.start()
    try:
        if not connection.up:
            raise CannotRehearse(f"no Asterisk manager answers at {settings.ami}: see `careline doctor`")
        yield AsteriskCalls(connection, entry)
    except SwitchDown:
        raise CannotRehearse("Asterisk's manager connection broke while calls were placed: try again") from None
    finally:
        await connection.close()
