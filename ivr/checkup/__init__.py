"""`careline doctor`: everything that Careline needs, looked at in the order in which to repair it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.asterisk.probe import examine as examine_asterisk
from ivr.checkup import clocks, plans, ports, state
from ivr.clock import SystemClock
from ivr.freeswitch.probe import examine as examine_freeswitch
from ivr.front_doors import asterisk_of, freeswitch_of
from ivr.menus.reading.load import examine as examine_plan
from ivr.store.probe import examine as examine_database

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.findings import Finding
    from ivr.settings import Settings


async def findings(settings: Settings) -> list[Finding]:
    """What is well and what is not. Raises nothing that a user could have caused."""
    examined = examine_plan(settings.plan)
    clock = SystemClock()
    return [
        plans.read(settings, examined.plan, len(examined.mistakes)),
        *(await plans.needs(settings, examined.plan, clock) if examined.plan else ()),
        *clocks.look(examined.plan, clock),
        *state.look(settings),
        *await examine_database(settings.state),
        *await ports.look(settings),
        *await _pbx(settings),
    ]


async def _pbx(settings: Settings) -> list[Finding]:
    prompt = _a_prompt(settings)
    if settings.freeswitch:
        return await examine_freeswitch(freeswitch_of(settings.freeswitch), prompt)
    return await examine_asterisk(asterisk_of(settings.asterisk), prompt)


def _a_prompt(settings: Settings) -> Path | None:
    """Something that callers hear; None as long as none was made."""
    assert settings.cache, "settings are read from a file, which fills it"
    folders = (settings.recordings, *settings.prompts, settings.cache / "prompts")
    return next((file for folder in folders for file in sorted(folder.rglob("*.wav"))), None)
