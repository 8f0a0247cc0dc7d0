"""From plain data to a Plan: pydantic's errors become sentences, and what is sound is kept to be checked further."""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ivr.menus.mistakes import Finding, Path, place, suggestion
from ivr.menus.model import Plan

if typing.TYPE_CHECKING:
    from pydantic_core import ErrorDetails

KEY = "[key]"  # pydantic's last step of a path whose key, not value, is wrong
ROUNDS = 8  # each round of pruning goes one level up; a plan is no deeper


def shape(data: object) -> tuple[Plan | None, list[Finding]]:
    """The plan, and what is wrong in its shape.

    With findings, the plan is what remains without the parts that are wrong: good for checking references, and for
    nothing else. None when too little remains.
    """
    findings: list[Finding] = []
    data = copy.deepcopy(data)
    for attempt in range(ROUNDS):
        try:
            return Plan.model_validate(data), findings
        except ValidationError as wrong:
            errors = wrong.errors(include_url=False)
        if attempt == 0:
            findings = [_finding(error) for error in errors]
        # Backwards, so that the items of a list keep their numbers until it is their turn.
        if not all([_prune(data, error) for error in reversed(errors)]):  # noqa: C419 - all, not up to the first
            break
    return None, findings


def _prune(data: object, error: ErrorDetails) -> bool:
    """Take the wrong part out of its parent; False when there is no parent to take it from."""
    path = _path(error)
    if error["type"] == "missing":
        path = path[:-1]
    if not path:
        return False
    for step in path[:-1]:
        data = _item(data, step)
    if isinstance(data, dict):
        data.pop(path[-1], None)
    elif isinstance(data, list) and isinstance(path[-1], int) and path[-1] < len(data):
        del data[path[-1]]
    return True


def _item(data: object, step: str | int) -> object:
    """What stands at `step`; None where another error took it away already."""
    if isinstance(data, dict):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else None


def _path(error: ErrorDetails) -> Path:
    return tuple(step for step in error["loc"] if step != KEY)


def _finding(error: ErrorDetails) -> Finding:
    path = _path(error)
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return Finding(path[:-1], f"{place(path[:-1])} needs '{path[-1]}'")
    if kind == "extra_forbidden":
        return Finding((*path, KEY), _unknown_key(path))
    said = _SENTENCES.get(kind, _default)(value, error)
    return Finding((*path, KEY) if error["loc"][-1:] == (KEY,) else path, f"{place(path)} {said}")


def _unknown_key(path: Path) -> str:
    model, key = _model_at(path[:-1]), str(path[-1])
    known = model.model_fields if model else {}
    fix = suggestion(key, known) or f"; it takes {', '.join(known)}"
    return f"'{key}' is not a key of {place(path[:-1])}{fix}"


def _model_at(path: Path) -> type[BaseModel] | None:
    """The model whose keys stand at `path`."""
    kind: Any = Plan
    for step in path:
        kind = _below(kind, step)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _below(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        kind = kind.model_fields[str(step)].annotation if str(step) in kind.model_fields else None
    elif isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
        kind = get_args(kind)[1]
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
    if error["loc"][-1] == "phone":
        return f"must be a phone of the PBX such as PJSIP/ana, not {_kind(value)}"
    return f"must be a name of lower-case letters, digits and _ that begins with a letter, not {_kind(value)}"


def _literal(value: object, error: ErrorDetails) -> str:
    expected = str(error["ctx"]["expected"])
    words = expected.replace("'", "").split(" or ")
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
