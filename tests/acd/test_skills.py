from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.skills import ANYBODY, MAX_DEPTH, MAX_LENGTH, Needs, NeedsError

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 5))


@dataclass(frozen=True)
class Tree:
    """An expression as it is typed, and what it means by the letter of Python."""

    text: str
    meaning: str

    def naive(self, skills: Mapping[str, int]) -> bool:
        return bool(eval(self.meaning, {"level": lambda name: skills.get(name, 0)}))


def _compared(name: str, sign: str, level: int) -> Tree:
    return Tree(f"{name} {sign} {level}", f"(level('{name}') {'==' if sign == '=' else sign} {level})")


def _grown(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def joined(word: str, parts: list[Tree], bare: bool) -> Tree:
        opened, closed = ("", "") if bare and word == "and" else ("(", ")")
        text = f" {word} ".join(part.text for part in parts)
        return Tree(f"{opened}{text}{closed}", "(" + f" {word.lower()} ".join(part.meaning for part in parts) + ")")

    words, several = st.sampled_from(["and", "or", "AND", "Or"]), st.lists(trees, min_size=1, max_size=3)
    return st.builds(joined, words, several, st.booleans()) | st.builds(
        lambda tree: Tree(f"not ({tree.text})", f"(not {tree.meaning})"), trees
    )


NAMES = st.sampled_from(["a", "b", "c", "d"])
LEAVES = (
    st.builds(lambda name: Tree(name, f"(level('{name}') >= 1)"), NAMES)
    | st.builds(_compared, NAMES, st.sampled_from([">=", "="]), st.integers(1, 5))
    | st.builds(_compared, NAMES, st.sampled_from([">", "<="]), st.integers(0, 4))
    | st.builds(_compared, NAMES, st.just("<"), st.integers(1, 5))
    | st.builds(_compared, NAMES, st.just("="), st.just(0))
)
TREES = st.recursive(LEAVES, _grown, max_leaves=10)


@given(TREES)
def test_the_canonical_text_parses_to_the_same_needs(tree: Tree) -> None:
    needs = Needs.parse(tree.text)
    again = Needs.parse(needs.text)
    assert (again, again.text, hash(again), again.skills) == (needs, needs.text, hash(needs), needs.skills)


@given(TREES, LEVELS)
def test_needs_are_met_exactly_when_the_expression_is_true(tree: Tree, skills: dict[str, int]) -> None:
    assert Needs.parse(tree.text).met_by(skills) == tree.naive(skills)


@given(TREES, LEVELS)
def test_something_is_missing_exactly_when_the_needs_are_not_met(tree: Tree, skills: dict[str, int]) -> None:
    needs = Needs.parse(tree.text)
    assert (needs.missing(skills) == "") == needs.met_by(skills)


@given(TREES, TREES, LEVELS)
def test_two_needs_together_are_met_when_each_is(one: Tree, other: Tree, skills: dict[str, int]) -> None:
    both = Needs.parse(one.text).and_also(Needs.parse(other.text))
    assert both.met_by(skills) == (one.naive(skills) and other.naive(skills))
    assert Needs.parse(both.text) == both == Needs.parse(other.text).and_also(Needs.parse(one.text))


@given(st.text(alphabet="ab3 ()<>=,andortAN\n", max_size=30))
def test_any_text_is_needs_or_an_error_with_a_column_inside_it(text: str) -> None:
    try:
        needs = Needs.parse(text)
    except NeedsError as error:
        assert 1 <= error.column <= len(text) + 1  # noqa: PT017 - both ends are right
    else:
        assert Needs.parse(needs.text) == needs


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("", ""),
        (" \n", ""),
        ("nurse", "nurse"),
        ("nurse >= 1", "nurse"),
        ("nurse > 0", "nurse"),
        ("nurse>2", "nurse >= 3"),
        ("nurse < 3", "nurse <= 2"),
        ("nurse = 0", "not nurse"),
        ("not nurse <= 0", "nurse"),
        ("not NOT nurse", "nurse"),
        ("b and (a and (b))", "a and b"),
        ("b or (a or b)", "a or b"),
        ("c or b and a", "c or a and b"),
        ("(b or a) and c", "c and (a or b)"),
        ("not (b or a)", "not (a or b)"),
        (
            "not trainee AND (spanish or english) and nurse and cardiology >= 3",
            "cardiology >= 3 and nurse and (english or spanish) and not trainee",
        ),
    ],
)
def test_what_says_the_same_has_the_same_text(typed: str, canonical: str) -> None:
    assert str(Needs.parse(typed)) == canonical


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("nurse and ", "expected a skill or '(' after 'and' at column 11"),
        ("and nurse", "expected a skill or '(' instead of 'and' at column 1"),
        ("nurse spanish", "expected 'and', 'or' or a comparison like '>= 3' before 'spanish' at column 7"),
        ("cardiology 3", "expected 'and', 'or' or a comparison like '>= 3' before '3' at column 12"),
        ("nurse, spanish", "expected a skill, 'and', 'or', 'not' or parentheses instead of ',' at column 6"),
        ("Nurse", "expected a skill in small letters, 'nurse' instead of 'Nurse', at column 1"),
        ("a and (b or c", "expected 'and', 'or' or the ')' of column 7 at column 14"),
        ("a)", "no '(' belongs to the ')' at column 2"),
        ("a >=", "expected a level from 0 to 5 after '>=' at column 5"),
        ("a >= 6", "expected a level from 0 to 5 after '>=' at column 6"),
        ("a > 5", "nobody can have 'a > 5': levels are 0 to 5 at column 3"),
        ("a >= 0", "everybody has 'a >= 0': leave it out at column 3"),
        ("(" * 99 + "a", "use at most 20 parentheses within each other: one more at column 21"),
        ("a" * 9999, "use at most 1000 characters: the expression goes on at column 1001"),
    ],
)
def test_an_error_says_what_where_and_what_to_write(typed: str, error: str) -> None:
    with pytest.raises(NeedsError) as raised:
        Needs.parse(typed)
    assert str(raised.value) == error
    assert error.endswith(f"at column {raised.value.column}")


@pytest.mark.parametrize(
    ("needs", "skills", "missing"),
    [
        ("", {}, ""),
        ("cardiology", {}, "lacks cardiology"),
        ("cardiology", {"cardiology": 0}, "lacks cardiology"),
        ("nurse and spanish", {"billing": 3}, "lacks nurse and spanish"),
        ("nurse and spanish and billing", {}, "lacks billing, nurse and spanish"),
        ("nurse and nurse <= 3 and nurse >= 2", {}, "lacks nurse"),
        ("cardiology >= 3", {"cardiology": 2}, "has cardiology 2, below 3"),
        ("cardiology <= 3", {"cardiology": 5}, "has cardiology 5, above 3"),
        ("english or spanish", {}, "lacks english or spanish"),
        ("english or spanish >= 3", {"spanish": 1}, "fits no part of 'english or spanish >= 3'"),
        ("nurse and not trainee", {"nurse": 1, "trainee": 1}, "has trainee, which is not wanted"),
        ("nurse and b >= 2 and (c or d)", {"b": 1}, "lacks nurse; has b 1, below 2; lacks c or d"),
    ],
)
def test_what_is_missing_is_told_in_words(needs: str, skills: dict[str, int], missing: str) -> None:
    assert Needs.parse(needs).missing(skills) == missing


def test_strength_counts_each_wanted_skill_once() -> None:
    needs = Needs.parse("nurse and (english or nurse >= 3) and not trainee")
    assert needs.strength({"nurse": 4, "english": 2, "trainee": 5, "billing": 5}) == 6


def test_plain_names_make_a_conjunction() -> None:
    assert Needs.all_of("spanish", "nurse", *frozenset({"nurse"})) == Needs.parse("nurse and spanish")
    assert Needs.all_of() == ANYBODY


@pytest.mark.parametrize("name", ["", "Nurse", "and", "nurse spanish", "nurse\n", "3"])
def test_what_is_no_name_makes_no_needs(name: str) -> None:
    with pytest.raises(NeedsError, match="is no name of a skill"):
        Needs.all_of(name)


def test_nobody_in_particular_is_everybody() -> None:
    assert (bool(ANYBODY), ANYBODY.met_by({}), ANYBODY.missing({}), ANYBODY.strength({"nurse": 3})) == (
        False,
        True,
        "",
        0,
    )
    assert ANYBODY.and_also(Needs.parse("nurse")) == Needs.parse("nurse")


def test_every_skill_named_is_known() -> None:
    assert Needs.parse("a and (b >= 3 or not c)").skills == {"a", "b", "c"}


def test_together_needs_keep_the_limits() -> None:
    long = [Needs.parse("a" * (MAX_LENGTH // 2) + end) for end in "bc"]
    with pytest.raises(NeedsError, match="at most 1000 characters"):
        long[0].and_also(long[1])
    deep = Needs.parse("a and b")
    for level in range(MAX_DEPTH):
        deep = Needs.parse(f"b{level} or not ({deep})")
    with pytest.raises(NeedsError, match="at most 20 parentheses"):
        deep.and_also(Needs.parse("z"))


def test_needs_print_as_the_code_that_makes_them() -> None:
    assert repr(Needs.parse("b and a")) == "Needs.parse('a and b')"
