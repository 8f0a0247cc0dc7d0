"""Events as JSON and back, without loss: the journal's format.

    {"version": 2, "event": "OfferFailed", "offer": 7, "cause": "BUSY"}

A field that did not exist when an event was written takes its default, so old journals stay readable. Anything else
that does not fit raises EventFormatError: a journal that is half understood must not be replayed.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from acd.events import Event
from acd.skills import Needs, NeedsError

VERSION = 2

JSON: TypeAlias = Union[bool, int, float, str, list["JSON"], dict[str, "JSON"], None]  # noqa: UP007 - recursive


class EventFormatError(ValueError):
    """What was read is no event of this version."""


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type are written and read; `read` raises EventFormatError."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _plain(*kinds: type) -> Form:
    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise EventFormatError(f"expected {kinds[0].__name__}, found {type(value).__name__}")
        return value

    return Form(_same, read)


_LIST, _DICT = _plain(list), _plain(dict)
_PLAIN = {str: _plain(str), int: _plain(int), float: _plain(float, int), bool: _plain(bool)}


@cache
def form_of(hint: Any) -> Form:  # noqa: PLR0911 - a kind of type per line
    """The form of a type: plain ones, Needs, enums, dataclasses, tuples, lists, frozensets and mappings of such."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is Needs:
        return Form(str, _needs)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        (kind,) = [part for part in parts if part is not type(None)]
        return _optional(form_of(kind))
    if origin in {tuple, list, frozenset}:
        return _of_fixed(parts) if origin is tuple and parts[-1] is not ... else _many(form_of(parts[0]), origin)
    if origin in {Mapping, dict}:
        return _mapping(form_of(parts[0]), form_of(parts[1]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _named(hint)
    assert is_dataclass(hint), hint
    return _record(hint)  # type: ignore[arg-type]


def _needs(value: Any) -> Needs:
    try:
        return Needs.parse(_PLAIN[str].read(value))
    except NeedsError as wrong:
        raise EventFormatError(str(wrong)) from wrong


def _named(kind: type[Enum]) -> Form:
    members = kind.__members__

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in members:
            raise EventFormatError(f"{value!r} is no {kind.__name__}")
        return members[value]

    return Form(write=lambda member: member.name, read=read)


def _many(item: Form, made: Callable[[list[Any]], Any]) -> Form:
    """A frozenset is written in order, so that equal values are written alike."""
    write, read, order = item.write, item.read, sorted if made is frozenset else list
    return Form(
        write=lambda values: [write(each) for each in order(values)],
        read=lambda value: made([read(each) for each in _LIST.read(value)]),
    )


def _of_fixed(parts: tuple[Any, ...]) -> Form:
    forms = [form_of(part) for part in parts]

    def read(value: Any) -> Any:
        if len(_LIST.read(value)) != len(forms):
            raise EventFormatError(f"expected {len(forms)} values, found {len(value)}")
        return tuple(form.read(each) for form, each in zip(forms, value, strict=True))

    return Form(write=lambda values: [form.write(each) for form, each in zip(forms, values, strict=True)], read=read)


def _mapping(key: Form, item: Form) -> Form:
    """JSON knows text keys only, so every key must be text or an enum."""

    def read(value: Any) -> Any:
        return {key.read(name): item.read(each) for name, each in _DICT.read(value).items()}

    return Form(lambda value: {key.write(name): item.write(each) for name, each in value.items()}, read)


def _optional(form: Form) -> Form:
    return Form(
        write=lambda value: None if value is None else form.write(value),
        read=lambda value: None if value is None else form.read(value),
    )


def _record(kind: type) -> Form:
    """A dataclass as a dict of its fields."""
    forms = {name: form_of(hint) for name, hint in get_type_hints(kind).items()}
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

    return Form(write, read)


_EVENTS = {kind.__name__: form_of(kind) for kind in get_args(Event)}


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
    if _PLAIN[str].read(name) not in _EVENTS:
        raise EventFormatError(f"there is no event {name!r}")
    event: Event = _EVENTS[name].read(found)
    return event
