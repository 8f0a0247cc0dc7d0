"""YAML 1.2 with places, and what a hostile or clumsy file gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.menus.reading.yaml_marks import MAX_DEPTH, MAX_NODES, Fault, read


def plain(text: str) -> object:
    node, faults = read(text)
    assert node is not None
    assert faults == []
    return node.plain()


def faults(text: str) -> list[Fault]:
    return read(text)[1]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13:30", "13:30"),
        ("0123", 123),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("~", None),
        ("", None),
        ("0x1F", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("-12", -12),
        ("1.5", 1.5),
        (".5e1", 5.0),
        ("2026-12-24", "2026-12-24"),
        ("9" * 40, float("9" * 40)),
        ("'7'", "7"),
        (".inf", ".inf"),
        ("=", "="),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    assert plain(text) == value


def test_every_value_and_key_has_its_place() -> None:
    node, _ = read("a:\n  b: [1, {c: 2}]\n")
    assert node is not None
    assert node.plain() == {"a": {"b": [1, {"c": 2}]}}
    assert node.at(("a",)) == (1, 1)
    assert node.at(("a", "b")) == (2, 3)
    assert node.at(("a", "b", 0)) == (2, 7)
    assert node.at(("a", "b", 1, "c")) == (2, 14)
    assert node.at(("a", "b", 1, "c"), key=True) == (2, 11)
    assert node.at(("a", "missing", "deeper")) == (1, 1)


def test_a_number_as_key_is_found_by_its_text() -> None:
    node, _ = read("1: a\n")
    assert node is not None
    assert node.at(("1",)) == node.at((1,)) == (1, 4)


def test_the_same_key_twice_is_a_fault_also_with_and_without_quotes() -> None:
    assert faults('a: 1\nb: 2\na: 3\n1: x\n"1": y\n') == [
        Fault((3, 1), "'a' is here twice, first in line 1: keep one of them"),
        Fault((5, 1), "'1' is here twice, first in line 4: keep one of them"),
    ]


def test_a_key_that_is_no_name_is_a_fault() -> None:
    sentence = "a key must be text or a whole number: put it in quotes"
    assert faults("true: 1\n1.5: 2\n[a]: 3\n~: 4\n") == [Fault((line, 1), sentence) for line in (1, 2, 3, 4)]


def test_aliases_are_values_too() -> None:
    assert plain("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: *b", Fault((1, 4), "*b stands for nothing that was written above it")),
        ("a: &b [*b]", Fault((1, 8), "*b stands for nothing that was written above it")),
        ("a: !!python/name:os.system x", Fault((1, 4), "the tag tag:yaml.org,2002:python/name:os.system")),
        ("a: 1\n---\nb: 2", Fault((2, 1), "a plan is one document: remove the '---' before this")),
        ("a: \x07", Fault((1, 4), "the character U+0007 cannot be in a plan: remove it")),
        ("[" * (MAX_DEPTH + 2), Fault((1, MAX_DEPTH + 2), f"nested deeper than {MAX_DEPTH}: no part of a plan is")),
        ("a: b: c", Fault((1, 5), "this is not YAML (mapping values are not allowed in this context): text that")),
        ("a:\n\t- b", Fault((2, 1), "this is not YAML (found character that cannot start any token): indent with")),
        ("a: [1, 2", Fault((2, 1), "this is not YAML (did not find expected ',' or ']'): a bracket or brace")),
        ("a: 'x", Fault((1, 6), "this is not YAML (found unexpected end of stream): quotes are not closed")),
        ("a: b\nc\nd: e", Fault((3, 1), "this is not YAML (could not find expected ':'): a ':' is missing, or the")),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, fault: Fault) -> None:
    (found,) = faults(text)
    assert found.mark == fault.mark
    assert found.text.startswith(fault.text)


def test_an_alias_bomb_is_refused_before_it_goes_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (fault,) = faults("\n".join(lines))
    assert fault.text == f"more than {MAX_NODES} values, aliases written out: no plan has so many"


@given(st.text(alphabet="ab1:-[]{}&*!?|>'\"#%@`,\n\t ~\x00é", max_size=60))
def test_no_text_at_all_raises(text: str) -> None:
    node, found = read(text)
    assert node is not None or found
    for fault in found:
        assert fault.mark >= (1, 1)


def test_a_column_inside_of_a_text_counts_its_quotes_but_not_over_lines() -> None:
    node, _ = read("a: one two\nb: 'one two'\nc: >-\n  one two\nd: [one]\n")
    assert node is not None
    assert [node.at((key,), column=5) for key in "abc"] == [(1, 8), (2, 9), (3, 4)]
    assert node.at(("d", 0), column=1) == (5, 5)


def test_a_list_of_one_has_its_place_also_where_it_is_written_as_its_item() -> None:
    node, _ = read("short: {to: x}\nlong:\n  - {to: x}\n")
    assert node is not None
    assert (node.at(("short", 0, "to")), node.at(("long", 0, "to"))) == ((1, 13), (3, 10))
