"""Events as JSON and back, without loss: the journal's format.

    {"version": 1, "event": "OfferFailed", "offer": 7, "cause": "BUSY"}

A field that did not exist when an event was written takes its default, so old journals stay readable. Anything else
that does not fit raises EventFormatError: a journal that is half understood must not be replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeAlias, Union, get_args, get_type_hints

from acd.events import Cause, Event
from acd.model import Agent, Overflow, Queue, Urgency

VERSION = 1

JSON: TypeAlias = Union[bool, int, float, str, list["JSON"], dict[str, "JSON"], None]  # noqa: UP007 - recursive


class EventFormatError(ValueError):
    """What was read is no event of this version."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How values of one type are written and read; `read` raises EventFormatError."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _plain(*kinds: type) -> _Form:
    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise EventFormatError(f"expected {kinds[0].__name__}, found {type(value).__name__}")
        return value

    return _Form(write=lambda value: value, read=read)


def _named(kind: type[Cause | Urgency]) -> _Form:
    def read(value: Any) -> Any:
        for member in kind:
            if member.name == value:
                return member
        raise EventFormatError(f"{value!r} is no {kind.__name__}")

    return _Form(write=lambda member: member.name, read=read)


def _many(item: _Form, made: Callable[[list[Any]], Any], order: Callable[[Any], list[Any]] = list) -> _Form:
    def read(value: Any) -> Any:
        return made([item.read(each) for each in _LIST.read(value)])

    return _Form(write=lambda values: [item.write(each) for each in order(values)], read=read)


def _optional(form: _Form) -> _Form:
    return _Form(
        write=lambda value: None if value is None else form.write(value),
        read=lambda value: None if value is None else form.read(value),
    )


def _levels() -> _Form:
    def read(value: Any) -> Any:
        return {name: _INT.read(level) for name, level in _DICT.read(value).items()}

    return _Form(write=dict, read=read)


def _record(kind: type) -> _Form:
    """A dataclass as a dict of its fields; the types of the fields must be in _FORMS."""
    forms = {name: _FORMS[hint] for name, hint in get_type_hints(kind).items()}
    required = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}

    def write(value: Any) -> dict[str, JSON]:
        return {name: form.write(getattr(value, name)) for name, form in forms.items()}

    def read(value: Any) -> Any:
        found = _DICT.read(value)
        if missing := required - found.keys():
            raise EventFormatError(f"{kind.__name__} lacks {', '.join(sorted(missing))}")
        if unknown := found.keys() - forms.keys():
            raise EventFormatError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
        return kind(**{name: forms[name].read(part) for name, part in found.items()})

    return _Form(write, read)


_STR, _INT, _LIST, _DICT = _plain(str), _plain(int), _plain(list), _plain(dict)

_FORMS: dict[Any, _Form] = {
    str: _STR,
    int: _INT,
    float: _plain(float, int),
    bool: _plain(bool),
    Urgency: _named(Urgency),
    Cause: _named(Cause),
    frozenset[str]: _many(_STR, frozenset, sorted),
    frozenset[int]: _many(_INT, frozenset, sorted),
    Mapping[str, int]: _levels(),
}
_FORMS[Overflow | None] = _optional(_record(Overflow))
_FORMS[tuple[Queue, ...]] = _many(_record(Queue), tuple)
_FORMS[tuple[Agent, ...]] = _many(_record(Agent), tuple)

_EVENTS = {kind.__name__: _record(kind) for kind in get_args(Event)}


def encode(event: Event) -> dict[str, JSON]:
    """The event as what json.dumps takes; equal events give equal results."""
    name = type(event).__name__
    return {"version": VERSION, "event": name, **_EVENTS[name].write(event)}


def decode(data: Mapping[str, Any]) -> Event:
    """The event that was encoded. Raises EventFormatError."""
    found = dict(data)
    version, name = found.pop("version", None), found.pop("event", None)
    if version != VERSION:
        raise EventFormatError(f"the event has format version {version!r}; this program reads version {VERSION}")
    if _STR.read(name) not in _EVENTS:
        raise EventFormatError(f"there is no event {name!r}")
    event: Event = _EVENTS[name].read(found)
    return event
