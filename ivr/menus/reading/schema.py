"""The plan's JSON Schema (draft 2020-12) for editors: which keys there are, what they take, what they mean.

It is made from the model, so it knows every key. What a value means beyond its form (does the queue exist?) is
`careline check`'s matter.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, JsonRef, JsonSchemaValue, JsonSchemaWarningKind

from ivr.menus.plan.model import Plan
from ivr.menus.plan.values import alone, nothing, one
from ivr.menus.reading.files import INCLUDE
from ivr.menus.reading.variables import VARIABLES

if TYPE_CHECKING:
    from pydantic_core import core_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VARIABLE = {
    "description": "A variable: a name that the plan's variables have.",
    "type": "string",
    "pattern": r"\$\{[a-z][a-z0-9_]*\}",
}
_ANY_VARIABLE = {"$ref": "#/$defs/Variable"}
_YES_OR_NO = {"enum": ["yes", "no", "on", "off", True, False]}
_OF_FILES: JsonSchemaValue = {
    INCLUDE: {
        "description": "Files that are parts of this plan, from this file's folder: people.yaml, queues/*.yaml.",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    },
    VARIABLES: {
        "description": "Texts and numbers that are written once, and stand where ${name} does.",
        "type": ["object", "null"],
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,63}$"},
        "additionalProperties": {"type": ["string", "number", "boolean"]},
    },
}


def schema(*, part: bool = False) -> JsonSchemaValue:
    """For a plan's own file; with `part` for a file that a plan includes, in which nothing need be."""
    made = Plan.model_json_schema(schema_generator=_Editors)
    definitions = {name: _open(each) for name, each in made.pop("$defs").items()} | {"Variable": VARIABLE}
    whole = _open(made)
    whole["properties"] |= _OF_FILES
    required = {"required": whole.pop("required")}
    if not part:  # what a plan that includes files lacks may be in them
        whole |= {"if": {"required": [INCLUDE]}, "else": required}
    return {"$schema": DIALECT, **whole, "title": "A Careline dialplan", "$defs": definitions}


class _Editors(GenerateJsonSchema):
    """Values that code of ours reads are described where their types are; any value is good where it is not."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - pydantic's

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        long = self.generate_inner(schema["schema"])
        read: Any = schema["function"]["function"]
        if read is nothing:
            return {"anyOf": [long, {"type": "null"}]}
        if read is one:
            return {"anyOf": [long, long["items"]]}
        if isinstance(read, partial) and read.func is alone:
            return {"anyOf": [long, self._resolved(long)["properties"][read.args[0]]]}
        return long if "properties" in long else {}

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> JsonSchemaValue:  # noqa: ARG002 - pydantic's
        return {}

    def bool_schema(self, schema: core_schema.BoolSchema) -> JsonSchemaValue:  # noqa: ARG002 - pydantic's
        return dict(_YES_OR_NO)

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """The keys' own schema under `propertyNames`, whatever it is."""
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        values = self.generate_inner(schema["values_schema"]) if "values_schema" in schema else {}
        least = {"minProperties": schema["min_length"]} if "min_length" in schema else {}
        return {"type": "object", "propertyNames": keys, "additionalProperties": values, **least}

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's
        return False

    def _resolved(self, schema: JsonSchemaValue) -> JsonSchemaValue:
        found = self.get_schema_from_definitions(JsonRef(schema["$ref"])) if "$ref" in schema else schema
        assert found, "what is referred to was made before"
        return found


def _open(schema: Any) -> Any:
    """The schema for values that may be variables."""
    if not isinstance(schema, dict):
        return schema
    opened = _clear(schema)
    if _is_strict(schema):
        about = {key: opened.pop(key) for key in ("description", "default") if key in opened}
        return about | {"anyOf": [opened, _ANY_VARIABLE]}
    if any(map(_is_strict, schema.get("anyOf", ()))):
        members = [_clear(each) if _is_strict(each) else _open(each) for each in schema["anyOf"]]
        opened["anyOf"] = [*members, _ANY_VARIABLE]
    return opened


def _clear(schema: JsonSchemaValue) -> JsonSchemaValue:
    """With what is below it open, and what helps a reader: the first sentences of docstrings, plain defaults."""
    cleared = {key: _below(key, value) for key, value in schema.items()}
    if not isinstance(cleared.get("default", ""), str | int | float):
        del cleared["default"]
    if "description" in cleared:
        cleared["description"] = " ".join(cleared["description"].split("\n\n")[0].split())
    return cleared


def _below(key: str, value: Any) -> Any:
    match key:
        case "properties":
            return {name: _open(each) for name, each in value.items()}
        case "anyOf":
            return [_open(each) for each in value]
        case "items" | "additionalProperties" | "propertyNames":
            return _open(value)
        case _:
            return value


def _is_strict(schema: JsonSchemaValue) -> bool:
    """Whether it takes texts of some form only, or none."""
    return "enum" in schema or "const" in schema or "pattern" in schema or schema.get("type") in {"integer", "number"}
