"""Editors get a schema that knows every key, takes every sound plan, and refuses plain mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ivr.menus.plan.values import Noun
from ivr.menus.reading.schema import schema
from tests.menus.plans import SMALL, changed
from tests.menus.test_docs import EXAMPLES, FILES, merged, parsed

SHIPPED = sorted((Path(__file__).parents[3] / "dialplans").glob("riverside*.yaml"))
WHOLE, PART = Draft202012Validator(schema()), Draft202012Validator(schema(part=True))


def as_json(data: Any) -> Any:
    """Keys are texts, as editors see them."""
    if isinstance(data, dict):
        return {str(key): as_json(value) for key, value in data.items()}
    return [as_json(item) for item in data] if isinstance(data, list) else data


def wrong(text: str, validator: Draft202012Validator = WHOLE) -> list[str]:
    """The places that an editor would underline."""
    return sorted({str(error.json_path) for error in validator.iter_errors(as_json(parsed(text)))})


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator.check_schema(schema(part=True))


@pytest.mark.parametrize("plan", SHIPPED, ids=lambda path: path.name)
def test_the_shipped_plan_is_good(plan: Path) -> None:
    assert wrong(plan.read_text("utf-8")) == []


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_good(number: int) -> None:
    plan = as_json(merged(parsed(EXAMPLES[0]), parsed(EXAMPLES[number])))
    assert [error.message for error in WHOLE.iter_errors(plan)] == []


@pytest.mark.parametrize("name", FILES)
def test_an_included_file_need_not_be_whole(name: str) -> None:
    assert wrong(FILES[name], PART) == []
    assert wrong(FILES[name]) == ["$"]
    assert wrong(f"include: more.yaml\n{FILES[name]}") == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("start: main\n", "", "$"),
        ("ring_seconds: 15", "ring_secs: 15", "$.queues.nurse"),
        ("ring_seconds: 15", "ring_seconds: 15 parsecs", "$.queues.nurse.ring_seconds"),
        ("wrap_up: 30s", "wrap_up: soon", "$.queues.nurse.wrap_up"),
        ("clinical: yes", "clinical: perhaps", "$.queues.nurse.clinical"),
        ("clinical: yes", "strategy: longest", "$.queues.nurse.strategy"),
        ("go: goodbye", "go: queue", "$.menus.more.choices['2'].go"),
        ("      1: {name: {en: for a", "      0: {name: {en: for a", "$.menus.more.choices"),
        ("desk: 5", "desk: 6", "$.people.ana.skills.desk"),
        ("PJSIP/ana", "ana", "$.people.ana.phone"),
        ("  more:\n", "  More:\n", "$.menus"),
        ("[en, es]", "[en, sp]", "$.practice.languages[1]"),
        ("[desk]", "[desk, 5]", "$.queues.desk.needs"),
        ("  desk: {}", "  desk: 5", "$.voicemail.desk"),
    ],
)
def test_plain_mistakes_are_underlined(old: str, new: str, where: str) -> None:
    assert wrong(SMALL) == []
    assert wrong(changed((old, new))) == [where]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ring_seconds: 15", 'ring_seconds: "${ring}"'),
        ("PJSIP/ana", '"${front}"'),
        ("go: goodbye", 'go: "queue ${other}"'),
        ("clinical: yes", 'clinical: "${grave}"'),
        ('"+16175550100"', '"${line}"'),
        ("clinical: yes", "ring: all, exits: {1: callback}, refuse: {when: {empty: strict}, to: queue desk}"),
    ],
)
def test_what_stands_for_something_else_is_good(old: str, new: str) -> None:
    assert wrong(changed((old, new))) == []


def test_every_key_is_in_it_and_says_what_it_takes() -> None:
    def objects(made: Any) -> list[dict[str, Any]]:
        if isinstance(made, list):
            return [found for each in made for found in objects(each)]
        if not isinstance(made, dict):
            return []
        return [made, *(found for each in made.values() for found in objects(each))]

    found = objects(schema())
    keys = {key for each in found for key in each.get("properties", {})}
    nouns = {noun for noun in Noun.__subclasses__() if noun.__module__.startswith("ivr.menus.")}
    assert {key for noun in nouns for key in noun.written()} - keys == set()
    assert [key for each in found for key, value in each.get("properties", {}).items() if value == {}] == []
