"""What differs between two plans, value by value; diff.py puts it into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, get_args

from ivr.menus.plan.values import TIME, Noun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic.fields import FieldInfo

    from ivr.menus.mistakes import Path
    from ivr.menus.plan.model import Plan


class Nothing(Enum):
    """What stands where one of the plans has nothing."""

    ABSENT = "absent"


ABSENT: Final = Nothing.ABSENT
ORDER = "[order]"  # the last step of a path whose entries are the same in another order
_ORDERED = frozenset({"people", "choices", "exits"})  # who is rung first, what is offered first


@dataclass(frozen=True, slots=True)
class Change:
    """A value of the plan at `path` before and now; `times`: its numbers are seconds."""

    path: Path
    old: Any
    new: Any
    times: bool = False


def changes(old: Plan, new: Plan) -> Iterator[Change]:
    """All of them, in the order of the model. Plans that are equal but for an order have changes, too."""
    return _between((), old, new, times=False)


def key_of(name: str, field: FieldInfo) -> str:
    """The key of the plan for a field of the model."""
    return field.alias or name


def is_time(field: FieldInfo) -> bool:
    """Whether the numbers in it are seconds."""
    return TIME in field.metadata or _mentions_time(field.annotation)


def _mentions_time(annotation: Any) -> bool:
    return annotation is TIME or any(map(_mentions_time, get_args(annotation)))


def _between(path: Path, old: Any, new: Any, *, times: bool) -> Iterator[Change]:
    parts = list(_parts(path, old, new, times=times))
    if parts or old == new:
        yield from parts
    else:
        yield Change(path, old, new, times)


def _parts(path: Path, old: Any, new: Any, *, times: bool) -> Iterator[Change]:
    """The changes inside of two values that are made of parts."""
    if isinstance(old, Noun) and type(old) is type(new):
        for name, field in type(old).model_fields.items():
            here = (*path, key_of(name, field))
            yield from _between(here, getattr(old, name), getattr(new, name), times=is_time(field))
    elif isinstance(old, Mapping) and isinstance(new, Mapping) and not _is_week(old, new):
        yield from _entries(path, old, new, times=times)
    elif _are_rules(old) and _are_rules(new):
        yield from _rules(path, old, new)


def _is_week(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> bool:
    """Days may be grouped otherwise and mean the same: they are compared day by day."""
    return any(isinstance(key, frozenset) for key in (*old, *new))


def _entries(path: Path, old: Mapping[Any, Any], new: Mapping[Any, Any], *, times: bool) -> Iterator[Change]:
    for key in (*new, *(key for key in old if key not in new)):
        before, now = old.get(key, ABSENT), new.get(key, ABSENT)
        here = (*path, key if isinstance(key, str) else _text(key))
        if before is ABSENT or now is ABSENT:
            yield Change(here, before, now, times)
        else:
            yield from _between(here, before, now, times=times)
    both = [key for key in old if key in new], [key for key in new if key in old]
    if path[-1] in _ORDERED and both[0] != both[1]:
        yield Change((*path, ORDER), tuple(both[0]), tuple(new))


def _text(key: Any) -> str:
    return "-".join(f"{part:02}" for part in key) if isinstance(key, tuple) else str(key)


def _are_rules(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, Noun) for item in value)


def _rules(path: Path, old: Sequence[Noun], new: Sequence[Noun]) -> Iterator[Change]:
    """Rules that come first or last in both are the same ones; those between are compared in turn."""
    first = _alike(zip(old, new, strict=False))
    rest = min(len(old), len(new)) - first
    last = min(rest, _alike(zip(reversed(old), reversed(new), strict=False)))
    before, now = old[first : len(old) - last], new[first : len(new) - last]
    for index in range(max(len(before), len(now))):
        here = (*path, first + index)
        if index >= len(before):
            yield Change(here, ABSENT, now[index])
        elif index >= len(now):
            yield Change(here, before[index], ABSENT)
        else:
            yield from _between(here, before[index], now[index], times=False)


def _alike(pairs: Iterable[tuple[Noun, Noun]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count
