"""Calls that the PBX itself places into its own dialplan, and that press keys: nobody's telephone is needed for them.

originate null/… ─ a channel without a telephone, which hears nothing and says nothing ─ the hook ─ Careline
                        ↑
                uuid_recv_dtmf: as if the far end had pressed the key
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ivr.freeswitch.connection import EslConnection
from ivr.own_calls import ANSWER_SECONDS, AT_THE_END_SECONDS, BEFORE_KEY_SECONDS, CannotRehearse, OwnCalls
from ivr.services import SwitchDown
from ivr.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from ivr.freeswitch.settings import FreeSwitchSettings

ENTRY = "careline XML careline"
"""Where the hook takes callers in: extension, dialplan, context."""
_KEYS = re.compile(r"[0-9*#]*")
_NUMBER = re.compile(r"\+?[0-9]*")


class FreeSwitchCalls:
    """Over an open connection; `entry` is where the dialplan takes callers in."""

    def __init__(self, connection: EslConnection, tasks: Tasks, entry: str = ENTRY) -> None:
        self._connection = connection
        self._tasks = tasks
        self._entry = entry

    async def place(self, call: str, keys: Sequence[str], *, dialled: str, caller: str) -> str:
        """Begin a call; returns the id under which Careline will know it. Raises CannotRehearse."""
        assert all(_KEYS.fullmatch(key) for key in keys), keys
        assert all(_NUMBER.fullmatch(number) for number in (dialled, caller)), (dialled, caller)
        variables = (
            f"origination_uuid={call},originate_timeout={ANSWER_SECONDS},"
            f"origination_caller_id_number={caller},careline_dialled={dialled}"
        )
        answer = await self._connection.api(f"originate {{{variables}}}null/careline {self._entry}")
        if not answer.startswith("+OK"):
            raise CannotRehearse(f"FreeSWITCH places no call ({answer}): is mod_loopback loaded? See `careline doctor`")
        self._tasks.start(self._press(call, "".join(keys)), "press the keys of a rehearsal")
        return call

    async def _press(self, call: str, keys: str) -> None:
        for key in keys:
            await asyncio.sleep(BEFORE_KEY_SECONDS)
            await self._connection.api(f"uuid_recv_dtmf {call} {key}")
        await asyncio.sleep(AT_THE_END_SECONDS)
        await self._connection.api(f"uuid_kill {call}")


@asynccontextmanager
async def placing_calls(settings: FreeSwitchSettings, entry: str = ENTRY) -> AsyncIterator[OwnCalls]:
    """A connection of our own, beside the one that serves callers. Raises CannotRehearse, LoginRefused."""

    async def came_up() -> None:
        """There is nothing to watch: what becomes of the calls is in the record."""

    connection = EslConnection(settings, lambda _: None, came_up)
    tasks = Tasks()
    await connection.start()
    try:
        if not connection.up:
            raise CannotRehearse(f"no FreeSWITCH answers at {settings.esl}: see `careline doctor`")
        yield FreeSwitchCalls(connection, tasks, entry)
    except SwitchDown:
        raise CannotRehearse("FreeSWITCH's event socket broke while calls were placed: try again") from None
    finally:
        await tasks.close()
        await connection.close()
