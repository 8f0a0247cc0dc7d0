"""From plain data to a Plan: pydantic's errors become sentences, and what is sound is kept to be checked further."""

from __future__ import annotations

import copy
import re
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import ValidationError

from ivr.menus.mistakes import KEY, Finding, Path, place, suggestion
from ivr.menus.plan.model import Plan
from ivr.menus.plan.values import Noun
from ivr.menus.reading.files import INCLUDE
from ivr.menus.reading.variables import VARIABLES

if typing.TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ROUNDS = 8  # each round of pruning goes one level up; a plan is no deeper


class Shaped(typing.NamedTuple):
    """With findings, the plan is what remains without the parts that are wrong; None when too little remains.

    `data` is what it was made from, `shortened` the lists in it and the number of the first item that each lost.
    """

    plan: Plan | None
    findings: list[Finding]
    data: Any
    shortened: Mapping[Path, int]

    def keeps_place(self, path: Path) -> bool:
        """Whether what stands at `path` of the plan stands there in the file, too: no item before it was lost."""
        return not any(_is_behind(path, short, first) for short, first in self.shortened.items())


def _is_behind(path: Path, short: Path, first: int) -> bool:
    step = path[len(short)] if path[: len(short)] == short and len(path) > len(short) else -1
    return isinstance(step, int) and step >= first


def shape(data: object) -> Shaped:
    """The plan, and what is wrong in its shape. Leaves `data` as it is."""
    findings: list[Finding] = []
    shortened: dict[Path, int] = {}
    data = copy.deepcopy(data)
    for attempt in range(ROUNDS):
        try:
            return Shaped(Plan.model_validate(data), findings, data, shortened)
        except ValidationError as wrong:
            errors = wrong.errors(include_url=False)
        paths = [_path(error, data) for error in errors]
        if attempt == 0:
            findings = [_finding(error, path) for error, path in zip(errors, paths, strict=True)]
        # Backwards, so that the items of a list keep their numbers until it is their turn.
        wrong_parts = [_part(error, path) for error, path in zip(errors, paths, strict=True)]
        if not all([_prune(data, path, shortened) for path in reversed(wrong_parts)]):  # noqa: C419 - all, not up to the first
            break
    return Shaped(None, findings, data, shortened)


def _part(error: ErrorDetails, path: Path) -> Path:
    """What cannot stay: the value, or the whole that lacks one."""
    return path[:-1] if error["type"] == "missing" else path


def _prune(data: object, path: Path, shortened: dict[Path, int]) -> bool:
    """Take the wrong part out of its parent; False when there is no parent to take it from."""
    if not path:
        return False
    for step in path[:-1]:
        data = _item(data, step)
    if isinstance(data, dict):
        data.pop(path[-1], None)
    elif isinstance(data, list) and isinstance(path[-1], int) and path[-1] < len(data):
        del data[path[-1]]
        shortened[path[:-1]] = min(path[-1], shortened.get(path[:-1], path[-1]))
    return True


def _item(data: object, step: str | int) -> object:
    """What stands at `step`; None where another error took it away already."""
    if isinstance(data, dict):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else None


def _path(error: ErrorDetails, data: object) -> Path:
    """Where in the data the error is; steps that the plan left out (a list of one, a mapping of one) are no part."""
    path: list[str | int] = []
    steps = [step for step in error["loc"] if step != KEY]
    for number, step in enumerate(steps, start=1):
        if _has(data, step) or (isinstance(data, dict) and isinstance(step, str) and number == len(steps)):
            path.append(step)
            data = _item(data, step)
    return tuple(path)


def _has(data: object, step: str | int) -> bool:
    return (isinstance(data, list) and isinstance(step, int)) or (isinstance(data, dict) and step in data)


def _finding(error: ErrorDetails, path: Path) -> Finding:
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return Finding(path[:-1], f"{place(path[:-1])} needs '{path[-1]}'")
    if kind == "extra_forbidden":
        return Finding((*path, KEY), _unknown_key(error["loc"], path))
    said = _SENTENCES.get(kind, _default)(value, error)
    at_key = error["loc"][-1:] == (KEY,)
    column = error.get("ctx", {}).get("column", 1)
    return Finding((*path, KEY) if at_key else path, f"{place(path)} {said}", column=column)


def _unknown_key(loc: Path, path: Path) -> str:
    noun, key = _noun_at(loc[:-1]), str(path[-1])
    known = [*noun.written(), *((INCLUDE, VARIABLES) if noun is Plan else ())] if noun else []
    fix = suggestion(key, known) or f"; it takes {', '.join(known)}"
    return f"'{key}' is not a key of {place(path[:-1])}{fix}"


def _noun_at(loc: Path) -> type[Noun] | None:
    """The noun whose keys stand at `loc`."""
    kind = kind_at(loc)
    return kind if isinstance(kind, type) and issubclass(kind, Noun) else None


def kind_at(loc: Path) -> Any:
    """The type of what stands at `loc`; None where a plan has nothing."""
    kind: Any = Plan
    for step in loc:
        kind = _below(kind, step)
    return kind


def _below(kind: Any, step: str | int) -> Any:
    origin = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, Noun):
        field = kind.written().get(str(step))
        kind = field.annotation if field else None
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        kind = get_args(kind)[1]
    elif origin is tuple:
        kind = get_args(kind)[0]
    while get_origin(kind) in {Annotated, typing.Union, type(int | None)}:
        kind = get_args(kind)[0]
    return kind


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return repr(value)


def _text(value: object, _: ErrorDetails) -> str:
    if isinstance(value, int | float):
        return "must be text: put quotes around it"
    return f"must be text, not {_kind(value)}"


def _pattern(value: object, error: ErrorDetails) -> str:
    wanted = next((_PATTERNS[step] for step in error["loc"] if step in _PATTERNS), "")
    if wanted:
        return f"must be {wanted}, not {_kind(value)}"
    return f"must be a name of lower-case letters, digits and _ that begins with a letter, not {_kind(value)}"


_PATTERNS: Mapping[str | int, str] = {
    "phone": "a phone of the PBX such as PJSIP/ana",
    "dial": "a phone of the PBX with {number} in it, such as PJSIP/{number}@trunk",
    "numbers": 'the beginning of numbers in quotes, such as "+1"',
}


def _literal(value: object, error: ErrorDetails) -> str:
    expected = str(error["ctx"]["expected"])
    words = re.split(", | or ", expected.replace("'", ""))
    return f"must be {expected}, not {_kind(value)}{suggestion(str(value), words)}"


def _range(value: object, error: ErrorDetails) -> str:
    if "skills" in error["loc"]:
        return f"must be a level from 1 (some) to 5 (expert), not {_kind(value)}"
    return f"must be a number from 0 to 1, not {_kind(value)}"


def _default(_: object, error: ErrorDetails) -> str:
    return error["msg"]


def _says(text: str) -> Callable[[object, ErrorDetails], str]:
    return lambda value, _: text.format(kind=_kind(value))


_MAPPING = _says("must be a mapping (keys and values), not {kind}")
_LIST = _says("must be a list such as [a, b], not {kind}")
_SENTENCES: Mapping[str, Callable[[object, ErrorDetails], str]] = {
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _says("is empty"),
    "string_too_long": _says("is too long for a sentence"),
    "too_short": _says("needs at least one entry"),
    "literal_error": _literal,
    "enum": _literal,
    "mapping_type": _MAPPING,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "tuple_type": _LIST,
    "frozen_set_type": _LIST,
    "bool_parsing": _says("must be yes or no, not {kind}"),
    "bool_type": _says("must be yes or no, not {kind}"),
    "int_type": _range,
    "int_from_float": _range,
    "float_type": _range,
    "float_parsing": _range,
    "greater_than_equal": _range,
    "less_than_equal": _range,
}
