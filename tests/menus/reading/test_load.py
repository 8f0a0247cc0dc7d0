"""A file becomes a plan, whole or not at all, and every mistake is told at once with its place."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ivr.menus.mistakes import PlanErrors
from ivr.menus.reading.load import examine, load
from ivr.menus.reading.yaml_marks import MAX_BYTES
from tests.menus.plans import SMALL, changed, small, write

RIVERSIDE = Path(__file__).parents[3] / "dialplans" / "riverside.yaml"


def told(folder: Path, *replacements: tuple[str, str]) -> list[str]:
    """The mistakes in the changed plan, without the file's name."""
    path = write(folder, changed(*replacements))
    return [str(mistake).removeprefix(f"{path}:") for mistake in examine(path).mistakes]


def test_a_sound_plan_is_loaded(tmp_path: Path) -> None:
    assert load(write(tmp_path, SMALL)) == small()
    assert examine(write(tmp_path, SMALL)).warnings == ()


def test_a_voicemail_box_needs_no_settings(tmp_path: Path) -> None:
    assert load(write(tmp_path, changed(("  desk: {}", "  desk:")))) == small()


def test_the_riverside_plan_has_neither_mistakes_nor_warnings() -> None:
    examined = examine(RIVERSIDE)
    assert (examined.mistakes, examined.warnings) == ((), ())


def test_all_mistakes_come_at_once_with_their_places(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        changed(
            ("go: office}", "go: ofice}"),
            ("ring_seconds: 15", "ring_secs: 15"),
            ("wrap_up: 30s", "wrap_up: 30 parsecs"),
            ("start: main\n", "start: maine\n"),
            ("  more:\n    ask: which\n", "  more:\n"),
        ),
    )
    with pytest.raises(PlanErrors) as raised:
        load(path)
    assert str(raised.value).splitlines() == [
        f"{path}:6:8: 'start' is 'maine', which is not a menu; did you mean 'main'?",
        f"{path}:20:85: choice '1' of menu 'main' goes to 'ofice', which is not a menu; did you mean 'office'?",
        f"{path}:30:3: menu 'more' needs 'ask'",
        f"{path}:36:42: 'ring_secs' is not a key of queue 'nurse'; did you mean 'ring_seconds'?",
        (
            f"{path}:36:66: 'wrap_up' of queue 'nurse' must be a time such as 60s, 4m or a number of seconds, "
            "at most a day, not '30 parsecs'"
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"+16175550100"',
            "+16175550100",
            "11:3: number '16175550100' is a telephone number: write it in quotes, or YAML makes a sum of it",
        ),
        ("Lakeside", "0123", "2:9: 'name' of 'practice' must be text: put quotes around it"),
        ("Lakeside", "", "2:8: 'name' of 'practice' must be text, not nothing"),
        ("Lakeside", "''", "2:9: 'name' of 'practice' is empty"),
        ("[en, es]", "[en, sp]", "4:19: item 2 of 'languages' of 'practice' must be 'en' or 'es', not 'sp'"),
        ("[en, es]", "en", "4:14: 'languages' of 'practice' must be a list such as [a, b], not 'en'"),
        (
            "9: {to: es",
            "0: {to: es",
            (
                "18:7: language key '0' of menu 'main' must be a key from 1 to 9 (0 always reaches the operator, "
                "* repeats), not 0"
            ),
        ),
        (
            "go: goodbye",
            "go: queue",
            (
                "34:63: 'go' of choice '2' of menu 'more' must be a menu's name, 'queue NAME', 'voicemail NAME' or "
                "'goodbye', not 'queue'"
            ),
        ),
        (
            "desk: 5",
            "desk: 6",
            "41:42: skill 'desk' of person 'ana' must be a level from 1 (some) to 5 (expert), not 6",
        ),
        ("PJSIP/ana", "ana", "41:16: 'phone' of person 'ana' must be a phone of the PBX such as PJSIP/ana, not 'ana'"),
        ("ready: no", "ready: perhaps", "42:56: 'ready' of person 'emma' must be yes or no, not 'perhaps'"),
        ("clinical: yes", "priority: hi", "37:37: 'priority' of queue 'nurse' must be 'routine' or 'urgent', not 'hi'"),
        (
            "start: main\n",
            "start: main\nconfidence: {route: 0.2}\n",
            "7:1: 'confidence' needs 'confirm' to be no higher than 'route'",
        ),
        (
            "start: main\n",
            "start: main\nconfidence: {route: 2}\n",
            "7:21: 'route' of 'confidence' must be a number from 0 to 1, not 2",
        ),
        ("red_flags: red", "red_flags: rad", "9:12: 'rad_flags.yaml' is not a file beside the plan"),
        ("  main:\n", "  Main Menu:\n", "13:3: menu 'Main Menu' must be a name of lower-case letters, digits and _"),
        (
            "start: main\n",
            "start: main\ninclud: x\n",
            "7:1: 'includ' is not a key of the plan; did you mean 'include'?",
        ),
        ("practice:", "practise:", "1:1: 'practise' is not a key of the plan; did you mean 'practice'?"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert [said for said in told(tmp_path, (old, new)) if said.startswith(sentence)] != []


def test_a_broken_list_item_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    assert told(tmp_path, ("[desk]", "[desk, 5, 6]"), ("go: more", "go: moor")) == [
        "21:67: choice '2' of menu 'main' goes to 'moor', which is not a menu; did you mean 'more'?",
        "36:24: item 2 of 'needs' of queue 'desk' must be text: put quotes around it",
        "36:27: item 3 of 'needs' of queue 'desk' must be text: put quotes around it",
    ]


def test_gaps_are_told_in_the_same_round_as_wrong_names(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        ("start: main\n", "start: maine\n"),
        ("go: office}", "go: queue dessk}"),
        ("needs: [nurse]", "needs: [nurs]"),
        ("America/New_York", "America/New_Yorck"),
        ("people:\n", "rotas:\n  night: {shifts: {days: mon-fri, from: '08:00', to: '08:00', who: [emna]}}\npeople:\n"),
    ) == [
        "3:13: 'America/New_Yorck' is not a time zone; did you mean 'America/New_York'?",
        "6:8: 'start' is 'maine', which is not a menu; did you mean 'main'?",
        "20:85: choice '1' of menu 'main' goes to 'dessk', which is not a queue; did you mean 'desk'?",
        "37:3: queue 'nurse' needs nurs here, which nobody has; did you mean 'nurse'?",
        "41:11: rota 'night' has nobody on call: Saturday 08:00 to Monday 08:00",
        "41:69: item 1 of 'who' of shift 1 of rota 'night' names 'emna', which is not a person; did you mean 'emma'?",
    ]


def test_nobody_is_missed_for_a_skill_whose_own_line_is_wrong(tmp_path: Path) -> None:
    assert told(tmp_path, ("phone: PJSIP/emma", "phone: emma"), ("go: office}", "go: ofice}")) == [
        "20:85: choice '1' of menu 'main' goes to 'ofice', which is not a menu; did you mean 'office'?",
        "42:17: 'phone' of person 'emma' must be a phone of the PBX such as PJSIP/ana, not 'emma'",
    ]


def test_what_stands_behind_a_lost_item_of_a_list_is_told_in_the_next_round(tmp_path: Path) -> None:
    rule = "overflow: {after: 4m, to: voicemail desk}"
    assert told(tmp_path, (rule, "overflow: [5, {after: 4m, to: queue dessk}]")) == [
        "36:36: overflow 1 of queue 'desk' must be a mapping (keys and values), not 5"
    ]
    assert told(tmp_path, (rule, "overflow: [{after: 4m, to: queue dessk}, 5]")) == [
        "36:52: overflow 1 of queue 'desk' goes to 'dessk', which is not a queue; did you mean 'desk'?",
        "36:66: overflow 2 of queue 'desk' must be a mapping (keys and values), not 5",
    ]


def test_a_name_whose_own_part_is_broken_is_still_known(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        ("    ask: which\n    choices:\n      1: {name: {en: for a", "    choices:\n      1: {name: {en: for a"),
    ) == ["30:3: menu 'more' needs 'ask'"]


def test_files_that_are_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    assert str(examine(path).mistakes[0]) == f"{path}:1:1: cannot be read: No such file or directory"
    path.write_bytes(b"a: 1\nb: \xff\n")
    assert str(examine(path).mistakes[0]) == f"{path}:2:1: holds a character that is not UTF-8: save the file as UTF-8"
    path.write_bytes("é".encode() * MAX_BYTES)
    assert str(examine(path).mistakes[0]) == f"{path}:1:1: is larger than {MAX_BYTES} bytes: this is no plan"
    path.write_bytes(b"")
    assert str(examine(path).mistakes[0]) == f"{path}:1:1: the plan must be a mapping (keys and values), not nothing"
    path.write_bytes(b"- a\n")
    assert str(examine(path).mistakes[0]) == f"{path}:1:1: the plan must be a mapping (keys and values), not a list"
    assert str(examine(tmp_path).mistakes[0]) == f"{tmp_path}:1:1: cannot be read: Is a directory"


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistakes(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path) == small()


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few of its lines or characters lost, doubled, moved or replaced."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        line = lines[at]
        cut = chance.randint(0, len(line))
        other = chance.choice(lines)
        lines[at] = chance.choice(
            [
                "",
                line[:cut],
                " " + line,
                line[:cut] + chance.choice(":{}[],*&!-#'\"|>5~ \t\x00") + line[cut:],
                other,
                line.replace(":", ": 7 #", 1),
                line[:cut] + other.strip(),
                f"{line}\n{line}",
            ]
        )
    return "\n".join(lines)


def test_a_mutated_plan_is_loaded_or_refused_in_sentences(tmp_path: Path) -> None:
    chance = random.Random(2)
    for _ in range(300):
        examined = examine(write(tmp_path, mutated(SMALL, chance)))
        assert (examined.plan is None) == bool(examined.mistakes)
        for mistake in examined.mistakes:
            assert mistake.line >= 1
            assert mistake.column >= 1
            assert "\n" not in mistake.text


def test_what_a_file_holds_cannot_break_the_lines_of_its_mistakes(tmp_path: Path) -> None:
    assert told(tmp_path, ("source: main line", r'"so\nurce\e": x')) == [
        "11:49: 'so?urce?' is not a key of number '+16175550100'; did you mean 'source'?"
    ]
    (said,) = told(tmp_path, ("red_flags: red_flags.yaml", "red_flags: " + "x" * 1000))
    assert (len(said) < 700, said.endswith("x' is not a file beside the plan")) == (True, True)
