"""A plan of many files is one plan, and each mistake is in its own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.menus.reading.files import MAX_FILES, MAX_NESTED
from ivr.menus.reading.load import examine, files_of, load
from ivr.menus.reading.yaml_marks import MAX_BYTES, MAX_NODES
from tests.menus.plans import SMALL, small, write

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = ("numbers", "menus", "queues", "voicemail", "people", "prompts", "intents")


def parts() -> dict[str, str]:
    """The small plan in pieces: its head, and each section by its name."""
    found, name = {"": ""}, ""
    for line in SMALL.splitlines(keepends=True):
        name = next((section for section in SECTIONS if line.startswith(f"{section}:")), name)
        found[name] = found.get(name, "") + line
    return found


def split(folder: Path, include: str, **files: str) -> Path:
    """The small plan with its people, queues and prompts in files of their own; `files` add to them or replace them."""
    pieces = parts()
    own = [pieces[name] for name in ("", "numbers", "menus", "voicemail", "intents")]
    own_files = {
        "people.yaml": pieces["people"],
        "queues/all.yaml": pieces["queues"],
        "prompts.yaml": pieces["prompts"],
        **{name.replace("__", "/") + ".yaml": text for name, text in files.items()},
    }
    for name, text in own_files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return write(folder, f"include: {include}\n{''.join(own)}")


def told(path: Path) -> list[str]:
    """The mistakes, with files named from the plan's folder."""
    return [str(mistake).removeprefix(f"{path.parent}/") for mistake in examine(path).mistakes]


def test_included_files_are_parts_of_the_plan(tmp_path: Path) -> None:
    path = split(tmp_path, "[people.yaml, queues/*.yaml, prompts.yaml]")
    assert load(path) == small()


def test_a_file_may_include_others_beside_it_or_above_as_far_as_the_plans_folder(tmp_path: Path) -> None:
    chain = {"more__first": "include: [second.yaml, ../prompts.yaml]", "more__second": "include: ../people.yaml"}
    assert load(split(tmp_path, "[more/first.yaml, queues/all.yaml]", **chain)) == small()


def test_a_section_may_be_spread_over_files(tmp_path: Path) -> None:
    path = split(tmp_path, "[people.yaml, queues/*.yaml, prompts.yaml, bo.yaml]", bo="people:\n  bo: {phone: PJSIP/bo}")
    assert list(load(path).people) == ["ana", "emma", "bo"]


def test_a_mistake_is_told_in_the_file_that_has_it(tmp_path: Path) -> None:
    bo = "people:\n  bo: {phone: PJSIP/bo, skils: {}}\nqueues:\n  extra: {overflow: {after: 4m, to: queue desck}}\n"
    path = split(tmp_path, "[people.yaml, queues/*.yaml, prompts.yaml, bo.yaml]", bo=bo)
    assert told(path) == [
        "bo.yaml:2:25: 'skils' is not a key of person 'bo'; did you mean 'skills'?",
        "bo.yaml:4:37: overflow 1 of queue 'extra' goes to 'desck', which is not a queue; did you mean 'desk'?",
    ]


def test_a_name_in_two_files_is_a_mistake_that_names_both_places(tmp_path: Path) -> None:
    again = "people:\n  bo: {phone: PJSIP/bo}\n  ana: {phone: PJSIP/1}\nstart: more\n"
    path = split(tmp_path, "[people.yaml, queues/*.yaml, prompts.yaml, again.yaml]", again=again)
    assert told(path) == [
        f"again.yaml:3:3: person 'ana' is here again, first in {tmp_path}/people.yaml:2:3: keep one of them",
        f"again.yaml:4:1: 'start' is here again, first in {path}:7:1: keep one of them",
    ]


ALL = "people.yaml, queues/all.yaml, prompts.yaml"


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ("staff.yaml", "'staff.yaml' cannot be read: No such file or directory"),
        ("staff/*.yaml", "no file fits 'staff/*.yaml'"),
        ("queues", "'queues' cannot be read: Is a directory"),
        ("/etc/passwd", "'/etc/passwd' is outside of the plan's folder: put the file into it"),
        ("queues/../../x.yaml", "'queues/../../x.yaml' is outside of the plan's folder: put the file into it"),
        ("'*/all.yaml'", "'*/all.yaml' has a pattern in a folder's name: only the file's may be one"),
        ("plan.yaml", "'plan.yaml' includes itself: plan.yaml → plan.yaml"),
        ("{a: b}", "an included file must be a text such as people.yaml or queues/*.yaml"),
        (r'"a\0b"', "'a?b' cannot be read: embedded null byte"),
    ],
)
def test_what_cannot_be_included_is_told_where_it_stands(tmp_path: Path, item: str, sentence: str) -> None:
    assert told(split(tmp_path, f"[{ALL}, {item}]"))[0] == f"plan.yaml:1:{len(ALL) + 13}: {sentence}"


def test_files_that_include_each_other_are_a_mistake(tmp_path: Path) -> None:
    path = split(tmp_path, f"[{ALL}, one.yaml]", one="include: two.yaml", two="include: [one.yaml]")
    assert told(path) == ["two.yaml:1:11: 'one.yaml' includes itself: one.yaml → two.yaml → one.yaml"]


def test_a_file_is_included_once(tmp_path: Path) -> None:
    path = split(tmp_path, f"[{ALL}, queues/*.yaml]")
    column = len(ALL) + 13
    first = f"{path}:1:24"
    assert told(path) == [
        f"plan.yaml:1:{column}: 'queues/all.yaml' is included already, at {first}: leave one of them out"
    ]


def test_files_in_files_in_files_end_somewhere(tmp_path: Path) -> None:
    chain = {f"f{number}": f"include: f{number + 1}.yaml" for number in range(MAX_NESTED + 1)}
    path = split(tmp_path, f"[{ALL}, f0.yaml]", **chain, **{f"f{MAX_NESTED + 1}": ""})
    said = f"'f{MAX_NESTED}.yaml' is included by way of more than {MAX_NESTED} files: include it in the plan itself"
    assert told(path) == [f"f{MAX_NESTED - 1}.yaml:1:10: {said}"]


def test_a_pattern_reads_no_whole_disk(tmp_path: Path) -> None:
    path = split(tmp_path, f"[{ALL}, m*.yaml]", **{f"m{number:03}": "" for number in range(MAX_FILES)})
    assert told(path)[0].endswith(f"'m096.yaml' is one file too many: a plan has at most {MAX_FILES}")


def test_a_pattern_leaves_hidden_files_out(tmp_path: Path) -> None:
    path = split(tmp_path, "['queues/*.yaml', people.yaml, prompts.yaml]")
    (tmp_path / "queues" / ".all.yaml").write_text("queues: 5", "utf-8")
    assert load(path) == small()


def test_all_files_together_are_no_larger_than_a_plan(tmp_path: Path) -> None:
    half = "#" * (MAX_BYTES // 2)
    path = split(tmp_path, f"[{ALL}, a.yaml, b.yaml]", a=half, b=half)
    assert told(path) == [
        f"plan.yaml:1:{len(ALL) + 21}: 'b.yaml' makes the plan larger than 1000000 bytes: this is no plan"
    ]
    half = "x: [" + "1," * (MAX_NODES // 2) + "]"
    path = split(tmp_path, f"[{ALL}, a.yaml, b.yaml]", a=half, b=half)
    assert told(path)[-1].startswith("b.yaml:1:") or "b.yaml" in " ".join(told(path))
    assert any(f"more than {MAX_NODES} values" in said for said in told(path))


def test_an_included_file_may_be_empty_but_no_list(tmp_path: Path) -> None:
    path = split(tmp_path, f"[{ALL}, later.yaml, list.yaml]", later="# later\n", list="- a\n")
    assert told(path) == ["list.yaml:1:1: an included file must be a mapping (keys and values), as a plan is"]


def test_an_included_file_that_is_no_yaml_or_no_text_is_told_in_it(tmp_path: Path) -> None:
    path = split(tmp_path, f"[{ALL}, a.yaml, b.yaml]", a="a: b: c")
    (tmp_path / "b.yaml").write_bytes(b"a: 1\nb: \xff\n")
    assert told(path) == [
        (
            "a.yaml:1:5: this is not YAML (mapping values are not allowed in this context): "
            "text that holds ': ' needs quotes around it"
        ),
        "b.yaml:2:1: holds a character that is not UTF-8: save the file as UTF-8",
    ]


def test_all_files_of_a_plan_are_known(tmp_path: Path) -> None:
    path = split(tmp_path, "[people.yaml, queues/*.yaml, prompts.yaml]")
    expected = ["plan.yaml", "people.yaml", "queues/all.yaml", "prompts.yaml", "red_flags.yaml"]
    assert files_of(path) == tuple(tmp_path / name for name in expected)
    (tmp_path / "lexicon.yaml").touch()
    assert files_of(path)[-1] == tmp_path / "lexicon.yaml"
    assert files_of(tmp_path / "none" / "plan.yaml") == (tmp_path / "none" / "plan.yaml",)
