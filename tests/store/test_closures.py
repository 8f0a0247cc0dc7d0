"""Switches of closures on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.conversation.closures import Closures, Switch
from ivr.store.closures import StoredSwitches

if TYPE_CHECKING:
    from ivr.store.database import Database

SNOW = Switch(10.0, "snow", on=True, by="ana", until=500.0)
PARKING = Switch(20.0, "parking", on=True, by="lena")
THAW = Switch(30.0, "snow", on=False, by="lena")


async def test_what_is_on_and_who_did_it_survives_a_restart(database: Database) -> None:
    before = Closures(StoredSwitches(database))
    for switch in (SNOW, PARKING):
        await before.switch(switch)
    after = Closures(StoredSwitches(database))
    await after.load()
    assert (after.on("snow", 499.0), after.on("snow", 500.0), after.on("parking", 9e9)) == (SNOW, None, PARKING)


async def test_the_last_switch_of_each_counts_and_all_are_remembered(database: Database) -> None:
    rows = StoredSwitches(database)
    for switch in (SNOW, PARKING, THAW):
        await rows.add(switch)
    assert list(await rows.last_of_each()) == [PARKING, THAW]
    assert list(await rows.latest(2)) == [THAW, PARKING]
