"""The values of a plan in words, as `careline diff` tells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from acd.skills import Needs
from ivr.menus.comparing.changes import Nothing, is_time, key_of
from ivr.menus.plan.hours import WEEKDAYS, Span
from ivr.menus.plan.values import Kind, Noun, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))
_SECRET = "pin"  # noqa: S105 - the key, not the PIN


def shown(value: Any, *, times: bool = False) -> str:
    """One value; `times`: numbers are seconds. Nobody's PIN is ever shown."""
    for kinds, tell in _KINDS:
        if isinstance(value, kinds):
            return tell(value, times)
    return str(value)


def duration(seconds: float) -> str:
    """As the plan writes it: 45s, 3m, 24h."""
    for unit, letter in _UNITS:
        if seconds and seconds % unit == 0:
            return f"{seconds // unit:g}{letter}"
    return f"{seconds:g}s"


def days(numbers: frozenset[int] | set[int]) -> str:
    return ",".join(WEEKDAYS[day] for day in sorted(numbers))


def _fields(noun: Noun) -> list[str]:
    """What is written of it, key by key."""
    told = []
    for name, field in type(noun).model_fields.items():
        if name in noun.model_fields_set:
            said = "a PIN" if name == _SECRET else shown(getattr(noun, name), times=is_time(field))
            told.append(said if name == _SECRET else f"{key_of(name, field)} {said}")
    return told


def _mapping(values: Mapping[Any, Any], times: bool) -> str:
    items = {days(key) if isinstance(key, frozenset) else key: each for key, each in values.items()}
    return ", ".join(f"{key} {shown(each, times=times)}" for key, each in items.items()) or "nothing"


def _listed(values: frozenset[Any] | tuple[Any, ...], times: bool) -> str:
    if values and isinstance(values, frozenset) and all(isinstance(each, int) for each in values):
        return days(values)
    items = [shown(each, times=times) for each in values]
    return ", ".join(sorted(items) if isinstance(values, frozenset) else items) or "nothing"


_KINDS: Sequence[tuple[type | tuple[type, ...], Callable[[Any, bool], str]]] = (
    ((type(None), Nothing), lambda _, __: "nothing"),
    (bool, lambda value, _: "yes" if value else "no"),
    ((int, float), lambda value, times: duration(value) if times else f"{value:g}"),
    (Target, lambda value, _: f"menu {value.name}" if value.kind is Kind.MENU else str(value)),
    (Needs, lambda value, _: str(value) or "nobody in particular"),
    (Span, lambda value, _: f"{value.begins:%H:%M}-{value.ends:%H:%M}"),
    (datetime, lambda value, _: f"{value:%Y-%m-%d %H:%M}"),
    (time, lambda value, _: f"{value:%H:%M}"),
    (date, lambda value, _: value.isoformat()),
    (Noun, lambda value, _: ", ".join(_fields(value)) or "as usual"),
    (Mapping, _mapping),
    ((frozenset, tuple), _listed),
)
"""The first that fits tells the value: a yes is a number to Python, too."""
