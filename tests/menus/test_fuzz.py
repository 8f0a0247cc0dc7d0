"""Whatever a plan's files hold, they are a plan or sentences about them: never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ivr.menus.comparing.diff import differences
from ivr.menus.reading.load import examine, files_of, load
from tests.menus.plans import SMALL
from tests.menus.test_docs import BLOCKS, EXAMPLES, FILES
from tests.mutations import mutated

RIVERSIDE = (Path(__file__).parents[2] / "dialplans" / "riverside.yaml").read_bytes()
HEAD, _, PEOPLE = SMALL.partition("people:\n")
PEOPLE, _, WORDS = PEOPLE.partition("prompts:\n")
MANY = {
    "plan.yaml": f"include: [people.yaml, 'words/*.yaml']\nvariables: {{clinic: Lakeside, front: ana}}\n{HEAD}".replace(
        "name: Lakeside", "name: ${clinic}"
    ),
    "people.yaml": "people:\n" + PEOPLE.replace("PJSIP/ana", '"PJSIP/${front}"'),
    "words/all.yaml": "prompts:\n" + WORDS,
}
PLANS: list[dict[str, bytes]] = [
    {"plan.yaml": RIVERSIDE},
    {"plan.yaml": SMALL.encode()},
    {"plan.yaml": EXAMPLES[0].encode()},
    {"plan.yaml": "\n".join(BLOCKS).encode()},
    {name: text.encode() for name, text in MANY.items()},
    {"plan.yaml": f"include: {list(FILES)}\n{EXAMPLES[0]}".encode(), **{name: FILES[name].encode() for name in FILES}},
]


def put(folder: Path, files: dict[str, bytes]) -> Path:
    (folder / "words").mkdir(exist_ok=True)
    (folder / "red_flags.yaml").touch()
    for name, text in files.items():
        (folder / name).write_bytes(text)
    return folder / "plan.yaml"


def strange(number: int) -> dict[str, bytes]:
    """The files of one of the plans, one or two of them mutated."""
    chance = random.Random(number)
    files = dict(chance.choice(PLANS))
    for name in chance.choices(list(files), k=chance.randint(1, 2)):
        files[name] = mutated(files[name], chance)
    return files


@pytest.mark.parametrize("number", range(len(PLANS)))
def test_the_plans_to_begin_with_are_read(number: int, tmp_path: Path) -> None:
    assert examine(put(tmp_path, PLANS[number])).mistakes != () if number == 3 else load(put(tmp_path, PLANS[number]))


def test_mutated_files_are_a_plan_or_sentences(tmp_path: Path, thorough: bool) -> None:
    sound = load(put(tmp_path, PLANS[1]))
    for number in range(10_000 if thorough else 400):
        path = put(tmp_path, strange(number))
        try:
            examined = examine(path)
            assert files_of(path)[0] == path
        except Exception as error:
            error.add_note(f"of the files strange({number})")
            raise
        assert (examined.plan is None) == bool(examined.mistakes), number
        for mistake in (*examined.mistakes, *examined.warnings):
            assert Path(mistake.file).is_relative_to(tmp_path), (number, mistake)
            assert min(mistake.line, mistake.column) >= 1, (number, mistake)
            assert str(mistake).isprintable(), (number, mistake)
            assert len(mistake.text) < 1000, (number, mistake)
        if examined.plan:
            assert bool(differences(sound, examined.plan)) >= (examined.plan != sound), number
