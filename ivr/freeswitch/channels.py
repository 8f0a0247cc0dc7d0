"""What exists on FreeSWITCH now.

`show channels` is a database behind the events, up to 0.3 s late and more under load: it tells which channels there may
be. Whether ours exist, what runs on them and with whom they talk, each of them is asked.
Source: FreeSWITCH src/switch_core_sqldb.c; src/switch_ivr_bridge.c (audio_bridge_thread) for bridge_to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ivr.persons.rings import is_dialled, is_leg
from ivr.services import Live

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Mapping

    from ivr.freeswitch.esl import Message

PARKED = "CS_PARK"  # the state after a talk; who waits, or is with us, is in CS_EXECUTE
UNSET = "_undef_"
UP = frozenset({"ACTIVE", "HELD", "UNHELD"})  # source: src/switch_channel.c, callstate_table


class Asked(Protocol):
    """EslConnection, as far as it is asked here."""

    def begin_all(self, lines: list[str], /) -> list[asyncio.Future[Message]]: ...

    async def rows(self, what: str, /) -> list[dict[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Channel:
    """`told` is the row of `show channels`, empty while that is late. `application` is what runs on a person's leg, and
    `partner` with whom the channel talks; on a caller's, `partner` is the last one.
    """

    id: str
    told: Mapping[str, str]
    application: str = ""
    partner: str = ""

    @property
    def up(self) -> bool:
        return bool(self.application) or self.told.get("callstate") in UP

    @property
    def parked(self) -> bool:
        return self.told.get("state") == PARKED


@dataclass(frozen=True, slots=True)
class Listing:
    """`ours` are callers, legs and who is dialled; `rows` are all channels, as `show channels` lists them; `known` are
    those that we asked for ourselves.
    """

    ours: tuple[Channel, ...]
    rows: tuple[Mapping[str, str], ...]
    known: frozenset[str]

    def live(self) -> Live:
        legs = frozenset(channel.id for channel in self.ours if is_leg(channel.id))
        calls = frozenset(channel.id for channel in self.ours) - legs
        talks = frozenset((channel.partner, channel.id) for channel in self.ours if channel.id in legs)
        return Live(calls, legs, frozenset((call, leg) for call, leg in talks if call in calls))


async def listed(esl: Asked, known: frozenset[str], context: str) -> Listing:
    """Ask for everything. Raises SwitchDown."""
    rows = {row["uuid"]: row for row in await esl.rows("show channels as json") if "uuid" in row}
    ids = {*known, *(uuid for uuid, row in rows.items() if _is_ours(uuid, row, context))}
    legs, others = [each for each in ids if is_leg(each)], [each for each in ids if not is_leg(each)]
    talks_with = await _asked(esl, legs, "bridge_to")
    runs = await _asked(esl, legs, "current_application")
    talked_with = await _asked(esl, others, "last_bridge_to")
    ours = [Channel(leg, rows.get(leg, {}), runs[leg], partner) for leg, partner in talks_with.items() if leg in runs]
    ours += [Channel(call, rows.get(call, {}), partner=partner) for call, partner in talked_with.items()]
    return Listing(tuple(ours), tuple(rows.values()), known)


def _is_ours(uuid: str, row: Mapping[str, str], context: str) -> bool:
    return is_leg(uuid) or is_dialled(uuid) or row.get("context") == context


async def _asked(esl: Asked, channels: Iterable[str], variable: str) -> dict[str, str]:
    """The channels that exist, each with the variable's value, "" where it has none."""
    ids = list(channels)
    replies = esl.begin_all([f"api uuid_getvar {each} {variable}" for each in ids])
    values = {each: (await reply).text for each, reply in zip(ids, replies, strict=True)}
    return {each: value.replace(UNSET, "") for each, value in values.items() if not value.startswith("-ERR")}
