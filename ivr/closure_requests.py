"""What administrators and the console ask of the closures: which are on, switch one, who switched what.

{"do": "closures"}                                                    all of the plan's
{"do": "closure", "on": "snow", "by": "ana", "until": "2026-12-01 12:00"}      "until" in the practice's own time
{"do": "closure", "off": "snow", "by": "ana"}
{"do": "closure-history"}                                             the latest first
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ivr.control import ControlError
from ivr.conversation.closures import Switch
from ivr.menus.mistakes import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.conversation.desk import Desk

MOST_SHOWN = 50
MINUTES = "%Y-%m-%d %H:%M"


async def answer(desk: Desk, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out one of these requests. Raises ControlError."""
    match request:
        case {"do": "closures"}:
            return {"closures": [_shown(desk, name) for name in desk.plan.closures]}
        case {"do": "closure-history"}:
            return {"switches": [_told(desk, switch) for switch in await desk.closures.history(MOST_SHOWN)]}
        case {"do": "closure", "on": str(name), "by": str(by), **more}:
            until = _until(desk, more.get("until"))
            await desk.closures.switch(Switch(desk.clock.now(), _known(desk, name), on=True, by=by, until=until))
            return {"closures": [_shown(desk, name)]}
        case {"do": "closure", "off": str(name), "by": str(by)}:
            await desk.closures.switch(Switch(desk.clock.now(), _known(desk, name), on=False, by=by))
            return {"closures": [_shown(desk, name)]}
    raise ControlError("a closure is switched on or off by somebody: say which, and who")


def on_now(desk: Desk) -> list[dict[str, Any]]:
    """Those that are switched on."""
    return [each for name in desk.plan.closures if (each := _shown(desk, name))["on"]]


def _known(desk: Desk, name: str) -> str:
    known = desk.plan.closures
    if not known:
        raise ControlError("the plan has no 'closures': add them, see docs/dialplan.md")
    if name not in known:
        fix = suggestion(name, known)
        raise ControlError(f"'{name}' is no closure of the plan; it has {', '.join(known)}{fix}")
    return name


def _until(desk: Desk, text: object) -> float | None:
    if text is None:
        return None
    try:
        local = datetime.strptime(str(text), MINUTES)  # noqa: DTZ007 - the practice's zone follows
    except ValueError:
        said = f"'{text}' is no date and time such as 2026-12-01 12:00, in the practice's own time"
        raise ControlError(said) from None
    until = local.replace(tzinfo=_zone(desk)).timestamp()
    if until <= desk.clock.now():
        raise ControlError(f"{text} is over already: a closure is switched on until a time to come")
    return until


def _shown(desk: Desk, name: str) -> dict[str, Any]:
    closure, switch = desk.plan.closures[name], desk.closures.on(name, desk.clock.now())
    closes = desk.plan.hours if closure.closes is None else closure.closes
    return {
        "closure": name,
        "on": switch is not None,
        "since": _time(desk, switch.at) if switch else "",
        "until": _time(desk, switch.until) if switch else "",
        "by": switch.by if switch else "",
        "says": closure.say or "",
        "closes": list(closes),
    }


def _told(desk: Desk, switch: Switch) -> dict[str, Any]:
    return {
        "at": _time(desk, switch.at),
        "closure": switch.closure,
        "on": switch.on,
        "by": switch.by,
        "until": _time(desk, switch.until),
    }


def _time(desk: Desk, moment: float | None) -> str:
    """In the practice's own time; "" for none."""
    return "" if moment is None else datetime.fromtimestamp(moment, _zone(desk)).strftime(MINUTES)


def _zone(desk: Desk) -> ZoneInfo:
    return ZoneInfo(desk.plan.practice.timezone)
